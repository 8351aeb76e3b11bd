"""The corpus: a file for each feature of the format, which every later version opens, judges and keeps as this one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphs.check import check
from graphs.content import Document, Feed, Minimise, Objective, Procedure, RunSettings
from graphs.document import dumps, load, save
from graphs.graph import Face, Frame, Marks, Note, Placement
from graphs.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "corpus"
FILES = sorted(FOLDER.glob("*.lamina"))


def judged(document: Document) -> dict[str, Any]:
    """What was written down of a file when it came into the corpus; words of sentences may still get better."""
    found = summary(check(document))
    return {
        "read_only": bool(document.read_only),
        "ok": found["ok"],
        "parameters": found["parameters"],
        "problems": [[each["code"], each["severity"], each["nodes"]] for each in found["problems"]],
        "nodes": {
            name: {"outputs": each["outputs"], "parameters": each["parameters"]}
            for name, each in found["nodes"].items()
        },
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_the_corpus_opens_is_judged_as_ever_and_saved_to_the_same_bytes(path, tmp_path):
    data = path.read_bytes()

    document = load(path)
    save(document, tmp_path / path.name)

    assert judged(document) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert dumps(document) == data
    assert (tmp_path / path.name).read_bytes() == data


def test_every_file_of_the_corpus_has_its_judgement_and_no_judgement_lacks_a_file():
    assert {path.stem for path in FOLDER.glob("*.json")} == {path.stem for path in FILES}


def _values(document: Document) -> Iterator[object]:
    """The document and all values in it that are made of fields of their own."""
    yield document
    yield document.run
    yield from (document.run.early_stopping,) if document.run.early_stopping else ()
    for objective in document.objectives:
        yield objective
        yield from objective.minimise
    for procedure in document.procedures:
        yield procedure
        yield from procedure.feeds
    for graph in document.networks.values():
        yield graph.face
        yield from (*graph.frames, *graph.notes)
        for node in graph.nodes.values():
            yield node.marks
            yield from (node.place,) if node.place else ()


@pytest.mark.parametrize(
    ("kind", "default", "left_out"),
    [
        (Document, Document(), {"read_only", "original"}),
        (RunSettings, RunSettings(), set()),
        (Objective, Objective(), set()),
        (Minimise, Minimise(""), set()),
        (Procedure, Procedure("", ""), set()),
        (Feed, Feed("", ""), set()),
        (Face, Face(), set()),
        (Frame, Frame("", "", (0.0, 0.0, 0.0, 0.0)), set()),
        (Note, Note("", (0.0, 0.0)), set()),
        (Marks, Marks(), set()),
        (Placement, Placement(""), set()),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_field_of_the_format_stands_in_a_file_of_the_corpus(kind, default, left_out):
    seen = {
        name
        for path in FILES
        for value in _values(load(path))
        if type(value) is kind
        for name, each in vars(value).items()
        if each != getattr(default, name)
    }

    assert seen >= set(vars(default)) - left_out
