"""Documents as plain PyTorch: source that a reviewer would accept, and that computes what the document computes."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from graphs.codegen import source
from graphs.compile import build
from graphs.content import Document
from graphs.document import load
from graphs.graph import End
from graphs.shapes import shapes_of
from graphs.size import value
from tests.graphs.written import complaints, imported

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "resources" / "examples").glob("*.lamina")),
    *sorted((ROOT / "tests" / "proofs" / "files").glob("*.lamina")),
]
SAMPLES, STEPS = 4, 8


def columns_of(document: Document, ends: tuple[str, ...]) -> dict[str, Tensor]:
    """Values of the right shapes and kinds, by `node.port`."""
    shapes = shapes_of(document.main)
    found = {}
    for name in ends:
        spec = shapes.output(*End(*name.split(".", 1)))
        assert spec is not None
        sizes = [SAMPLES, *(value(size, defaultdict(lambda: STEPS)) for size in spec.sizes)]
        if spec.dtype == "int64":
            found[name] = torch.randint(spec.of or 2, sizes)
        elif spec.dtype == "bool":
            found[name] = torch.zeros(sizes, dtype=torch.bool)
        else:
            found[name] = torch.randn(sizes)
    return found


def both(document: Document, folder: Path) -> tuple[Any, Any, Any]:
    """The source, its module with the weights of the built network, and that network."""
    written = source(document)
    network = build(document)
    made = getattr(imported(written.text, folder), written.name)()
    keys = written.keys(network.state_dict())
    made.load_state_dict({keys[key]: each for key, each in network.state_dict().items()})
    return written, made, network


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_computes_what_it_computes(file, tmp_path):
    document = load(file)
    written, made, network = both(document, tmp_path)
    columns = columns_of(document, written.columns)

    with torch.no_grad():
        torch.manual_seed(0)
        expected = network.eval()(columns)
        torch.manual_seed(0)
        got = made.eval()(*columns.values())

    row = got if isinstance(got, tuple) else (got,)
    assert tuple(expected) == written.results
    for one, other in zip(expected.values(), row, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-6, atol=1e-6)
    assert list(made.state_dict()) == list(written.keys(network.state_dict()).values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_trains_an_epoch(file, tmp_path, capsys, monkeypatch):
    document = load(file)
    made = imported(source(document).text, tmp_path)
    few = tuple(each[:12] for each in made.load_data())
    monkeypatch.setattr(made, "load_data", lambda: few)

    made.main(epochs=1)

    said = capsys.readouterr().out
    assert said.startswith("epoch 1: ")
    assert "nan" not in said


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_is_as_ruff_would_write_it(file, tmp_path):
    assert complaints(source(load(file)).text, tmp_path) == ""
