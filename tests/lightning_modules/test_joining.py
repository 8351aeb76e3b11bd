"""Tests of data joined by a key, against pandas and the rows by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from graphs.content import Document
from graphs.graph import Node
from graphs.layer import LAYERS
from graphs.param import Json
from lightning_modules.data import DataError, prepare
from lightning_modules.dataset import INPUTS
from lightning_modules.schema import refresh_schema
from lightning_modules.splits import SPLITS, split
from tests.lightning_modules.test_data import document_of

SHARES = (0.6, 0.2, 0.2)


def table(folder: Path, name: str, rows: pd.DataFrame, /, **roles: str) -> Node:
    """A table in a file of its own, as a node that has read it with these roles."""
    rows.to_csv(folder / f"{name}.csv", index=False)
    entries = [{"name": heading, "role": role} for heading, role in roles.items()]
    layer = LAYERS["CSVFile"](path=f"{name}.csv", schema=Json(columns=entries))
    return Node(
        name,
        "CSVFile",
        {
            "path": f"{name}.csv",
            "schema": refresh_schema(layer, folder),
            "normalize": "none",
            "split": SHARES,
        },
    )


def photos(folder: Path, *names: str) -> Node:
    """A folder of images, each of another grey, as a node that has read it."""
    for index, name in enumerate(names):
        (folder / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (2, 2), index).save(folder / "photos" / name)
    params = {"path": "photos", "height": 2, "width": 2, "color": "grey", "normalize": "none"}
    layer = LAYERS["ImageFolder"](path="photos")
    schema = refresh_schema(layer, folder)
    return Node("photos", "ImageFolder", {**params, "schema": schema, "split": SHARES})


def whole(prepared, column: str) -> np.ndarray:
    """A column of all parts, as the parts stand one behind the other."""
    return torch.cat([prepared.splits[part][column] for part in SPLITS]).numpy()


@pytest.fixture
def people():
    """40 people, of whom several live in one town, and one has none."""
    towns = [f"t{index % 9}" for index in range(40)]
    towns[7] = ""
    return pd.DataFrame({"town": towns, "age": np.arange(40), "pay": np.arange(40) * 2.5 + 1})


@pytest.fixture
def towns():
    """The towns in another order; two of those that people live in are not there, and one is nobody's."""
    names = ["t5", "t0", "t8", "empty", "t3", "t7", "t1", "t4"]
    return pd.DataFrame({"name": names, "size": np.arange(8) * 100.0, "park": [1, 0] * 4})


def two_tables(folder, people, towns) -> Document:
    """People are the primary data; what is known of their towns is joined."""
    return document_of(
        table(folder, "people", people, town="key", age="feature", pay="target"),
        table(folder, "towns", towns, name="key", size="feature", park="feature"),
        seed=3,
    )


def test_rows_of_two_tables_are_joined_by_their_keys_as_pandas_joins_them(tmp_path, people, towns):
    prepared = prepare(two_tables(tmp_path, people, towns), tmp_path)

    merged = people.merge(towns, left_on="town", right_on="name", how="inner")
    merged = merged.sort_values("age", ignore_index=True)  # the order of the primary data
    rows = split(len(merged), SHARES, seed=3)
    for part in SPLITS:
        expected, found = merged.iloc[rows[part]], prepared.splits[part]
        assert found["people.features"][:, 0].tolist() == expected["age"].tolist()
        assert found["people.pay"][:, 0].tolist() == expected["pay"].tolist()
        assert found["towns.features"].tolist() == expected[["size", "park"]].to_numpy().tolist()
    assert prepared.left_out == (
        (
            "10 of 40 rows of People (CSV file) are left out, because their keys are not in Towns (CSV file): "
            'the first has the key "t2".'
        ),
    )


