"""The curves of one run: real events in, lines and words on the screen out."""

import math

import numpy as np
import pytest

from graphs.content import Document
from lightning_modules.events import EpochEnded, Failed, Steps
from lightning_modules.job import Job
from studio.curves.run import Key
from studio.looks.theme import LIGHT
from studio.panels.curves import EMPTY, CurvesPanel
from studio.store import Store
from tests.studio.run_events import (
    EACH_STEP,
    TRAIN_LOSS,
    VAL_LOSS,
    epoch,
    evaluated,
    events,
    loss_at,
    started,
)

VAL_ACCURACY = Key("accuracy", "val", "epoch")


@pytest.fixture
def panel(on_screen, trainer):
    return on_screen(CurvesPanel(Store(), LIGHT, trainer), 900, 420)


def lines(panel, name="loss"):
    return panel.view.plots[name].drawn()


def words_of_marks(panel):
    return [mark.label.textItem.toPlainText() for mark in panel.view.plots["loss"].marks]


def test_before_the_first_run_it_says_what_to_do(panel):
    assert EMPTY == "Press Train to see curves here."
    assert panel._pages.currentWidget().text() == EMPTY


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
    qtbot.waitUntil(lambda: not panel._frames.going)

    assert lines(panel)[EACH_STEP][1].tolist() == [2.0, 1.5]


def test_many_events_at_once_are_drawn_in_a_few_redraws(panel, trainer, qtbot):
    trainer.progressed.emit(started(epochs=1, per_epoch=1000))
    for step in range(1, 1001):
        trainer.progressed.emit(Steps("learn", step, (loss_at(step),), 0.001, 100.0))

    qtbot.waitUntil(lambda: not panel._frames.going)

    assert lines(panel)[EACH_STEP][0].max() == 1000
    assert panel.redraws <= 5


def test_a_hidden_panel_draws_nothing_and_shows_all_when_it_comes_back(panel, trainer, qtbot):
    panel.hide()
    for event in events():
        trainer.progressed.emit(event)
    redraws, ticking = panel.redraws, panel._frames.going

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


def test_the_log_scale_draws_powers_of_ten_and_leaves_out_what_has_no_logarithm(panel):
    panel.show_run([started(), Steps("learn", 1, (100.0, 10.0, 0.0, -1.0, 0.1), 0.001, 1.0)])

    panel.bar.log.click()
    panel.redraw()

    x, y = lines(panel)[EACH_STEP]
    assert x.tolist() == [1, 2, 5]
    assert y == pytest.approx([2, 1, -1])


def test_smoothing_draws_averages_and_keeps_the_values_faintly_behind(shown):
    shown.bar.slider.setValue(60)
    shown.redraw()

    raw, average = lines(shown)[EACH_STEP, "raw"][1], lines(shown)[EACH_STEP][1]
    assert raw.tolist() == [loss_at(step) for step in range(1, 41)]
    expected, value = [], 0.0
    for index, each in enumerate(raw):
        value = 0.6 * value + 0.4 * each
        expected.append(value / (1 - 0.6 ** (index + 1)))
    assert average == pytest.approx(expected)
    assert shown.bar.smoothing.text() == "0.60"


def test_epochs_as_x_divide_steps_by_those_of_an_epoch(shown):
    shown.bar.axis.setCurrentIndex(1)
    shown.redraw()

    assert lines(shown)[TRAIN_LOSS][0].tolist() == [1, 2, 3, 4, 5]
    assert shown.view.plots["loss"].chart.bottom.labelText == "Epoch"


def test_the_best_epoch_is_marked_at_its_step_with_a_star_on_the_validation_curve(shown):
    (best,) = shown.view.plots["loss"].marks

    assert best.label.textItem.toPlainText() == "best: epoch 3"
    assert best.line.value() == 24
    assert best.star.getData()[1].tolist() == [loss_at(24) + 0.1]


def test_the_star_of_the_best_epoch_follows_the_log_scale(shown):
    shown.bar.log.click()
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
