"""Pictures of a run come as often as their cost allows, and nothing is shown more often than it can be read."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from studio.pace import LEAST_MS, MOST_MS, SHARE, Pace, Throttle

SPENT_AND_NEXT = [(0.0001, LEAST_MS), (0.006, 200), (0.4, MOST_MS)]


@pytest.fixture
def owner(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize(("spent", "after"), SPENT_AND_NEXT)
def test_the_next_picture_waits_until_what_was_done_is_a_small_share(spent, after):
    clock = iter([5.0, 5.0 + spent])
    pace = Pace(lambda: next(clock))

    pace.note()

    assert pace.wait_ms == after
    assert LEAST_MS < 1000 * 0.006 / SHARE < MOST_MS


def test_what_was_done_before_it_begins_does_not_count():
    clock = iter([0.0, 3.0, 3.001])
    pace = Pace(lambda: next(clock))

    pace.begin()
    pace.note()

    assert pace.wait_ms == LEAST_MS


def test_a_throttle_shows_the_first_at_once_and_the_last_in_the_end(qtbot, owner):
    now, shown = [0], []
    soon = Throttle(lambda: shown.append(now[0]), 50, owner)

    for now[0] in range(5):
        soon.ask()

    at_once = list(shown)
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert (at_once, shown) == ([0], [0, 4])


def test_a_throttle_that_ends_shows_what_waits_now_and_one_that_forgets_does_not(qtbot, owner):
    shown = []
    soon = Throttle(lambda: shown.append(len(shown)), 20, owner)
    soon.ask()
    soon.ask()
    soon.end()
    ended = list(shown)

    soon.ask()
    soon.ask()
    soon.forget()
    qtbot.wait(60)

    assert (ended, shown) == ([0, 1], [0, 1, 2])
