"""Tests of tables of one's own: what is found in a file, and how its rows become numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest

from graphs.layers.data_csv import CSVFile
from graphs.param import Json, Path
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.datasets.csv_file import csv_file, inspect
from lightning_modules.schema import has_schema, refresh_schema

FLOWERS = "width,height,color,kind\n1.5,2,red,rose\n2.5,,blue,lily\n3.5,4,red,rose\n"


@pytest.fixture
def file(tmp_path):
    """Write a text as table.csv; the path."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def layer_of(path, roles=None, **params):
    """The layer of a file that was looked at, with other roles where given."""
    layer = CSVFile(path=Path(path.name), **params)
    if roles is not None:
        columns = [{"name": name, "role": role} for name, role in roles.items()]
        layer = CSVFile(path=Path(path.name), schema=Json({"columns": columns}), **params)
    return CSVFile(path=Path(path.name), schema=Json(refresh_schema(layer, path.parent)), **params)


def roles_of(path):
    """The guessed roles."""
    return {entry["name"]: entry["role"] for entry in inspect(path)["columns"]}


def test_the_last_column_of_texts_is_guessed_to_be_a_class(file):
    assert inspect(file(FLOWERS))["columns"] == [
        {"name": "width", "role": "feature", "dtype": "number", "classes": []},
        {"name": "height", "role": "feature", "dtype": "number", "classes": []},
        {"name": "color", "role": "feature", "dtype": "text", "classes": ["blue", "red"]},
        {"name": "kind", "role": "class", "dtype": "text", "classes": ["lily", "rose"]},
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("x,y\n1,0.5\n2,1.5\n4,2.5\n", "target"),
        ("x,y\n1,0\n2,1\n4,0\n", "class"),
        ("x,y\n" + "".join(f"{row * row},{row % 25}\n" for row in range(60)), "target"),
    ],
)
def test_the_last_column_of_numbers_is_a_class_where_few_whole_ones_occur(file, text, role):
    assert roles_of(file(text))["y"] == role


def test_row_numbers_constants_and_names_are_ignored(file):
    rows = "".join(f"{index},7,name {index},{index % 3},{index % 2}\n" for index in range(150))

    assert roles_of(file("id,same,who,x,y\n" + rows)) == {
        "id": "ignore",
        "same": "ignore",
        "who": "ignore",
        "x": "feature",
        "y": "class",
    }


def test_numbers_texts_and_missing_values_become_one_row_of_features(file):
    path = file(FLOWERS)

    table = csv_file(layer_of(path), path.parent)

    expected = [[1.5, 2, 0, 1], [2.5, np.nan, 1, 0], [3.5, 4, 0, 1]]
    assert np.array_equal(
        table.columns["features"].values, np.array(expected, np.float32), equal_nan=True
    )
    assert table.columns["features"].as_they_are == (2, 3)
    assert table.columns["kind"].values.tolist() == [1, 0, 1]
    assert table.columns["kind"].classes == ("lily", "rose")


def test_columns_are_as_the_layer_declares_them(file):
    path = file(FLOWERS)
    layer = layer_of(path)

    table = csv_file(layer, path.parent)

    assert {port: spec.sizes for port, spec in layer.columns().items()} == {
        port: column.values.shape[1:] for port, column in table.columns.items()
    }


def test_several_columns_can_be_predicted_each_by_its_port(file):
    path = file("x,Price (EUR),sold\n1,10,yes\n2,20,no\n3,30,yes\n")
    roles = {"x": "feature", "Price (EUR)": "target", "sold": "class"}

    table = csv_file(layer_of(path, roles), path.parent)

    assert table.columns["price_eur"].values.tolist() == [[10], [20], [30]]
    assert table.columns["sold"].values.tolist() == [1, 0, 1]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(file, sign):
    assert [entry["name"] for entry in inspect(file(FLOWERS.replace(",", sign)))["columns"]] == [
        "width",
        "height",
        "color",
        "kind",
    ]


def test_a_given_delimiter_is_used(file):
    names = [entry["name"] for entry in inspect(file("a,b;c\n1,2;3\n4,5;6\n"), ";")["columns"]]

    assert names == ["a,b", "c"]


