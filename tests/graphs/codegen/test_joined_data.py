"""What exported source says of data that are joined by a key."""

from __future__ import annotations

from pathlib import Path

from graphs.codegen import source
from graphs.document import load
from tests.graphs.written import complaints

KEYED = Path(__file__).parent.parent / "corpus" / "data_csv_key.lamina"


def words(text: str) -> str:
    """The source without the ends of its lines."""
    return " ".join(text.split())


def test_exported_source_says_which_rows_belong_together(tmp_path):
    text = source(load(KEYED)).text

    assert (
        "Stands in for Photos (Image folder). Stands in for Houses (CSV file). Each of its rows must stand where "
        'the row of Photos (Image folder) stands that it belongs to, the one whose file name is its "Photo".'
    ) in words(text)
    assert complaints(text, tmp_path) == ""


def test_exported_source_says_nothing_of_keys_where_rows_are_joined_by_their_place(tmp_path):
    plain = tmp_path / "plain.lamina"
    plain.write_bytes(KEYED.read_bytes().replace(b'"role": "key"', b'"role": "ignore"'))

    text = words(source(load(plain)).text)

    assert "The rows of houses.csv, a CSV file. Its path starts from where this is run." in text
    assert "rows must stand" not in text
