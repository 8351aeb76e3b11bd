"""`lamina check` looks whether the files that data are read from are there."""

from __future__ import annotations

import json

import pytest

from graphs.document import save
from studio.cli import main
from tests.documents import document, node

ELSE = "Put it there, or choose another in the window."
COLUMNS = {
    "columns": [
        {"name": "size", "role": "feature", "dtype": "number"},
        {"name": "price", "role": "target", "dtype": "number"},
    ],
    "rows": 9,
}


def described(data):
    image = data.type == "ImageFolder"
    loss, out = ("CrossEntropyLoss", 2) if image else ("MSELoss", 1)
    nodes = {
        "data": data,
        "flat": "Flatten",
        "scores": node("Linear", out_features=out),
        "loss": loss,
    }
    return document(
        nodes,
        [
            f"data.{'image' if image else 'features'} -> flat.input",
            "flat.output -> scores.input",
            f"scores.output -> loss.{'logits' if image else 'input'}",
            f"data.{'label' if image else 'price'} -> loss.target",
        ],
    )


def table(path):
    return described(node("CSVFile", path=path, schema=COLUMNS))


def pictures(path):
    return described(node("ImageFolder", path=path, schema={"classes": ["a", "b"], "count": 4}))


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (
            table("homes.csv"),
            f"Data (CSV file) reads homes.csv, but there is no such file. {ELSE}",
        ),
        (
            table("photos"),
            "Data (CSV file) reads photos, which is a folder, but needs a file. Choose one in the window.",
        ),
        (
            table("a" * 300),
            f"Data (CSV file) reads {'a' * 300}, but there is no such file. {ELSE}",
        ),
        (
            pictures("cats"),
            f"Data (Image folder) reads cats, but there is no such folder. {ELSE}",
        ),
        (
            pictures("there.csv"),
            "Data (Image folder) reads there.csv, which is a file, but needs a folder. Choose one in the window.",
        ),
    ],
)
def test_data_that_cannot_be_read_are_a_problem(tmp_path, capsys, drawn, message):
    (tmp_path / "photos").mkdir()
    (tmp_path / "there.csv").write_text("size,price\n1,2\n")
    save(drawn, tmp_path / "homes.lamina")

    assert main(["check", str(tmp_path / "homes.lamina")]) == 1

    assert f"Problem G207: {message}\n" in capsys.readouterr().out


def test_data_that_are_there_are_no_problem(tmp_path, capsys):
    (tmp_path / "homes.csv").write_text("size,price\n1,2\n")
    save(table("homes.csv"), tmp_path / "homes.lamina")

    assert main(["check", str(tmp_path / "homes.lamina"), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["problems"]) == (True, [])
