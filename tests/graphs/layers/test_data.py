"""Data layers say what their columns are without reading any data."""

from __future__ import annotations

import json
import re

import pytest
import sklearn.datasets as bundled
from hypothesis import given
from hypothesis import strategies as st

from graphs.graph import ID
from graphs.layer import DEFAULT_SPLIT, LAYERS, DataLayer, infer, read
from graphs.param import Json
from graphs.spec import Hint, Mismatch
from tests.graphs.layers.cases import TABLE

DATA = sorted(each for each, cls in LAYERS.items() if issubclass(cls, DataLayer))


def table(**columns: tuple):
    """A CSV file with these columns: role, and classes if it holds text."""
    entries = [
        {"name": name.replace("_", " "), "role": role, "dtype": "text" if texts else "number"}
        | ({"classes": texts[0]} if texts else {})
        for name, (role, *texts) in columns.items()
    ]
    return LAYERS["CSVFile"](path="a.csv", schema=Json(columns=entries))


@pytest.mark.parametrize(
    ("type_id", "load"),
    [
        ("Iris", bundled.load_iris),
        ("Wine", bundled.load_wine),
        ("BreastCancer", bundled.load_breast_cancer),
        ("Digits", bundled.load_digits),
    ],
)
def test_classes_and_features_are_those_of_the_bundled_data(type_id, load):
    columns = LAYERS[type_id]().columns()
    data = load()

    shape = data.images.shape[1:] if type_id == "Digits" else data.data.shape[1:]
    assert next(iter(columns.values())).sizes[-len(shape) :] == shape
    assert columns["label"].names == tuple(map(str, data.target_names))
    assert columns["label"].of == len(data.target_names)
    assert columns["label"].dims == ()


def test_diabetes_has_ten_features_and_one_number_to_predict():
    columns = LAYERS["Diabetes"]().columns()

    data = bundled.load_diabetes()
    assert columns["features"].sizes == data.data.shape[1:]
    assert columns["target"].sizes == (1,)


def test_a_linear_of_one_fits_the_target_of_a_regression():
    columns = LAYERS["Diabetes"]().columns()
    guess = LAYERS["Linear"](out_features=1).infer(columns["features"])

    for judge in ("MSELoss", "L1Loss", "HuberLoss", "MeanAbsoluteError", "R2Score"):
        infer(LAYERS[judge](), {"input": guess, "target": columns["target"]})


def test_one_score_or_two_fit_the_label_of_two_classes():
    columns = LAYERS["BreastCancer"]().columns()
    one, two = (LAYERS["Linear"](out_features=n).infer(columns["features"]) for n in (1, 2))

    infer(LAYERS["BCEWithLogitsLoss"](), {"logits": one, "target": columns["label"]})
    infer(LAYERS["CrossEntropyLoss"](), {"logits": two, "target": columns["label"]})
    for scores in (one, two):
        infer(LAYERS["Accuracy"](), {"input": scores, "target": columns["label"]})
        infer(LAYERS["F1Score"](), {"input": scores, "target": columns["label"]})


def test_a_series_has_steps_the_next_value_and_a_shape():
    columns = LAYERS["SyntheticSeries"](length=12).columns()

    assert {port: spec.sizes for port, spec in columns.items()} == {
        "sequence": (12, 1), "target": (1,), "label": (),
    }  # fmt: skip
    assert columns["label"].names == ("sine", "square", "sawtooth")


def test_a_folder_of_images_has_the_size_that_is_asked_for():
    layer = LAYERS["ImageFolder"](
        path="pets", height=20, width=30, schema=Json(classes=["cat", "dog"], count=4)
    )
    grey = LAYERS["ImageFolder"](
        path="pets", color="grey", schema=Json(classes=["cat", "dog"], count=4)
    )

    assert layer.columns()["image"].sizes == (3, 20, 30)
    assert grey.columns()["image"].sizes == (1, 64, 64)
    assert layer.columns()["label"].names == ("cat", "dog")
    assert infer(layer, {}).keys() == {"image", "label"}


def test_a_table_joins_its_features_and_has_a_port_for_each_column_to_predict():
    layer = LAYERS["CSVFile"](path="a.csv", schema=TABLE)

    columns = infer(layer, {})

    assert list(columns) == ["features", "price_eur", "kind"]
    assert columns["features"].sizes == (1 + 3,)
    assert columns["price_eur"].sizes == (1,)
    assert columns["kind"].names == ("a", "b")
    assert [each.name for each in layer.predicted.values()] == ["Price (EUR)", "Kind"]


def test_headings_that_would_make_one_port_are_told_apart():
    layer = LAYERS["CSVFile"](
        path="a.csv",
        schema=Json(
            columns=[
                {"name": "x", "role": "feature"},
                {"name": "Features", "role": "target"},
                {"name": "größe", "role": "target"},
                {"name": "GR ÖSSE", "role": "target"},
                {"name": "gr e", "role": "target"},
                {"name": "2020", "role": "target"},
                {"name": "€", "role": "target"},
            ]
        ),
    )

    assert list(layer.columns()) == [
        "features", "features_2", "gr_e", "gr_sse", "gr_e_2", "column_2020", "column",
    ]  # fmt: skip


