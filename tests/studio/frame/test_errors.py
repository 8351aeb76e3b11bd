"""An error that nobody foresaw is shown once, with its details, and is written to the log."""

from __future__ import annotations

import logging
import sys
import threading

import pytest

from studio.frame.errors import MESSAGE, Errors, log_to


@pytest.fixture
def errors(qapp, answers, tmp_path):
    hooks = sys.excepthook, threading.excepthook
    errors = Errors(answers, tmp_path / "lamina.log")
    errors.install()
    yield errors
    sys.excepthook, threading.excepthook = hooks
    errors.deleteLater()


def _break() -> None:
    raise ZeroDivisionError("split by nobody")


@pytest.mark.may_log("nobody foresaw")
def test_an_error_is_one_message_with_its_traceback(qtbot, errors, answers):
    details = []
    errors.caught.connect(details.append)

    try:
        _break()
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: answers.told == [MESSAGE], timeout=2_000)

    assert "ZeroDivisionError: split by nobody" in details[0]
    assert "_break" in details[0]


@pytest.mark.may_log("nobody foresaw")
def test_an_error_in_a_thread_is_shown_by_the_window(qtbot, errors, answers):
    thread = threading.Thread(target=_break)

    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: answers.told == [MESSAGE], timeout=2_000)


@pytest.mark.may_log("nobody foresaw")
def test_errors_that_come_while_one_is_shown_open_no_more_boxes(
    qtbot, errors, answers, monkeypatch
):
    shown = []

    def tell(message, more="", details=""):
        shown.append(message)
        errors._show("another, while the box is open")

    monkeypatch.setattr(answers, "tell", tell)

    errors._show("the first")

    assert shown == [MESSAGE]


def test_stopping_from_the_terminal_is_no_error(qapp, errors, answers, capsys):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert answers.told == []


def test_the_log_file_gets_warnings_with_their_place(tmp_path):
    file = log_to(tmp_path / "state")
    handler = logging.getLogger().handlers[-1]

    logging.getLogger("lamina_test").warning("the disk is slow")
    handler.close()
    logging.getLogger().removeHandler(handler)

    assert file == tmp_path / "state" / "lamina.log"
    assert file.read_text(encoding="utf-8").endswith("WARNING lamina_test: the disk is slow\n")


def test_a_folder_that_cannot_be_made_means_no_log(tmp_path):
    (tmp_path / "file").write_text("")

    assert log_to(tmp_path / "file" / "state") is None
