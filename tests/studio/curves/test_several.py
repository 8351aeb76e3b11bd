"""Curves of several runs over each other: one line a run and plot, in epochs of its own length."""

import pytest

from studio.curves.several import NamedRun, several
from studio.looks.theme import LIGHT
from studio.panels.curves import CurvesPanel
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import events, recorded

TITLES = (("accuracy", "Accuracy"),)


@pytest.fixture
def panel(qtbot, tmp_path):
    made = CurvesPanel(Store(), LIGHT, Trainer())
    qtbot.addWidget(made)
    made.resize(760, 420)
    with qtbot.waitExposed(made):
        made.show()
    made.show_run(recorded(tmp_path / "events.jsonl"))
    return made


def two():
    return several(
        [
            NamedRun("Wide", tuple(events()), TITLES),
            NamedRun("Wide", tuple(events(per_epoch=4)), TITLES),
        ]
    )


def test_each_run_has_a_line_of_its_validation_in_each_plot_under_its_name():
    found = two()

    assert [found.title(key) for key in found.ordered] == [
        "Wide, loss",
        "Wide (2), loss",
        "Wide, accuracy",
        "Wide (2), accuracy",
    ]
    assert not found.live


def test_the_panel_shows_them_in_colours_of_their_own_until_it_goes_back(panel):
    panel.compare(two())
    panel.redraw()
    compared = [entry.text() for entry in panel.legend.entries.values()]
    colors = {entry.key.run: entry.style_.color for entry in panel.legend.entries.values()}
    panel.compare(None)
    panel.redraw()

    assert compared[0] == "Wide, loss"
    assert colors == {"Wide": LIGHT.series[0], "Wide (2)": LIGHT.series[1]}
    assert "Training loss" in [entry.text() for entry in panel.legend.entries.values()]


def test_by_epochs_runs_of_unlike_length_end_at_the_same_place(panel):
    panel.compare(two())
    panel.bar.axis.setCurrentIndex(1)
    panel.redraw()

    lines = panel.view.plots["loss"].drawn()
    assert [list(xs)[-1] for xs, _ in lines.values()] == [5.0, 5.0]


def test_a_new_run_takes_the_panel_back(panel, tmp_path):
    panel.compare(two())

    panel._reopen()

    assert panel.compared is None
