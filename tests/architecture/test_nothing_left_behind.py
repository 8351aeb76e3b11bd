"""The watch over the other tests sees what it should see."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest_plugins = ["pytester"]

PATIENT = "GRACE_S = 30.0"


@pytest.fixture
def watched(pytester, monkeypatch):
    """Run this code as a test under the project's own conftest, and give back what it says."""
    conftest = (Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8")
    assert PATIENT in conftest
    soon = conftest.replace(PATIENT, "GRACE_S = 2.0")  # nothing here ends by itself
    (pytester.path / "conftest.py").write_text(soon, encoding="utf-8")
    pytester.makeini(
        "[pytest]\nqt_log_level_fail = WARNING\nqt_log_ignore =\n  ^This plugin does not support\n"
        "markers =\n  may_log(pattern): meant\n  property: random"
    )
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")

    def run(code: str):
        pytester.makepyfile(code)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist")

    return run


LEAKS = {
    "thread": (
        """
import threading
def test_it():
    threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()
""",
        "*left behind: the thread forgotten.*",
    ),
    "qthread": (
        """
import os, atexit
from PySide6.QtCore import QThread
thread = QThread()
atexit.register(os._exit, 1)
def test_it(qapp):
    thread.start()
    assert thread.isRunning()
""",
        "*left behind: the QThread QThread.*",
    ),
    "timer": (
        """
from PySide6.QtCore import QTimer
timer = QTimer(objectName="ticker")
def test_it(qapp):
    timer.start(10)
""",
        "*left behind: the QTimer ticker.*",
    ),
    "widget": (
        """
from PySide6.QtWidgets import QWidget
kept = []
def test_it(qapp):
    kept.append(QWidget(objectName="lost"))
""",
        "*left behind: the QWidget lost.*",
    ),
    "log": (
        """
import logging
def test_it():
    logging.getLogger("studio.store").warning("odd")
""",
        "*logged, unasked: WARNING studio.store: odd*",
    ),
    "qt_warning": (
        """
from PySide6.QtCore import qWarning
def test_it(qapp):
    qWarning("odd")
""",
        "*Qt messages with level WARNING or above emitted*",
    ),
}


@pytest.mark.parametrize("kind", sorted(LEAKS))
def test_what_a_test_leaves_behind_fails_it(watched, kind):
    code, sentence = LEAKS[kind]

    result = watched(code)

    result.stdout.fnmatch_lines([sentence])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_what_a_test_cleans_up_passes(watched):
    result = watched("""
import logging, threading
import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

@pytest.mark.may_log("^meant$")
def test_it(qtbot):
    worker = threading.Thread(target=lambda: None)
    worker.start()
    thread, timer, widget = QThread(), QTimer(), QWidget()
    qtbot.addWidget(widget)
    QTimer(widget).start(10)
    timer.start(10)
    timer.stop()
    thread.start()
    thread.quit()
    thread.wait()
    logging.getLogger("studio").warning("meant")
""")

    result.assert_outcomes(passed=1)


HOLDING = """
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QWidget
kept = []

@pytest.fixture
def button(qtbot):
    button = QPushButton()
    qtbot.addWidget(button)
    button.show()
    qtbot.waitExposed(button)
    return button

def test_popup(qapp):
    kept.append(QMenu(objectName="ways"))
    kept[-1].addAction("Out")
    kept[-1].popup(QPoint())

def test_modal(qapp):
    kept.append(QDialog(objectName="question"))
    kept[-1].open()

def test_grabbers(qapp):
    kept.append(QWidget(objectName="greedy"))
    kept[-1].show()
    kept[-1].grabMouse()
    kept[-1].grabKeyboard()

def test_cursor(qapp):
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)

def test_button(button):
    QTest.mousePress(button, Qt.MouseButton.MiddleButton)

def test_clicks_arrive_after_all_that(button):
    clicks = []
    button.clicked.connect(lambda: clicks.append(1))
    QTest.mouseClick(button.windowHandle(), Qt.MouseButton.LeftButton)
    assert clicks == [1]
"""


def test_what_holds_the_mouse_or_the_keys_fails_its_test_and_no_later_one(watched):
    result = watched(HOLDING)

    result.assert_outcomes(passed=6, errors=5)
    result.stdout.fnmatch_lines(
        [
            "*left behind: the open popup QMenu ways;*",
            "*left behind: the open modal window QDialog question;*",
            "*left behind: the mouse in the hands of QWidget; the keyboard in the hands of QWidget;*",
            "*left behind: an override cursor.*",
            "*left behind: the pressed MiddleButton.*",
        ]
    )


def test_settings_of_one_test_are_gone_in_the_next(watched):
    result = watched("""
import os, pathlib
import pytest

@pytest.mark.parametrize("time", range(2))
def test_it(time):
    file = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "lamina" / "settings.ini"
    assert not file.exists()
    file.parent.mkdir()
    file.write_text("x")
""")

    result.assert_outcomes(passed=2)