@given(st.lists(st.text(), max_size=8))
def test_any_headings_give_ports_with_right_and_different_names(headings):
    entries = [{"name": each, "role": "target"} for each in headings]
    layer = LAYERS["CSVFile"](path="a.csv", schema=Json(columns=entries))

    ports = layer.outputs()

    assert len(ports) == len(headings) == len(set(ports))
    assert all(ID.fullmatch(port) for port in ports)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
entries = st.dictionaries(
    st.sampled_from(["name", "role", "dtype", "classes", "other"]),
    st.one_of(
        anything, st.sampled_from(["feature", "target", "class", "ignore", "number", "text"])
    ),
)


@pytest.mark.parametrize("type_id", ["CSVFile", "ImageFolder"])
@given(
    schema=st.dictionaries(
        st.sampled_from(["columns", "classes", "rows"]), st.one_of(anything, st.lists(entries))
    )
)
def test_a_schema_from_a_crafted_file_is_read_or_refused_in_words(type_id, schema):
    layer, faults = read(
        LAYERS[type_id], {"path": "data", "schema": json.loads(json.dumps(schema))}
    )
    assert not faults
    assert layer is not None
    assert isinstance(layer.outputs(), tuple)

    try:
        infer(layer, {})
    except Mismatch as mismatch:
        assert re.search(r"[.]$", mismatch.message)


@pytest.mark.parametrize("type_id", DATA)
@pytest.mark.parametrize(
    ("split", "shown"),
    [
        ((0.5, 0.5), "0.5, 0.5"),
        ((), "none"),
        ((0.9, 0.2, 0.1), "0.9, 0.2, 0.1"),
        ((1.0, 0.0, 0.0), "1, 0, 0"),
        ((0.7, 0.1, 0.1, 0.1), "0.7, 0.1, 0.1, 0.1"),
    ],
)
def test_a_split_that_is_no_whole_is_refused(type_id, split, shown):
    schema = {"schema": Json({**TABLE, "classes": ["a", "b"]}), "path": "data"}
    known = schema if "schema" in LAYERS[type_id].info.params else {}

    with pytest.raises(Mismatch) as caught:
        infer(LAYERS[type_id](split=split, **known), {})

    assert caught.value.message == (
        "needs three shares above 0 that add up to 1 for its split (training, validation, test), "
        f"but gets {shown}. A usual split is 0.7, 0.15, 0.15."
    )
    assert caught.value.code == "G206"
    assert caught.value.hints == (Hint("set", params=(("split", DEFAULT_SPLIT),)),)


@pytest.mark.parametrize("split", [(0.7, 0.2, 0.1), (0.1, 0.1, 0.8), (1 / 3, 1 / 3, 1 / 3)])
def test_shares_that_add_up_to_one_but_for_rounding_are_taken(split):
    assert infer(LAYERS["Iris"](split=split), {})


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (
            LAYERS["ImageFolder"](),
            "has no folder yet. Choose one that holds one folder of images per class.",
        ),
        (
            LAYERS["ImageFolder"](path="pets"),
            ("has not read pets yet. "
            "Select it in the window and press Read the folder in the inspector."),
        ),
        (
            LAYERS["ImageFolder"](path="pets", schema=Json(classes=["cat"])),
            ("knows 1 class of images in pets, but needs two or more folders there. "
            "Read the folder again once they are in place."),
        ),
        (
            LAYERS["CSVFile"](),
            "has no file yet. Choose one whose first line names the columns.",
        ),
        (
            LAYERS["CSVFile"](path="a.csv"),
            ("has not read a.csv yet. "
            "Select it in the window and press Read the file in the inspector."),
        ),
        (
            table(price=("target",)),
            "has no features. Make at least one column a feature.",
        ),
        (
            table(size=("feature",), kind=("class", ["x"])),
            ('has the column "kind" as a class, but knows 1 value there. '
            "A class needs two or more; make it a target or a feature."),
        ),
        (
            table(size=("feature",), price=("target", ["x", "y"])),
            'has the column "price" as a number to predict, but it holds text. Make it a class.',
        ),
        (
            table(id=("key",)),
            "has no features. Make at least one column a feature.",
        ),
        (
            table(id=("key",), size=("feature",), street=("key",)),
            ('has the columns "id" and "street" as keys, but a table has one key at most. '
            "Ignore one of them."),
        ),
    ],
)  # fmt: skip
def test_data_of_ones_own_say_what_is_missing(layer, sentence):
    with pytest.raises(Mismatch) as caught:
        infer(layer, {})

    assert caught.value.message == sentence
    assert caught.value.code == "G207"


def test_a_key_is_neither_a_port_nor_a_feature():
    layer = table(id=("key",), size=("feature",), price=("target",))

    assert {port: spec.sizes for port, spec in layer.columns().items()} == {
        "features": (1,),
        "price": (1,),
    }
    assert layer.key == "id"


def test_a_table_with_a_key_needs_no_features():
    layer = table(id=("key",), price=("target",))

    assert [spec.sizes for spec in infer(layer, {}).values()] == [(1,)]


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (table(id=("key",)), table(name=("key",)), True),
        (table(id=("key",)), LAYERS["ImageFolder"](), True),
        (LAYERS["ImageFolder"](), table(id=("key",)), True),
        (LAYERS["ImageFolder"](), LAYERS["ImageFolder"](), False),
        (table(id=("key",)), table(size=("feature",)), False),
        (table(id=("key",)), LAYERS["Digits"](), False),
    ],
)
def test_rows_belong_together_where_a_person_chose_a_key(one, other, joined):
    assert one.is_joined_to(other) is joined
