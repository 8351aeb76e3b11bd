"""Files that are no documents, through the command line and the window: one sentence, and nothing written or lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget

from graphs import edits
from studio.cli import main
from tests.graphs.hostile import NOT_DOCUMENTS, WRONG_DOCUMENTS
from tests.graphs.hostile_opened import OPENED

CORPUS = Path(__file__).parents[2] / "graphs" / "corpus"
UNKNOWN = "which this version of Lamina does not know."
NEWER = (
    "it was made by a newer version of Lamina (format 2; this one knows up to 1). "
    "Update Lamina to change it."
)
LARGE = 100_000
"""Bytes: what is larger is tested without a window."""

REFUSED = {**NOT_DOCUMENTS, **WRONG_DOCUMENTS}


def odd(make: str, path: Path) -> None:
    """Put something there that is no plain file."""
    if make == "folder":
        path.mkdir()
    elif make == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_by_the_command_line_in_one_line(
    data, sentence, tmp_path, capsys
):
    path = tmp_path / "bad.lamina"
    path.write_bytes(data)

    code = main(["check", str(path)])

    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert shown.err == f"lamina: bad.lamina cannot be opened: {sentence}\n"
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ("folder", "{} is a folder; give a file."),
        ("pipe", "bad.lamina cannot be opened: it is a pipe or a device, not a file."),
        ("device", "bad.lamina cannot be opened: it is a pipe or a device, not a file."),
    ],
)
def test_what_is_no_plain_file_is_refused_by_the_command_line(make, sentence, tmp_path, capsys):
    path = tmp_path / "bad.lamina"
    odd(make, path)

    code = main(["check", str(path)])

    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert shown.err == f"lamina: {sentence.format(path)}\n"
    assert list(tmp_path.iterdir()) == [path]


def test_hostile_files_are_refused_by_the_window_and_what_is_open_stays(window, answers, tmp_path):
    window.files.new()
    window.store.edit("Add", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])
    shown = window.store.document
    path = tmp_path / "bad.lamina"
    answers.unsaved_answer = "discard"

    for data, sentence in REFUSED.values():
        path.write_bytes(data)
        answers.told.clear()

        assert not window.files.open(path)
        assert answers.told == [f"bad.lamina cannot be opened: {sentence}"]
        assert path.read_bytes() == data
    assert window.store.document is shown
    assert window.store.modified
    assert window.files.recent == ()


def test_what_is_no_plain_file_is_refused_by_the_window(window, answers, tmp_path):
    for make in ("folder", "pipe", "device"):
        path = tmp_path / f"{make}.lamina"
        odd(make, path)
        answers.told.clear()

        assert not window.files.open(path)
        words = "it is a folder." if make == "folder" else "it is a pipe or a device, not a file."
        assert answers.told == [f"{make}.lamina cannot be opened: {words}"]


def test_what_opens_although_it_is_wrong_is_drawn_and_its_file_stays(window, tmp_path):
    path = tmp_path / "bad.lamina"

    for data, sentence in OPENED.values():
        if len(data) > LARGE:
            continue
        path.write_bytes(data)

        assert window.files.open(path)
        assert sentence in [problem.message for problem in window.store.report.problems]
        assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("unknown_layer", f'node quantum is of a type "QuantumLinear", {UNKNOWN}'),
        ("unknown_fields", f'the document has a field "plugins", {UNKNOWN}'),
        ("newer_version", NEWER),
    ],
)
def test_save_is_off_for_a_read_only_document_and_a_copy_has_the_same_bytes(
    name, why, window, answers, tmp_path
):
    data = (CORPUS / f"read_only_{name}.lamina").read_bytes()
    path = tmp_path / "kept.lamina"
    path.write_bytes(data)
    window.files.open(path)
    save = window.menus.qactions["file.save"]
    answers.path = tmp_path / "copy.lamina"

    off, tip = not save.isEnabled(), save.toolTip()
    window.perform("file.save_as")

    assert off
    assert tip == f"Save (Ctrl+S)\nkept.lamina is read-only: {why} Save as… keeps a copy of it."
    assert path.read_bytes() == data
    assert answers.path.read_bytes() == data
    assert not (tmp_path / "kept.lamina.bak").exists()


def test_html_in_a_file_is_shown_as_text_wherever_it_is_named(window, tmp_path):
    picture = '<img src="file:///etc/hostname">'
    path = tmp_path / "html.lamina"
    main_ = {"nodes": {"a": {"layer": "ReLU", "title": picture, "params": {"b": picture}}}}
    view = {"main": {"notes": [{"text": picture, "position": [0, 0]}]}}
    values = {"lamina": 1, "title": picture, "networks": {"main": main_}, "view": view, picture: 1}
    path.write_text(json.dumps(values))

    window.files.open(path)
    window.store.select({"a"})

    labels = [each for each in window.findChildren(QLabel) if "<img" in each.text()]
    tips = [each.toolTip() for each in window.findChildren(QWidget) if each.toolTip()]
    tips += [each.toolTip() for each in window.menus.qactions.values()]
    assert picture in window.notice.text
    assert {each.textFormat() for each in labels} == {Qt.TextFormat.PlainText}
    assert not [each for each in tips if "<img" in each and Qt.mightBeRichText(each)]
    assert window.store.graph.notes[0].text == picture
