"""What the project says of itself is so: its commands, its versions, its contracts."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PACKAGES = ("graphs", "lightning_modules", "studio", "resources")
TARGETS = ("run", "test", "demo", "lint", "bench", "soak", "clean")


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(root) -> dict[str, str]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonical(name): exact for name, exact in pairs}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_its_targets(root, target):
    assert re.search(rf"^{target}:", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_make_target_that_a_text_names_exists(root):
    known = set(
        re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        (text.name, target)
        for text in root.glob("*.md")
        for target in re.findall(r"`make ([a-z]+)", text.read_text(encoding="utf-8"))
    }

    assert not [each for each in named if each[1] not in known]


def test_the_modules_that_make_runs_exist(root):
    called = re.findall(r"python -m (studio\.\w+)", (root / "Makefile").read_text(encoding="utf-8"))

    assert called
    assert not [each for each in called if not (root / f"{each.replace('.', '/')}.py").exists()]


def wanted(project) -> list[Requirement]:
    """What the project and all its extras ask for, but for itself with an extra."""
    extras = project["project"]["optional-dependencies"].values()
    found = map(Requirement, [*project["project"]["dependencies"], *chain.from_iterable(extras)])
    return [each for each in found if each.name != project["project"]["name"]]


def test_every_range_has_an_exact_version_inside_it(project, pins):
    for each in wanted(project):
        assert each.specifier.contains(pins[canonical(each.name)]), (
            f"{each} against {pins[canonical(each.name)]}"
        )


def test_constraints_leave_the_build_to_the_machine(pins):
    assert not [f"{name}=={exact}" for name, exact in pins.items() if "+" in exact]
    assert "torchvision" not in pins, (
        "its build fails beside a CPU torch, and takes torchmetrics with it"
    )


def test_what_is_installed_is_what_constraints_say(pins):
    other = {}
    for name, exact in pins.items():
        try:
            here = version(name).partition("+")[0]
        except PackageNotFoundError:  # needed on another Python or system
            continue
        if here != exact and name != "setuptools":
            other[name] = here

    assert not other, "Run make: it installs what constraints.txt says."


def test_every_dependency_is_used_and_every_import_declared(project, sources):
    names = {"scikit-learn": "sklearn", "pillow": "PIL", "PySide6-Essentials": "PySide6"}
    declared = {
        names.get(name := Requirement(each).name, name.replace("-", "_"))
        for each in project["project"]["dependencies"]
    }

    imported = {
        name.partition(".")[0]
        for source in sources
        for node in ast.walk(source.tree)
        for name in imported_by(node)
    }
    known = set(sys.stdlib_module_names) | set(PACKAGES) | {"shiboken6"}  # PySide6 brings shiboken6

    assert imported - known == declared


def imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module]
    return []


def test_contributing_says_why_each_dependency(project, root):
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert not [each.name for each in wanted(project) if f"| {each.name} |" not in text]


@pytest.mark.skipif(sys.platform == "win32", reason="make and sh")
def test_without_a_python_the_installer_names_the_packages(root, tmp_path):
    checkout = copy_of_installer(root, tmp_path)

    done = install(checkout, bare_path(tmp_path))

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Lamina needs Python 3.11, 3.12, 3.13 or 3.14. Install one, then run make again:",
        "  Debian/Ubuntu:  sudo apt install python3 python3-venv",
        "  Fedora:         sudo dnf install python3",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="make and sh")
def test_without_the_venv_module_the_installer_names_the_packages(root, tmp_path):
    checkout, path = copy_of_installer(root, tmp_path), bare_path(tmp_path)
    fake = Path(path) / "python3"
    fake.write_text(
        '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)

    done = install(checkout, path)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Python 3.12 is here, but its venv module is not. Install it, then run make again:",
        "  Debian/Ubuntu:  sudo apt install python3.12-venv",
        "  Fedora:         sudo dnf install python3.12",
    ]


def install(checkout: Path, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ".ci/install"],
        cwd=checkout,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def copy_of_installer(root, tmp_path):
    checkout = tmp_path / "checkout"
    (checkout / ".ci").mkdir(parents=True)
    shutil.copy(root / ".ci" / "install", checkout / ".ci" / "install")
    shutil.copy(root / "pyproject.toml", checkout)
    shutil.copy(root / "constraints.txt", checkout)
    return checkout


def bare_path(tmp_path) -> str:
    """A folder of programs without any Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dirname", "find", "rm", "touch"):
        (folder / name).symlink_to(shutil.which(name))
    return str(folder)
