"""The proof files as `lamina export` writes them, run by a Python that knows nothing of Lamina."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli import main

FOLDER = Path(__file__).parents[2] / "proofs" / "files"
LONG = {"gpt", "resnet18", "resnet18_small"}
RUN = """
import importlib.abc, runpy, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("graphs", "lightning_modules", "studio"):
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
for file in sys.argv[1:]:
    print(file)
    runpy.run_path(file)["main"](epochs=1)
"""


def run(files: list[str], folder: Path) -> None:
    for name in files:
        assert (
            main(
                [
                    "export",
                    str(FOLDER / f"{name}.lamina"),
                    "--to",
                    "python",
                    str(folder / f"{name}.py"),
                ]
            )
            == 0
        )

    done = subprocess.run(
        [sys.executable, "-c", RUN, *(f"{name}.py" for name in files)],
        cwd=folder, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.endswith(".py")] == [f"{name}.py" for name in files]
    assert sum(line.startswith("epoch 1: ") for line in lines) == len(files)
    assert all(line.startswith(("epoch 1: ", "test ")) or line.endswith(".py") for line in lines)
    assert "nan" not in done.stdout


def test_every_exported_file_trains_without_lamina(tmp_path):
    run(sorted({path.stem for path in FOLDER.glob("*.lamina")} - LONG), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONG - {"resnet18"}))  # 224 px: minutes on a processor
def test_long_exported_files_train_without_lamina(name, tmp_path):
    run([name], tmp_path)
