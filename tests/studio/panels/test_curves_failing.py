"""Curves of runs that fail, and exports that cannot be or that stand on another paper than the screen."""

import math

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from lightning_modules.events import Failed, Steps
from studio.looks.theme import DARK, LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from tests.studio.run_events import EACH_STEP, events, started


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(CurvesPanel(Store(), LIGHT, trainer), 900, 420)


def marks(panel):
    """Words and place of every mark in the plot of the loss, if it is in view."""
    plot = panel.view.plots["loss"]
    left, right = plot.chart.x_range
    told = [(mark.label.textItem.toPlainText(), mark.line.value()) for mark in plot.marks]
    return [each for each in told if left < each[1] < right]


def test_a_run_that_fails_at_its_second_step_shows_the_first_as_a_dot_and_where_it_failed(panel):
    panel.show_run(
        [
            started(),
            Steps("learn", 1, (2.3,), 0.1, 1.0),
            Failed("The loss became NaN (not a number) at step 2.", steps=1),
        ]
    )
    panel.redraw()

    assert marks(panel) == [("failed at step 2", 2)]
    assert panel.view.plots["loss"]._dots[EACH_STEP].getData()[1].tolist() == [2.3]


def test_a_value_that_is_no_number_is_in_view_also_as_the_last(panel):
    panel.show_run(
        [started(), Steps("learn", 1, (2.3, math.nan), 0.1, 1.0), Failed("The loss.", steps=1)]
    )
    panel.redraw()

    assert marks(panel) == [("NaN at step 2", 2)]


def test_a_run_that_completes_has_no_mark_of_a_failure(panel):
    panel.show_run(events())
    panel.redraw()

    assert [words for words, _ in marks(panel)] == ["best: epoch 3"]


@pytest.mark.parametrize(
    ("name", "what"), [("curves.jpeg", "ends in .jpeg"), ("curves", "has no ending")]
)
def test_an_export_with_an_unknown_ending_writes_nothing_and_says_what_is_possible(
    panel, tmp_path, name, what
):
    panel.show_run(events())

    written = panel.export_to(tmp_path / name)

    assert not written
    assert panel._note.text() == (
        f"Not exported: The name {name} {what}. Give .png or .svg for a picture, .csv for numbers."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("dark", "paper"), [(False, LIGHT), (True, DARK)])
def test_an_exported_picture_stands_on_white_paper_unless_dark_is_wanted(
    panel, tmp_path, dark, paper
):
    panel.set_theme(DARK)
    panel.show_run(events())

    assert panel.export_to(tmp_path / "curves.png", dark=dark)

    image = QImage(str(tmp_path / "curves.png"))
    screen = panel.view.grab().toImage()
    assert image.pixelColor(3, 3).name() == paper.base
    assert image.pixelColor(3, image.height() - 3).name() == paper.base
    assert screen.pixelColor(1, 1).name() == DARK.base


def test_where_there_is_no_room_the_plots_go_before_the_legend(panel):
    panel.show_run(events())
    panel.redraw()
    roomy = panel.legend.isVisible()

    panel.setFixedSize(360, 145)
    panel.redraw()
    QApplication.processEvents()

    assert roomy
    assert not panel.legend.isVisible()
    assert panel._pages.height() > 90
