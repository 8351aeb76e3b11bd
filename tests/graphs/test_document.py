"""Documents are opened as they were saved, in bytes that do not change without need."""

from __future__ import annotations

import json
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given

from graphs import edits
from graphs.content import Document
from graphs.document import NotSaved, UnreadableDocument, dumps, load, loads, save
from graphs.expression import Expression
from graphs.graph import MAX_COORDINATE, Graph, Note
from tests.graphs.strategies import DOCUMENTS

FILES = sorted((Path(__file__).parent / "files").glob("*.lamina"))
DIGITS = (Path(__file__).parent / "files" / "digits_mlp.lamina").read_bytes()


def changed(data: bytes, **fields: object) -> bytes:
    """The document in these bytes with other fields at the top."""
    return json.dumps({**json.loads(data), **fields}).encode()


def lines_between(before: Document, after: Document) -> list[str]:
    """The lines that a diff of two files shows, without its heading."""
    texts = [dumps(each).decode().splitlines() for each in (before, after)]
    return [
        line
        for line in unified_diff(*texts, n=0, lineterm="")
        if line[:3] not in ("---", "+++") and line[0] in "+-"
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_in_canonical_form_is_saved_to_the_same_bytes(path):
    document = load(path)

    assert dumps(document) == path.read_bytes()
    assert not document.read_only


@given(DOCUMENTS)
def test_what_was_saved_is_opened_as_it_was(document):
    data = dumps(document)
    again = loads(data)

    assert again == document
    assert list(again.main.nodes) == list(document.main.nodes)
    assert dumps(again) == data


def test_the_text_does_not_depend_on_how_it_was_laid_out():
    cramped = json.dumps(json.loads(DIGITS), ensure_ascii=True).encode("utf-8-sig")

    assert dumps(loads(cramped)) == DIGITS


def test_one_changed_parameter_is_one_changed_line():
    before = loads(DIGITS)

    after = before.with_graph(edits.set_params(before.main, "hidden", out_features=64))

    assert lines_between(before, after) == [
        '-        "hidden": {"layer": "Linear", "params": {"out_features": 128}},',
        '+        "hidden": {"layer": "Linear", "params": {"out_features": 64}},',
    ]


def test_one_moved_node_is_one_changed_line_in_the_view():
    before = loads(DIGITS)

    after = before.with_graph(edits.move(before.main, {"flatten": (220.5, 1e9)}))

    assert lines_between(before, after) == [
        '-        "flatten": [220, 0],',
        '+        "flatten": [220.5, 1000000],',
    ]
    assert after.main.positions["flatten"] == (220.5, MAX_COORDINATE)


def test_one_changed_run_setting_is_one_changed_line():
    before = loads(DIGITS)

    after = replace(before, run=replace(before.run, batch_size=32))

    assert lines_between(before, after) == ['-    "batch_size": 64,', '+    "batch_size": 32,']


def test_parameters_stand_in_the_order_of_their_declaration_however_they_were_set():
    graph, node = edits.add_node(Graph(), "Conv2d", params={"padding": (1, 1), "out_channels": 8})

    line = dumps(Document(networks={"main": edits.set_params(graph, node, kernel_size=(5, 5))}))

    assert b'{"out_channels": 8, "kernel_size": [5, 5], "padding": [1, 1]}' in line


def test_numbers_keep_their_kind():
    graph, _ = edits.add_node(
        Graph(), "Linear", params={"a": 1, "b": 1.0, "c": True, "d": 1e-7, "e": 2**40}
    )

    params = loads(dumps(Document(networks={"main": graph}))).main.nodes["linear"].params

    assert {name: repr(value) for name, value in params.items()} == {
        "a": "1", "b": "1.0", "c": "True", "d": "1e-07", "e": "1099511627776",
    }  # fmt: skip


def test_expressions_are_kept_as_text_and_never_run():
    text = "__import__('os').system('false')"
    graph, _ = edits.add_node(Graph(), "Linear", params={"out_features": Expression(text)})

    again = loads(dumps(Document(networks={"main": graph})))

    assert again.main.nodes["linear"].params == {"out_features": Expression(text)}


def test_a_file_is_saved_and_opened_by_path(tmp_path):
    document = loads(DIGITS)

    save(document, tmp_path / "digits.lamina")

    assert load(tmp_path / "digits.lamina") == document
    assert (tmp_path / "digits.lamina").read_bytes() == DIGITS
    assert [path.name for path in tmp_path.iterdir()] == ["digits.lamina"]


def test_saving_again_keeps_the_version_before(tmp_path):
    document, path = loads(DIGITS), tmp_path / "digits.lamina"
    save(document, path)
    save(replace(document, title="Second"), path)

    save(replace(document, title="Third"), path)

    assert load(path).title == "Third"
    assert load(tmp_path / "digits.lamina.bak").title == "Second"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"colour": "red"}, 'the document has a field "colour"'),
        ({"run": {"epochs": 3, "gpus": 2}}, 'run has a field "gpus"'),
        (
            {"networks": {"main": {"nodes": {"a": {"layer": "Quantum"}}, "wires": []}}, "view": {}},
            'node a is of a type "Quantum"',
        ),
        (
            {"networks": {"main": {"nodes": {"a": {"layer": "ReLU", "speed": 1}}}}, "view": {}},
            'node a has a field "speed"',
        ),
        (
            {"a": 1, "b": 1, "c": 1, "d": 1},
            'the document has a field "a", the document has a field "b", the document has a field "c" and 1 more',
        ),
        ({"view": {"elsewhere": {}}}, 'the view has a field "elsewhere"'),
    ],
)
def test_what_is_unknown_opens_read_only_and_is_kept_byte_for_byte(fields, words, tmp_path):
    data = changed(DIGITS, **fields)

    document = loads(data, "odd.lamina")
    save(document, tmp_path / "copy.lamina")

    assert (
        document.read_only
        == f"odd.lamina is read-only: {words}, which this version of Lamina does not know."
    )
    assert document.original == data
    assert (tmp_path / "copy.lamina").read_bytes() == data


