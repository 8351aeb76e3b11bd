"""Why a procedure cannot be run, and the procedures that could be put in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from graphs.content import Feed, Procedure

Way: TypeAlias = "tuple[str, Procedure]"


class ProcedureError(ValueError):
    """A procedure that cannot be run; the message is a sentence for people.

    `ways` are ways out: what a button says, and the procedure as it is afterwards.
    """

    def __init__(self, message: str, *ways: Way) -> None:
        super().__init__(message)
        self.ways = ways


def with_params(procedure: Procedure, without: str) -> Procedure:
    """The procedure without one of its settings."""
    params = {name: each for name, each in procedure.params.items() if name != without}
    return replace(procedure, params=params)


def with_feed(procedure: Procedure, at: int, feed: Feed | None) -> Procedure:
    """The procedure with another feed at a place (behind the last: one more), or without that one."""
    feeds = list(procedure.feeds)
    feeds[at : at + 1] = [] if feed is None else [feed]
    return replace(procedure, feeds=tuple(feeds))
