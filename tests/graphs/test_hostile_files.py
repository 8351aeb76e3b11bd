"""Files that are no documents, or wrong ones, are refused with one sentence; nothing is run, written or lost."""

from __future__ import annotations

import copy
import json
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.check import check
from graphs.document import Document, UnreadableDocument, load, loads
from tests.graphs.hostile import (
    GOOD,
    NOT_DOCUMENTS,
    TEXT,
    WRONG_DOCUMENTS,
    with_main,
    with_node,
    with_top,
)


def refusal(data: bytes) -> str:
    """The sentence against these bytes, without its beginning, which is always the same."""
    with pytest.raises(UnreadableDocument) as refused:
        loads(data, "bad.lamina")
    start, colon, rest = str(refused.value).partition(": ")
    assert start + colon == "bad.lamina cannot be opened: "
    return rest


@pytest.mark.parametrize(("data", "sentence"), NOT_DOCUMENTS.values(), ids=NOT_DOCUMENTS)
def test_what_is_no_document_is_recognised_and_refused_in_time(data, sentence):
    start = time.monotonic()

    assert refusal(data) == sentence
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(("data", "sentence"), WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS)
def test_a_wrong_document_is_refused_by_naming_the_place(data, sentence):
    start = time.monotonic()

    assert refusal(data) == sentence
    assert time.monotonic() - start < 2


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.lamina"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)

    with pytest.raises(UnreadableDocument) as refused:
        load(path)

    assert str(refused.value) == (
        "large.lamina cannot be opened: it has 3,072 MB, and the most that is read is 32 MB."
    )


def test_bytes_that_are_too_many_are_refused_before_they_are_parsed():
    assert refusal(b" " * (32 * 2**20 + 1)) == "it has 32 MB, and the most that is read is 32 MB."


def test_too_many_nodes_are_refused():
    nodes = {f"n{index}": {"layer": "ReLU"} for index in range(100_001)}

    assert refusal(with_main(nodes=nodes)) == "network main has 100,001 nodes; the most is 100,000."


def test_a_chain_of_20000_nodes_opens_and_is_checked():
    nodes = {f"n{index}": {"layer": "ReLU"} for index in range(20_000)}
    wires = [f"n{index}.output -> n{index + 1}.input" for index in range(19_999)]

    report = check(loads(with_main(nodes=nodes, wires=wires)))

    assert {problem.code for problem in report.problems} == {"G103", "G301", "G302"}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.mkdir(), "it is a folder."),
        (os.mkfifo, "it is a pipe or a device, not a file."),
        (lambda path: path.symlink_to("/dev/zero"), "it is a pipe or a device, not a file."),
        (lambda path: path.symlink_to(path), "its links go round in a circle."),
        (lambda _: None, "there is no such file."),
    ],
    ids=["folder", "pipe", "device", "circle", "nothing"],
)
def test_what_is_no_plain_file_is_refused(make, sentence, tmp_path):
    path = tmp_path / "odd.lamina"
    make(path)

    with pytest.raises(UnreadableDocument) as refused:
        load(path)

    assert str(refused.value) == f"odd.lamina cannot be opened: {sentence}"


def test_a_name_that_is_impossible_is_refused():
    with pytest.raises(UnreadableDocument) as refused:
        load("a\0b")

    assert str(refused.value) == "a\0b cannot be opened: its name is not possible."


@pytest.mark.parametrize(
    "params",
    [
        {"out_features": -1},
        {"out_features": 0},
        {"out_features": True},
        {"out_features": "ten"},
        {"out_features": 10**20},
        {"out_features": None},
        {"out_features": []},
        {"out_features": {}},
        {"out_features": 1.5},
        {"colour": 1},
    ],
    ids=str,
)
def test_a_parameter_out_of_range_opens_and_is_a_problem(params):
    report = check(loads(with_node(params=params)))

    assert report.problems[0].code == "G102"
    assert report.problems[0].fixes


@pytest.mark.parametrize(
    "wires", [["a.output -> b.input", "b.output -> a.input"], ["a.output -> a.input"]], ids=len
)
def test_a_loop_opens_and_is_a_problem(wires):
    report = check(loads(with_main(wires=wires)))

    assert "G101" in {problem.code for problem in report.problems}


def test_a_block_that_contains_itself_opens_and_is_a_problem():
    report = check(loads(with_main(nodes={"a": {"network": "main"}})))

    assert report.problems[0].message == (
        "A: The block main contains itself, so it would never end. Take it out of itself."
    )


def test_text_in_a_note_stays_text():
    view = {"main": {"notes": [{"text": "<img src=x onerror=1>", "position": [0, 0]}]}}

    assert loads(with_top(view=view)).main.notes[0].text == "<img src=x onerror=1>"


def test_opening_and_checking_runs_nothing_and_reads_nothing_else(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "a.lamina"
    path.write_bytes(with_node(params={"out_features": {"expr": "__import__('os').system('ls')"}}))
    program = f"""
import sys, graphs.check, graphs.document
seen = []
def hook(event, args):
    if event in ("exec", "compile", "import", "os.system", "subprocess.Popen", "socket.connect", "pickle.find_class"):
        seen.append((event, str(args)[:80]))
    if event == "open" and not isinstance(args[0], int):
        seen.append((event, args[0]))
sys.addaudithook(hook)
graphs.check.check(graphs.document.load({str(path)!r}))
print(seen)
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{[('open', str(path))]}\n"


def places(value: object, way: tuple = ()) -> list[tuple]:
    """The ways to all values inside a JSON value."""
    found = [way]
    if isinstance(value, dict):
        for name, each in value.items():
            found += places(each, (*way, name))
    if isinstance(value, list):
        for index, each in enumerate(value):
            found += places(each, (*way, index))
    return found


ODD = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        2**40,
        "",
        "a",
        "digits.image -> relu.input",
        [],
        [1, [2]],
        {},
        {"expr": "9**9**9"},
        {"a": 1},
    ]
)


@given(st.lists(st.tuples(st.sampled_from(places(GOOD)[1:]), ODD), min_size=1, max_size=3))
def test_a_document_changed_at_random_opens_or_is_refused_and_is_checked(changes):
    values = copy.deepcopy(GOOD)
    for way, odd in changes:
        place = values
        for step in way[:-1]:
            try:
                place = place[step]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(place, (dict, list)) and (
            isinstance(place, dict) or isinstance(way[-1], int)
        ):
            try:
                place[way[-1]] = odd
            except IndexError:
                continue

    try:
        document = loads(json.dumps(values).encode())
    except UnreadableDocument as refused:
        assert str(refused).startswith("The document cannot be opened: ")
        return

    assert isinstance(document, Document)
    check(document)


@given(st.binary(max_size=200), st.integers(0, len(TEXT)))
def test_bytes_changed_at_random_open_or_are_refused(noise, at):
    data = TEXT.encode()

    try:
        check(loads(data[:at] + noise + data[at + len(noise) :]))
    except UnreadableDocument as refused:
        assert str(refused)