def test_a_newer_version_opens_read_only():
    data = changed(DIGITS, lamina=2)

    document = loads(data, "new.lamina")

    assert document.main == loads(DIGITS).main
    assert document.read_only == (
        "new.lamina is read-only: it was made by a newer version of Lamina (format 2; this one knows up to 1). "
        "Update Lamina to change it."
    )
    assert dumps(document) == data


def test_a_newer_version_that_is_not_understood_says_so():
    with pytest.raises(UnreadableDocument) as refused:
        loads(b'{"lamina": 7, "graphs": []}', "new.lamina")

    assert str(refused.value) == (
        "new.lamina cannot be opened: it was made by a newer version of Lamina (format 7; this one knows up to 1). "
        "Update Lamina to change it."
    )


def test_a_read_only_document_is_not_written_over_itself(tmp_path):
    path = tmp_path / "odd.lamina"
    path.write_bytes(changed(DIGITS, colour="red"))
    document = load(path)

    with pytest.raises(NotSaved) as refused:
        save(document, path)

    assert str(refused.value) == (
        'odd.lamina was not saved: odd.lamina is read-only: the document has a field "colour", '
        "which this version of Lamina does not know. Save it under another name."
    )
    assert path.read_bytes() == document.original
    assert list(tmp_path.iterdir()) == [path]


def test_a_value_that_no_file_can_hold_is_refused_before_anything_is_written(tmp_path):
    graph, _ = edits.add_node(Graph(), "Dropout", params={"p": float("nan")})

    with pytest.raises(NotSaved) as refused:
        save(Document(networks={"main": graph}), tmp_path / "a.lamina")

    assert (
        str(refused.value)
        == "The document was not saved: nan cannot be written: only finite numbers can."
    )
    assert not list(tmp_path.iterdir())


def test_a_value_of_a_foreign_type_is_refused():
    graph, _ = edits.add_node(Graph(), "Dropout", params={"p": object()})

    with pytest.raises(NotSaved) as refused:
        dumps(Document(networks={"main": graph}))

    assert (
        str(refused.value)
        == "The document was not saved: A value of type object cannot be written."
    )


def test_what_could_not_be_opened_again_is_not_saved(tmp_path):
    with pytest.raises(NotSaved) as refused:
        save(Document(title="a\x00b"), tmp_path / "a.lamina")

    assert str(refused.value) == (
        "a.lamina was not saved: it could not be read again. a.lamina cannot be opened: "
        '"title" of the document holds a character that cannot be shown (U+0000).'
    )
    assert not list(tmp_path.iterdir())


def test_a_document_too_large_to_open_again_is_not_saved():
    graph = Graph(notes=tuple(Note("x" * 20_000, (0.0, 0.0)) for _ in range(1700)))

    with pytest.raises(NotSaved) as refused:
        dumps(Document(networks={"main": graph}))

    assert str(refused.value) == (
        "The document was not saved: it has 33 MB, and files of more than 32 MB are not read again."
    )


def test_positions_of_nodes_that_are_not_there_are_dropped():
    view = {"main": {"positions": {"gone": [1, 2], "flatten": [3, 4]}}}

    assert loads(changed(DIGITS, view=view)).main.positions == {"flatten": (3.0, 4.0)}


def test_opening_needs_neither_torch_nor_qt():
    import subprocess
    import sys

    program = (
        "import sys; from graphs.document import load; from graphs.check import check; "
        f"check(load({str(FILES[0])!r})); print(sorted({{'torch', 'PySide6', 'networkx', 'numpy'}} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
