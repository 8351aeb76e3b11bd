"""The evaluation page: what a run's answers are worth, measured when it is looked at."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox
from sklearn.metrics import r2_score

from lightning_modules.events import Evaluated
from lightning_modules.trial import Trial
from studio.looks.theme import DARK, LIGHT
from studio.panels.results import ResultsPanel
from studio.results.answers import OF_CLASSES, OF_NUMBERS, TITLES
from studio.store import Store
from studio.training import Trainer
from tests.documents import diabetes_line, digits_mlp
from tests.trained import trained

LIMIT_MS = 60_000


def evaluated(described, folder):
    """Job and evaluation of a run that has ended."""
    events: list = []
    job = trained(described, folder, on_event=events.append)
    return job, next(each for each in events if isinstance(each, Evaluated))


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return evaluated(digits_mlp(), tmp_path_factory.mktemp("digits"))


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory):
    return evaluated(diabetes_line(), tmp_path_factory.mktemp("diabetes"))


@pytest.fixture
def panel(qtbot):
    trainer = Trainer()
    made = ResultsPanel(Store(), LIGHT, trainer)
    qtbot.addWidget(made)
    made.resize(900, 320)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    trainer.close()
    trainer.deleteLater()


def show(panel, ended):
    job, evaluated = ended
    panel.take(evaluated)
    panel._run.open(job.run_dir)
    return Trial(job.run_dir).assess("test")[0]


def look(qtbot, panel, kind):
    panel.answers.choose(kind)
    qtbot.waitUntil(
        lambda: panel.answers.stack.currentWidget() is panel.answers._views.get(kind),
        timeout=LIMIT_MS,
    )
    return panel.answers._views[kind]


def offered(panel):
    choice = panel.answers.choice
    return [choice.itemText(index) for index in range(choice.count())]


def test_a_plot_is_made_when_it_is_looked_at_first_and_shows_what_was_found_before(
    qtbot, panel, digits
):
    show(panel, digits)
    before = dict(panel.answers.plots)

    look(qtbot, panel, "calibration")
    look(qtbot, panel, "roc")

    assert before == {}
    assert list(panel.answers.plots) == ["calibration", "roc"]
    assert panel.answers.plots["roc"].list.count() > 0


def test_classes_and_numbers_have_views_of_their_own(panel, digits, diabetes):
    show(panel, digits)
    of_classes = offered(panel)
    show(panel, diabetes)

    assert of_classes == [TITLES[kind] for kind in OF_CLASSES]
    assert offered(panel) == [TITLES[kind] for kind in OF_NUMBERS]


def test_nothing_is_measured_before_it_is_looked_at(panel, digits):
    show(panel, digits)

    assert not panel._run.busy
    assert panel.answers.stack.currentWidget() is panel.confusion


def test_the_scores_of_each_class_are_a_table_that_sorts(qtbot, panel, digits):
    wanted = show(panel, digits)

    table = look(qtbot, panel, "classes")
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)

    worst = min(wanted.by_class, key=lambda each: each.f1)
    assert table.rowCount() == 10
    assert table.item(0, 0).text() == worst.name
    assert table.item(0, 3).text() == f"{worst.f1:.3f}"
    rows = [panel._table.item(row, 0).text() for row in range(panel._table.rowCount())]
    assert "Calibration error (ECE)" in rows
    assert rows.count("Accuracy") == 1


def test_curves_of_classes_have_their_areas_beside_them(qtbot, panel, digits):
    wanted = show(panel, digits)

    plot = look(qtbot, panel, "roc")
    plot.list.setCurrentRow(8)

    assert [plot.list.item(row).text() for row in range(10)] == [
        f"{each.name}  {each.area:.3f}" for each in wanted.roc
    ]
    assert plot.words.text() == (
        f"Mean area {wanted.values['roc_auc']:.4f}, each class against the rest; dashed: guessing."
    )
    assert tuple(plot._lines[8].getData()[0]) == wanted.roc[8].x
    assert plot._lines[8].zValue() > plot._lines[7].zValue()
    precise = look(qtbot, panel, "precision")
    assert precise.words.text() == (
        f"Mean average precision {wanted.values['average_precision']:.4f}, "
        "each class against the rest."
    )


def test_calibration_is_said_in_a_sentence(qtbot, panel, digits):
    wanted = show(panel, digits)

    plot = look(qtbot, panel, "calibration")

    error = wanted.values["calibration_error"]
    assert plot.words.text() == (
        f"ECE {error:.4f}: how sure and how often right differ by {100 * error:.1f} points on average; "
        "below the dashed line answers were too sure."
    )


def test_a_mistake_is_shown_with_its_picture_truth_answer_and_score(qtbot, panel, digits):
    wanted = show(panel, digits)
    view = look(qtbot, panel, "mistakes")

    view.list.setFocus()
    qtbot.keyClick(view.list, Qt.Key.Key_Down)

    second = wanted.mistakes[1]
    assert view.words.text() == (
        f"Sample {second.sample + 1} of the test part\nTruth: {second.truth}\n"
        f"Answer: {second.predicted}\nProbability of the answer: {100 * second.score:.1f} %"
    )
    assert view.list.count() == len(wanted.mistakes)
    assert not view.list.item(0).icon().isNull()
    assert view.sample.pictures.isVisible()


def test_errors_of_numbers_are_drawn_and_said(qtbot, panel, diabetes):
    wanted = show(panel, diabetes)

    residuals = look(qtbot, panel, "residuals")
    histogram = look(qtbot, panel, "errors")
    mistakes = look(qtbot, panel, "mistakes")

    assert f"R2 {r2_score(wanted.target, wanted.predicted):.4f}" in residuals.words.text()
    assert histogram.words.text() == residuals.words.text()
    assert mistakes.words.text().splitlines()[1] == f"Truth: {wanted.mistakes[0].truth}"
    assert mistakes.sample.text.toPlainText().startswith("age: ")


def test_what_is_shown_and_all_numbers_can_be_saved(qtbot, panel, digits, tmp_path):
    wanted = show(panel, digits)
    look(qtbot, panel, "roc")

    for name in ("all.csv", "roc.png", "roc.svg"):
        assert panel.export_to(tmp_path / name)

    rows = list(csv.reader((tmp_path / "all.csv").read_text().splitlines()))
    assert ["Calibration error (ECE)", repr(wanted.values["calibration_error"])] in rows
    assert (tmp_path / "roc.png").stat().st_size > 1000


def test_a_cell_shows_the_share_of_its_row(qtbot, panel, digits):
    show(panel, digits)
    before = panel.confusion.grab().toImage()

    qtbot.mouseClick(panel.answers.by_row, Qt.MouseButton.LeftButton)

    assert panel.answers.by_row.isChecked()
    assert panel.confusion.grab().toImage() != before


def test_a_run_that_is_gone_is_told_in_a_sentence(qtbot, panel, digits, tmp_path):
    panel.take(digits[1])
    panel._run.open(tmp_path / "gone")

    panel.answers.choose("roc")

    qtbot.waitUntil(lambda: "Measuring" not in panel.answers.wait.text(), timeout=LIMIT_MS)
    assert panel.answers.wait.text() == "document.lamina cannot be opened: there is no such file."


def test_without_a_run_it_says_when_it_will_be_measured(panel, digits):
    panel.take(digits[1])

    panel.answers.choose("roc")

    assert panel.answers.wait.text() == "This is measured from the run's weights once it has ended."


def test_every_view_is_drawn_in_both_themes(qtbot, panel, digits):
    show(panel, digits)
    for kind in OF_CLASSES:
        look(qtbot, panel, kind)
        panel.set_theme(DARK)

        assert panel.grab().toImage().isNull() is False
        panel.set_theme(LIGHT)


@pytest.mark.parametrize("kind", OF_CLASSES)
def test_in_a_window_of_a_laptop_the_choice_is_read_whole(qtbot, panel, digits, kind):
    panel.resize(752, 220)
    show(panel, digits)
    choice = panel.answers.choice
    panel.answers.choose(kind)
    qtbot.waitUntil(
        lambda: panel.answers.found is not None or kind == "confusion", timeout=LIMIT_MS
    )
    panel.layout().activate()

    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    text = choice.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, choice)

    assert choice.fontMetrics().horizontalAdvance(TITLES[kind]) <= text.width()
    assert choice.toolTip() == f"{TITLES[kind]}: choose what to look at"


def test_in_a_window_of_a_laptop_curves_of_classes_have_more_room_than_their_names(
    qtbot, panel, digits
):
    panel.resize(752, 220)
    show(panel, digits)
    panel.answers.choose("roc")
    qtbot.waitUntil(lambda: panel.answers.found is not None, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: panel.answers.plots["roc"].view.width() > 150)

    names = panel.answers.plots["roc"].list

    assert names.sizeHintForColumn(0) <= names.viewport().width()


def test_measures_are_called_by_their_whole_names(qtbot, panel, digits):
    panel.resize(480, 260)
    show(panel, digits)
    panel.answers.choose("classes")
    qtbot.waitUntil(lambda: panel.answers.found is not None, timeout=LIMIT_MS)
    table = panel._table

    row = next(each for each in range(table.rowCount()) if "mean of" in table.item(each, 0).text())

    assert table.item(row, 0).text() == "Precision (mean of classes)"
    assert table.rowHeight(row) >= 2 * table.fontMetrics().height()
    assert table.rowHeight(0) == table.verticalHeader().defaultSectionSize()


def test_a_mistake_in_a_narrow_list_has_two_lines(qtbot, panel, digits):
    show(panel, digits)
    panel.answers.choose("mistakes")
    qtbot.waitUntil(lambda: panel.answers.found is not None, timeout=LIMIT_MS)

    first = panel.answers.mistakes.list.item(0)

    answer, sure = first.text().split("\n")
    assert " instead of " in answer
    assert (sure[0], sure[-6:]) == ("(", " sure)")
