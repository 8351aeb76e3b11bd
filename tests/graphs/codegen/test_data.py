"""Data in exported source: what can be drawn or read there is what Lamina itself draws, reads, divides and scales."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from graphs import edits
from graphs.codegen import reading, source
from graphs.content import Document
from graphs.graph import End, Graph
from graphs.layer import LAYERS, DataLayer
from lightning_modules.data import prepare
from lightning_modules.dataset import LOOKS
from tests.graphs.written import complaints, complaints_in, imported

OWN_TEXT = "He said \"no\" \\ and she said 'yes'.\nÜber {x} # noqa: E501\n" * 12
TABLE = """ Area;Kind ;Rooms;Garden;Quality;Price
120.5;house;4;;good;310
80;flat;3;na;bad;150
-;flat;2;0;good;120
95;house;5;1;bad;260
70;?;2;0;good;110
;;;;;
61;hut;1;1;bad;70
150;house;6;1;good;420
55;flat;2;0;bad;95
88;hut;3;1;good;130
101;house;4;0;bad;240
"""
ROLES = {
    "Area": "feature", "Kind": "feature", "Rooms": "feature", "Garden": "feature",
    "Quality": "class", "Price": "target",
}  # fmt: skip

READ = {
    "digits": ("Digits", {}), "iris": ("Iris", {"normalize": "minmax"}), "wine": ("Wine", {}),
    "breast cancer": ("BreastCancer", {}), "diabetes": ("Diabetes", {}),
    "ring": ("GaussianRing", {"samples": 40, "radius": 3.0, "std": 0.2, "seed": 5}),
    "moons": ("Moons", {"samples": 33, "noise": 0.3, "seed": 1, "shuffle": False}),
    "noise": ("Noise", {"samples": 20, "size": (3, 2), "seed": 2, "normalize": "minmax"}),
    "series": ("SyntheticSeries", {"samples": 60, "length": 9, "seed": 3}),
    "random numbers": ("RandomTensors", {"samples": 51, "size": (3, 4, 4), "normalize": "standard"}),
    "random tokens": ("RandomTensors", {"size": (7,), "kind": "tokens", "target": "number"}),
    "random masks": ("RandomTensors", {"size": (2, 2), "kind": "mask", "target": "none", "seed": 4}),
    "pairs": ("DigitPairs", {"samples": 90, "seed": 6}),
    "mixed pairs": ("DigitPairs", {"samples": 90, "shuffle": True, "normalize": "none"}),
    "tales": ("CharacterText", {"length": 16, "samples": 30, "seed": 2}),
    "a text": ("CharacterText", {"text": OWN_TEXT, "length": 7, "shuffle": True}),
    "table": ("CSVFile", {"path": "houses.csv", "delimiter": ";"}),
    "table, range": ("CSVFile", {"path": "houses.csv", "normalize": "minmax"}),
    "table as it is": ("CSVFile", {"path": "houses.csv", "normalize": "none", "shuffle": False}),
    "colour images": ("ImageFolder", {"path": "photos", "height": 5, "width": 7}),
    "grey images": ("ImageFolder", {"path": "photos", "height": 4, "width": 4, "color": "grey"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table and images, as documents of this file know them."""
    made = tmp_path_factory.mktemp("files")
    (made / "houses.csv").write_text(TABLE, encoding="utf-8")
    random = np.random.default_rng(0)
    for name in ("cat", "dog", ".hidden"):
        (made / "photos" / name).mkdir(parents=True)
        for index in range(8):
            pixels = random.integers(0, 256, (9, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(made / "photos" / name / f"{index}.PNG")
        (made / "photos" / name / "notes.txt").write_text("no image")
    return made


def document(type_id: str, params: dict, base: Path, ports: tuple[str, ...] = ()) -> Document:
    """The data layer with a schema of its files, and an Output behind each of its columns, or of these."""
    if type_id in LOOKS:
        schema = LOOKS[type_id](LAYERS[type_id](**params), base)
        if type_id == "CSVFile":
            schema = {**schema, "columns": [
                {**each, "role": ROLES[each["name"]]} for each in schema["columns"]
            ]}  # fmt: skip
        params = {**params, "schema": schema}
    graph, data = edits.add_node(Graph(), type_id, params=params)
    for port in ports or LAYERS[type_id](**params).outputs():
        graph, end = edits.add_node(graph, "Output")
        graph = edits.connect(graph, End(data, port), End(end, "input"))
    made = Document(networks={"main": graph})
    return replace(made, run=replace(made.run, seed=3))


def test_every_kind_of_data_stands_here():
    known = {each for each, cls in LAYERS.items() if issubclass(cls, DataLayer)}

    assert known == {type_id for type_id, _ in READ.values()}


@pytest.mark.parametrize("name", READ)
def test_exported_data_are_those_that_a_run_trains_on(name, folder, tmp_path, monkeypatch):
    made = document(*READ[name], folder)
    written = source(made)
    monkeypatch.chdir(folder)

    found = imported(written.text, tmp_path).load_data()

    assert "Put your own data here" not in written.text
    wanted = prepare(made, folder).splits["train"]
    for (column, one), tensor in zip(wanted.items(), found.tensors, strict=True):
        assert tensor.dtype == one.dtype
        torch.testing.assert_close(tensor, one, rtol=1e-6, atol=1e-6, msg=f"{column} differs")
    assert complaints(written.text, tmp_path) == ""


def classifier(type_id: str, params: dict, base: Path, column: str, label: str) -> Document:
    """One Linear on a column, a loss and a metric, so that something is measured on rows that do not train."""
    made = document(type_id, params, base, (column,))
    graph, data = made.main, made.main.by_role("data")[0].id
    graph, flat = edits.append_after(graph, data, "Flatten")
    classes = LAYERS[type_id](**graph.nodes[data].params).columns()[label].of
    graph, scores = edits.append_after(graph, flat, "Linear", params={"out_features": classes})
    graph, loss = edits.append_after(graph, scores, "CrossEntropyLoss")
    graph = edits.connect(graph, End(data, label), End(loss, "target"))
    return made.with_graph(graph)


@pytest.mark.parametrize(
    ("name", "column", "label"),
    [("table", "features", "quality"), ("grey images", "image", "label")],
)
def test_an_exported_file_trains_on_ones_own_files(
    name, column, label, folder, tmp_path, monkeypatch, capsys
):
    made = classifier(*READ[name], folder, column, label)
    written = source(made)
    module = imported(written.text, tmp_path)
    monkeypatch.chdir(folder)

    module.main(epochs=1)

    said = capsys.readouterr().out
    assert said.startswith("epoch 1: loss ")
    assert "nan" not in said
    wanted = prepare(made, folder).splits
    for part, found in zip(("train", "val", "test"), module.load_data(), strict=True):
        ours = [
            each for end, each in wanted[part].items() if end.partition(".")[2] in (column, label)
        ]
        for one, tensor in zip(ours, found.tensors, strict=True):
            torch.testing.assert_close(tensor, one, rtol=1e-6, atol=1e-6)


def test_what_no_wire_takes_is_not_read(folder, tmp_path):
    for index, (type_id, params) in enumerate(READ.values()):
        ports = document(type_id, params, folder).main.by_role("data")[0].layer.outputs()
        for port in ports:
            text = source(document(type_id, params, folder, (port,))).text
            (tmp_path / f"{index}_{port}.py").write_text(text, encoding="utf-8")

    assert complaints_in(tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bad", "poor", "'poor' is not in list"),
        ("hut", "tent", "'tent' is not in list"),
        ("good;130", ";130", "Cannot convert non-finite values"),
    ],
    ids=["a label", "a feature", "no label"],
)
def test_a_text_that_the_table_did_not_have_is_refused(
    old, new, said, folder, tmp_path, monkeypatch
):
    made = document("CSVFile", {"path": "houses.csv", "delimiter": ";"}, folder)
    text = source(made).text
    (tmp_path / "houses.csv").write_text(TABLE.replace(old, new), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ValueError, match=said):
        imported(text, tmp_path).load_data()


def test_a_table_is_read_as_a_reviewer_would_write_it(folder):
    text = source(document("CSVFile", {"path": "houses.csv", "delimiter": ";"}, folder)).text

    assert (
        """
    texts = {"Kind": ["flat", "house", "hut"], "Quality": ["bad", "good"]}
    table = pd.read_csv(
        "houses.csv",
        sep=";",
        dtype=dict.fromkeys(texts, str),
        na_values=["-", "?", "na", "none"],
        skipinitialspace=True,
    )
    table = table.rename(columns=str.strip).dropna(how="all")
    for name, known in texts.items():
        table[name] = table[name].str.strip().map(known.index, na_action="ignore")
    names = ["Area", "Kind", "Rooms", "Garden"]
    kinds = {name: np.arange(len(known)) for name, known in texts.items()}
    parts = [
        table[[name]].to_numpy() == kinds[name] if name in texts else table[[name]]
        for name in names
    ]
    features = torch.tensor(np.hstack(parts), dtype=torch.float32)
    quality = torch.tensor(table["Quality"].astype("int64").to_numpy())  # one of 2
    price = torch.tensor(table[["Price"]].to_numpy(), dtype=torch.float32)
    train, _, _ = split_rows(quality, (0.7, 0.15, 0.15), seed=3)
"""
        in text
    )


def test_data_that_no_source_can_be_written_for_leave_a_clear_place(
    folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(reading, "READINGS", {})
    made = classifier("CSVFile", {"path": "houses.csv"}, folder, "features", "quality")
    text = source(made).text

    imported(text, tmp_path).main(epochs=1)

    assert "Stands in for CSV file." in text
    assert "    # Put your own data here: these are random numbers of the right shapes.\n" in text
    assert capsys.readouterr().out.startswith("epoch 1: loss ")
    assert complaints(text, tmp_path) == ""


def test_a_text_of_one_line_is_one_literal(tmp_path):
    made = document("CharacterText", {"text": "abcab" * 9, "length": 3}, tmp_path)

    text = source(made).text

    assert f'    corpus = "{"abcab" * 9}"\n' in text
    assert "    characters = sorted(set(corpus))\n" in text


def test_two_sources_do_not_read_each_other(tmp_path):
    graph, wine = edits.add_node(Graph(), "Wine", params={"normalize": "none", "shuffle": False})
    graph, iris = edits.add_node(graph, "Iris", params={"normalize": "none"})
    for data in (wine, iris):
        graph, _ = edits.append_after(graph, data, "Output")

    found = imported(source(Document(networks={"main": graph})).text, tmp_path).load_data()

    assert [each.shape[1] for each in found.tensors] == [13, 4]
