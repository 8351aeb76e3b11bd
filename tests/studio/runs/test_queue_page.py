"""The queue in the window: what is added by hand runs one after the other, and outlives the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDialogButtonBox

from graphs.document import save
from lightning_modules.events import Completed, Failed, Stopped
from lightning_modules.run_queue import Queue, queue_folder
from studio.actions.runs import panel_of
from studio.app import build_window
from studio.runs.grid_dialog import GridDialog
from studio.runs.queue_page import EMPTY
from tests.recorded_runs import digits

RUN_MS = 60_000


@pytest.fixture
def panel(qtbot, window, tmp_path):
    """The queue in front, with the digits example open, which takes a moment to learn."""
    path = tmp_path / "digits.lamina"
    save(digits(epochs=1), path)
    window.files.open(path)
    window.perform("run.queue.show")
    panel = panel_of(window)
    qtbot.waitUntil(panel.queue.isVisible)
    return panel


@pytest.fixture
def jobs(window, monkeypatch):
    """What the queue lets the trainer start; the test tells how each run ends."""
    started = []

    def start(trainer, job, *, isolated):
        started.append(job)
        trainer.started.emit(job)

    monkeypatch.setattr(type(window.trainer), "start", start)
    return started


@pytest.fixture
def told(window):
    sentences: list[str] = []
    panel_of(window).message.connect(sentences.append)
    return sentences


def rows(panel):
    found = panel.queue.list
    return [
        [found.topLevelItem(row).text(column) for column in (1, 2)]
        for row in range(found.topLevelItemCount())
    ]


def press(qtbot, button):
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def write_grid(qtbot, window, panel, **values):
    """Open the dialog and write into its rows."""
    press(qtbot, panel.queue.several)
    dialog = window.findChild(GridDialog)
    for name, text in values.items():
        dialog.rows[name].clear()
        qtbot.keyClicks(dialog.rows[name], text)
    return dialog


def test_an_empty_queue_says_what_to_do(panel):
    assert panel.queue._empty.isVisible()
    assert panel.queue._empty.text() == EMPTY
    assert EMPTY == (
        "Nothing waits. Add to queue puts the graph as it is now here; Add several… tries other "
        "epochs, learning rates, batch sizes or seeds."
    )
    assert not panel.queue.start.isEnabled()


@pytest.mark.slow
def test_a_graph_with_problems_cannot_be_added(qtbot, window, panel):
    window.files.new()

    assert not panel.queue.add.isEnabled()
    assert panel.adder.why_not() == "There is nothing to train yet: the canvas is empty."


def test_a_grid_is_written_counted_and_added(qtbot, window, panel, told):
    dialog = write_grid(qtbot, window, panel, lr="0.1, 0.01", seed="1-3")
    counted = dialog.told.text(), dialog.add.text()
    press(qtbot, dialog.add)

    assert counted == ("6 runs: 2 of learning rate × 3 of seed.", "Add 6 runs")
    assert rows(panel)[0] == ["learning rate 0.1, seed 1", "Waiting"]
    assert panel.tabs.tabText(2) == "Queue (6)"
    assert told == ["6 more runs wait in the queue. Start the queue in the Runs panel."]


def test_runs_of_several_devices_wait_with_them(qtbot, window, panel, jobs, monkeypatch):
    monkeypatch.setattr(panel.adder, "_devices", lambda: 2)
    press(qtbot, panel.queue.add)
    press(qtbot, write_grid(qtbot, window, panel, seed="1").add)
    waiting = rows(panel)

    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: len(jobs) == 1)

    assert waiting == [["on 2 devices", "Waiting"], ["seed 1, on 2 devices", "Waiting"]]
    assert jobs[0].devices == 2


def test_what_cannot_stand_in_a_grid_is_said_at_once(qtbot, window, panel):
    dialog = write_grid(qtbot, window, panel, epochs="0")
    refused = dialog.told.text(), dialog.add.isEnabled()
    qtbot.keyClicks(dialog.rows["epochs"], "7")
    one = dialog.told.text()
    dialog.rows["epochs"].clear()
    as_it_is = dialog.told.text()
    cancel = QDialogButtonBox.StandardButton.Cancel
    press(qtbot, dialog.findChild(QDialogButtonBox).button(cancel))

    assert refused == ("Epochs must be at least 1 and at most 1,000,000, but is 0.", False)
    assert one == "1 run with epochs 7."
    assert as_it_is == "1 run, as the settings are now."
    assert rows(panel) == []


def test_runs_are_moved_and_removed_by_keys_and_buttons(qtbot, window, panel):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-3").add)
    panel.queue.list.topLevelItem(2).setSelected(True)
    qtbot.keyClick(panel.queue.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    press(qtbot, panel.queue.up)
    moved = [each for each, _ in rows(panel)]
    press(qtbot, panel.queue.down)
    qtbot.keyClick(panel.queue.list, Qt.Key.Key_Delete)

    assert moved == ["seed 3", "seed 1", "seed 2"]
    assert rows(panel) == [["seed 1", "Waiting"], ["seed 2", "Waiting"]]


def test_a_run_that_fails_does_not_stop_the_queue(qtbot, window, panel, jobs, told):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-2").add)
    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: len(jobs) == 1)
    going = rows(panel)
    window.trainer.ended.emit(Failed("The loss is not a number at step 9."))
    qtbot.waitUntil(lambda: len(jobs) == 2)
    window.trainer.ended.emit(Completed(1, 8, 1, 1.0))
    qtbot.waitUntil(lambda: not panel.runner.on)

    assert [job.document.run.seed for job in jobs] == [1, 2]
    assert going == [["seed 1", "Running"], ["seed 2", "Waiting"]]
    assert rows(panel) == [["seed 1", "Failed: The loss is not a number at step 9."]]
    assert told[-1] == "The queue is done."


@pytest.mark.slow
def test_a_failed_run_is_tried_again(qtbot, window, panel, jobs):
    press(qtbot, panel.queue.add)
    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: len(jobs) == 1)
    window.trainer.ended.emit(Failed("No."))
    qtbot.waitUntil(lambda: not panel.runner.on)
    panel.queue.list.topLevelItem(0).setSelected(True)

    press(qtbot, panel.queue.again)

    assert rows(panel) == [["as it is", "Waiting"]]


def test_a_run_that_is_stopped_pauses_the_queue_and_waits_to_go_on(
    qtbot, window, panel, jobs, told
):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-2").add)
    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: len(jobs) == 1)

    window.trainer.ended.emit(Stopped(0, 3, 0, 1.0))

    assert not panel.runner.on
    assert rows(panel) == [["seed 1", "Waiting to go on"], ["seed 2", "Waiting"]]
    assert told[-1] == "The queue is paused, as its run was stopped. Start it to go on."


@pytest.mark.slow
def test_a_paused_queue_begins_no_further_run(qtbot, window, panel, jobs):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-2").add)
    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: len(jobs) == 1)
    press(qtbot, panel.queue.start)

    window.trainer.ended.emit(Completed(1, 8, 1, 1.0))
    QCoreApplication.processEvents()

    assert len(jobs) == 1
    assert rows(panel) == [["seed 2", "Waiting"]]


@pytest.mark.slow
def test_another_window_that_runs_the_queue_is_named(qtbot, window, panel, told):
    other = Queue(queue_folder())
    other.begin()
    press(qtbot, panel.queue.add)

    press(qtbot, panel.queue.start)
    other.end()

    assert told[-1] == "Another window is running the queue already. Pause it there first."
    assert not panel.runner.on


def test_the_queue_outlives_the_window(qtbot, window, panel, settings, answers):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-2").add)
    window.close()

    again = build_window(settings, answers)
    waiting = [each.words for each in panel_of(again).runner.entries]
    again.close()
    again.deleteLater()
    QCoreApplication.sendPostedEvents(again, QEvent.Type.DeferredDelete)

    assert waiting == ["seed 1", "seed 2"]


@pytest.mark.slow
def test_two_runs_are_really_trained_one_after_the_other_and_listed(qtbot, window, panel, told):
    press(qtbot, write_grid(qtbot, window, panel, seed="1-2").add)

    press(qtbot, panel.queue.start)
    qtbot.waitUntil(lambda: "The queue is done." in told, timeout=RUN_MS)
    panel.show_list()
    qtbot.waitUntil(
        lambda: [each.state for each in panel.model.runs] == ["completed"] * 2, timeout=RUN_MS
    )

    assert sorted(each.settings["seed"].value for each in panel.model.runs) == ["1", "2"]
    assert all(each.test is not None and each.seconds > 0 for each in panel.model.runs)
    assert rows(panel) == []