def test_joined_numbers_are_scaled_by_the_rows_that_train(tmp_path, people, towns):
    document = two_tables(tmp_path, people, towns)
    nodes = document.main.nodes
    scaled = nodes["towns"].with_params(normalize="standard")
    document = document.with_graph(document.main.changed(nodes={**nodes, "towns": scaled}))

    found = prepare(document, tmp_path).splits["train"]["towns.features"].double()

    assert torch.allclose(found.mean(0), torch.zeros(2, dtype=torch.double), atol=1e-6)
    assert torch.allclose(found.std(0, correction=0), torch.ones(2, dtype=torch.double), atol=1e-4)


def test_other_data_that_are_as_many_stay_beside_the_rows_that_are_left(tmp_path, people, towns):
    plain = table(tmp_path, "plain", people, age="feature")
    joined = two_tables(tmp_path, people, towns)
    document = document_of(joined.main.nodes["people"], joined.main.nodes["towns"], plain)

    prepared = prepare(document, tmp_path)

    assert prepared.count("train") == 18
    for part in SPLITS:
        columns = prepared.splits[part]
        assert torch.equal(columns["plain.features"], columns["people.features"])


def test_tables_of_which_one_has_no_key_are_joined_row_by_row(tmp_path, people):
    other = people.iloc[::-1]
    document = document_of(
        table(tmp_path, "people", people, town="key", age="feature"),
        table(tmp_path, "others", other, age="feature"),
    )

    prepared = prepare(document, tmp_path)

    assert prepared.left_out == ()
    ages = whole(prepared, "people.features")
    assert (whole(prepared, "others.features") == 39 - ages).all()
    assert len(ages) == 40


def test_rows_of_a_table_are_joined_to_images_by_path_with_or_without_suffix_or_bare_name(tmp_path):
    folder = photos(
        tmp_path, *(f"cat/{n}.png" for n in "abcdefgh"), *(f"dog/{n}.png" for n in "xyza")
    )
    keys = ["dog/a.png", "x", "cat/b", "c.png", "cat\\a", "./cat/d.png", "a", "nobody", "y"]
    weights = pd.DataFrame({"file": keys, "weight": np.arange(9.0)})
    joined = table(tmp_path, "weights", weights, file="key", weight="target")

    prepared = prepare(document_of(folder, joined), tmp_path)

    grey = np.rint(whole(prepared, "photos.image")[:, 0, 0, 0] * 255).astype(int)
    pairs = dict(zip(grey.tolist(), whole(prepared, "weights.weight")[:, 0].tolist(), strict=True))
    assert pairs == {11: 0, 8: 1, 1: 2, 2: 3, 0: 4, 3: 5, 9: 8}
    assert prepared.left_out == (
        (
            "5 of 12 rows of Photos (Image folder) are left out, because their keys are not in Weights (CSV file): "
            'the first has the key "cat/e.png".'
        ),
    )


def test_images_are_joined_to_a_table_that_names_some_of_them_twice(tmp_path):
    folder = photos(tmp_path, *(f"cat/{n}.png" for n in "abc"), "dog/d.png", "dog/a.png")
    looks = pd.DataFrame({"file": ["d", "c", "d", "b", "a", "dog/a"], "score": np.arange(6.0)})
    table_node = table(tmp_path, "looks", looks, file="key", score="feature")

    prepared = prepare(document_of(table_node, folder), tmp_path)

    grey = np.rint(whole(prepared, "photos.image")[:, 0, 0, 0] * 255).astype(int).tolist()
    scores = whole(prepared, "looks.features")[:, 0].tolist()
    assert dict(zip(scores, grey, strict=True)) == {0: 3, 1: 2, 2: 3, 3: 1, 5: 4}
    assert prepared.left_out == (
        (
            "1 of 6 rows of Looks (CSV file) is left out, because its key is not in Photos (Image folder): "
            'it has the key "a".'
        ),
    )


