"""The results: numbers, what they mean in a sentence, and pictures of right and wrong answers."""

import csv
import io
import json
import math

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton, QToolTip

from graphs.content import Document
from graphs.document import loads
from lightning_modules.events import Completed, Evaluated
from lightning_modules.job import Job
from studio.looks.theme import DARK, LIGHT
from studio.panels.results import EMPTY, ResultsPanel
from studio.results.words import cell_words, summary
from studio.store import Store
from tests.recorded_runs import COMPLETED, digits, record_run
from tests.studio.run_events import evaluated, recorded, started

NUMBERS = Evaluated(
    "test",
    {"test_loss": 2.5, "test_r2_score": 0.5},
    target=(1.0, 2.0, 3.0),
    predicted=(1.5, 2.0, 2.0),
)
NODES = {"accuracy": {"layer": "Accuracy", "title": "Hit rate"}}


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(ResultsPanel(Store(), LIGHT, trainer), 760, 320)


@pytest.fixture
def shown(panel, trainer, tmp_path):
    """The panel after a recorded run."""
    for event in recorded(tmp_path / "events.jsonl"):
        trainer.progressed.emit(event)
    return panel


def cells(panel):
    return [
        [panel._table.item(row, column).text() for column in (0, 1)]
        for row in range(panel._table.rowCount())
    ]


def test_before_a_run_it_says_what_will_stand_here(panel):
    assert panel.sentence == EMPTY == "Results on the test data appear here after a run."


def test_a_run_that_goes_on_and_one_without_results_say_so(panel, trainer, tmp_path):
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    going = panel.sentence
    trainer.ended.emit(Completed(1, 1, 1, 1.0))

    assert going == "The run goes on. Results on the test data follow at its end."
    assert panel.sentence == "The run ended without results on test data."


def test_metrics_stand_in_a_table_the_loss_last(shown):
    assert cells(shown) == [["Accuracy", "0.9000"], ["Loss", "0.2500"]]
    assert shown._table.horizontalHeaderItem(1).text() == "Test part"


def test_metrics_have_the_names_of_the_canvas_and_shares_are_percent(panel, trainer, tmp_path):
    text = {"lamina": 1, "networks": {"main": {"nodes": NODES, "wires": []}}}
    trainer.started.emit(Job(loads(json.dumps(text).encode()), tmp_path, tmp_path))

    trainer.progressed.emit(evaluated())

    assert cells(panel)[0] == ["Hit rate", "90.0 %"]


def test_a_sentence_says_what_the_confusion_matrix_means(shown):
    assert shown.sentence == (
        "Of 20 samples that it never saw in training, it named the right class for 18 (90.0 %)."
        " No mistake came twice."
        " Always naming the most frequent class would be right for 35.0 %."
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            Evaluated("test", {}, ("a", "b"), ((5, 0), (0, 5))),
            (
                "Of 10 samples that it never saw in training, it named the right class for 10 (100.0 %)."
                " Always naming the most frequent class would be right for 50.0 %."
            ),
        ),
        (
            Evaluated("val", {}, ("a", "b"), ((5, 4), (0, 1))),
            (
                "Of 10 samples of the validation part, it named the right class for 6 (60.0 %)."
                ' Most often it took "a" for "b" (4 times).'
                " Always naming the most frequent class would be right for 90.0 %."
            ),
        ),
        (
            Evaluated("test", {}, ("a", "b"), ((5, 1), (0, 4))),
            (
                "Of 10 samples that it never saw in training, it named the right class for 9 (90.0 %)."
                ' It took "a" for "b".'
                " Always naming the most frequent class would be right for 60.0 %."
            ),
        ),
        (
            Evaluated("test", {}, ("a", "b"), ((0, 0), (0, 0))),
            "There were no samples that it never saw in training.",
        ),
        (
            NUMBERS,
            (
                "On 3 samples that it never saw in training, its answers are off by 0.5000 on average."
                " Always answering their mean would be off by 0.6667."
            ),
        ),
        (
            Evaluated("test", {}, target=(math.nan,), predicted=(1.0,)),
            "None of its answers on samples that it never saw in training is a finite number.",
        ),
        (
            Evaluated("test", {"test_loss": 1.0}),
            "These values were measured on samples that it never saw in training.",
        ),
    ],
)
def test_every_kind_of_result_has_its_sentence(result, words):
    assert summary(result) == words


