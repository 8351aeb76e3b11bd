"""What is exported from the curves: every number, the picture and the drawing."""

import csv
import io

import pytest
from PySide6.QtGui import QImage

from graphs.content import Document
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from tests.studio.run_events import events, loss_at


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(CurvesPanel(Store(), LIGHT, trainer), 900, 420)


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_the_csv_has_every_number_with_all_its_digits(shown, tmp_path):
    path = tmp_path / "curves.csv"

    assert shown.export_to(path)

    rows = read(path)
    assert [int(row["step"]) for row in rows] == list(range(1, 41))
    assert [float(row["Training loss, each step"]) for row in rows] == [
        loss_at(step) for step in range(1, 41)
    ]
    assert [row["Validation loss"] for row in rows if row["Validation loss"]] == [
        repr(loss_at(step) + 0.1) for step in (8, 16, 24, 32, 40)
    ]
    assert float(rows[7]["epoch"]) == 1.0
    assert shown._note.text() == f"Exported to {path}"


def test_the_csv_says_nan_where_a_value_was_none(panel, tmp_path):
    panel.show_run(events(bad_step=20))

    panel.export_to(tmp_path / "curves.csv")

    rows = read(tmp_path / "curves.csv")
    assert rows[19]["Training loss, each step"] == "nan"


def test_the_png_shows_the_plots_at_twice_the_size(shown, tmp_path):
    assert shown.export_to(tmp_path / "curves.png")

    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * shown.view.viewport().width()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }
    assert LIGHT.base in colors
    assert LIGHT.series[0] in colors


def test_the_svg_is_a_drawing_with_the_words_of_the_legend(shown, tmp_path):
    assert shown.export_to(tmp_path / "curves.svg")

    text = (tmp_path / "curves.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert text.count("<polyline") + text.count("<path") > 20
    assert "Validation accuracy" in text


def test_an_export_that_fails_says_so(shown, tmp_path):
    path = tmp_path / "missing" / "curves.csv"

    assert not shown.export_to(path)

    assert shown._note.text() == f"Not exported: No such file or directory ({path})"


def test_an_export_of_nothing_says_what_to_do(panel, tmp_path):
    assert not panel.export_to(tmp_path / "curves.csv")

    assert panel._note.text() == "Not exported: There are no curves to export yet: train first."


def test_another_document_shows_nothing_of_the_last_export(shown, tmp_path):
    assert shown.export_to(tmp_path / "curves.csv")
    before = shown._note.isVisible()

    shown._store.open(Document())

    assert before
    assert not shown._note.isVisible()
