"""Rule of procedures (G506): what loops can be run, with the columns and outputs that the network has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphs.content import MAIN
from graphs.procedures import ProcedureError, loop_of
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.content import Document


@rule("G506")
def procedures_can_be_run(checked: Checked) -> Iterator[Problem]:
    """Every procedure is of a kind that is known and names what is there. Training goes on without it."""
    if checked.network != MAIN:
        return
    for procedure in checked.document.procedures:
        try:
            loop_of(checked.document, procedure)
        except ProcedureError as error:
            yield Problem(
                "G506",
                str(error),
                severity="warning",
                fixes=(
                    Fix(
                        "Remove the procedure",
                        settings=partial(_without, procedure.name),
                    ),
                ),
            )


def _without(name: str, document: Document) -> Document:
    return replace(
        document, procedures=tuple(each for each in document.procedures if each.name != name)
    )
