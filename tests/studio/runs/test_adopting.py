"""What was trained before a document had a name stands beside it once it is saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from lightning_modules.events import Steps
from lightning_modules.run_places import runs_folder
from resources.templates import FIRST, templates
from studio.actions.runs import panel_of
from studio.runs.table import STATE
from tests.studio.runs.conftest import READ_MS, shown

RUN_MS = 60_000


@pytest.fixture
def untitled(window):
    """The window with the first example, which has no file, to be learned for ever."""
    example = next(each for each in templates() if each.name == FIRST)
    assert window.files.open_template(example.path)
    run = replace(window.store.document.run, epochs=100_000)
    window.store.edit_document("Learn for ever", lambda document: replace(document, run=run))
    return window


def train(qtbot, window):
    """Begin a run, and wait for its first steps."""
    with qtbot.waitSignal(
        window.trainer.progressed,
        timeout=RUN_MS,
        check_params_cb=lambda event: isinstance(event, Steps),
    ):
        qtbot.keyClick(window, Qt.Key.Key_F5)


def stop(qtbot, window):
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS):
        qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)


def test_runs_of_before_the_first_save_and_the_one_that_goes_on_stand_beside_the_file(
    qtbot, untitled, answers, tmp_path
):
    window, panel = untitled, panel_of(untitled)
    answers.path = tmp_path / "mine.lamina"
    train(qtbot, window)
    stop(qtbot, window)

    train(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    saved = sorted(each.name for each in runs_folder(answers.path).iterdir())
    stop(qtbot, window)

    first, second = sorted(runs_folder(None).iterdir())
    there = tmp_path / "mine.runs"
    assert saved == [first.name]
    assert sorted(there.iterdir()) == [there / first.name, there / second.name]
    for run in (first, second):
        files = {each.name for each in run.iterdir() if each.suffix != ".lock"}
        assert {each.name for each in (there / run.name).iterdir()} == files
        assert (there / run.name / "last.safetensors").samefile(run / "last.safetensors")
    window.workbench.reveal("runs")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2, timeout=READ_MS)
    assert [each.split(",")[0] for each in shown(panel, STATE)] == ["Stopped", "Stopped"]
