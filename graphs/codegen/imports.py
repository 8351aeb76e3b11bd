"""The imports of generated source: those that are used, in the order in which people write them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from graphs.codegen.text import WIDTH

KNOWN: Mapping[str, tuple[str, str]] = {
    "math": ("math", ""),
    "torch": ("torch", ""),
    "nn": ("torch", "nn"),
    "Tensor": ("torch", "Tensor"),
    "F": ("torch.nn", "functional as F"),
    "DataLoader": ("torch.utils.data", "DataLoader"),
    "TensorDataset": ("torch.utils.data", "TensorDataset"),
    "datasets": ("sklearn", "datasets"),
    "train_test_split": ("sklearn.model_selection", "train_test_split"),
    "np": ("numpy as np", ""),
    "pd": ("pandas as pd", ""),
    "Path": ("pathlib", "Path"),
    "PurePosixPath": ("pathlib", "PurePosixPath"),
    "Counter": ("collections", "Counter"),
    "Image": ("PIL", "Image"),
    "ImageOps": ("PIL", "ImageOps"),
}
"""By the word that stands in the source: module, and what is imported from it ("" for the module)."""

STANDARD = ("__future__", "collections", "math", "pathlib", "typing")


def import_lines(body: str, wanted: Mapping[str, set[str]]) -> list[str]:
    """The lines for everything that the body uses; `wanted` are further names by module."""
    used = {each.id for each in ast.walk(ast.parse(body)) if isinstance(each, ast.Name)}
    table: dict[str, set[str]] = {module: set(names) for module, names in wanted.items()}
    for word in used & KNOWN.keys():
        module, name = KNOWN[word]
        table.setdefault(module, set()).add(name)
    groups: list[list[str]] = [[], []]
    for standard in (True, False):
        plain = [module for module in table if "" in table[module]]
        found = groups[0 if standard else 1]
        for module in sorted(plain):
            if (module.partition(".")[0] in STANDARD) == standard:
                found.append(f"import {module}")
        for module in sorted(table, key=str.lower):
            names = sorted(table[module] - {""}, key=_order)
            if names and (module.partition(".")[0] in STANDARD) == standard:
                found += _from(module, names)
    parts = [["from __future__ import annotations"], *(group for group in groups if group)]
    return [line for index, part in enumerate(parts) for line in ([""] if index else []) + part]


def _from(module: str, names: list[str]) -> list[str]:
    """One import, on a line for each name where one line would be too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _order(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then others, as isort orders them."""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name.lower(), name