def test_decimal_commas_are_read_where_the_delimiter_is_another_sign(file):
    path = file("x;y\n1,5;10\n2,5;20,5\n3,75;30\n")

    table = csv_file(layer_of(path), path.parent)

    assert table.columns["features"].values.ravel().tolist() == [1.5, 2.5, 3.75]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found_out(file, encoding):
    assert inspect(file("größe,y\n1,a\n2,b\n", encoding))["columns"][0]["name"] == "größe"


def test_quotes_blanks_and_empty_lines_are_no_trouble(file):
    path = file('"a, b" , y\r\n\r\n "1" , yes\r\n 2 , no\r\n')

    table = csv_file(layer_of(path), path.parent)

    assert table.columns["features"].values.tolist() == [[1], [2]]


def test_roles_that_a_person_has_chosen_are_kept_when_the_file_is_read_again(file):
    path = file(FLOWERS)
    layer = layer_of(
        path, {"width": "target", "height": "ignore", "color": "class", "kind": "ignore"}
    )
    file(FLOWERS + "9,9,green,rose\n")

    found = refresh_schema(layer, path.parent)

    assert [(entry["role"], entry["classes"]) for entry in found["columns"]] == [
        ("target", []),
        ("ignore", []),
        ("class", ["blue", "green", "red"]),
        ("ignore", []),
    ]
    assert found["rows"] == 4


def test_another_file_is_guessed_anew(file):
    path = file(FLOWERS)
    layer = layer_of(path)
    file("p,q\n1.5,2.5\n3.5,4.5\n")

    assert [entry["role"] for entry in refresh_schema(layer, path.parent)["columns"]] == [
        "feature",
        "target",
    ]


def test_the_fingerprint_changes_with_the_file(file):
    assert (
        inspect(file(FLOWERS))["fingerprint"]
        != inspect(file(FLOWERS + "1,2,red,rose\n"))["fingerprint"]
    )


def test_only_layers_of_files_can_be_looked_at():
    from graphs.layers.data_tables import Iris

    assert has_schema(CSVFile())
    assert not has_schema(Iris())


def test_rows_for_predictions_need_the_features_only(file, tmp_path):
    layer = layer_of(file(FLOWERS))
    new = tmp_path / "new.csv"
    new.write_text("color,height,width\ngreen-ish,1,2\n".replace("green-ish", "blue"))

    read = INPUTS["CSVFile"](layer, (new,))

    assert read.names == ("new.csv row 2",)
    assert read.columns["features"].values.tolist() == [[2, 1, 1, 0]]


def test_rows_for_predictions_without_a_feature_are_refused(file, tmp_path):
    layer = layer_of(file(FLOWERS))
    new = tmp_path / "new.csv"
    new.write_text("color,width\nred,1\n")

    with pytest.raises(DataError) as refused:
        INPUTS["CSVFile"](layer, (new,))

    assert str(refused.value) == 'new.csv has no column "height", which the network was trained on.'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "table.csv is empty. It needs a line of headings and a line for each sample."),
        ("\n \n", "table.csv is empty. It needs a line of headings and a line for each sample."),
        ("a,b\n", "table.csv has headings, but no row below them."),
        (
            "a,,c\n1,2,3\n",
            "Column 2 of table.csv has no heading. The first line must name every column.",
        ),
        ("a,b,a\n1,2,3\n", 'Two columns of table.csv are called "a". Give one another heading.'),
        (
            "a,b\n1,2\n3\n",
            "Row 3 of table.csv has 1 column, but there are 2 headings. Mend that row.",
        ),
        (
            "a,b\n1,2\n3,4,5\n",
            "Row 3 of table.csv has 3 columns, but there are 2 headings. Mend that row.",
        ),
        (
            'a,b\n"1,2\n3,4\n',
            'table.csv has a quotation mark (") that is never closed. Close it or remove it.',
        ),
        ("a\n1\n2,3\n", "Row 3 of table.csv has 2 columns, but there is 1 heading. Mend that row."),
        (
            "a\0b",
            "table.csv is not a text file. Save the table as CSV, for instance from your spreadsheet program.",
        ),
    ],
)
def test_a_file_that_is_no_table_is_refused(file, text, message):
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        inspect(file(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError) as refused:
        inspect(tmp_path / "gone.csv")

    assert (
        str(refused.value)
        == f"There is no file {tmp_path / 'gone.csv'}. Choose the CSV file again."
    )


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(DataError) as refused:
        inspect(tmp_path)

    assert str(refused.value) == f"{tmp_path} cannot be read: is a directory."


def test_a_class_of_too_many_values_is_refused(file):
    path = file("x,y\n" + "".join(f"{index % 7},name {index}\n" for index in range(1200)))

    with pytest.raises(DataError) as refused:
        layer_of(path, {"x": "feature", "y": "class"})

    assert str(refused.value) == (
        'The column "y" of table.csv has 1,200 different values, and a class may have 1,000 at most. '
        "Ignore that column."
    )


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("height,kind\n1,rose\n", 'table.csv has no column "width" any more. Read the file again.'),
        (
            "width,height,color,kind\n1,2,red,rose\n1,tall,red,rose\n",
            (
                'Row 3 of table.csv holds "tall" in the column "height", which must be a number. Mend that cell, '
                "or ignore the column."
            ),
        ),
        (
            "width,height,color,kind\n1,,red,rose\n1,?,red,lily\n",
            'The column "height" of table.csv holds no number at all. Ignore that column.',
        ),
        (
            "width,height,color,kind\n1,2,green,rose\n",
            (
                'Row 2 of table.csv holds "green" in the column "color", which was not there when the file was read. '
                "Read the file again."
            ),
        ),
        (
            "width,height,color,kind\n1,2,red,rose\n1,2,red,\n",
            (
                'Row 3 of table.csv has no value in the column "kind", which is to be predicted. Fill it in or remove '
                "the row."
            ),
        ),
        (
            "width,height,color,kind\n1,2,red,rose\n1,3,red,rose\n",
            'The column "kind" of table.csv holds one class only, "rose". A classifier needs two or more.',
        ),
    ],
)
def test_a_file_that_changed_is_refused_by_row_and_column(file, after, message):
    layer = layer_of(file(FLOWERS))
    path = file(after)

    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        csv_file(layer, path.parent)