def test_two_folders_of_images_are_joined_row_by_row(tmp_path):
    folder = photos(tmp_path, *(f"cat/{n}.png" for n in "abcdef"), *(f"dog/{n}.png" for n in "xyz"))
    again = Node("again", "ImageFolder", folder.params)

    prepared = prepare(document_of(folder, again), tmp_path)

    assert (whole(prepared, "photos.image") == whole(prepared, "again.image")).all()


def test_a_table_of_nothing_but_targets_reads_no_files_for_predictions(tmp_path):
    rows = pd.DataFrame({"file": ["a", "b"], "weight": [1.0, 2.0]})
    layer = table(tmp_path, "weights", rows, file="key", weight="target").layer

    assert INPUTS["CSVFile"](layer, (tmp_path / "weights.csv",)).columns == {}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            ["u1", "u2", "u3"],
            (
                'No key of People (CSV file) is a key of Towns (CSV file): the first of the one is "t0", of the other '
                '"u1". Mend the keys, or choose another column as the key.'
            ),
        ),
        (
            ["", "-", ""],
            (
                'No key of People (CSV file) is a key of Towns (CSV file): the first of the one is "t0", of the other '
                "missing. Mend the keys, or choose another column as the key."
            ),
        ),
        (
            ["t0", "t1", "t0"],
            (
                'The key "t0" stands twice in Towns (CSV file), so nothing tells which of the rows belongs to '
                "People (CSV file). Remove one of them, or choose another column as the key."
            ),
        ),
    ],
)
def test_keys_that_join_nothing_or_more_than_one_row_are_refused(tmp_path, people, keys, message):
    towns = pd.DataFrame({"name": keys, "size": [1.0, 2.0, 3.0], "park": [0, 1, 2]})

    with pytest.raises(DataError) as refused:
        prepare(two_tables(tmp_path, people, towns), tmp_path)

    assert str(refused.value) == message
    assert refused.value.nodes == ("people", "towns")


@pytest.mark.parametrize(
    ("keys", "shown"), [(["a", "b", "a"], "a"), (["b", "a", "cat/a.png"], "cat/a.png")]
)
def test_one_image_that_two_rows_name_is_refused(tmp_path, keys, shown):
    rows = pd.DataFrame({"file": keys, "weight": [1.0, 2.0, 3.0]})
    joined = table(tmp_path, "weights", rows, file="key", weight="target")
    folder = photos(tmp_path, "cat/a.png", "cat/b.png", "dog/c.png")

    with pytest.raises(DataError) as refused:
        prepare(document_of(folder, joined), tmp_path)

    assert str(refused.value) == (
        f'The key "{shown}" stands twice in Weights (CSV file), so nothing tells which of the rows belongs to '
        "Photos (Image folder). Remove one of them, or choose another column as the key."
    )


def test_rows_that_no_joined_data_share_are_refused(tmp_path):
    first, *others = (
        pd.DataFrame({"id": ids, "x": [1.0, 2.0]})
        for ids in (["a", "b"], ["a", "c"], ["b", "c"])
    )  # fmt: skip
    nodes = [
        table(tmp_path, f"table_{index}", rows, id="key", x="feature")
        for index, rows in enumerate([first, *others])
    ]

    with pytest.raises(DataError) as refused:
        prepare(document_of(*nodes), tmp_path)

    assert str(refused.value) == (
        "No row of Table 0 (CSV file) has its key in all the data that are joined to it. "
        "Mend the keys, or choose another column as the key."
    )


def test_a_row_without_a_key_is_left_out_and_said_so(tmp_path, people, towns):
    people.loc[0, "town"] = "n/a"
    with_all = pd.DataFrame(
        {"name": [f"t{index}" for index in range(9)], "size": np.arange(9.0), "park": [0, 1, 2] * 3}
    )

    prepared = prepare(two_tables(tmp_path, people, with_all), tmp_path)

    assert prepared.left_out == (
        (
            "2 of 40 rows of People (CSV file) are left out, because their keys are not in Towns (CSV file): "
            "the first has no key."
        ),
    )
