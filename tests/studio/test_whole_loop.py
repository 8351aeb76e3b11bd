"""The whole loop with mouse and keys: from the empty canvas to a trained network that the command line trains again."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from graphs.document import load
from lightning_modules.events import Completed, EpochEnded, Evaluated, Started, Steps, from_json
from resources.templates import templates
from studio.cli import main
from studio.demo import FEATURES, NETWORK, WIRES
from studio.demo_hands import DemoHands

HEARTBEAT_MS = 5
LONGEST_GAP_S = 0.25
"""The bar is 0.1 s on a quiet machine; a test that fails on a busy one would only teach to look away."""

TIMES = 3
"""What holds the window up does so each time; what another program takes of the computer it takes now and then."""


@pytest.fixture
def hands(window, qtbot) -> DemoHands:
    window.activateWindow()
    qtbot.waitActive(window)
    return DemoHands(window)


def _draw_digits_mlp(window, hands) -> None:
    """Drag, set and wire what the demonstration does."""
    for _ in range(3):
        hands.press(Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    size = window.canvas.viewport().size()
    ids = {
        key: hands.drag_layer(type_id, QPoint(round(size.width() * x), round(size.height() * y)))
        for key, (type_id, x, y) in NETWORK.items()
    }
    for key, features in FEATURES.items():
        hands.select(ids[key])
        hands.set_field("inspector", "Out features", str(features))
    for source, out, target, into in WIRES:
        hands.draw_wire(ids[source], out, ids[target], into)


def _train(window, hands, limit_s: float = 240.0) -> list:
    """Press the Train button and wait; all events."""
    events, outcomes = [], []
    window.trainer.progressed.connect(events.append)
    window.trainer.ended.connect(outcomes.append)
    hands.click(window.train_button)
    hands.wait_until(lambda: bool(outcomes), "the end of training", limit_s)
    window.trainer.progressed.disconnect(events.append)
    window.trainer.ended.disconnect(outcomes.append)
    assert isinstance(outcomes[0], Completed), outcomes[0]
    return events


def _losses(events) -> list[float]:
    return [loss for event in events if isinstance(event, Steps) for loss in event.losses]


def _values(events) -> list[dict[str, float]]:
    return [dict(event.values) for event in events if isinstance(event, EpochEnded | Evaluated)]


def test_from_the_empty_canvas_to_the_same_numbers_on_the_command_line(
    window, hands, answers, tmp_path, capsys
):
    answers.path = tmp_path / "digits.lamina"
    hands.click(window.welcome.new)
    assert not window.store.graph.nodes

    _draw_digits_mlp(window, hands)
    hands.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    events = _train(window, hands)

    accuracy = next(each.values["test_accuracy"] for each in events if isinstance(each, Evaluated))
    assert accuracy >= 0.95
    drawn = window.store.document
    hands.press(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    window.files.open(answers.path)
    assert window.store.document.main.wires == drawn.main.wires
    assert load(answers.path) == window.store.document

    capsys.readouterr()
    code = main(["train", str(answers.path), "--json"])
    lines = capsys.readouterr().out.splitlines()

    again = [from_json(line) for line in lines]
    assert code == 0
    assert _losses(again) == _losses(events)
    assert _values(again) == _values(events)


@pytest.mark.slow
def test_another_process_trains_it_to_the_same_numbers(window, hands, tmp_path, answers):
    answers.path = tmp_path / "digits.lamina"
    window.files.open_template(templates()[0].path)
    window.files.save()
    hands.set_field("training", "Epochs", "3")
    hands.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)

    events = _train(window, hands)
    done = subprocess.run(
        [sys.executable, "-m", "studio", "train", str(answers.path), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    again = [from_json(line) for line in done.stdout.splitlines()]
    assert len(_losses(again)) == sum(1 for _ in _losses(events)) > 0
    assert _losses(again) == _losses(events)


@pytest.mark.slow
@pytest.mark.alone
def test_the_window_stays_alive_while_training(window, hands):
    window.files.open_template(templates()[0].path)
    hands.set_field("training", "Epochs", "10")
    beats: list[float] = []
    first: list[float] = []
    window.trainer.progressed.connect(
        lambda event: first.append(time.perf_counter()) if isinstance(event, Started) else None
    )
    heart = QTimer(window)
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))

    longest = []
    while len(longest) < TIMES and min(longest, default=LONGEST_GAP_S) >= LONGEST_GAP_S:
        beats.clear()
        first.clear()
        heart.start(HEARTBEAT_MS)
        _train(window, hands)
        heart.stop()
        gaps = [after - before for before, after in pairwise(beats) if before > first[0]]
        assert len(gaps) > 20
        longest.append(max(gaps))

    assert min(longest) < LONGEST_GAP_S, longest


def test_closing_while_training_asks_and_keeps_training(window, hands, answers, qtbot):
    window.files.open_template(templates()[0].path)
    hands.set_field("training", "Epochs", "1000")
    answers.stop = False
    events = []
    window.trainer.progressed.connect(events.append)
    hands.click(window.train_button)
    hands.wait_until(lambda: any(isinstance(each, EpochEnded) for each in events), "an epoch", 120)

    stayed = not window.close()
    running = window.trainer.running
    answers.stop = True
    closed = window.close()

    assert stayed
    assert running
    assert closed
    assert answers.asked.count("stop training") == 2
    assert window.threads_ended


def test_stop_ends_the_run_and_the_button_is_train_again(window, hands):
    window.files.open_template(templates()[0].path)
    hands.set_field("training", "Epochs", "1000")
    events, outcomes = [], []
    window.trainer.progressed.connect(events.append)
    window.trainer.ended.connect(outcomes.append)
    hands.click(window.train_button)
    hands.wait_until(lambda: any(isinstance(each, EpochEnded) for each in events), "an epoch", 120)
    said = window.train_button.text()

    window.train_button.click()
    stopping = window.train_button.isEnabled(), window.train_button.toolTip().split("\n")[-1]
    hands.wait_until(lambda: bool(outcomes), "the end", 20)

    assert said == "Stop"
    assert stopping == (False, "It stops after this batch.")
    assert type(outcomes[0]).__name__ == "Stopped"
    assert window.train_button.text() == "Train"
    assert window.train_button.isEnabled()


def test_the_palette_does_not_offer_stop_when_nothing_runs(window):
    window.files.new()

    assert window.menus.qactions["run.stop"].toolTip().endswith("\nNothing is being trained.")
    assert QApplication.activePopupWidget() is None
