"""Data that are joined by a key, in exported source: the same rows stand side by side as in Lamina."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from graphs import edits
from graphs.codegen import source
from graphs.content import Document
from graphs.document import load
from graphs.graph import End, Graph
from graphs.layer import LAYERS
from lightning_modules.data import prepare
from lightning_modules.dataset import LOOKS
from tests.graphs.written import complaints, imported

KEYED = Path(__file__).parent.parent / "corpus" / "data_csv_key.lamina"
KEYS = [
    "cat/0",
    "1.png",
    "dog/3.png",
    "nobody",
    "./cat/2.png",
    "5",
    "cat\\4.png",
    "",
    "dog/7",
    "9",
    "8",
]
KEYS += ["11.png", "10", "13", "15"]
PHOTOS = ("ImageFolder", {"path": "photos", "height": 3, "width": 3, "normalize": "none"})
HOUSES = ("CSVFile", {"path": "houses.csv"})
OWNERS = ("CSVFile", {"path": "owners.csv"})
OTHERS = ("RandomTensors", {"size": (2,), "samples": 15, "target": "none"})
ROLES = {"Photo": "key", "Area": "feature", "Price": "target", "Kind": "class", "Age": "feature"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images in two folders, and two tables, in which some rows have no partner."""
    made = tmp_path_factory.mktemp("files")
    random = np.random.default_rng(0)
    for index in range(16):
        name = "dog" if index % 2 else "cat"
        (made / "photos" / name).mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made / "photos" / name / f"{index}.png")
    rows = [f"{key},{index * 3},{index + 0.5}" for index, key in enumerate(KEYS)]
    (made / "houses.csv").write_text("\n".join(["Photo,Area,Price", *rows]), encoding="utf-8")
    rows = [f"{key},{index},{'ab'[index % 2]}" for index, key in enumerate(reversed(KEYS))]
    (made / "owners.csv").write_text("\n".join(["Photo,Age,Kind", *rows[2:]]), encoding="utf-8")
    return made


def document(base: Path, *sources: tuple[str, dict]) -> Document:
    """The first column of each of these data layers, and an Output behind it."""
    graph = Graph()
    for type_id, params in sources:
        known = dict(params)
        if type_id in LOOKS:
            schema = LOOKS[type_id](LAYERS[type_id](**params), base)
            for each in schema.get("columns", ()):
                each["role"] = ROLES[each["name"]]
            known["schema"] = schema
        graph, data = edits.add_node(graph, type_id, params=known)
        port = LAYERS[type_id](**known).outputs()[0]
        graph, end = edits.add_node(graph, "Output")
        graph = edits.connect(graph, End(data, port), End(end, "input"))
    return Document(networks={"main": graph})


@pytest.mark.parametrize(
    "sources",
    [
        (PHOTOS, HOUSES),
        (HOUSES, PHOTOS),
        (HOUSES, OWNERS),
        (OWNERS, HOUSES),
        (PHOTOS, HOUSES, OWNERS),
        (HOUSES, OTHERS, OWNERS),
    ],
    ids=lambda sources: " ".join(each[1].get("path", "random") for each in sources),
)
def test_rows_of_one_key_stand_side_by_side(sources, folder, tmp_path, monkeypatch):
    made = document(folder, *sources)
    text = source(made).text
    monkeypatch.chdir(folder)

    found = imported(text, tmp_path).load_data()

    wanted = prepare(made, folder).splits["train"]
    ours = [wanted[f"{node.id}.{node.layer.outputs()[0]}"] for node in made.main.by_role("data")]
    assert len(ours[0]) > 4
    for one, tensor in zip(ours, found.tensors, strict=True):
        torch.testing.assert_close(tensor, one, rtol=1e-6, atol=1e-6)
    assert complaints(text, tmp_path) == ""


def test_exported_source_says_which_rows_belong_together(tmp_path):
    text = source(load(KEYED)).text

    said = " ".join(text.split())
    assert "Its rows belong to those of Photos (Image folder) with the same key." in said
    assert complaints(text, tmp_path) == ""


def test_exported_source_says_nothing_of_keys_where_rows_are_joined_by_their_place(tmp_path):
    plain = tmp_path / "plain.lamina"
    plain.write_bytes(KEYED.read_bytes().replace(b'"role": "key"', b'"role": "ignore"'))

    text = source(load(plain)).text

    assert "The rows of houses.csv, a CSV file. Its path starts from" in " ".join(text.split())
    assert "same key" not in text
    assert "keys" not in text
