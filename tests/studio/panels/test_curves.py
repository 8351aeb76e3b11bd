"""The curves: real events in, lines and words on the screen out."""

import csv
import gc
import io
import json
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from graphs.content import Document
from graphs.document import loads
from lightning_modules.events import EpochEnded, Failed, Started, Steps
from lightning_modules.job import Job
from studio.curves.run import Key
from studio.looks.theme import DARK, LIGHT
from studio.panels.curves import EMPTY, GHOSTS, CurvesPanel
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import epoch, evaluated, events, loss_at, recorded, started

TRAIN_LOSS = Key("loss", "train", "epoch")
VAL_LOSS = Key("loss", "val", "epoch")
VAL_ACCURACY = Key("accuracy", "val", "epoch")
EACH_STEP = Key("loss", "train", "step", "learn")


@pytest.fixture
def trainer(qtbot):
    return Trainer()


@pytest.fixture
def panel(qtbot, trainer):
    made = CurvesPanel(Store(), LIGHT, trainer)
    qtbot.addWidget(made)
    made.resize(900, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def shown(panel, tmp_path):
    """The panel with a recorded run, drawn."""
    panel.show_run(recorded(tmp_path / "events.jsonl"))
    panel.redraw()
    return panel


def lines(panel, name="loss"):
    return panel.view.plots[name].drawn()


def words_of_marks(panel):
    return [mark.label.textItem.toPlainText() for mark in panel.view.plots["loss"].marks]


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_before_the_first_run_it_says_what_to_do(panel):
    assert EMPTY == "Press Train to see curves here."
    assert panel._pages.currentWidget().text() == EMPTY


def test_before_the_first_run_the_words_fill_the_panel_at_every_shape(panel, qtbot):
    for size in ((900, 200), (300, 420)):
        panel.resize(*size)
        panel.redraw()
        QApplication.processEvents()

        assert panel._pages.width() == panel.width() - 16
        assert not panel.legend.isVisible()


def test_a_run_that_begins_says_that_it_waits(panel, trainer, tmp_path, qtbot):
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    panel.redraw()

    assert (
        panel._pages.currentWidget().text() == "Training starts: the first values will appear here."
    )


def test_recorded_events_become_one_plot_for_the_loss_and_one_for_each_metric(shown):
    assert [plot.chart.words for plot in shown.view.plots.values()] == ["Loss", "Accuracy"]
    assert set(lines(shown)) == {TRAIN_LOSS, VAL_LOSS, EACH_STEP}
    assert set(lines(shown, "accuracy")) == {VAL_ACCURACY}


def test_lines_pass_through_the_values_of_the_events(shown):
    x, y = lines(shown)[EACH_STEP]
    epoch_x, epoch_y = lines(shown)[TRAIN_LOSS]

    assert x.tolist() == list(range(1, 41))
    assert y.tolist() == [loss_at(step) for step in range(1, 41)]
    assert epoch_x.tolist() == [8, 16, 24, 32, 40]
    assert epoch_y.tolist() == [loss_at(step) for step in (8, 16, 24, 32, 40)]


def test_values_appear_while_the_run_goes_on_and_the_timer_rests_when_nothing_comes(
    panel, trainer, tmp_path, qtbot
):
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    trainer.progressed.emit(started())
    trainer.progressed.emit(Steps("learn", 1, (2.0, 1.5), 0.001, 100.0))

    qtbot.waitUntil(lambda: "loss" in panel.view.plots and EACH_STEP in lines(panel))
    qtbot.waitUntil(lambda: not panel._timer.isActive())

    assert lines(panel)[EACH_STEP][1].tolist() == [2.0, 1.5]


def test_many_events_at_once_are_drawn_in_a_few_redraws(panel, trainer, qtbot):
    trainer.progressed.emit(started(epochs=1, per_epoch=1000))
    for step in range(1, 1001):
        trainer.progressed.emit(Steps("learn", step, (loss_at(step),), 0.001, 100.0))

    qtbot.waitUntil(lambda: not panel._timer.isActive())

    assert lines(panel)[EACH_STEP][0].max() == 1000
    assert panel.redraws <= 5


def test_a_hidden_panel_draws_nothing_and_shows_all_when_it_comes_back(panel, trainer, qtbot):
    panel.hide()
    for event in events():
        trainer.progressed.emit(event)
    redraws, ticking = panel.redraws, panel._timer.isActive()

    panel.show()

    qtbot.waitUntil(
        lambda: (
            TRAIN_LOSS in panel.view.plots.get("loss", panel.view).drawn()
            if panel.view.plots
            else False
        )
    )
    assert redraws == 0
    assert not ticking


def test_the_legend_names_every_curve_with_its_last_value(shown):
    entries = {
        entry.text(): entry.accessibleDescription() for entry in shown.legend.entries.values()
    }

    assert entries == {
        "Training loss": f"{loss_at(40):.4f}",
        "Validation loss": f"{loss_at(40) + 0.1:.4f}",
        "Training loss, each step": f"{loss_at(40):.4f}",
        "Validation accuracy": f"{1 - loss_at(40) / 3:.4f}",
    }


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


def test_the_log_scale_draws_powers_of_ten_and_leaves_out_what_has_no_logarithm(panel):
    panel.show_run([started(), Steps("learn", 1, (100.0, 10.0, 0.0, -1.0, 0.1), 0.001, 1.0)])

    panel._log.click()
    panel.redraw()

    x, y = lines(panel)[EACH_STEP]
    assert x.tolist() == [1, 2, 5]
    assert y == pytest.approx([2, 1, -1])


def test_smoothing_draws_averages_and_keeps_the_values_faintly_behind(shown):
    shown._slider.setValue(60)
    shown.redraw()

    raw, average = lines(shown)[EACH_STEP, "raw"][1], lines(shown)[EACH_STEP][1]
    assert raw.tolist() == [loss_at(step) for step in range(1, 41)]
    expected, value = [], 0.0
    for index, each in enumerate(raw):
        value = 0.6 * value + 0.4 * each
        expected.append(value / (1 - 0.6 ** (index + 1)))
    assert average == pytest.approx(expected)
    assert shown._smoothing.text() == "0.60"


def test_epochs_as_x_divide_steps_by_those_of_an_epoch(shown):
    shown._axis.setCurrentIndex(1)
    shown.redraw()

    assert lines(shown)[TRAIN_LOSS][0].tolist() == [1, 2, 3, 4, 5]
    assert shown.view.plots["loss"].chart.bottom.labelText == "Epoch"


def test_the_best_epoch_is_marked_at_its_step_with_a_star_on_the_validation_curve(shown):
    (best,) = shown.view.plots["loss"].marks

    assert best.label.textItem.toPlainText() == "best: epoch 3"
    assert best.line.value() == 24
    assert best.star.getData()[1].tolist() == [loss_at(24) + 0.1]


def test_the_star_of_the_best_epoch_follows_the_log_scale(shown):
    shown._log.click()
    shown.redraw()

    assert shown.view.plots["loss"].marks[0].star.getData()[1] == pytest.approx(
        [math.log10(loss_at(24) + 0.1)]
    )


def test_a_better_epoch_moves_the_mark(shown):
    shown.take(epoch(6, best=True))
    shown.redraw()

    (best,) = shown.view.plots["loss"].marks
    assert best.label.textItem.toPlainText() == "best: epoch 6"
    assert best.line.value() == 48


def test_a_value_that_is_no_number_is_marked_and_the_others_are_drawn(panel):
    panel.show_run(events(bad_step=20))
    panel.redraw()

    assert 20 not in lines(panel)[EACH_STEP][0]
    assert len(lines(panel)[EACH_STEP][0]) == 39
    assert "NaN at step 20" in words_of_marks(panel)


def test_a_run_of_nothing_but_nan_shows_the_mark(panel):
    panel.show_run(
        [
            started(),
            Steps("learn", 1, (math.nan,), 0.1, 1.0),
            Failed("The loss is not a number.", steps=1),
        ]
    )
    panel.redraw()

    assert panel._pages.currentWidget() is panel.view
    assert words_of_marks(panel) == ["NaN at step 1"]


def test_the_crosshair_follows_the_mouse_through_all_plots_and_says_every_value(shown, qtbot):
    plot = shown.view.plots["loss"]
    place = plot.box.mapViewToScene(plot.box.viewRect().center())

    qtbot.mouseMove(shown.view.viewport(), shown.view.mapFromScene(place))

    step = shown.view.cursor
    assert 1 <= step <= 40
    assert shown._cursor_words.text() == f"Step {step:.0f} · epoch {step / 8:.1f}"
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
    assert shown._cursor_words.text() == ""


def test_zooming_one_plot_zooms_all_and_fit_shows_everything_again(shown, qtbot):
    whole = shown.view.plots["loss"].chart.x_range
    shown.view.setFocus()

    qtbot.keyClick(shown.view, Qt.Key.Key_Plus)
    shown.redraw()
    near = [plot.chart.x_range for plot in shown.view.plots.values()]
    qtbot.mouseClick(shown._fit, Qt.MouseButton.LeftButton)
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


def test_the_last_runs_stand_behind_the_new_one_and_can_be_hidden(panel, qtbot):
    for _ in range(GHOSTS + 3):
        panel.show_run(events())
    panel.redraw()
    with_ghosts = set(lines(panel))
    panel._ghosts.click()
    panel.redraw()

    assert {key for key in with_ghosts if isinstance(key, tuple) and isinstance(key[0], int)} == {
        (age, key) for age in range(GHOSTS) for key in (TRAIN_LOSS, VAL_LOSS)
    }
    assert set(lines(panel)) == {TRAIN_LOSS, VAL_LOSS, EACH_STEP}


def test_an_earlier_run_that_exploded_does_not_flatten_the_next_one(panel):
    panel.show_run([started(), Steps("learn", 1, (2.0, 1e33, math.nan), 0.1, 1.0)])
    panel.show_run(events())
    panel.redraw()

    low, high = panel.view.plots["loss"].box.viewRange()[1]
    values = lines(panel)[EACH_STEP][1]
    assert values.min() - 1 < low < values.min()
    assert values.max() < high < values.max() + 1


def test_an_earlier_run_of_like_values_stays_wholly_in_sight(panel):
    panel.show_run(events())
    panel.show_run([started(), epoch(1), epoch(5)])
    panel.redraw()

    low, high = panel.view.plots["loss"].box.viewRange()[1]
    ghost = lines(panel)[0, TRAIN_LOSS][1]
    assert low < ghost.min()
    assert ghost.max() < high


def test_no_item_is_ever_destroyed_however_many_runs_come_and_go(panel, qtbot):
    """A destroyed item that the scene still used ended the program."""
    one = [started(), Steps("learn", 1, (2.0, 1.0), 0.1, 1.0), epoch(1), epoch(2)]
    broken = [started(), Steps("learn", 1, (math.nan,), 0.1, 1.0), Failed("No.", steps=1)]
    without_metric = [started(), Steps("learn", 1, (2.0,) * 300, 0.1, 1.0)]
    made = set()
    counts = []
    for _ in range(12):
        for run in (one, broken, without_metric, events()):
            panel.show_run(run)
            panel.redraw()
            QApplication.processEvents()
            made |= set(panel.view.scene().items())
        gc.collect()
        counts.append(len(panel.view.scene().items()))

    assert all(isValid(item) and item.scene() is panel.view.scene() for item in made)
    assert len(set(counts[2:])) == 1
    assert set(lines(panel)) >= {TRAIN_LOSS, VAL_LOSS, EACH_STEP}
    assert [plot.chart.words for plot in panel.view.plots.values()] == ["Loss", "Accuracy"]


def test_the_last_run_stays_in_front_until_the_next_has_a_value(shown, trainer, tmp_path):
    trainer.started.emit(Job(Document(), tmp_path, tmp_path))
    shown.redraw()
    waiting = set(lines(shown))
    trainer.progressed.emit(started())
    trainer.progressed.emit(Steps("learn", 1, (2.0,), 0.001, 1.0))
    shown.redraw()

    assert waiting == {TRAIN_LOSS, VAL_LOSS, EACH_STEP}
    assert lines(shown)[EACH_STEP][1].tolist() == [2.0]
    assert (0, TRAIN_LOSS) in lines(shown)


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


def test_two_objectives_have_a_curve_each_with_its_name(panel):
    panel.show_run([
        started(),
        Steps("generator", 1, (1.0, 2.0), 0.001, 1.0),
        Steps("critic", 1, (3.0, 4.0), 0.001, 1.0),
    ])  # fmt: skip
    panel.redraw()

    titles = [entry.text() for entry in panel.legend.entries.values()]
    assert titles == ["Training loss of generator, each step", "Training loss of critic, each step"]
    styles = [panel.view.style_of(key, panel.run).color for key in panel.legend.entries]
    assert len(set(styles)) == 2


def test_training_and_validation_differ_in_colour_and_in_dashes(shown):
    train, validation = (shown.view.style_of(key, shown.run) for key in (TRAIN_LOSS, VAL_LOSS))

    assert train.color != validation.color
    assert (train.dashed, validation.dashed) == (False, True)


def test_a_curve_of_one_point_is_seen_as_a_dot(panel):
    panel.show_run([started(epochs=1), EpochEnded(1, 8, {"val_loss": 0.5}, True, 0.1)])
    panel.redraw()

    dots = panel.view.plots["loss"]._dots[VAL_LOSS]
    assert [each.tolist() for each in dots.getData()] == [[8], [0.5]]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_it_wears_the_theme(shown, theme, qtbot):
    shown.set_theme(theme)
    shown.redraw()

    picture = shown.view.grab().toImage()
    assert picture.pixelColor(QPoint(1, 1)).name() == theme.base


def test_a_run_that_went_on_from_an_earlier_step_begins_there(panel):
    again = Started("/runs/two", "Iris", "cpu", 5, 8, 16, 67, {"train": 80}, 0, 1)
    panel.show_run([again, Steps("learn", 17, (1.0, 0.9), 0.001, 1.0)])
    panel.redraw()

    assert lines(panel)[EACH_STEP][0].tolist() == [17, 18]


def test_events_that_are_not_about_curves_change_none(shown):
    before = {key: len(series) for key, series in shown.run.curves.items()}

    shown.take(evaluated())

    assert {key: len(series) for key, series in shown.run.curves.items()} == before


def test_a_million_points_are_drawn_as_a_few_thousand(panel):
    losses = tuple(np.random.default_rng(0).random(1_000_000).tolist())
    panel.show_run([started(epochs=1, per_epoch=1_000_000), Steps("learn", 1, losses, 0.001, 1.0)])
    panel.redraw()

    x, y = lines(panel)[EACH_STEP]
    assert len(x) <= 4 * panel.view.plots["loss"].box.width()
    assert (y.min(), y.max()) == (min(losses), max(losses))


def test_everything_can_be_reached_with_the_tab_key_and_has_a_name(shown, qtbot):
    shown.activateWindow()
    reached = set()
    shown._axis.setFocus()
    for _ in range(40):
        reached.add(shown.focusWidget())
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)

    wanted = {
        shown._axis,
        shown._log,
        shown._slider,
        shown._ghosts,
        shown._fit,
        shown._export,
        shown.view,
    }
    wanted |= set(shown.legend.entries.values())
    assert wanted <= reached
    assert all(widget.accessibleName() or widget.text() for widget in wanted)


