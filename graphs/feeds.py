"""What feeds the inputs of a procedure's network: outputs, noise, times, values of `main`, or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from graphs.content import MAIN, Feed
from graphs.graph import End
from graphs.plan import CannotBuild
from graphs.procedure_kinds import Kind, Source, is_number
from graphs.procedure_network import Runnable, value_plan
from graphs.procedure_ways import ProcedureError, Way, with_feed

if TYPE_CHECKING:
    from graphs.content import Document, Procedure
    from graphs.shapes import Shapes
    from graphs.spec import Spec

STEPS = "T"
"""The letter of the axis along which a sequence grows."""


@dataclass(frozen=True)
class Fed:
    """One input port and what feeds it; `name` is that of the output, the port of `main`, or the setting."""

    port: str
    spec: Spec
    source: Source
    name: str = ""

    @property
    def grows(self) -> bool:
        """Whether it is a sequence, to which each step adds; else each step puts another value in its place."""
        return self.source == "output" and STEPS in self.spec.letters[:1]


@dataclass
class FeedReader:
    """Reads the feeds of one procedure and collects what is wrong with them."""

    document: Document
    procedure: Procedure
    kind: Kind
    network: Runnable
    settings: Mapping[str, Any]
    shapes: Shapes

    def __post_init__(self) -> None:
        self.faults: list[ProcedureError] = []
        self._title = f'Procedure "{self.procedure.name}"'

    def read(self) -> tuple[Fed, ...]:
        """The feeds that can be used, in order of the network's inputs."""
        found: dict[str, Fed] = {}
        for at, feed in enumerate(self.procedure.feeds):
            if feed.port not in self.network.inputs:
                self._unknown_port(at, feed)
            elif feed.port in found:
                self._note(
                    f'{self._title} feeds "{feed.port}" twice.',
                    ("Keep the first", with_feed(self.procedure, at, None)),
                )
            else:
                fed = self._fed(at, feed)
                found[feed.port] = fed
        named = {feed.port for feed in self.procedure.feeds}
        for port, spec in self.network.inputs.items():
            if port not in named:
                self._unfed(port, spec)
        self._check_loop(found)
        return tuple(found[port] for port in self.network.inputs if port in found)

    def _fed(self, at: int, feed: Feed) -> Fed:
        spec = self.network.inputs[feed.port]
        name = self._output(feed.source)
        if name is not None:
            fed = Fed(feed.port, spec, "output", name)
            if not self._fits(spec, name):
                words = described(self.network.results[name])
                self._misfit(at, feed, spec, f'from the output "{name}" ({words})')
            return fed
        if feed.source in self.kind.words:
            word: Source = next(each for each in self.kind.words if each == feed.source)
            self._check_word(at, feed, spec)
            return Fed(feed.port, spec, word)
        node, _, port = feed.source.partition(".")
        if port and node in self.document.main.nodes:
            self._check_value(at, feed, spec, End(node, port))
            return Fed(feed.port, spec, "data", feed.source)
        if feed.source in self.procedure.params:
            self._check_number(at, feed, spec)
            return Fed(feed.port, spec, "number", feed.source)
        self._unknown_source(at, feed, spec)
        return Fed(feed.port, spec, "noise")

    def _output(self, source: str) -> str | None:
        """The output of this name; in `main` also by the port that is wired to it."""
        if source in self.network.results:
            return source
        if self.network.network != MAIN:
            return None
        wired = {str(end): name for name, end in self.network.plan.results.items()}
        for node in self.document.main.by_role("output"):
            for end in self.document.main.incoming[node.id].values():
                if node.id in self.network.results:
                    wired[str(end)] = node.id
        return wired.get(source)

    def _fits(self, spec: Spec, name: str) -> bool:
        made = self.network.results[name]
        if self.kind.name == "autoregressive":
            return goes_on(spec, made)
        return made.sizes == spec.sizes and made.dtype == spec.dtype

    def _check_word(self, at: int, feed: Feed, spec: Spec) -> None:
        by_index = feed.source == "time" and spec.dtype == "int64"
        if spec.dtype != "float32" and not by_index:
            self._misfit(at, feed, spec, f"from {feed.source}, which is decimal numbers")
        elif not all(isinstance(size, int) for size in spec.sizes):
            self._misfit(at, feed, spec, f"from {feed.source}, which needs a size that is fixed")

    def _check_value(self, at: int, feed: Feed, spec: Spec, end: End) -> None:
        made = self.shapes.output(*end)
        if made is None:
            known = ", ".join(self.shapes.nodes[end.node].outputs) or "none that is known"
            self._note(
                f'{self._title} feeds "{feed.port}" from "{feed.source}", but the outputs of {end.node} are: {known}.',
                *self._instead(at, feed, spec),
            )
            return
        if made.sizes != spec.sizes or made.dtype != spec.dtype:
            self._misfit(at, feed, spec, f'from "{feed.source}" ({described(made)})')
            return
        try:
            value_plan(self.document, end)
        except CannotBuild as error:
            self._note(
                f'{self._title} feeds "{feed.port}" from "{feed.source}", which cannot be computed: {error}',
                *self._instead(at, feed, spec),
            )

    def _check_number(self, at: int, feed: Feed, spec: Spec) -> None:
        value = self.settings.get(feed.source)
        whole = isinstance(value, int) and 0 <= value < (spec.of or 2)
        fixed = all(isinstance(size, int) for size in spec.sizes)
        if is_number(value) and not ((spec.dtype == "float32" or whole) and fixed):
            self._misfit(at, feed, spec, f'from "{feed.source}", which is {value}')

    def _check_loop(self, found: Mapping[str, Fed]) -> None:
        fed_back = [each for each in found.values() if each.source == "output"]
        if not self.kind.feeds_back or self.faults:
            return
        outputs = ", ".join(self.network.results)
        if not fed_back:
            self._note(
                f"{self._title} must feed an input from an output of the step before; the outputs are: {outputs}.",
                *(
                    way
                    for at, feed in enumerate(self.procedure.feeds)
                    for way in self._outputs(at, feed, self.network.inputs[feed.port])
                ),
            )
        elif self.kind.name == "denoise" and len(fed_back) > 1:
            self._note(
                f"{self._title} must feed one input from an output, but feeds {len(fed_back)}: "
                f"{', '.join(each.port for each in fed_back)}."
            )

    def _unknown_port(self, at: int, feed: Feed) -> None:
        known = list(self.network.inputs)
        free = [each for each in known if each not in {one.port for one in self.procedure.feeds}]
        close = get_close_matches(feed.port, free, n=1, cutoff=0.4)
        hint = f" Did you mean {close[0]}?" if close else ""
        ways = [
            (f"Feed {each}", with_feed(self.procedure, at, Feed(each, feed.source)))
            for each in close
        ]
        self._note(
            f'{self._title} feeds "{feed.port}", but the inputs of {self.network.network} are: '
            f"{', '.join(known) or 'none'}.{hint}",
            *ways,
            ("Take that feed out", with_feed(self.procedure, at, None)),
        )

    def _unfed(self, port: str, spec: Spec) -> None:
        behind = len(self.procedure.feeds)
        ways: list[Way] = []
        fixed = all(isinstance(size, int) for size in spec.sizes)
        if self.network.network == MAIN:
            ways.append(
                (f"Feed {port} from the data", with_feed(self.procedure, behind, Feed(port, port)))
            )
        elif spec.dtype == "float32" and fixed:
            ways.append(
                (f"Feed {port} from noise", with_feed(self.procedure, behind, Feed(port, "noise")))
            )
        self._note(f'{self._title} feeds nothing to "{port}".', *ways)

    def _unknown_source(self, at: int, feed: Feed, spec: Spec) -> None:
        known = dict.fromkeys((*self.network.results, *self.kind.words))
        fitting = [
            name for name in known if name not in self.network.results or self._fits(spec, name)
        ]
        close = get_close_matches(feed.source, fitting, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        self._note(
            f'{self._title} feeds "{feed.port}" from "{feed.source}", which is nothing that it knows. It can take '
            f"an output or noise ({', '.join(known)}), a port of main, or a number of its settings.{hint}",
            *self._instead(at, feed, spec, *close),
        )

    def _misfit(self, at: int, feed: Feed, spec: Spec, words: str) -> None:
        self._note(
            f'{self._title} feeds "{feed.port}" ({described(spec)}) {words}. The two do not fit.',
            *self._instead(at, feed, spec),
        )

    def _instead(self, at: int, feed: Feed, spec: Spec, *near: str) -> list[Way]:
        """The source that the name is near to, outputs that fit, and noise where it can be drawn."""
        fixed = all(isinstance(size, int) for size in spec.sizes)
        noise = ["noise"] if spec.dtype == "float32" and fixed else []
        return self._outputs(at, feed, spec, near, noise)

    def _outputs(
        self, at: int, feed: Feed, spec: Spec, first: Sequence[str] = (), last: Sequence[str] = ()
    ) -> list[Way]:
        """Feeding the port from one of these, or from an output that fits."""
        fitting = [name for name in self.network.results if self._fits(spec, name)]
        return [
            (
                f"Feed {feed.port} from {each}",
                with_feed(self.procedure, at, Feed(feed.port, each)),
            )
            for each in dict.fromkeys((*first, *fitting, *last))
            if each != feed.source
        ]

    def _note(self, message: str, *ways: Way) -> None:
        self.faults.append(ProcedureError(message, *ways))


def goes_on(spec: Spec, made: Spec) -> bool:
    """Whether an output can be the next value of an input: scores of its tokens, its next row, or all of it."""
    if spec.dtype == "int64":
        scores = made.dtype == "float32" and bool(made.sizes)
        placed = STEPS in spec.letters[:1] or made.sizes[:-1] == spec.sizes
        return scores and placed and (spec.of is None or made.sizes[-1] == spec.of)
    if STEPS in spec.letters[:1]:
        row = spec.sizes[1:]
        return made.dtype == spec.dtype and made.sizes[len(made.sizes) - len(row) :] == row
    return (made.sizes, made.dtype) == (spec.sizes, spec.dtype)


def described(spec: Spec) -> str:
    """The axes and what stands in them: "8 x 8 numbers", "class labels"."""
    return f"{spec} {spec.words}" if spec.dims else spec.words
