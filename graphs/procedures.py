"""What a procedure says, read against its network: which column is fed, from which output, how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.content import MAIN
from graphs.expression import Expression, ExpressionError
from graphs.graph import End
from graphs.plan import CannotBuild, prediction_plan

if TYPE_CHECKING:
    from graphs.content import Document, Procedure

KINDS = ("autoregressive",)
"""What this version can do; other kinds are kept."""

MAX_STEPS = 100_000


@dataclass(frozen=True)
class Loop:
    """A procedure that can be run: this column is fed from the result of this name, so many times."""

    procedure: Procedure
    column: End
    result: str
    steps: int


class ProcedureError(ValueError):
    """A procedure that cannot be run; the message is a sentence for people."""


def loop_of(document: Document, procedure: Procedure) -> Loop:
    """What the procedure does.

    Raises:
        ProcedureError: it is of a kind that this version only keeps, or names what is not there.
    """
    title = f'Procedure "{procedure.name}"'
    if procedure.kind not in KINDS:
        raise ProcedureError(
            f'{title} is of the kind "{procedure.kind}", which this version of Lamina keeps, but cannot run; '
            f"it runs: {', '.join(KINDS)}."
        )
    if procedure.network != MAIN:
        raise ProcedureError(f"{title} runs the block {procedure.network}; it can only run main.")
    if len(procedure.feeds) != 1:
        raise ProcedureError(f"{title} must feed one column, but feeds {len(procedure.feeds)}.")
    try:
        plan = prediction_plan(document)
    except CannotBuild as error:
        raise ProcedureError(f"{title} has nothing to run: {error}") from None
    feed = procedure.feeds[0]
    columns = {str(end): end for end in plan.columns}
    if feed.port not in columns:
        listed = ", ".join(columns) or "none"
        raise ProcedureError(
            f'{title} feeds "{feed.port}", but the columns that a prediction needs are: {listed}.'
        )
    names = {str(end): name for name, end in plan.results.items()}
    names |= {name: name for name in plan.results}
    if feed.source not in names:
        listed = ", ".join(plan.results) or "none"
        raise ProcedureError(f'{title} takes "{feed.source}", but the outputs are: {listed}.')
    return Loop(procedure, columns[feed.port], names[feed.source], _steps(procedure, title))


def _steps(procedure: Procedure, title: str) -> int:
    steps = procedure.steps
    try:
        count = steps.value({}) if isinstance(steps, Expression) else steps
        if procedure.stop is not None:
            procedure.stop.value({"step": 0})
    except ExpressionError as error:
        raise ProcedureError(f"{title} cannot be run: {error}") from None
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_STEPS:
        raise ProcedureError(f"{title} must make 1 to {MAX_STEPS:,} steps, but is to make {count}.")
    return count
