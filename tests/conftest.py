"""What holds for every test: a home of its own, nothing left running, no noise, and no need for Qt."""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

# Before anything of ours, of Qt or of torch is imported: they read the environment once.
HOME = Path(tempfile.mkdtemp(prefix="lamina-tests-"))
for _name, _folder in {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "runtime",
}.items():
    os.environ[_name] = str(HOME / _folder)
    (HOME / _folder).mkdir(mode=0o700)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if "LAMINA_XVFB" not in os.environ:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lightning_modules.nursery import Nursery

OURS = ("graphs", "lightning_modules", "studio", "resources")
QT_INI = ("qt_api", "qt_log_level_fail", "qt_log_ignore")
GRACE_S = 30.0
"""How long a thread of a finished test may take to end: a busy machine may need seconds to let it."""

# A gate says of the same commit the same each time; `make soak` draws anew at each round.
for profile, cases in (("quick", 25), ("full", 60)):
    settings.register_profile(
        profile,
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.register_profile(
    "soak", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def _qt_works() -> bool:
    if os.environ.get("LAMINA_WITHOUT_QT"):
        return False
    try:
        from PySide6 import QtWidgets  # noqa: F401 - only whether it can be imported
    except ImportError:
        return False
    return True


QT = _qt_works()
collect_ignore = [] if QT else ["studio"]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Accept pytest-qt's settings also where Qt, and so pytest-qt, is away."""
    if not pluginmanager.hasplugin("pytest-qt"):
        for name in QT_INI:
            parser.addini(name, "a setting of pytest-qt", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Prove that Qt is away where it should be, and watch Qt's threads and timers where it is not."""
    if os.environ.get("LAMINA_WITHOUT_QT") and ".ci" in os.environ.get("PYTHONPATH", ""):
        assert not _can_import("PySide6"), (
            "This run should prove that nothing needs Qt, but Qt is here."
        )
    if QT and config.pluginmanager.hasplugin("pytest-qt"):
        _record_starts()


def pytest_unconfigure() -> None:
    """Remove the home of these tests."""
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that draw random cases, and skip what was not given what it needs."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.property)
        if item.get_closest_marker("xvfb") and "LAMINA_XVFB" not in os.environ:
            item.add_marker(
                pytest.mark.skip(reason="needs a real X display: make test, or .ci/xvfb")
            )
        if item.get_closest_marker("soak") and "LAMINA_SOAK_MINUTES" not in os.environ:
            item.add_marker(pytest.mark.skip(reason="runs for as long as make soak says"))


def _can_import(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


# --- nothing left running ---------------------------------------------------------------------------------

_started_threads: weakref.WeakSet = weakref.WeakSet()
_started_timers: weakref.WeakSet = weakref.WeakSet()


def _record_starts() -> None:
    """Let QThread.start and QTimer.start note who was started: Qt has no list of them."""
    from PySide6.QtCore import QThread, QTimer

    for kind, seen in ((QThread, _started_threads), (QTimer, _started_timers)):
        kind.start = _noting(kind.start, seen)


def _noting(start: Callable, seen: weakref.WeakSet) -> Callable:
    def noted(self, *args, **kwargs):
        seen.add(self)
        return start(self, *args, **kwargs)

    return noted


OF_LIBRARIES = {"tqdm_monitor"}
"""Threads that a library lets wait until the process ends: tqdm's, where torch shows how far its compiler is."""


def _running_threads(before: set[threading.Thread]) -> list[str]:
    # A dummy is Python's shadow of a thread made by Qt or torch; Python 3.11 never forgets it.
    new = [
        each
        for each in threading.enumerate()
        if each not in before and not isinstance(each, threading._DummyThread)
        if each.name not in OF_LIBRARIES
    ]
    for each in new:
        each.join(GRACE_S)
    return [f"the thread {each.name}" for each in new if each.is_alive()]


def _running_qt(widgets_before: set[int]) -> list[str]:
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    if not isinstance(QApplication.instance(), QApplication):
        return []
    grace_ms = int(GRACE_S * 1000)
    left = [
        f"the QThread {type(thread).__name__} {thread.objectName()}".rstrip()
        for thread in _started_threads
        if isValid(thread) and thread.isRunning() and not thread.wait(grace_ms)
    ]
    if not QThreadPool.globalInstance().waitForDone(grace_ms):
        left.append("a task of QThreadPool")

    def lost() -> list:
        timers = [each for each in _started_timers if isValid(each) and each.isActive()]
        windows = [
            each for each in QApplication.topLevelWidgets() if id(each) not in widgets_before
        ]
        return [each for each in (*timers, *windows) if isValid(each)]

    if lost():
        # What was let go may still wait for the collector or for a deleteLater.
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    for each in lost():
        parent = each.parent()
        of = f" of {type(parent).__name__}" if parent else ""
        left.append(f"the {type(each).__name__} {each.objectName()}{of}".rstrip())
        if each.isWidgetType():
            each.close()
            each.deleteLater()
        else:
            each.stop()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    _started_threads.clear()
    _started_timers.clear()
    return left


def _held_input() -> list[str]:
    """What would take the clicks and keys of the tests that follow; Qt keeps it beyond the windows. It is let go."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    if not isinstance(QApplication.instance(), QApplication):
        return []
    left = []
    for kind, current in (
        ("popup", QApplication.activePopupWidget),
        ("modal window", QApplication.activeModalWidget),
    ):
        while (widget := current()) is not None:
            left.append(f"the open {kind} {type(widget).__name__} {widget.objectName()}".rstrip())
            widget.hide()  # a window may refuse to be closed
    for kind, grabber in (
        ("mouse", QWidget.mouseGrabber()),
        ("keyboard", QWidget.keyboardGrabber()),
    ):
        if grabber is not None:
            left.append(f"the {kind} in the hands of {type(grabber).__name__}")
            grabber.releaseMouse() if kind == "mouse" else grabber.releaseKeyboard()
    nobody = QWidget()
    for button in QApplication.mouseButtons():
        # With one button down Qt hears no click: a press is no first one, and its release belongs to nobody.
        left.append(f"the pressed {button.name}")
        QTest.mouseRelease(nobody, button)
    while QApplication.overrideCursor() is not None:
        left.append("an override cursor")
        QApplication.restoreOverrideCursor()
    return left


def _top_level_widgets() -> set[int]:
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    from PySide6.QtWidgets import QApplication

    return (
        {id(each) for each in QApplication.topLevelWidgets()} if QApplication.instance() else set()
    )


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    threads, widgets = set(threading.enumerate()), _top_level_widgets()

    yield

    left = _running_threads(threads)
    if "PySide6.QtWidgets" in sys.modules:
        left += [*_held_input(), *_running_qt(widgets)]
    if left:
        pytest.fail("The test left behind: " + "; ".join(left) + ".", pytrace=False)


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """No test sees what another wrote into the settings, the recent files or the journal."""
    yield
    for folder in ("config", "data", "state"):
        for each in (HOME / folder).iterdir():
            shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink()


# --- runs in processes of their own ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _nursery() -> Iterator[Nursery]:
    """One for all tests: it imports for seconds."""
    if sys.platform == "win32":
        pytest.skip("there is no fork")
    from tests.lightning_modules.nursery import Nursery

    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def nursery(_nursery: Nursery) -> Iterator[Nursery]:
    """Starts runs in processes of their own, at once; none outlives the test."""
    yield _nursery
    _nursery.end_children()


# --- no noise -----------------------------------------------------------------------------------------------


class _Listener(logging.Handler):
    """Keeps the records above INFO of our own packages."""

    def __init__(self) -> None:
        super().__init__(logging.INFO + 1)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in OURS:
            self.records.append(record)


@pytest.fixture(autouse=True)
def _no_log_noise(request: pytest.FixtureRequest) -> Iterator[None]:
    listener = _Listener()
    logging.getLogger().addHandler(listener)

    yield

    logging.getLogger().removeHandler(listener)
    expected = [pattern for mark in request.node.iter_markers("may_log") for pattern in mark.args]
    noise = [
        f"{each.levelname} {each.name}: {each.getMessage()}"
        for each in listener.records
        if not any(re.search(pattern, each.getMessage()) for pattern in expected)
    ]
    if noise:
        pytest.fail("The test logged, unasked: " + "; ".join(noise), pytrace=False)


def pytest_collection_finish() -> None:
    """Leave what stands at the start to no later collection: torch alone makes each take half a second."""
    gc.collect()
    gc.freeze()
