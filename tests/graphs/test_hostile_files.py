"""Files that are no documents, or wrong ones, are refused with one sentence; nothing is run, written or lost."""

from __future__ import annotations

import os
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.check import check
from graphs.document import UnreadableDocument, dumps, load, loads
from graphs.json_text import MAX_BYTES
from tests.graphs.hostile import NOT_DOCUMENTS, TEXT, WRONG_DOCUMENTS, with_main, with_top
from tests.graphs.hostile_opened import OPENED

MOST_SECONDS = 2 if sys.gettrace() is None else 8
"""Of the processor: what else the machine does is not the file's doing. Where lines are counted, more is needed."""


def refusal(data: bytes) -> str:
    """The sentence against these bytes, without its beginning, which is always the same."""
    with pytest.raises(UnreadableDocument) as refused:
        loads(data, "bad.lamina")
    start, colon, rest = str(refused.value).partition(": ")
    assert start + colon == "bad.lamina cannot be opened: "
    return rest


@pytest.mark.parametrize(("data", "sentence"), NOT_DOCUMENTS.values(), ids=NOT_DOCUMENTS)
def test_what_is_no_document_is_recognised_and_refused_in_time(data, sentence):
    start = time.process_time()

    assert refusal(data) == sentence
    assert time.process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(("data", "sentence"), WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS)
def test_a_wrong_document_is_refused_by_naming_the_place(data, sentence):
    start = time.process_time()

    assert refusal(data) == sentence
    assert time.process_time() - start < MOST_SECONDS


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


def test_a_million_nodes_are_refused_by_their_number_before_they_are_parsed():
    entries = (f'"n{index}":{{"layer":"ReLU"}}' for index in range(1_000_000))
    data = f'{{"lamina":1,"networks":{{"main":{{"nodes":{{{",".join(entries)}}}}}}}}}'.encode()
    start = time.process_time()

    assert len(data) < MAX_BYTES
    assert refusal(data) == (
        "it holds 1,000,004 objects in braces, and the most that is read is 500,000."
    )
    assert time.process_time() - start < MOST_SECONDS


def test_millions_of_values_are_refused_by_their_number_before_they_are_parsed():
    data = b'{"lamina": [' + b"1," * 5_000_000 + b"1]}"

    assert refusal(data) == "it holds 5,000,000 commas, and the most that is read is 2,000,000."


@pytest.mark.parametrize(("data", "sentence"), OPENED.values(), ids=OPENED)
def test_what_opens_although_it_is_wrong_is_a_problem_that_names_node_and_field(data, sentence):
    start = time.process_time()

    problems = check(loads(data)).problems

    assert sentence in [problem.message for problem in problems if problem.severity == "error"]
    assert time.process_time() - start < MOST_SECONDS


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


@pytest.mark.parametrize("name", ["class", "training", "type", "none", "import", "self", "forward"])
def test_an_id_that_python_knows_is_an_id_like_others(name):
    graph = loads(with_main(nodes={name: {"layer": "ReLU"}})).main

    assert graph.nodes[name].id == name


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c"])
def test_a_mark_of_direction_that_texts_in_arabic_need_stays_in_a_title(mark):
    document = loads(with_top(title=f"a{mark}b"))

    assert document.title == f"a{mark}b"
    assert loads(dumps(document)).title == document.title


@pytest.mark.parametrize("mark", [*"\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_character_that_turns_the_direction_of_what_follows_is_refused(mark):
    assert refusal(with_top(title=f"a{mark}b")) == (
        f'"title" of the document holds a character that cannot be shown (U+{ord(mark):04X}).'
    )


def test_text_in_a_note_stays_text():
    view = {"main": {"notes": [{"text": "<img src=x onerror=1>", "position": [0, 0]}]}}

    assert loads(with_top(view=view)).main.notes[0].text == "<img src=x onerror=1>"


@given(st.binary(max_size=200), st.integers(0, len(TEXT)))
def test_bytes_changed_at_random_open_or_are_refused(noise, at):
    data = TEXT.encode()

    try:
        check(loads(data[:at] + noise + data[at + len(noise) :]))
    except UnreadableDocument as refused:
        assert str(refused)
