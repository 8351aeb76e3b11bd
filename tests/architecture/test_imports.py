"""The window shows at once because nothing on its way imports torch."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

BUILDS = re.compile(r"graphs\.(compile|planting|running|modules(\..*)?)$")
"""The modules of graphs that may import torch at once: they build."""

LOADED = (
    "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
)


def loaded_after(*modules: str) -> set[str]:
    """The top-level packages in a fresh Python after it imported these modules."""
    code = "".join(f"import {each}\n" for each in modules) + LOADED
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_graphs_imports_without_torch_lightning_and_qt(sources):
    modules = [
        each.module
        for each in sources
        if each.module.partition(".")[0] == "graphs" and not BUILDS.match(each.module)
    ]

    loaded = loaded_after(*modules)

    assert not loaded & {
        "torch",
        "pytorch_lightning",
        "lightning_fabric",
        "torchmetrics",
        "PySide6",
        "sklearn",
    }


def test_lightning_modules_imports_without_qt(sources):
    modules = [each.module for each in sources if each.module.startswith("lightning_modules")]

    loaded = loaded_after(*modules)

    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "studio"}


def test_the_window_imports_without_torch(root):
    if not (root / "studio" / "window.py").exists():
        pytest.fail("studio/window.py, the window, is not there.")
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

    loaded = loaded_after("studio.window", "studio.app")

    assert not loaded & {
        "torch",
        "pytorch_lightning",
        "lightning_fabric",
        "torchmetrics",
        "sklearn",
    }


SHOWN = """
import sys
from PySide6.QtWidgets import QApplication
application = QApplication([])
from studio.app import build_window
from studio.settings import Settings
from pathlib import Path
window = build_window(Settings(Path(sys.argv[1])))
window.show()
application.processEvents()
assert window.isVisible()
"""


def test_the_window_shows_before_anything_large_is_imported(tmp_path):
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

    done = subprocess.run(
        [sys.executable, "-c", SHOWN + LOADED, str(tmp_path / "settings.ini")],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )

    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "PySide6" in loaded
    assert not loaded & {
        "numpy",
        "pandas",
        "pyqtgraph",
        "pytorch_lightning",
        "sklearn",
        "torch",
        "torchmetrics",
    }


def test_the_command_line_imports_without_torch_and_qt():
    loaded = loaded_after("studio.cli")

    assert not loaded & {"torch", "pytorch_lightning", "torchmetrics", "PySide6", "pyqtgraph"}


@pytest.mark.skipif(not os.environ.get("LAMINA_WITHOUT_QT"), reason="only where Qt is kept out")
def test_qt_cannot_be_imported_where_it_is_kept_out():
    done = subprocess.run(
        [sys.executable, "-c", "import PySide6.QtCore"], capture_output=True, text=True, check=False
    )

    if ".ci" in os.environ.get("PYTHONPATH", ""):
        assert "kept out" in done.stderr
