"""Tests of the `lamina` command in processes of its own: what it imports, pipes, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from resources.templates import EXAMPLES

WITHOUT_QT = """
import sys
for name in ("PySide6", "pyqtgraph", "qtawesome", "superqt", "shiboken6"):
    sys.modules[name] = None  # an import of it fails
from studio.cli import main
code = main(sys.argv[1:])
print("torch" in sys.modules, file=sys.stderr)
sys.exit(code)
"""


def call(code, *arguments, **options):
    """Run Python code with arguments, from the root of the project."""
    root = EXAMPLES.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    "verb", [["check"], ["templates"], ["layers"], ["show", "-o", "graph.svg"]]
)
def test_what_trains_nothing_imports_neither_torch_nor_qt(verb, file, tmp_path):
    files = [] if verb[0] in ("templates", "layers") else [str(file)]

    done = call(WITHOUT_QT, *verb, *files, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "False\n")
    assert done.stdout


def test_training_needs_no_qt(file, tmp_path):
    done = call(WITHOUT_QT, "train", str(file), "--epochs", "1", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "True\n")
    assert "Completed 1 epoch in " in done.stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """More lines than a pipe holds, of which the reader takes one."""
    code = "import sys; from studio.cli import main; sys.exit(main(['layers', '--json']))"
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent.parent)}
    command = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert command.stdout is not None
    assert command.stderr is not None

    command.stdout.readline()
    command.stdout.close()

    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(240) in (0, 128 + signal.SIGPIPE)


@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot be sent Ctrl+C alone")
def test_ctrl_c_in_a_terminal_stops_the_run_and_keeps_it(file, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent.parent), "PYTHONUNBUFFERED": "1"}
    command = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "studio",
            "train",
            str(file),
            "--epochs",
            "100000",
            "--run-dir",
            "run",
        ],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert command.stdout is not None
    while "Epoch 3" not in command.stdout.readline():
        assert command.poll() is None

    asked = time.monotonic()
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=240)

    assert command.returncode == 130
    assert time.monotonic() - asked < 120
    assert "what was learned is kept." in out
    assert err == "\nStopping after this step; once more leaves at once.\n"
    assert (tmp_path / "run" / "best.safetensors").exists()


def test_an_unforeseen_error_is_one_sentence(tmp_path):
    code = """
import sys
import studio.verb, studio.verbs
from dataclasses import replace
def fail(given): raise ZeroDivisionError("two\\nlines")
studio.verb.VERBS["layers"] = replace(studio.verb.VERBS["layers"], run=fail)
sys.argv = ["lamina", "layers"]
from studio.cli import main
main()
"""

    done = call(code, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "lamina: Something went wrong that should not (ZeroDivisionError: two lines). "
        "Set LAMINA_TRACEBACK=1 to see where.\n"
    )


def test_without_a_display_the_first_example_is_trained_and_drawn(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }

    done = subprocess.run(
        [sys.executable, "-m", "studio.start"],
        env={**environment, "PYTHONPATH": str(EXAMPLES.parent.parent)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=tmp_path,
    )

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "There is no window here, because there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "The first example is trained here in the terminal instead."
    )
    score = next(line for line in lines if line.startswith("Test accuracy "))
    assert float(score.split()[2]) >= 95
    (run,) = (tmp_path / "runs").iterdir()
    assert lines[-2] == f"Kept in {run}"
    assert (
        lines[-1]
        == "Its curves are drawn there in curves.png, its graph in graph.png and graph.svg."
    )
    assert all(
        (run / name).stat().st_size > 5000 for name in ("curves.png", "graph.png", "graph.svg")
    )