def test_a_selection_of_the_numbers_of_pictures_is_not_called_samples():
    assert summary(NUMBERS, 3) == summary(NUMBERS)
    assert summary(NUMBERS, 2) == (
        "On 3 numbers from 2 samples that it never saw in training, its answers are off by 0.5000 on average."
        " Always answering their mean would be off by 0.6667."
    )


def test_values_alone_say_on_how_many_samples_they_were_measured(panel, trainer):
    trainer.progressed.emit(started())
    trainer.progressed.emit(Evaluated("test", {"test_loss": 1.0}))

    assert (
        panel.sentence == "These values were measured on 20 samples that it never saw in training."
    )
    assert panel._picture.currentWidget() is panel._none


def test_long_class_names_are_cut_in_sentences():
    long = Evaluated("test", {}, ("x" * 100, "b"), ((5, 4), (0, 1)))

    assert f'"{"x" * 40}…" for "b"' in summary(long)


def test_a_cell_says_what_it_counts():
    assert cell_words(evaluated(), 1, 2) == (
        '1 of 7 samples of "versicolor" were taken for "virginica" (14.3 % of them).'
    )
    assert (
        cell_words(evaluated(), 0, 0)
        == '7 of 7 samples of "setosa" were recognised (100.0 % of them).'
    )


def test_the_confusion_matrix_is_coloured_by_the_share_of_its_row(shown):
    view = shown.confusion
    assert shown._picture.currentWidget() is view
    image = view.grab().toImage()

    def at(true, predicted):
        grid, side = view._grid(view.rect().toRectF())
        corner = QPointF(grid.x() + (predicted + 0.12) * side, grid.y() + (true + 0.12) * side)
        return image.pixelColor(corner.toPoint())

    assert at(0, 0).name() == LIGHT.accent
    assert at(0, 1).name() == LIGHT.base
    assert at(1, 1).lightness() < at(1, 2).lightness() < at(0, 1).lightness()


def test_a_click_and_the_arrow_keys_read_cells(shown, qtbot):
    view = shown.confusion
    grid, side = view._grid(view.rect().toRectF())
    qtbot.mouseClick(
        view,
        Qt.MouseButton.LeftButton,
        pos=QPointF(grid.x() + 1.5 * side, grid.y() + 1.5 * side).toPoint(),
    )
    clicked = view.cell
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    QToolTip.hideText()

    assert clicked == (1, 1)
    assert view.cell == (1, 2)
    assert view.accessibleDescription() == cell_words(evaluated(), 1, 2)


def test_the_arrow_keys_stop_at_the_edges(shown, qtbot):
    view = shown.confusion
    view.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    QToolTip.hideText()

    assert view.cell == (0, 0)
    assert view.cell_at(QPointF(0, 0)) is None


def test_a_hundred_classes_are_painted_without_numbers(panel, trainer, qtbot):
    many = tuple(tuple(9 if row == column else 0 for column in range(100)) for row in range(100))

    trainer.progressed.emit(Evaluated("test", {}, tuple(map(str, range(100))), many))

    assert panel.confusion.grab().toImage().pixelColor(2, 2).name() == LIGHT.base
    assert panel.sentence.startswith("Of 900 samples")


def test_numbers_are_drawn_against_the_diagonal(panel, trainer):
    trainer.progressed.emit(NUMBERS)

    assert panel._picture.currentWidget() is panel.scatter
    assert [each.tolist() for each in panel.scatter.points.getData()] == [
        [1.0, 2.0, 3.0],
        [1.5, 2.0, 2.0],
    ]
    left, right = panel.scatter.chart.x_range
    assert left < 1 and right > 3  # noqa: PT018 - one range


