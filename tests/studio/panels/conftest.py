"""One panel on the screen, with no window around it: its trainer, its store and what it shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from graphs.document import loads
from studio.canvas.view import Canvas
from studio.looks.theme import LIGHT
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from graphs.content import Document
    from graphs.rule import Fix

RUN_MS = 120_000
"""Torch may have to be imported first, on a busy machine."""
IRIS = {
    "lamina": 1,
    "title": "Iris",
    "networks": {
        "main": {
            "nodes": {
                "iris": {"layer": "Iris"},
                "linear": {"layer": "Linear", "params": {"out_features": 3}},
                "cross_entropy_loss": {"layer": "CrossEntropyLoss"},
                "accuracy": {"layer": "Accuracy"},
            },
            "wires": [
                "iris.features -> linear.input",
                "linear.output -> cross_entropy_loss.logits",
                "iris.label -> cross_entropy_loss.target",
                "linear.output -> accuracy.input",
                "iris.label -> accuracy.target",
            ],
        }
    },
    "run": {"epochs": 2, "batch_size": 16, "device": "cpu"},
}


@pytest.fixture
def document() -> Document:
    """One linear layer on the irises, two epochs."""
    return loads(json.dumps(IRIS).encode())


@pytest.fixture
def store(document: Document) -> Store:
    """A store with that document open."""
    made = Store()
    made.open(document)
    return made


@pytest.fixture
def mend(qtbot, store: Store) -> Callable[[Fix], None]:
    """Takes a way out as the window does, by the canvas of that store."""
    canvas = Canvas(store, LIGHT)
    qtbot.addWidget(canvas)
    return canvas.desk.apply


@pytest.fixture
def trainer(qtbot) -> Iterator[Trainer]:
    """A trainer whose run, if it has one, ends with the test."""
    made = Trainer()
    yield made
    assert made.close(RUN_MS)


@pytest.fixture
def on_screen(qtbot) -> Callable[[QWidget, int, int], QWidget]:
    """Show a panel so wide and high."""

    def show(panel: QWidget, width: int, height: int) -> QWidget:
        qtbot.addWidget(panel)
        panel.resize(width, height)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel

    return show


@pytest.fixture
def shown(panel, tmp_path: Path):
    """The curves of a recorded run, drawn."""
    panel.show_run(recorded(tmp_path / "events.jsonl"))
    panel.redraw()
    return panel
