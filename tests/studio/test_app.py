"""The program as a process: it starts without torch, takes a file, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graphs.content import Document
from graphs.document import save

# Runs the program, looks at it once its window works, and closes it as a person does.
PROGRAM = """
import gc, sys

gc.disable()  # as the command does before it imports the window
from pathlib import Path
from PySide6.QtCore import QTimer
from studio import app

build = app.build_window
collects = []

def built(settings):
    window = build(settings)
    QTimer.singleShot(0, lambda: collects.append(gc.isenabled()))  # before imports begin beside it
    QTimer.singleShot(700, lambda: look(window))
    return window

def look(window):
    print(window.windowTitle(), "torch" in sys.modules, window.store.document.title, sep="|")
    print(collects[0], flush=True)
    window.close()

app.build_window = built
path = Path(sys.argv[1]) if sys.argv[1] else None
sys.exit(app.run_window(path, example=not path))
"""


def _run(path: Path | str = "") -> tuple[str, str]:
    """What the program said on standard output and on standard error."""
    environment = {**os.environ, "QT_LOGGING_RULES": "*.debug=false;qt.qpa.*=false"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    said, collects = done.stdout.splitlines()
    assert collects == "True"
    noise = [
        line for line in done.stderr.splitlines() if "This plugin does not support" not in line
    ]
    return said, "\n".join(noise)


def test_the_first_start_shows_the_example_without_torch():
    said, noise = _run()

    assert said == "Digits MLP[*] — Lamina|False|Digits MLP"
    assert noise == ""


def test_a_file_on_the_command_line_opens(tmp_path):
    save(Document(title="House"), tmp_path / "house.lamina")

    said, noise = _run(tmp_path / "house.lamina")

    assert said == "house.lamina[*] — Lamina|False|House"
    assert noise == ""


def test_a_clean_exit_leaves_no_journal():
    _run()

    state = Path(os.environ["XDG_STATE_HOME"])
    assert list(state.rglob("*.journal")) == []
    assert (Path(os.environ["XDG_CONFIG_HOME"]) / "lamina" / "window.ini").is_file()


CURVES = """
import sys
from PySide6.QtCore import QTimer
from studio import app
from tests.studio.run_events import events

build = app.build_window

def built(settings):
    window = build(settings)
    panel = window.workbench.docks["curves"].widget()
    QTimer.singleShot(30, lambda: begin(window, panel))  # after the example, before the imports
    return window

def begin(window, panel):
    panel.show_run(events())
    window.look = QTimer()
    window.look.timeout.connect(lambda: look(window, panel))
    window.look.start(20)
    print(panel._pages.currentWidget().text(), "pyqtgraph" in sys.modules, sep="|")

def look(window, panel):
    if panel._pages.count() > 1:
        window.look.stop()
        print(sorted(panel.view.plots), window.trainer.warming, sep="|", flush=True)
        window.close()

app.build_window = built
sys.exit(app.run_window(None, example=True))
"""


def test_curves_that_are_there_at_the_start_wait_for_what_draws_them_beside_the_window():
    done = subprocess.run(
        [sys.executable, "-c", CURVES], capture_output=True, text=True, check=False, timeout=240
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Press Train to see curves here.|False",
        "['accuracy', 'loss']|True",
    ]


@pytest.mark.slow
@pytest.mark.alone
def test_the_window_is_built_with_little_work(tmp_path):
    """Processor time, on a slow machine and under coverage; the bar of 1.0 s on screen is a benchmark's."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from studio.app import build_window\n"
        "from studio.settings import Settings\n"
        "window = build_window(Settings(Path(sys.argv[1])))\n"
        "window.show()\n"
        "application.processEvents()\n"
        "print(time.process_time())\n"
        "window.close()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "window.ini")]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed, all modules are compiled
    subprocess.run(command, check=True, capture_output=True, env=environment)

    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)

    assert float(done.stdout) < 3


ENDED = """
import os, signal, sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from studio import app

build = app.build_window

def built(settings):
    window = build(settings)
    QTimer.singleShot(700, lambda: ask_to_end(window))
    return window

def ask_to_end(window):
    window.store.edit_document("Rename", lambda document: replace(document, title="Unsaved work"))
    os.kill(os.getpid(), int(sys.argv[1]))

app.build_window = built
sys.exit(app.run_window(None, example=True))
"""


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_the_journal_keeps_what_is_unsaved(tmp_path, asked):
    done = subprocess.run(
        [sys.executable, "-c", ENDED, str(int(asked))],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )

    (journal,) = tmp_path.glob("lamina/recovery/*.journal")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Unsaved work" in journal.read_text()
