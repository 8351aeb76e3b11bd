"""The window opens documents with blocks, draws a placement with its ports, and keeps the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from graphs.document import dumps, load, save
from lightning_modules.events import Completed
from studio.canvas.node_look import look_at
from studio.pictures.graph import graph_picture
from studio.store import Store
from tests.blocks import residual, scanned

PROOFS = Path(__file__).parents[1] / "proofs" / "files"
FILES = sorted(PROOFS.glob("*.lamina"))
REPEATED = {"repeat": 2, "params": {"width": 8, "stride": {"expr": "2 if i == 0 else 1"}}}


def test_a_placement_is_drawn_with_its_ports_its_repeats_and_its_weights():
    store = Store()
    store.open(residual(stage=REPEATED))
    node = store.graph.nodes["stage"]

    look = look_at(store.graph, node, store.report.shapes.nodes["stage"], store.report.at("stage"))

    assert [port.name for port in look.inputs] == ["x"]
    assert [port.name for port in look.outputs] == ["x"]
    assert look.rows == (("Repeat", "2"), ("Width", "8"), ("Stride", "= 2 if i == 0 else 1"))
    assert (look.category, look.weights, look.state) == ("Block", "680", "fine")


def test_a_picture_shows_how_often_a_block_stands_there():
    store = Store()
    for document, words in ((residual(stage=REPEATED), "Repeat: 2"), (scanned(), "Scan along: T")):
        store.open(document)

        texts = [getattr(shape, "text", "") for shape in graph_picture(store.report).shapes]

        assert words in texts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_window_shows_every_node_and_the_file_stays_the_same(window, qtbot, path):
    document = load(path)
    window.files.open(path)

    for node_id in document.main.nodes:
        window.store.select({node_id})
        QApplication.processEvents()

    assert window.store.report.problems == ()
    assert dumps(window.store.document) == path.read_bytes()


def test_the_window_trains_two_objectives_over_shared_blocks(window, qtbot, tmp_path):
    document = load(PROOFS / "gan_ring.lamina")
    file = tmp_path / "ring.lamina"
    save(replace(document, run=replace(document.run, epochs=1)), file)
    window.files.open(file)
    outcomes = []
    window.trainer.ended.connect(outcomes.append)

    window.train_button.click()
    qtbot.waitUntil(lambda: bool(outcomes), timeout=120_000)

    assert isinstance(outcomes[0], Completed), outcomes[0]
