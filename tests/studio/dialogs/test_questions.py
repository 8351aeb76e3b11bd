"""The boxes themselves, answered with keys as a person does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QTextEdit, QWidget

from studio.demo_hands import wait
from studio.dialogs.questions import Questions


class Run(QObject):
    """A run that can end."""

    ended = Signal(object)


@pytest.fixture
def questions(qtbot) -> Questions:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    return Questions(parent)


def _when_open(act: Callable[[QWidget], None], tries: int = 200) -> None:
    """Do something with the box that a call opens, as soon as it stands there."""
    box = QApplication.activeModalWidget()
    if box is not None:
        act(box)
    elif tries:
        QTimer.singleShot(10, lambda: _when_open(act, tries - 1))


def _press(words: str) -> Callable[[QWidget], None]:
    def act(box: QWidget) -> None:
        button = next(each for each in box.buttons() if each.text().replace("&", "") == words)
        QTest.keyClick(button, Qt.Key.Key_Space)

    return act


def _key(key: Qt.Key) -> Callable[[QWidget], None]:
    return lambda box: QTest.keyClick(box, key)


@pytest.mark.parametrize(
    ("words", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel")]
)
def test_unsaved_work_has_three_answers(questions, words, answer):
    QTimer.singleShot(0, lambda: _when_open(_press(words)))

    assert questions.unsaved("house.lamina") == answer


@pytest.mark.parametrize(
    ("words", "answer"), [("Overwrite", "overwrite"), ("Save as…", "save_as"), ("Cancel", "cancel")]
)
def test_overwriting_another_programs_changes_has_three_answers(questions, words, answer):
    QTimer.singleShot(0, lambda: _when_open(_press(words)))

    assert questions.overwrite("house.lamina") == answer


@pytest.mark.parametrize(
    ("key", "answer"), [(Qt.Key.Key_Return, "save"), (Qt.Key.Key_Escape, "cancel")]
)
def test_enter_saves_and_escape_cancels(questions, key, answer):
    QTimer.singleShot(0, lambda: _when_open(_key(key)))

    assert questions.unsaved("house.lamina") == answer


def test_the_question_names_the_document(questions):
    said = []

    def look(box: QMessageBox) -> None:
        said.extend([box.text(), box.informativeText()])
        box.reject()

    QTimer.singleShot(0, lambda: _when_open(look))
    questions.unsaved("house.lamina")

    assert said == [
        "Save the changes to house.lamina?",
        "Without saving, what you changed since the last save is lost.",
    ]


@pytest.mark.parametrize(("words", "answer"), [("Stop and close", True), ("Keep training", False)])
def test_a_run_is_stopped_only_on_request(questions, words, answer):
    QTimer.singleShot(0, lambda: _when_open(_press(words)))

    assert questions.stop_training(Run().ended) is answer


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_and_enter_keep_training(questions, key):
    QTimer.singleShot(0, lambda: _when_open(_key(key)))

    assert questions.stop_training(Run().ended) is False


def test_the_question_about_a_run_goes_when_the_run_ends(questions):
    run = Run()
    QTimer.singleShot(0, lambda: _when_open(lambda _box: run.ended.emit("done")))

    assert questions.stop_training(run.ended) is False
    run.ended.emit("again")  # nobody listens any more


@pytest.mark.parametrize(("words", "answer"), [("Recover", True), ("Discard", False)])
def test_recovery_is_one_clear_choice(questions, words, answer):
    QTimer.singleShot(0, lambda: _when_open(_press(words)))

    assert questions.recover("house.lamina", "Lamina ended before they were saved.") is answer


def test_details_stand_in_a_fold(questions):
    said = []

    def look(box: QMessageBox) -> None:
        said.append((box.text(), box.detailedText(), box.findChild(QTextEdit).isVisible()))
        box.accept()

    QTimer.singleShot(0, lambda: _when_open(look))
    questions.tell("It broke.", "It was logged.", "Traceback ...")

    assert said == [("It broke.", "Traceback ...", False)]


def test_a_saved_name_without_an_ending_gets_one(questions, tmp_path):
    def choose(dialog: QFileDialog) -> None:
        name = dialog.findChild(QLineEdit)
        name.selectAll()
        name.insert(str(tmp_path / "house"))
        wait(150)
        QTest.keyClick(name, Qt.Key.Key_Return)

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QTimer.singleShot(0, lambda: _when_open(choose))

    assert questions.save_path(tmp_path / "Untitled.lamina") == tmp_path / "house.lamina"


@pytest.mark.parametrize("ask", ["open_path", "save_path", "picture_path"])
def test_a_file_dialog_can_be_left(questions, tmp_path, ask):
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QTimer.singleShot(0, lambda: _when_open(lambda dialog: dialog.reject()))

    assert getattr(questions, ask)(Path(tmp_path)) is None
