"""Pause in the window: the run rests, here or in a process of its own, says so, and goes on."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton

from lightning_modules import isolation
from lightning_modules.events import Paused, Steps, Stopped, WentOn
from lightning_modules.isolation import kept_steps

pytestmark = pytest.mark.usefixtures("endless")

RUN_MS = 60_000
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def apart(nursery, monkeypatch):
    """Let runs in processes of their own begin at once; none outlives the test."""
    monkeypatch.setattr(isolation, "start_process", nursery.start)


def how_far(window):
    labels = window.training.findChildren(QLabel)
    return next(each.text() for each in labels if each.accessibleName() == "How far the run is")


def pause_button(window):
    buttons = window.menus.toolbar.findChildren(QToolButton)
    return next(each for each in buttons if each.accessibleName() == "Pause or go on")


def pause_and_go_on(qtbot, window, file):
    """Train, pause by the button, go on by the key, stop; every event."""
    events = []
    window.trainer.progressed.connect(events.append)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: any(isinstance(each, Steps) for each in events), timeout=RUN_MS)
    button, action = pause_button(window), window.menus.qactions["run.pause"]
    before = action.text(), action.isEnabled(), action.isChecked()

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(isinstance(each, Paused) for each in events), timeout=RUN_MS)
    qtbot.waitUntil(action.isChecked, timeout=RUN_MS)
    qtbot.waitUntil(lambda: how_far(window).startswith("Paused in epoch "))  # words rest between
    resting = action.text(), action.isEnabled(), how_far(window)
    (run,) = (file.parent / "digits.runs").iterdir()
    steps = sum(len(each.losses) for each in events if isinstance(each, Steps))
    paused = next(each for each in events if isinstance(each, Paused))
    kept = kept_steps(run)
    qtbot.keyClick(window, Qt.Key.Key_F5, ALT)
    qtbot.waitUntil(lambda: isinstance(events[-1], Steps), timeout=RUN_MS)
    qtbot.waitUntil(lambda: how_far(window).startswith("Epoch "))
    going_on = action.text(), how_far(window)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS) as ended:
        qtbot.keyClick(window, Qt.Key.Key_F5, SHIFT)

    assert before == ("Pause", True, False)
    assert resting[:2] == ("Go on", True)
    assert resting[2].endswith(" of 100000; what it learned is kept")
    assert paused.step == steps == kept
    assert [type(each) for each in events].count(WentOn) == 1
    assert going_on[0] == "Pause"
    assert going_on[1].startswith("Epoch ")
    assert isinstance(ended.args[0], Stopped)
    assert action.toolTip() == "Pause (Alt+F5)\nNothing is being trained."


def test_a_run_is_paused_and_goes_on(qtbot, window, file):
    assert window.files.open(file)

    pause_and_go_on(qtbot, window, file)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_run_of_its_own_process_is_paused_and_goes_on(qtbot, window, apart, file):
    assert window.files.open(file)
    switch = window.training.isolation.findChild(QCheckBox)
    window.workbench.reveal("training")
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))

    pause_and_go_on(qtbot, window, file)


def test_a_run_that_cannot_be_paused_says_why(qtbot, window, file):
    assert window.files.open(file)
    events = []
    window.trainer.progressed.connect(events.append)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: any(isinstance(each, Steps) for each in events), timeout=RUN_MS)
    (run,) = (file.parent / "digits.runs").iterdir()
    (run / "pause.request").symlink_to("/nowhere/at/all")

    with qtbot.waitSignal(window.training.message) as said:
        qtbot.keyClick(window, Qt.Key.Key_F5, ALT)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS):
        qtbot.keyClick(window, Qt.Key.Key_F5, SHIFT)

    assert said.args[0] == "The run cannot be paused: No such file or directory."
