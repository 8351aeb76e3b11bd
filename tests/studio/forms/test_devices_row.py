"""Devices can be chosen where there are several, and several always run in a process of their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox

from lightning_modules.events import Stopped
from studio.forms.devices_row import DevicesRow, cards_there


@pytest.fixture
def jobs(monkeypatch):
    """The jobs that were to run in processes of their own."""
    found = []

    def apart(job, *_):
        found.append(job)
        return Stopped(0, 0, 0, 0.0)

    monkeypatch.setattr("studio.training.train_apart", apart)
    return found


def test_two_cards_make_a_choice_and_a_run_of_both(qtbot, window, file, jobs, monkeypatch):
    row = window.training.isolation.devices
    monkeypatch.setattr(row, "_cards", lambda: 2)
    assert window.files.open(file)
    window.workbench.reveal("training")
    shown = row.isVisibleTo(window.training)

    qtbot.keyClick(row.findChild(QSpinBox), Qt.Key.Key_Up)
    with qtbot.waitSignal(window.trainer.ended, timeout=10_000):
        qtbot.keyClick(window, Qt.Key.Key_F5)

    assert shown
    assert [each.devices for each in jobs] == [2]


def test_there_is_no_choice_on_a_computer_without_cards(qtbot, window, file, jobs):
    assert window.files.open(file)
    window.workbench.reveal("training")

    assert not window.training.isolation.devices.isVisibleTo(window.training)
    assert window.training.isolation.devices.chosen == 1


def test_cards_are_not_looked_for_before_torch_is_loaded(monkeypatch):
    monkeypatch.setattr("studio.forms.devices_row.is_loaded", lambda _name: False)

    assert cards_there() == 0


def test_a_choice_that_is_gone_is_taken_back(qtbot):
    there = [3]
    row = DevicesRow(lambda: there[0])
    qtbot.addWidget(row)
    row.look()
    row.findChild(QSpinBox).setValue(3)

    there[0] = 1
    row.look()

    assert row.chosen == 1
    assert not row.isVisible()
