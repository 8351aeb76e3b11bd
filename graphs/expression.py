"""Expressions over promoted parameters: `{"expr": "width * 2"}` in a file, a value of this class here."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 200


@dataclass(frozen=True)
class Expression:
    """The text of an expression. It is data: nothing ever hands it to Python to run."""

    text: str

    def __str__(self) -> str:
        return self.text
