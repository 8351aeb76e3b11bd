"""Tests of a run as the terminal shows it."""

from __future__ import annotations

import io
import sys

import pytest

from graphs.graph import Graph, Node
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Failed,
    Started,
    Steps,
    Stopped,
    Warned,
)
from studio.terminal.watching import (
    Watcher,
    evaluated_words,
    outcome_words,
    row_words,
    started_words,
)

GRAPH = Graph({"accuracy": Node("accuracy", "Accuracy"), "r2_score": Node("r2_score", "R2Score")})
STARTED = Started("run", "Digits", "cpu", 2, 10, 0, 1234, {"train": 1258}, 0, 1)
EPOCH = EpochEnded(
    1, 10, {"train_loss": 0.5, "val_loss": 0.25, "val_accuracy": 0.9}, best=True, seconds=1.0
)


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


def test_without_a_terminal_every_epoch_is_a_line(capsys):
    with Watcher(GRAPH) as watcher:
        for event in (
            STARTED,
            Steps("learn", 1, (0.5,) * 10, 0.1, 99.0),
            EPOCH,
            Warned("It is late."),
        ):
            watcher.take(event)

    assert capsys.readouterr().out.splitlines() == [
        "Training Digits on cpu: 1,234 parameters, 1,258 samples, 2 epochs.",
        "Epoch 1 of 2: training loss 0.5000; validation loss 0.2500, accuracy 90.0 %",
        "Note: It is late.",
    ]


def test_on_a_terminal_a_bar_fills_and_is_taken_away(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")

    with Watcher(GRAPH) as watcher:
        before = terminal.getvalue()
        for event in (STARTED, Steps("learn", 1, (0.5,) * 10, 0.1, 99.0), EPOCH):
            watcher.take(event)
        during = terminal.getvalue()

    assert "Getting ready" in before
    assert "50% Epoch 2 of 2" in during
    assert "validation loss 0.2500, accuracy 90.0 %" in during
    assert terminal.getvalue().endswith("\x1b[2K")


def test_no_color_is_respected(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")

    with Watcher(GRAPH) as watcher:
        watcher.take(STARTED)
        watcher.take(EPOCH)

    assert "\x1b[3" not in terminal.getvalue()
    assert "\x1b[9" not in terminal.getvalue()


def test_a_start_of_one_epoch_is_said_in_good_grammar():
    started = Started("run", "", "cpu", 1, 10, 0, 5, {}, 0, 1)

    assert started_words(started) == "Training the graph on cpu: 5 parameters, 0 samples, 1 epoch."


def test_values_are_grouped_by_part():
    values = {"train_loss": 1.0, "train_r2_score": 0.5, "val_r2_score": -0.25, "odd": 2.0}

    assert (
        row_words(values, GRAPH)
        == "training loss 1.0000, R2 0.5000; validation R2 -0.2500; odd 2.0000"
    )


def test_a_score_is_said_before_the_loss():
    found = Evaluated("test", {"test_loss": 0.1, "test_accuracy": 0.972})

    assert evaluated_words(found, GRAPH) == "Test accuracy 97.2 %, loss 0.1000"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Completed(1, 10, 1, 2.0), "Completed 1 epoch in 2 s. The best was epoch 1."),
        (
            Completed(7, 70, 2, 75.0, "It did not get better for 5 epochs."),
            "Completed 7 epochs in 1 min 15 s. It did not get better for 5 epochs. The best was epoch 2.",
        ),
        (
            Stopped(3, 1234, 3, 2.0),
            "Stopped after 3 epochs and 1,234 steps in 2 s; what was learned is kept. The best was epoch 3.",
        ),
        (
            Stopped(0, 1, 0, 1.0),
            "Stopped after 0 epochs and 1 step in 1 s; what was learned is kept.",
        ),
        (Failed("The disk is full."), "The disk is full."),
    ],
)
def test_an_end_is_said_in_words(outcome, words):
    assert outcome_words(outcome) == words
