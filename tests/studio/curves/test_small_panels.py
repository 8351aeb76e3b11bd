"""A panel of little room: the bar folds into one line, the legend shrinks before it goes, and levels get numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from graphs.content import Document
from lightning_modules.events import Baseline, Baselines
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import VAL_LOSS, events

MODELS = (
    Baseline("chance", "chance", {"val_loss": 2.0, "val_accuracy": 0.33}),
    Baseline("logistic", "logistic regression", {"val_loss": 0.6}),
)


@pytest.fixture
def panel(qtbot):
    """A recorded run with two simple models, in a panel of little room."""
    trainer = Trainer()
    made = CurvesPanel(Store(), LIGHT, trainer)
    qtbot.addWidget(made)
    made.resize(420, 200)
    with qtbot.waitExposed(made):
        made.show()
    made.show_run([*events(), Baselines(MODELS, 100, 100)], Document())
    settle(made)
    yield made
    assert trainer.close(60_000)  # it may import what plots need


def settle(panel, *size):
    if size:
        panel.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
        panel.redraw()


def numbers(panel, name):
    return [each.label.toPlainText() for each in panel.view.plots[name].levels if each.level]


def level_names(panel):
    return [each.words for each in panel.legend.levels if each.isVisible()]


@pytest.mark.parametrize("width", [750, 485, 380])
def test_the_bar_has_everything_in_one_line(panel, width):
    settle(panel, width, 213)

    bar = panel.bar
    seen = [each for each in bar.children() if hasattr(each, "isVisible") and each.isVisible()]
    assert bar.height() <= bar.axis.height() + 8
    assert {bar.axis, bar.slider, bar.fit, bar.export} <= set(seen)
    assert all(bar.rect().contains(each.geometry()) for each in seen)
    assert all(box.isVisible() for box in bar.boxes) == (width == 750)


def test_what_was_folded_away_is_chosen_in_a_menu(panel, qtbot):
    menu = panel.bar.show_menu.menu()
    actions = {action.text(): action for action in menu.actions()}

    actions["Log scale"].trigger()
    actions["To beat"].trigger()
    panel.redraw()

    assert panel.options.log
    assert not panel.options.levels
    assert level_names(panel) == []
    assert [each.isChecked() for each in actions.values()] == [True, True, False, False]
    settle(panel, 800, 300)
    assert panel.bar.log.isChecked()


def test_a_small_legend_has_names_without_values(panel):
    small = panel.legend.extent, panel.legend.isVisible(), panel.legend.entries[VAL_LOSS].width()
    settle(panel, 700, 500)

    assert small[:2] == ("compact", True)
    assert panel.legend.extent == "full"
    assert panel.legend.entries[VAL_LOSS].width() > small[2]
    assert panel.legend.place.isVisible()


def test_plots_keep_their_height_beside_a_small_legend(panel):
    assert panel._pages.height() >= 90


def test_in_a_wide_and_low_panel_names_stand_beside_plots_of_all_its_height(panel):
    more = Baseline("nearest", "nearest neighbours", {"val_loss": 0.7})
    panel.show_run([*events(), Baselines((*MODELS, more), 100, 100)], Document())
    settle(panel, 750, 213)
    room = panel.legend.height_if("compact", 190) + 1  # names alone just fit beside the plots
    settle(panel, 750, room + panel.height() - panel._pages.height())

    legend, plots = panel.legend.geometry(), panel._pages.geometry()
    assert panel.legend.extent == "compact"
    assert legend.left() > plots.right()
    assert plots.height() == room
    assert level_names(panel) == ["1 chance", "2 logistic regression", "3 nearest neighbours"]


def test_levels_have_numbers_in_narrow_plots_and_the_legend_says_whose(panel):
    assert numbers(panel, "loss") == ["1", "2"]
    assert numbers(panel, "accuracy") == ["1"]
    assert level_names(panel) == ["1 chance", "2 logistic regression"]


def test_levels_have_names_in_wide_plots(panel):
    settle(panel, 1300, 400)

    assert numbers(panel, "loss") == ["chance", "logistic regression"]
    assert level_names(panel) == ["chance", "logistic regression"]


def test_where_not_even_names_of_levels_fit_the_curves_have_theirs(panel):
    settle(panel, 420, 175)

    assert (panel.legend.extent, panel.legend.isVisible()) == ("curves", True)
    assert level_names(panel) == []
    assert numbers(panel, "loss") == ["", ""]


def test_a_name_says_its_value_while_the_crosshair_is_there(panel, qtbot):
    entry = panel.legend.entries[VAL_LOSS]
    before = entry.grab().toImage()

    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)

    assert entry.grab().toImage() != before
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert entry.grab().toImage().pixel(QPoint(30, 8)) == before.pixel(QPoint(30, 8))


def test_an_exported_picture_names_the_levels_as_well(panel, tmp_path):
    panel.export_to(tmp_path / "with.png")
    panel.bar.levels.click()
    panel.export_to(tmp_path / "without.png")

    more, less = (QImage(str(tmp_path / name)).height() for name in ("with.png", "without.png"))
    assert more > less