def test_opening_a_document_brings_its_last_runs_back(panel, tmp_path):
    for day in (1, 2):
        folder = tmp_path / "iris.runs" / f"2026-05-0{day}_12-00-00"
        folder.mkdir(parents=True)
        recorded(folder / "events.jsonl", epochs=day)

    panel._store.open(Document(), tmp_path / "iris.lamina")
    panel.redraw()

    assert lines(panel)[TRAIN_LOSS][0].tolist() == [8, 16]
    assert lines(panel)[0, TRAIN_LOSS][0].tolist() == [8]


def test_opening_another_document_forgets_the_curves_of_the_one_before(shown):
    shown._store.open(Document())
    shown.redraw()

    assert shown._pages.currentWidget().text() == EMPTY
    assert shown.legend.entries == {}


def test_the_plots_of_a_run_stand_before_its_first_step(panel, trainer, tmp_path):
    nodes = {"accuracy": {"layer": "Accuracy", "title": "Hit rate"}}
    text = {"lamina": 1, "networks": {"main": {"nodes": nodes, "wires": []}}}

    trainer.started.emit(Job(loads(json.dumps(text).encode()), tmp_path, tmp_path))

    assert [plot.chart.words for plot in panel.view.plots.values()] == ["Loss", "Hit rate"]


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


def test_another_document_shows_nothing_of_the_last_export(shown, tmp_path):
    assert shown.export_to(tmp_path / "curves.csv")
    before = shown._note.isVisible()

    shown._store.open(Document())

    assert before
    assert not shown._note.isVisible()
