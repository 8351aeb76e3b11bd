"""Trying a trained network in the window: a sample of the data, a file, a drawing."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from graphs.content import Document
from lightning_modules.job import Job
from lightning_modules.prediction import predict_split
from studio.looks.theme import LIGHT
from studio.panels.trying import EMPTY, GOES_ON, TryPanel
from studio.store import Store
from studio.tries.scores import value_text
from studio.tries.sources import DRAWING, FILE, PART
from tests.documents import diabetes_line, digits_mlp
from tests.trained import trained

LIMIT_MS = 60_000


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return trained(digits_mlp(), tmp_path_factory.mktemp("digits"), epochs=8)


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory):
    return trained(diabetes_line(), tmp_path_factory.mktemp("diabetes"))


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(TryPanel(Store(), LIGHT, trainer), 800, 260)


def opened(qtbot, panel, job):
    """The panel with a run, once it has answered for the first sample."""
    panel.run.open(job.run_dir)
    qtbot.waitUntil(lambda: panel.tried is not None and not panel.run.busy, timeout=LIMIT_MS)


def settled(qtbot, panel, before):
    qtbot.waitUntil(lambda: panel.tried is not before and not panel.run.busy, timeout=LIMIT_MS)
    return panel.tried


def shown(panel):
    return panel._pages.currentIndex() == 1


def test_before_a_run_and_while_one_goes_on_it_says_so(panel, trainer, tmp_path):
    before = panel._empty.text()
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))

    assert (before, panel._empty.text()) == (EMPTY, GOES_ON)
    assert not shown(panel)


def test_a_run_that_ends_can_be_tried_at_once(qtbot, panel, trainer, tmp_path):
    job = Job(
        replace(digits_mlp(), run=replace(digits_mlp().run, epochs=1)), tmp_path, tmp_path / "r"
    )

    with qtbot.waitSignal(trainer.ended, timeout=60_000):
        trainer.start(job)

    qtbot.waitUntil(lambda: panel.tried is not None, timeout=LIMIT_MS)
    assert shown(panel)
    assert panel.tried.answer.sample == "test 1"


def test_nothing_is_loaded_while_it_stands_behind_another_tab(qtbot, window, digits):
    window.files.new()
    panel = window.workbench.docks["try"].widget()
    window.workbench.reveal("curves")
    panel.run.open(digits.run_dir)
    hidden = panel.run.busy or panel._asked_facts

    window.workbench.reveal("try")

    qtbot.waitUntil(lambda: panel.tried is not None, timeout=LIMIT_MS)
    assert not hidden


def test_samples_are_walked_through_and_answered_as_on_the_command_line(qtbot, panel, digits):
    opened(qtbot, panel, digits)
    first = panel.tried

    qtbot.mouseClick(panel.sources.sample.after, Qt.MouseButton.LeftButton)
    second = settled(qtbot, panel, first)

    wanted = predict_split(digits.run_dir, "test")
    assert [first.answer.values, second.answer.values] == [wanted[0].values, wanted[1].values]
    assert panel.answer.text() == str(wanted[1].values["logits"])
    assert panel.truth.text() == f"Truth: {wanted[1].target['logits']}"
    assert dict(panel.bars.rows(10)) == pytest.approx(wanted[1].chances["logits"], abs=1e-5)
    qtbot.mouseClick(panel.sources.sample.any, Qt.MouseButton.LeftButton)
    assert settled(qtbot, panel, second).answer.sample != "test 2"


def test_other_parts_can_be_tried(qtbot, panel, digits):
    opened(qtbot, panel, digits)
    first = panel.tried

    panel.sources.part.setCurrentIndex(panel.sources.part.findData("train"))

    assert settled(qtbot, panel, first).answer.sample == "train 1"
    assert panel.sources.sample.number.maximum() == 1258


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FILE, "Choose files, or drop them here: the network answers for each."),
        (DRAWING, "Draw in the square with the mouse: the network answers after each stroke."),
    ],
)
def test_before_anything_is_given_it_says_what_to_do(qtbot, panel, digits, kind, words):
    opened(qtbot, panel, digits)

    panel.sources.choose(kind)

    assert panel.tried is None
    assert panel.truth.text() == words
    assert panel.truth.isVisible()


def test_a_drawn_bar_is_answered_live_and_taken_back(qtbot, panel, digits):
    opened(qtbot, panel, digits)
    panel.sources.choose(DRAWING)
    empty = panel.tried

    canvas = panel.canvas
    x = canvas.width() // 2
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, 20))
    during = settled(qtbot, panel, empty)
    qtbot.mouseMove(canvas, QPoint(x, canvas.height() - 20))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, canvas.height() - 20))
    after = settled(qtbot, panel, during)
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert empty is None
    assert during.answer.sample == after.answer.sample == "drawing"
    assert after.answer.values["logits"] == "1"
    assert canvas.strokes == 0
    assert panel.answer.text() == ""


def test_an_image_of_ones_own_is_answered_and_a_wrong_file_is_told(qtbot, panel, digits, tmp_path):
    opened(qtbot, panel, digits)
    before = panel.tried
    Image.new("L", (20, 20), 0).save(tmp_path / "black.png")
    (tmp_path / "notes.png").write_text("no image")

    panel.try_files((tmp_path / "black.png",))
    found = settled(qtbot, panel, before)
    panel.try_files((tmp_path / "notes.png",))
    qtbot.waitUntil(lambda: panel.said.text() != "", timeout=LIMIT_MS)

    assert panel.sources.kind == FILE
    assert found.answer.sample.endswith("black.png")
    assert panel.said.text() == (
        f"{tmp_path / 'notes.png'} cannot be read as an image. Use a PNG or JPEG image in its place."
    )
    assert panel.tried is found


def test_rows_of_a_table_are_answered_with_numbers(qtbot, panel, diabetes, tmp_path):
    opened(qtbot, panel, diabetes)
    kinds = [panel.sources.choice.itemData(i) for i in range(panel.sources.choice.count())]
    before = panel.tried
    rows = ["a,b,c,d,e,f,g,h,i,j", "50,1,30,100,200,110,40,5,5,90", "20,2,20,70,150,90,60,3,4,80"]
    (tmp_path / "rows.csv").write_text("\n".join(rows))

    panel.try_files((tmp_path / "rows.csv",))
    first = settled(qtbot, panel, before)
    qtbot.mouseClick(panel.sources.row.after, Qt.MouseButton.LeftButton)

    assert kinds == [PART, FILE]
    assert first.answer.sample == "rows.csv row 2"
    assert panel.tried.answer.sample == "rows.csv row 3"
    assert panel.answer.text() == value_text(panel.tried.answer.values["input"])
    assert panel.sample.text.toPlainText().startswith("age: 20\nsex: 2")
    assert not panel.bars.isVisible()


def test_another_document_takes_the_run_away(qtbot, panel, digits):
    opened(qtbot, panel, digits)

    panel._reopen()

    assert not shown(panel)
    assert panel.run.run_dir is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "0.5000"),
        ("seven", "seven"),
        (["a", "b", "\n"], "ab\n"),
        ([0.5, 1.5], "0.5000, 1.5000"),
        ([[1.0] * 5] * 3, ", ".join(["1.0000"] * 8) + ", … (15 in all)"),
    ],
)
def test_answers_are_said_in_words(value, words):
    assert value_text(value) == words


def test_a_document_that_is_opened_is_tried_with_its_last_run(
    qtbot, on_screen, trainer, digits, tmp_path
):
    run = tmp_path / "digits.runs" / "2026-01-02_03-04-05"
    shutil.copytree(digits.run_dir, run)
    store = Store()
    panel = on_screen(TryPanel(store, LIGHT, trainer), 800, 260)

    store.open(digits.document, tmp_path / "digits.lamina")

    qtbot.waitUntil(lambda: panel.tried is not None and not panel.run.busy, timeout=LIMIT_MS)
    assert panel.run.run_dir == run
    assert panel.whose.text() == "By the run 2026-01-02 03:04:05."
    store.open(Document())
    assert panel.run.run_dir is None


def test_the_run_before_can_be_tried_while_another_one_is_trained(
    qtbot, panel, trainer, digits, tmp_path
):
    opened(qtbot, panel, digits)
    first = panel.tried
    slow = replace(digits_mlp(), run=replace(digits_mlp().run, epochs=100_000, device="cpu"))
    with qtbot.waitSignal(trainer.progressed, timeout=60_000):
        trainer.start(Job(slow, tmp_path, tmp_path / "slow"))

    qtbot.mouseClick(panel.sources.sample.after, Qt.MouseButton.LeftButton)
    second = settled(qtbot, panel, first)
    running, whose = trainer.running, panel.whose.text()
    with qtbot.waitSignal(trainer.ended, timeout=60_000):
        trainer.request_stop()

    assert running
    assert second.answer.sample == "test 2"
    assert whose == "By the run run. The run that goes on can be tried when it has ended."
    qtbot.waitUntil(lambda: panel.whose.text() == "By the run slow.", timeout=LIMIT_MS)
