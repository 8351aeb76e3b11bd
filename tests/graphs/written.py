"""Generated source made into modules, and checked by ruff as a file of its own. Only tests run such source."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

COUNT = itertools.count()
RULES = ["check", "--isolated", "--line-length", "100", "--no-cache"]
FORMAT = ["format", "--isolated", "--line-length", "100", "--check", "--diff", "--no-cache"]


def imported(text: str, folder: Path) -> Any:
    """The module that this source makes, from a file of its own."""
    name = f"generated_{next(COUNT)}"
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def complaints_in(folder: Path) -> str:
    """What ruff's default rules and its formatter say about the files there; nothing, if all is well."""
    said = []
    for arguments in (RULES, FORMAT):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        if done.returncode:
            said.append(done.stdout + done.stderr)
    return "\n".join(said)


def complaints(text: str, folder: Path) -> str:
    """What ruff says about this source as a file of its own in an empty folder."""
    (folder / "source.py").write_text(text, encoding="utf-8")
    return complaints_in(folder)
