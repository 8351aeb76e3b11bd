"""The switch that isolates a run stays as a person has set it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QCheckBox

from studio.app import build_window
from studio.settings import Settings


@pytest.fixture
def later_window(settings, answers):
    """The window of the next start, as far as its settings are in the file."""
    made = []

    def start():
        made.append(build_window(Settings(settings.file), answers))
        return made[-1]

    yield start
    for each in made:
        each.close()
        each.deleteLater()
        QCoreApplication.sendPostedEvents(each, QEvent.Type.DeferredDelete)


def switch_of(window):
    return window.training.isolation.findChild(QCheckBox)


def press(qtbot, switch):
    """Click where the box stands: a click behind its words turns nothing."""
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))


def test_the_switch_of_isolation_is_remembered_by_the_next_window(qtbot, window, later_window):
    window.workbench.reveal("training")
    at_first = switch_of(window).isChecked()
    press(qtbot, switch_of(window))
    window.close()

    later = later_window()
    later.show()
    later.workbench.reveal("training")
    on = later.training.isolation.wanted
    press(qtbot, switch_of(later))
    later.close()

    assert (at_first, on) == (False, True)
    assert not later_window().training.isolation.wanted
