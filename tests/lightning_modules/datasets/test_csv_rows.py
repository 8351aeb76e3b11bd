"""Rows of one's own for a trained network: what is wrong with them is told with what can be mended there."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs.layers.data_csv import CSVFile
from graphs.param import Json
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.schema import refresh_schema

LEARNED = "rooms,town,price\n1,Bonn,9\n2,Aachen,8\n3,Bonn,7\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "rooms,town\nthree,Bonn\n",
            'Row 2 of own.csv holds "three" in the column "rooms", which must be a number. Mend that cell.',
        ),
        (
            "rooms,town\n1e99,Bonn\n",
            (
                'Row 2 of own.csv holds "1e99" in the column "rooms", which is infinite or too large a number. '
                "Mend that cell."
            ),
        ),
        (
            "rooms,town\n,Bonn\n",
            'The column "rooms" of own.csv holds no number at all. The network needs one in it.',
        ),
        (
            "rooms,town\n3,Paris\n",
            (
                'Row 2 of own.csv holds "Paris" in the column "town", which the network was not trained with. '
                'It knows "Aachen", "Bonn".'
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_what_can_be_mended_there(tmp_path, text, message):
    (tmp_path / "table.csv").write_text(LEARNED, encoding="utf-8")
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    roles = {"rooms": "feature", "town": "feature", "price": "target"}
    asked = {"columns": [{"name": name, "role": role} for name, role in roles.items()]}
    layer = CSVFile(path=Path("table.csv"), schema=Json(asked))
    layer = CSVFile(path=Path("table.csv"), schema=Json(refresh_schema(layer, tmp_path)))

    with pytest.raises(DataError) as refused:
        INPUTS["CSVFile"](layer, (tmp_path / "own.csv",))

    assert str(refused.value) == message
