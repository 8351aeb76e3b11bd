"""`make demo` in a real window: it does what it says, and leaves pictures and a log."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from graphs.document import load

PICTURES = (
    "welcome",
    "drawn",
    "training",
    "trained",
    "trained_dark",
    "results",
    "results_dark",
    "palette",
)


@pytest.mark.slow
@pytest.mark.xvfb
def test_the_demonstration_drags_wires_trains_and_saves(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "studio.demo", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    assert len(load(tmp_path / "digits.lamina").main.wires) == 8
    log = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Dragged Digits from the library." in log
    assert "Test accuracy: 9" in log
    for name in PICTURES:
        picture = QImage(str(tmp_path / f"{name}.png"))
        assert (picture.width(), picture.height()) == (1280, 800)
        assert len({picture.pixel(x, y) for x in range(0, 1280, 7) for y in range(0, 800, 7)}) > 20
