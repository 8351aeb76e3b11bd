"""What a procedure begins with: noise, samples of the data, the numbers of its settings, or the start of a text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from graphs.compile import Pass
from graphs.content import MAIN
from graphs.graph import End
from graphs.procedure_network import value_plan
from graphs.procedures import Loop, ProcedureError
from lightning_modules.data import Columns, as_tensor, prepare, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.compile import Network
    from graphs.feeds import Fed
    from lightning_modules.data_record import DataRecord

NEWLINE = "\n"
MOST_SHOWN = 60


class Start:
    """The first values of a procedure's inputs, for `count` samples."""

    def __init__(
        self,
        network: Network,
        loop: Loop,
        base: Path,
        record: DataRecord,
        generator: torch.Generator,
        count: int,
    ) -> None:
        self.loop, self.count, self.record = loop, count, record
        self._network, self._base, self._generator = network, base, generator

    def values(self, text: str | None = None) -> dict[str, Tensor]:
        """What stands at each input before the first step, batch first; time is 0."""
        self._draw_rows(self.count)
        return {each.port: self._value(each, text) for each in self.loop.feeds}

    def ends(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """What stands at each input at the beginning of a way and at its end; labels stay those of its beginning."""
        self._draw_rows(2 * self.count)
        found: tuple[dict[str, Tensor], dict[str, Tensor]] = ({}, {})
        for each in self.loop.feeds:
            if each.source == "number":
                pair = [self._number(each)] * 2
            elif each.source == "data":
                pair = list(self._sampled(each).split(self.count))
            else:
                pair = [self._noise(each), self._noise(each)]
            found[0][each.port] = pair[0]
            found[1][each.port] = pair[1] if pair[1].is_floating_point() else pair[0]
        return found

    def _value(self, fed: Fed, text: str | None) -> Tensor:
        if fed.source == "data":
            return self._sampled(fed)
        if fed.source == "number":
            return self._number(fed)
        if fed.source in ("time", "level", "signal"):
            return torch.zeros(self._shape(fed), dtype=_dtype(fed))
        if fed.source == "noise" or self.loop.kind.name != "autoregressive":
            return self._noise(fed)
        if fed.grows and fed.spec.dtype == "int64":
            tokens = first_tokens(text, words_of(fed)) if fed == self.loop.leading else [0]
            return torch.tensor([tokens] * self.count)
        if fed.grows and self.loop.network.network == MAIN:
            return self._last_rows(fed)
        return torch.zeros(self._shape(fed), dtype=_dtype(fed))

    def _shape(self, fed: Fed) -> tuple[int, ...]:
        sizes = tuple(each for each in fed.spec.sizes if isinstance(each, int))
        if len(sizes) < fed.spec.rank:
            raise ProcedureError(
                f'Procedure "{self.loop.procedure.name}" cannot begin: the size {fed.spec} of its input '
                f'"{fed.port}" is not fixed.'
            )
        return (self.count, *sizes)

    def _noise(self, fed: Fed) -> Tensor:
        return torch.randn(self._shape(fed), generator=self._generator)

    def _number(self, fed: Fed) -> Tensor:
        value = self.loop.settings[fed.name]
        return torch.full(self._shape(fed), value, dtype=_dtype(fed))

    def _last_rows(self, fed: Fed) -> Tensor:
        """The last samples of the data, with which a series goes on."""
        node, _, port = fed.port.partition(".")
        table = read_table(self._network.document.main.nodes[node], self._base)
        values = as_tensor(
            table.columns[port].values[-self.count :], self.record.scales.get(fed.port)
        )
        return values[torch.arange(self.count) % len(values)]

    def _draw_rows(self, count: int) -> None:
        """Choose samples of the test part (of the training part where there is no other)."""
        if not any(each.source == "data" for each in self.loop.feeds):
            return
        total = len(next(iter(self._columns.values())))
        order = torch.randperm(total, generator=self._generator)
        self._rows = order[torch.arange(count) % total]

    @cached_property
    def _columns(self) -> Columns:
        prepared = prepare(self._network.document, self._base)
        return prepared.splits["test" if prepared.count("test") else "train"]

    def _sampled(self, fed: Fed) -> Tensor:
        node, _, port = fed.name.partition(".")
        plan = value_plan(self._network.document, End(node, port))
        columns = [self._columns[str(end)][self._rows] for end in plan.columns]
        return Pass(plan, self._network)(*columns)[0]


def words_of(fed: Fed) -> tuple[str, ...]:
    """What each token stands for."""
    return fed.spec.names or tuple(map(str, range(fed.spec.of or 0)))


def first_tokens(start: str | None, words: tuple[str, ...]) -> list[int]:
    """The tokens of a text; without one a line's beginning.

    Raises:
        ProcedureError: it has signs that the network never saw.
    """
    place = {word: index for index, word in enumerate(words)}
    if not start:
        return [place.get(NEWLINE, 0)]
    pieces = list(start) if _are_letters(words) else start.split()
    foreign = next((each for each in pieces if each not in place), None)
    if foreign is not None:
        raise ProcedureError(
            f"The start has “{foreign}”, which the network never saw; it knows: "
            f"{joined(list(range(min(len(words), MOST_SHOWN))), words).strip()}."
        )
    return [place[each] for each in pieces]


def joined(tokens: list[int], words: tuple[str, ...]) -> str:
    """Tokens as a text."""
    return ("" if _are_letters(words) else " ").join(words[token] for token in tokens)


def _are_letters(words: tuple[str, ...]) -> bool:
    return all(len(word) == 1 for word in words)


def _dtype(fed: Fed) -> torch.dtype:
    return torch.int64 if fed.spec.dtype == "int64" else torch.float32