def test_a_target_that_is_missing_is_refused(file):
    path = file("x,y\n1,0.5\n2,1.5\n")
    layer = layer_of(path)
    file("x,y\n1,0.5\n2,n/a\n")

    with pytest.raises(DataError) as refused:
        csv_file(layer, path.parent)

    assert str(refused.value) == (
        'Row 3 of table.csv has no value in the column "y", which is to be predicted. Fill it in or remove the row.'
    )


def test_a_slip_in_a_column_of_numbers_is_noted_and_the_column_kept(file):
    rows = [f"{index / 7:.3f},{index % 2}" for index in range(12)]
    rows[4] = "abc,0"

    found = inspect(file("height,kind\n" + "\n".join(rows)))["columns"][0]

    assert found == {
        "name": "height",
        "role": "feature",
        "dtype": "number",
        "classes": [],
        "note": 'row 6 holds "abc", which is no number',
    }


def test_several_slips_are_counted(file):
    rows = [f"{index / 7:.3f},{index % 2}" for index in range(40)]
    rows[4], rows[7], rows[9] = "abc,0", "x,1", "y,1"

    found = inspect(file("height,kind\n" + "\n".join(rows)))["columns"][0]

    assert found["note"] == 'row 6 holds "abc", which is no number; neither are 2 more cells'


def test_numbers_among_texts_that_come_again_are_texts(file):
    rows = [f"{'X' if index % 10 == 0 else index % 10},{index % 2}" for index in range(40)]

    found = inspect(file("chromosome,kind\n" + "\n".join(rows)))["columns"][0]

    assert (found["dtype"], "note" in found) == ("text", False)


def test_a_key_is_read_as_it_stands_and_kept_when_the_file_is_read_again(file):
    path = file("id,size\n007,1\n,2\nn/a,3\n b 7 ,4\n")
    layer = layer_of(path, {"id": "key", "size": "feature"})

    table = csv_file(layer, path.parent)

    assert table.keys == ("007", "", "", "b 7")
    assert list(table.columns) == ["features"]
    assert layer.schema["columns"][0]["role"] == "key"
    assert csv_file(layer_of(path, {"size": "feature"}), path.parent).keys is None


def test_a_key_that_is_gone_from_the_file_is_refused(file):
    layer = layer_of(file("id,size\na,1\nb,2\n"), {"id": "key", "size": "feature"})
    path = file("name,size\na,1\nb,2\n")

    with pytest.raises(DataError) as refused:
        csv_file(layer, path.parent)

    assert str(refused.value) == 'table.csv has no column "id" any more. Read the file again.'
