"""The window of a test: built as the program builds it, with settings of its own and answers given beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from resources.templates import EXAMPLES
from studio.app import build_window
from studio.dialogs.questions import OverwriteAnswer, Questions, UnsavedAnswer
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.window import Window


LONGEST_MS = 60_000
"""A wait ends a test that hangs. That something took seconds says of a busy machine only that it is busy."""


class PatientBot(QtBot):
    """Waits as long as the slowest machine may need, whatever limit a test thought of on a quiet one."""

    def waitUntil(self, callback, *, timeout=LONGEST_MS):  # noqa: N802 - Qt's way of naming
        super().waitUntil(callback, timeout=max(timeout, LONGEST_MS))

    def waitSignal(self, signal, *, timeout=LONGEST_MS, raising=None, **how):  # noqa: N802
        # Where nothing is to come (assertNotEmitted), the limit is the time that is looked at.
        limit = timeout if raising is False else max(timeout, LONGEST_MS)
        return super().waitSignal(signal, timeout=limit, raising=raising, **how)

    def waitSignals(self, signals, *, timeout=LONGEST_MS, **how):  # noqa: N802
        return super().waitSignals(signals, timeout=max(timeout, LONGEST_MS), **how)

    def waitExposed(self, widget, *, timeout=LONGEST_MS):  # noqa: N802
        return super().waitExposed(widget, timeout=max(timeout, LONGEST_MS))


@pytest.fixture
def qtbot(qapp, request) -> QtBot:
    """The hands and eyes of a test of the window."""
    return PatientBot(request)


class Answers(Questions):
    """Answers without a box, and remembers what was asked and told. It knows each answer beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.unsaved_answer: UnsavedAnswer = "discard"
        self.overwrite_answer: OverwriteAnswer = "cancel"
        self.stop = True
        self.recovering = True
        self.path: Path | None = None
        self.asked: list[str] = []
        self.told: list[str] = []

    def unsaved(self, name: str) -> UnsavedAnswer:
        self.asked.append(f"unsaved {name}")
        return self.unsaved_answer

    def overwrite(self, name: str) -> OverwriteAnswer:
        self.asked.append(f"overwrite {name}")
        return self.overwrite_answer

    def stop_training(self, ended: object) -> bool:
        self.asked.append("stop training")
        return self.stop

    def recover(self, name: str, words: str) -> bool:
        self.asked.append(f"recover {name}: {words}")
        return self.recovering

    def open_path(self, folder: Path) -> Path | None:
        self.asked.append("open")
        return self.path

    def save_path(self, suggestion: Path) -> Path | None:
        self.asked.append(f"save {suggestion.name}")
        return self.path

    def picture_path(self, suggestion: Path) -> Path | None:
        self.asked.append(f"picture {suggestion.name}")
        return self.path

    def run_path(self, folder: Path) -> Path | None:
        self.asked.append(f"run in {folder.name}")
        return self.path

    def tell(self, message: str, more: str = "", details: str = "") -> None:
        self.told.append(message)


@pytest.fixture
def file(tmp_path) -> Path:
    """The digits example as digits.lamina in an empty folder."""
    path = tmp_path / "digits.lamina"
    path.write_bytes((EXAMPLES / "digits_mlp.lamina").read_bytes())
    return path


@pytest.fixture
def endless(file) -> Path:
    """The same file, which is now to be learned for ever."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"epochs": 30', '"epochs": 100000'), encoding="utf-8")
    return file


@pytest.fixture
def in_its_folder(tmp_path, monkeypatch) -> None:
    """Make the folder of that file the current one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "settings" / "window.ini")


@pytest.fixture
def window(qtbot, settings, answers) -> Iterator[Window]:
    """The whole window on screen, at its first size, with the welcome page."""
    window = build_window(settings, answers)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    answers.unsaved_answer, answers.stop = "discard", True
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    vars(window).clear()  # pytest keeps the fixture's value, and with it all that the window held
