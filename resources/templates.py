"""The example documents that come with Lamina: what each is called, and where its file lies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent / "examples"
FIRST = "digits_mlp"
"""The example that a first start shows."""


@dataclass(frozen=True)
class Template:
    """One example: its name on the command line, and its title and description as its file says them."""

    name: str
    title: str
    description: str
    path: Path


def templates() -> tuple[Template, ...]:
    """All examples, the one for a first start first, then by name."""
    found = []
    for path in sorted(EXAMPLES.glob("*.lamina"), key=lambda path: (path.stem != FIRST, path.stem)):
        values = json.loads(path.read_text(encoding="utf-8"))
        found.append(Template(path.stem, values["title"], values["description"], path))
    return tuple(found)


def template(name: str) -> Template:
    """The example of this name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in templates()}[name]