def test_the_csv_holds_values_and_matrix(shown, tmp_path):
    assert shown.export_to(tmp_path / "results.csv")

    rows = list(csv.reader(io.StringIO((tmp_path / "results.csv").read_text(encoding="utf-8"))))
    assert rows == [
        ["name", "value"],
        ["Loss", "0.25"],
        ["Accuracy", "0.9"],
        [],
        ["true \\ predicted", "setosa", "versicolor", "virginica"],
        ["setosa", "7", "0", "0"],
        ["versicolor", "0", "6", "1"],
        ["virginica", "0", "1", "5"],
    ]
    assert shown._note.text() == f"Exported to {tmp_path / 'results.csv'}"


def test_the_csv_of_a_regression_holds_the_pairs(panel, trainer, tmp_path):
    trainer.progressed.emit(NUMBERS)

    panel.export_to(tmp_path / "results.csv")

    rows = list(csv.reader(io.StringIO((tmp_path / "results.csv").read_text(encoding="utf-8"))))
    assert rows[-4:] == [["target", "predicted"], ["1.0", "1.5"], ["2.0", "2.0"], ["3.0", "2.0"]]


@pytest.mark.parametrize("result", [evaluated(), NUMBERS], ids=["classes", "numbers"])
def test_the_picture_shows_what_the_panel_shows(panel, trainer, result, tmp_path):
    trainer.progressed.emit(result)

    assert panel.export_to(tmp_path / "results.png")

    image = QImage(str(tmp_path / "results.png"))
    assert image.width() == 2 * panel._picture.width()
    colors = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 4)
        for y in range(0, image.height(), 4)
    }
    assert len(colors) > 5


def test_an_export_that_fails_says_so(shown, tmp_path):
    path = tmp_path / "missing" / "results.csv"

    assert not shown.export_to(path)

    assert shown._note.text() == f"Not exported: No such file or directory ({path})"


def test_a_picture_that_cannot_be_written_says_so(shown, tmp_path):
    path = tmp_path / "missing" / "results.png"

    assert not shown.export_to(path)

    assert shown._note.text() == f'Not exported: The picture could not be written to "{path}".'


def test_copying_puts_the_numbers_with_tabs_into_the_clipboard(shown, qtbot):
    (button,) = [each for each in shown.findChildren(QPushButton) if each.text() == "Copy"]

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text().splitlines()[:3] == [
        "name\tvalue",
        "Loss\t0.25",
        "Accuracy\t0.9",
    ]


def test_nothing_can_be_exported_before_there_is_a_result(panel, tmp_path):
    assert not panel.export_to(tmp_path / "results.csv")
    assert not (tmp_path / "results.csv").exists()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_it_wears_the_theme(shown, theme):
    shown.set_theme(theme)

    assert shown.confusion.grab().toImage().pixelColor(2, 2).name() == theme.base


def test_another_document_shows_nothing_of_the_last_run(shown):
    before = shown.result

    shown._store.open(Document())

    assert before is not None
    assert shown.result is None
    assert shown.sentence == EMPTY


def test_a_document_that_is_opened_shows_the_results_of_its_last_run(
    qtbot, on_screen, trainer, tmp_path
):
    run = tmp_path / "digits.runs" / "2026-01-02_03-04-05"
    record_run(run, outcome=COMPLETED, base=tmp_path)
    (run / "best.safetensors").touch()
    store = Store()
    panel = on_screen(ResultsPanel(store, LIGHT, trainer), 760, 320)

    store.open(digits(), tmp_path / "digits.lamina")

    qtbot.waitUntil(lambda: panel.result is not None)
    assert cells(panel) == [["Accuracy", "85.0 %"], ["Loss", "0.2500"]]
    assert panel._note.text() == "Of the run 2026-01-02 03:04:05."
    store.open(Document())
    assert panel.sentence == EMPTY
    assert not panel._note.isVisible()
