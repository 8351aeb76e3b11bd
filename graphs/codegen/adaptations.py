"""The source of classes of graphs.modules, with all that they use, as it is written into generated files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "modules"
MARKS = re.compile(r"  # (noqa|type: ignore).*")
"""Words to the tools of this project, which mean nothing in other files."""


@dataclass
class Adaptations:
    """Definitions in the order in which they must stand, and the names that they import, by module."""

    sources: dict[str, str] = field(default_factory=dict)  # by "FILE.NAME"
    imports: dict[str, set[str]] = field(default_factory=dict)  # "" for a whole module

    def add(self, names: Iterable[str]) -> None:
        """Take these definitions (`FILE.NAME`) and those that they need; what is torchmetrics' own is imported."""
        for each in names:
            file, _, name = each.rpartition(".")
            if file.startswith("torchmetrics"):
                self.imports.setdefault(file, set()).add(name)
            else:
                self._add(file, name)

    def _add(self, file: str, name: str) -> None:
        key = f"{file}.{name}"
        if key in self.sources:
            return
        module = _read(file)
        found = module.definitions[name]
        used = {each.id for each in ast.walk(found) if isinstance(each, ast.Name)}
        self.sources[key] = ""  # two that use each other end here
        for other in module.definitions:
            if other in used and other != name:
                self._add(file, other)
        for word in sorted(used & module.imports.keys()):
            source, imported = module.imports[word]
            if source.startswith("graphs.modules."):
                self._add(source.rpartition(".")[2], imported)
            else:
                self.imports.setdefault(source, set()).add(imported)
        del self.sources[key]  # it stands behind what it needs
        self.sources[key] = module.source(found)


@dataclass(frozen=True)
class _Module:
    text: str
    definitions: dict[str, ast.stmt]
    imports: dict[str, tuple[str, str]]

    def source(self, statement: ast.stmt) -> str:
        first = min(
            [statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", ()))]
        )
        lines = self.text.splitlines()[first - 1 : statement.end_lineno]
        return "\n".join(MARKS.sub("", line) for line in lines)


@cache
def _read(file: str) -> _Module:
    text = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    definitions: dict[str, ast.stmt] = {}
    imports: dict[str, tuple[str, str]] = {}
    for each in ast.parse(text).body:
        if isinstance(each, ast.ClassDef | ast.FunctionDef):
            definitions[each.name] = each
        elif isinstance(each, ast.Assign | ast.AnnAssign):
            target = each.targets[0] if isinstance(each, ast.Assign) else each.target
            if isinstance(target, ast.Name):
                definitions[target.id] = each
        elif isinstance(each, ast.Import):
            imports |= {alias.name: (alias.name, "") for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            imports |= {alias.name: (each.module or "", alias.name) for alias in each.names}
    return _Module(text, definitions, imports)
