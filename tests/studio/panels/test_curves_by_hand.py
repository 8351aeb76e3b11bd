"""What a person does with the curves: crosshair, zoom, legend, keys, and the room they take."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from lightning_modules.events import EpochEnded
from studio.looks.theme import DARK, LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from tests.studio.run_events import (
    EACH_STEP,
    TRAIN_LOSS,
    VAL_LOSS,
    epoch,
    loss_at,
    started,
)


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(CurvesPanel(Store(), LIGHT, trainer), 900, 420)


def lines(panel, name="loss"):
    return panel.view.plots[name].drawn()


def test_before_the_first_run_the_words_fill_the_panel_at_every_shape(panel, qtbot):
    for size in ((900, 200), (300, 420)):
        panel.resize(*size)
        panel.redraw()
        QApplication.processEvents()

        assert panel._pages.width() == panel.width() - 16
        assert not panel.legend.isVisible()


def test_pressing_a_legend_entry_hides_its_curve_and_pressing_it_again_brings_it_back(shown, qtbot):
    entry = shown.legend.entries[VAL_LOSS]

    qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    shown.redraw()
    hidden = set(lines(shown))
    entry.setFocus()
    qtbot.keyClick(entry, Qt.Key.Key_Space)
    shown.redraw()

    assert hidden == {TRAIN_LOSS, EACH_STEP}
    assert set(lines(shown)) == {TRAIN_LOSS, EACH_STEP, VAL_LOSS}


def test_the_crosshair_follows_the_mouse_through_all_plots_and_says_every_value(shown, qtbot):
    plot = shown.view.plots["loss"]
    place = plot.box.mapViewToScene(plot.box.viewRect().center())

    qtbot.mouseMove(shown.view.viewport(), shown.view.mapFromScene(place))

    step = shown.view.cursor
    assert 1 <= step <= 40
    assert shown.legend.place.text() == f"Step {step:.0f} · epoch {step / 8:.1f}"
    assert all(
        each._cross.isVisible() and each._cross.value() == step
        for each in shown.view.plots.values()
    )
    assert shown.legend.entries[EACH_STEP].accessibleDescription() == f"{loss_at(round(step)):.4f}"


def test_arrow_keys_move_the_crosshair_from_epoch_to_epoch_and_escape_takes_it_away(shown, qtbot):
    shown.view.setFocus()
    seen = []
    for _ in range(3):
        qtbot.keyClick(shown.view, Qt.Key.Key_Right)
        seen.append(shown.view.cursor)
    qtbot.keyClick(shown.view, Qt.Key.Key_Left)
    back = shown.view.cursor
    qtbot.keyClick(shown.view, Qt.Key.Key_Escape)

    assert seen[1:] == [8, 16]
    assert back == 8
    assert shown.view.cursor is None
    assert shown.legend.place.text() == ""


def test_zooming_one_plot_zooms_all_and_fit_shows_everything_again(shown, qtbot):
    whole = shown.view.plots["loss"].chart.x_range
    shown.view.setFocus()

    qtbot.keyClick(shown.view, Qt.Key.Key_Plus)
    shown.redraw()
    near = [plot.chart.x_range for plot in shown.view.plots.values()]
    qtbot.mouseClick(shown.bar.fit, Qt.MouseButton.LeftButton)
    shown.redraw()

    assert near[0] == near[1]
    assert near[0][1] - near[0][0] == pytest.approx((whole[1] - whole[0]) / 1.4)
    assert shown.view.plots["loss"].chart.x_range == whole


def test_the_mouse_wheel_zooms_and_the_view_stays_there_while_values_come(shown, qtbot):
    box = shown.view.plots["loss"].box
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])
    box.setXRange(10, 20, padding=0)

    shown.take(epoch(6))
    shown.redraw()

    assert [plot.chart.x_range for plot in shown.view.plots.values()] == [(10, 20), (10, 20)]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_it_wears_the_theme(shown, theme, qtbot):
    shown.set_theme(theme)
    shown.redraw()

    picture = shown.view.grab().toImage()
    assert picture.pixelColor(QPoint(1, 1)).name() == theme.base


def test_everything_can_be_reached_with_the_tab_key_and_has_a_name(shown, qtbot):
    shown.activateWindow()
    reached = set()
    shown.bar.axis.setFocus()
    for _ in range(40):
        reached.add(shown.focusWidget())
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)

    wanted = {
        shown.bar.axis,
        shown.bar.log,
        shown.bar.slider,
        shown.bar.ghosts,
        shown.bar.fit,
        shown.bar.export,
        shown.view,
    }
    wanted |= set(shown.legend.entries.values())
    assert wanted <= reached
    assert all(widget.accessibleName() or widget.text() for widget in wanted)


def test_a_wide_and_low_panel_has_its_legend_beside_the_plots(shown, qtbot):
    shown.resize(900, 220)
    qtbot.waitUntil(lambda: shown.legend.geometry().left() > shown._pages.geometry().left())
    beside = shown._pages.height()
    shown.resize(500, 600)
    qtbot.waitUntil(lambda: shown.legend.geometry().bottom() < shown._pages.geometry().top())

    assert beside > 120


def test_plots_share_the_width_however_long_their_titles(panel, qtbot):
    values = {"val_loss": 1.0, "val_a_metric_with_a_name_that_is_much_too_long_for_its_plot": 2.0}
    panel.resize(700, 220)
    panel.show_run([started(), EpochEnded(1, 8, values, True, 0.1)])
    panel.redraw()

    def widths():
        return [plot.chart.size().width() for plot in panel.view.plots.values()]

    qtbot.waitUntil(lambda: max(widths()) - min(widths()) < 4)
