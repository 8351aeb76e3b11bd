"""Where the source stands, for the tests that read it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("graphs", "lightning_modules", "studio", "resources")


@dataclass(frozen=True)
class Source:
    """One file of the source."""

    path: Path

    @property
    def name(self) -> str:
        """As it stands in a message: studio/store.py."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """As it is imported: studio.store."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        """As Python reads it."""
        return _parse(self.path)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> tuple[Source, ...]:
    """Every Python file of the four packages."""
    return tuple(
        Source(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    )
