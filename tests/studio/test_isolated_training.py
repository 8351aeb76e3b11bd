"""A run in a process of its own, by the switch of the window and by the command line: it outlives both, and may die."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton

from lightning_modules import isolation
from lightning_modules.events import Completed, Failed, Started, Steps, Stopped, from_json
from lightning_modules.isolation import kept_steps
from lightning_modules.run_folder import read_record
from studio.app import build_window
from studio.cli import main

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no fork"),
    pytest.mark.usefixtures("endless"),
]

RUN_MS = 60_000


@pytest.fixture
def children(nursery, monkeypatch):
    """The processes of the runs that were started; none outlives the test."""
    monkeypatch.setattr(isolation, "start_process", nursery.start)
    return nursery.children


class Ear:
    """What a trainer tells."""

    def __init__(self, trainer):
        self.events, self.ended = [], []
        trainer.progressed.connect(self.events.append)
        trainer.ended.connect(self.ended.append)

    @property
    def steps(self):
        """Those that were told."""
        return sum(len(each.losses) for each in self.events if isinstance(each, Steps))


def run_of(file):
    (run,) = (file.parent / "digits.runs").iterdir()
    return run


def press_train(qtbot, window, file):
    """Open the file, switch isolation on, and train, all by hand."""
    assert window.files.open(file)
    switch = window.training.isolation.findChild(QCheckBox)
    window.workbench.reveal("training")
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))
    assert switch.isChecked()
    ear = Ear(window.trainer)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: ear.steps > 0 or bool(ear.ended), timeout=RUN_MS)
    assert not ear.ended, ear.ended
    return ear


def shown(window, name):
    """The words of a label of the training panel."""
    return next(
        each.text()
        for each in window.training.findChildren(QLabel)
        if each.accessibleName() == name
    )


def test_a_run_goes_on_while_the_window_closes_and_opens_again(
    qtbot, window, settings, answers, children, file
):
    before = press_train(qtbot, window, file)
    answers.asked.clear()
    window.close()
    asked = list(answers.asked)
    going_on = read_record(run_of(file))["state"]

    other = build_window(settings, answers)
    other.show()
    ear = Ear(other.trainer)
    other.files.open(file)
    qtbot.waitUntil(lambda: ear.steps > before.steps, timeout=RUN_MS)
    words = shown(other, "Device and speed")
    with qtbot.waitSignal(other.trainer.ended, timeout=RUN_MS) as ended:
        qtbot.keyClick(other, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    other.close()
    other.deleteLater()
    QCoreApplication.sendPostedEvents(other, QEvent.Type.DeferredDelete)

    assert asked == [], "nothing would be lost, so there is nothing to ask"
    assert going_on == "running"
    assert isinstance(ear.events[0], Started)
    assert words.startswith("cpu · 17,226 parameters")
    assert isinstance(ended.args[0], Stopped)
    assert ended.args[0].steps == ear.steps
    assert read_record(run_of(file))["state"] == "stopped"


def test_a_run_that_is_killed_is_told_and_goes_on_at_a_click(qtbot, window, children, file):
    ear = press_train(qtbot, window, file)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS):
        qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    kept = kept_steps(run_of(file))
    _mark_as_killed(run_of(file))
    window.files.open(file)
    go_on = window.training.isolation.findChild(QPushButton)
    qtbot.waitUntil(lambda: go_on.isVisibleTo(window.training), timeout=RUN_MS)
    offer = shown(window, "A run that was interrupted")
    noticed = window.notice.text

    ear = Ear(window.trainer)
    next(each for each in window.notice.findChildren(QPushButton) if each.text() == "Go on").click()
    qtbot.waitUntil(lambda: ear.steps > 0, timeout=RUN_MS)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS) as ended:
        os.kill(children[-1].pid, signal.SIGSEGV)

    reason = (
        "The run's own process crashed (SIGSEGV). "
        f"What it had learned after {kept:,} steps is kept: it can go on from there."
    )
    assert offer == f"The last run was interrupted. Its state after {kept:,} steps is kept."
    assert noticed == offer
    assert ear.events[0].start_step == kept
    assert isinstance(ended.args[0], Failed)
    assert ended.args[0].reason == reason
    assert shown(window, "How the run ended") == f"Failed: {reason}"
    assert window.why_not_train() == ""
    assert go_on.isVisibleTo(window.training)
    assert window.notice.text == f"Failed: {reason}"
    assert [each.text() for each in window.notice.findChildren(QPushButton)][-1] == "Go on"


def _mark_as_killed(run):
    """Let its record say what it says while a run goes on."""
    record = run / "run.json"
    record.write_text(record.read_text().replace('"state": "stopped"', '"state": "running"'))


@pytest.mark.slow
def test_an_isolated_run_in_the_terminal_tells_what_one_here_tells(file, tmp_path, capsys):
    """By a process that is started as the program does it, which imports for seconds."""
    ways = {"here": [], "apart": ["--isolate"]}
    told = {}
    for name, more in ways.items():
        run_dir = str(tmp_path / name)
        call = ["train", str(file), "--epochs", "2", "--run-dir", run_dir, "--json", *more]
        assert main(call) == 0
        told[name] = [from_json(line) for line in capsys.readouterr().out.splitlines()]

    losses = {
        name: [loss for each in events if isinstance(each, Steps) for loss in each.losses]
        for name, events in told.items()
    }
    assert losses["apart"] == losses["here"]
    assert isinstance(told["apart"][-1], Completed)
    assert told["apart"][-2] == told["here"][-2], "the test of the best weights"


def test_the_terminal_says_how_an_isolated_run_crashed(file, tmp_path, capsys, monkeypatch):
    """By a process that is started as the program does it."""
    started = isolation.start_process

    def doomed(run_dir):
        process = started(run_dir)
        os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(isolation, "start_process", doomed)

    code = main(["train", str(file), "--isolate", "--run-dir", str(tmp_path / "run")])

    assert code == 1
    assert capsys.readouterr().err == (
        "lamina: The run's own process was killed (SIGKILL): by somebody, or by the system because memory "
        "ran out. It had not kept anything yet: start it again.\n"
    )
