"""The window closes soon beside a disk that answers late: what reads there is left to its own end."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication

from graphs import edits
from graphs.content import Document
from graphs.graph import Graph
from lightning_modules import schema
from lightning_modules.run_summary import Summaries
from studio.forms.schema_reading import SchemaThread
from studio.runs.reading import ReadingThread

LIMIT_S = 60.0
CLOSING_S = 15.0
"""A close takes 0.7 s beside a thread that does not end; a busy machine may make it longer."""


class Gate:
    """Holds up whoever comes, as a slow disk does, until it is opened."""

    def __init__(self):
        self.reached, self.open = threading.Event(), threading.Event()

    def wait(self, *_given):
        self.reached.set()
        assert self.open.wait(LIMIT_S)
        return ()


@pytest.fixture
def gate(qtbot):
    """A gate that opens at the end; then the threads that it held up end."""
    made = Gate()
    yield made
    made.open.set()
    app = QCoreApplication.instance()
    kinds = (SchemaThread, ReadingThread)
    qtbot.waitUntil(lambda: not any(app.findChildren(each) for each in kinds))


def closed_in(window):
    """The seconds that it takes to close it."""
    start = time.monotonic()
    assert window.close()
    return time.monotonic() - start


def test_a_table_that_is_being_read_does_not_hold_up_the_window(
    gate, window, tmp_path, monkeypatch
):
    monkeypatch.setattr(schema, "refresh_schema", gate.wait)
    graph, node = edits.add_node(Graph(), "CSVFile", (0, 0), {"path": "table.csv"})
    window.store.open(Document().with_graph(graph), tmp_path / "table.lamina")
    window._reader.read(node, "Read the data of")
    assert gate.reached.wait(LIMIT_S)

    seconds = closed_in(window)

    assert seconds < CLOSING_S
    assert not window.threads_ended


def test_runs_that_are_being_listed_do_not_hold_up_the_window(gate, window, monkeypatch):
    monkeypatch.setattr(Summaries, "of_place", gate.wait)
    window.files.new()
    window.workbench.reveal("runs")
    window.workbench.docks["runs"].widget().refresh()
    assert gate.reached.wait(LIMIT_S)

    seconds = closed_in(window)

    assert seconds < CLOSING_S
    assert not window.threads_ended
