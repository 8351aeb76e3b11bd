"""Rule of procedures (G506): what loops can be run, with the inputs and outputs that their network has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphs.content import MAIN
from graphs.procedures import faults_of
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.content import Document, Procedure


@rule("G506")
def procedures_can_be_run(checked: Checked) -> Iterator[Problem]:
    """Every procedure is of a kind that is known and names what is there. Training goes on without it."""
    if checked.network != MAIN:
        return
    for index, procedure in enumerate(checked.document.procedures):
        for fault in faults_of(checked.document, procedure, checked.shapes):
            ways = [
                Fix(title, settings=partial(_put, index, procedure, other))
                for title, other in fault.ways
            ]
            remove = Fix("Remove the procedure", settings=partial(_put, index, procedure, None))
            yield Problem("G506", str(fault), severity="warning", fixes=(*ways, remove))


def _put(index: int, before: Procedure, after: Procedure | None, document: Document) -> Document:
    """The document with another procedure in its place, or without it; as it is if that is gone meanwhile."""
    row = document.procedures
    if row[index : index + 1] != (before,):
        return document
    put = () if after is None else (after,)
    return replace(document, procedures=(*row[:index], *put, *row[index + 1 :]))
