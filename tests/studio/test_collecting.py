"""Collecting in the GUI thread: while a run goes on no other thread destroys what Qt still needs."""

import gc
import threading
import weakref

import pytest

from studio.collecting import GuiCollector


class Knot:
    """Something that holds itself, so that only a search for cycles frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qtbot):
    made = GuiCollector()
    yield made
    made.end()


def test_a_knot_dies_in_the_gui_thread_while_another_thread_makes_objects(collector, qtbot):
    died_in = []
    collector.begin()
    knot = Knot()
    weakref.finalize(knot, lambda: died_in.append(threading.current_thread()))
    del knot

    worker = threading.Thread(target=lambda: [Knot() for _ in range(20_000)])
    worker.start()
    worker.join()
    assert died_in == []

    qtbot.waitUntil(lambda: died_in != [])
    assert died_in == [threading.main_thread()]


def test_after_the_run_python_collects_by_itself_again(collector):
    before = gc.isenabled()
    collector.begin()
    during = gc.isenabled()
    collector.end()

    assert (before, during, gc.isenabled()) == (True, False, True)


def test_an_end_without_a_beginning_changes_nothing(collector):
    gc.disable()
    try:
        collector.end()
        assert not gc.isenabled()
    finally:
        gc.enable()
