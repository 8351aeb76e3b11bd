"""What a procedure says, read against its network: what feeds each input, how often, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from graphs.content import MAIN
from graphs.expression import Expression, ExpressionError
from graphs.feeds import Fed, FeedReader, goes_on
from graphs.fields import shown
from graphs.plan import CannotBuild
from graphs.procedure_kinds import KINDS, LIKE, MAX_STEPS, RESULT, Kind, is_number
from graphs.procedure_network import Runnable, runnable, target_of
from graphs.procedure_ways import ProcedureError, with_params
from graphs.shapes import Shapes, shapes_of

if TYPE_CHECKING:
    from graphs.content import Document, Procedure

__all__ = ["KINDS", "Loop", "ProcedureError", "faults_of", "goes_on", "loop_of"]


@dataclass(frozen=True)
class Loop:
    """A procedure that can be run.

    `settings` hold a value for every setting of its kind, and the numbers that it names itself. `result` is the
    output that is shown, in the unit of the column `unit` ("node.port", or "" for the network's own numbers).
    """

    procedure: Procedure
    kind: Kind
    network: Runnable
    feeds: tuple[Fed, ...]
    steps: int
    settings: Mapping[str, Any]
    result: str
    unit: str

    @property
    def leading(self) -> Fed | None:
        """The input that grows or changes from step to step: the first sequence that an output feeds, or the first."""
        fed = [each for each in self.feeds if each.source == "output"]
        rows = [each for each in fed if each.grows or each.spec.dtype == "int64"]
        return next(iter([*rows, *fed]), None)

    @property
    def writes(self) -> bool:
        """Whether it makes a text, which may begin with one."""
        leading = self.leading
        return leading is not None and leading.grows and leading.spec.dtype == "int64"

    def steps_for(self, count: int | None) -> int:
        """The number of steps, or this one where one is asked for.

        Raises:
            ProcedureError: it is none, or more than can be made.
        """
        if count is None:
            return self.steps
        _check_steps(self.kind, count, self.settings, self.procedure)
        return count


def loop_of(document: Document, procedure: Procedure, shapes: Shapes | None = None) -> Loop:
    """What the procedure does; `shapes` are those of `main`, if they are known.

    Raises:
        ProcedureError: it is of a kind that this version only keeps, or names what is not there.
    """
    reading = _Reading(document, procedure, shapes)
    loop = reading.loop()
    if loop is None or reading.faults:
        raise reading.faults[0]
    return loop


def faults_of(
    document: Document, procedure: Procedure, shapes: Shapes | None = None
) -> list[ProcedureError]:
    """Everything that is wrong with the procedure, each with ways out."""
    # A path into a block, as no form writes it, means something only where blocks are laid open.
    plain = all(feed.source.count(".") < 2 for feed in procedure.feeds)
    reading = _Reading(document, procedure, shapes, told_only=plain)
    reading.loop()
    return reading.faults


class _Reading:
    """Reads one procedure and collects what is wrong."""

    def __init__(
        self,
        document: Document,
        procedure: Procedure,
        shapes: Shapes | None,
        *,
        told_only: bool = False,
    ) -> None:
        self.document, self.procedure, self._told_only = document, procedure, told_only
        self.title = f'Procedure "{procedure.name}"'
        self._shapes = shapes if shapes is not None else shapes_of(document.main)
        self.faults: list[ProcedureError] = []

    def loop(self) -> Loop | None:
        try:
            kind = self._kind()
            network = self._network()
        except ProcedureError as fault:
            self.faults.append(fault)
            return None
        settings = self._settings(kind, network)
        reader = FeedReader(self.document, self.procedure, kind, network, settings, self._shapes)
        feeds = reader.read()
        self.faults += reader.faults
        steps = self._steps(kind, settings)
        loop = Loop(self.procedure, kind, network, feeds, steps, settings, "", "")
        leading = loop.leading
        self._stop(kind, settings)
        shown = settings[RESULT] or (
            leading.name if leading is not None else next(iter(network.results))
        )
        unit = settings[LIKE] or self._unit(kind, network, leading, shown)
        return replace(loop, result=shown, unit=unit)

    def _unit(self, kind: Kind, network: Runnable, leading: Fed | None, shown: str) -> str:
        fed_back = leading is not None and kind.feeds_back
        if network.network == MAIN and fed_back and leading is not None:
            return leading.port
        if kind.name == "denoise":
            return ""
        return target_of(self.document, network.network, shown)

    def _kind(self) -> Kind:
        name = self.procedure.kind
        if name in KINDS:
            return KINDS[name]
        close = get_close_matches(name, KINDS, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        ways = [
            (f"Make it {each}", replace(self.procedure, kind=each, steps=KINDS[each].steps))
            for each in close
        ]
        raise ProcedureError(
            f'{self.title} is of the kind "{name}", which this version of Lamina keeps, but cannot run; '
            f"it runs: {', '.join(KINDS)}.{hint}",
            *ways,
        )

    def _network(self) -> Runnable:
        name = self.procedure.network
        if name not in self.document.networks:
            close = get_close_matches(name, self.document.networks, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            ways = [(f"Run {each}", replace(self.procedure, network=each)) for each in close]
            raise ProcedureError(
                f'{self.title} runs the network "{name}", which this document does not have.{hint}',
                *ways,
            )
        try:
            return runnable(self.document, name, self._shapes, told_only=self._told_only)
        except CannotBuild as error:
            raise ProcedureError(f"{self.title} has nothing to run: {error}") from None

    def _settings(self, kind: Kind, network: Runnable) -> dict[str, Any]:
        """Every setting with its value; wrong ones are noted and stand as they are by themselves."""
        found = {name: each.default for name, each in kind.settings.items()}
        found |= {LIKE: "", RESULT: ""}
        columns = [
            f"{node.id}.{port}"
            for node in self.document.main.by_role("data")
            if node.layer is not None
            for port in node.layer.outputs()
        ]
        for name, given in self.procedure.params.items():
            value = self._value(name, given)
            if value is None:
                continue
            if name in kind.settings:
                fits, words = kind.settings[name].fits(value), kind.settings[name].words
            elif name == LIKE:
                fits, words = value in columns, f"one of the data's {', '.join(columns) or 'none'}"
            elif name == RESULT:
                fits = isinstance(value, str) and value in network.results
                words = f"one of {', '.join(network.results)}"
            elif name in self._own_names():
                fits, words = is_number(value), "a number"
            else:
                self._unknown(name, kind)
                continue
            if fits:
                found[name] = value
            else:
                self._wrong(name, words, shown(value))
        return found

    def _value(self, name: str, given: Any) -> Any:
        try:
            return given.value({}) if isinstance(given, Expression) else given
        except ExpressionError as error:
            self._note(
                f'"{name}" of procedure "{self.procedure.name}" has no value: {error}',
                (f"Reset {name}", with_params(self.procedure, name)),
            )
            return None

    def _own_names(self) -> set[str]:
        """The names that feeds and expressions use."""
        found = {feed.source for feed in self.procedure.feeds}
        for each in (self.procedure.steps, self.procedure.stop):
            if isinstance(each, Expression):
                try:
                    found |= each.names()
                except ExpressionError:
                    continue
        return found

    def _unknown(self, name: str, kind: Kind) -> None:
        known = [*kind.settings, LIKE, RESULT]
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        self._note(
            f'{self.title} has a setting "{name[:64]}", which means nothing to it; its settings are: '
            f"{', '.join(known)}.{hint}",
            ("Take it out", with_params(self.procedure, name)),
        )

    def _wrong(self, name: str, words: str, shown: str) -> None:
        self._note(
            f'"{name}" of procedure "{self.procedure.name}" must be {words}, but is {shown}.',
            (f"Reset {name}", with_params(self.procedure, name)),
        )

    def _steps(self, kind: Kind, settings: Mapping[str, Any]) -> int:
        steps = self.procedure.steps
        usual = (f"Make {kind.steps} steps", replace(self.procedure, steps=kind.steps))
        try:
            count = steps.value(self._numbers(settings)) if isinstance(steps, Expression) else steps
        except ExpressionError as error:
            self._note(f"{self.title} cannot be run: {error}", usual)
            return kind.steps
        try:
            _check_steps(kind, count, settings, self.procedure)
        except ProcedureError as fault:
            self.faults.append(fault)
            return kind.steps
        assert isinstance(count, int)
        return count

    def _stop(self, kind: Kind, settings: Mapping[str, Any]) -> None:
        stop = self.procedure.stop
        if stop is None:
            return
        try:
            stop.value({**dict.fromkeys(kind.stops, 1), **self._numbers(settings)})
        except ExpressionError as error:
            self._note(
                f"{self.title} cannot be run: {error}",
                ("Let it make all its steps", replace(self.procedure, stop=None)),
            )

    def _numbers(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        return numbers_of(self.procedure, settings)

    def _note(self, message: str, *ways: tuple[str, Procedure]) -> None:
        self.faults.append(ProcedureError(message, *ways))


def _check_steps(kind: Kind, count: Any, settings: Mapping[str, Any], procedure: Procedure) -> None:
    title = f'Procedure "{procedure.name}"'
    usual = (f"Make {kind.steps} steps", replace(procedure, steps=kind.steps))
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_STEPS:
        raise ProcedureError(
            f"{title} must make 1 to {MAX_STEPS:,} steps, but is to make {count}.", usual
        )
    times = settings.get("times", MAX_STEPS)
    if count > times:
        raise ProcedureError(
            f"{title} is to make {count:,} steps through {times:,} times; it can make as many as there are times.",
            (f"Make {times:,} steps", replace(procedure, steps=times)),
        )
    if kind.name == "interpolate" and count < 2:
        raise ProcedureError(
            f"{title} must make 2 steps or more, from one end to the other.", usual
        )


def numbers_of(procedure: Procedure, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers among the settings that the procedure itself gives: expressions know them by name."""
    return {
        name: value
        for name, value in settings.items()
        if name in procedure.params and is_number(value)
    }
