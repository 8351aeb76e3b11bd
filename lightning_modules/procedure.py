"""Procedures at work: a network that is fed with what it gave, step by step, to write a text or go on with a series."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from graphs.expression import Expression
from graphs.procedures import Loop, ProcedureError, loop_of
from lightning_modules.data import as_tensor, data_layer, prepare, read_table
from lightning_modules.data_record import DataRecord, read_record
from lightning_modules.evaluation import load_network
from lightning_modules.run_folder import read_record as read_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from graphs.compile import Network
    from graphs.spec import Spec

NEWLINE = "\n"


@dataclass(frozen=True)
class Writing:
    """What a procedure made: the text (or the numbers) that it began with, and what it added."""

    start: Any
    made: Any

    @property
    def text(self) -> str:
        """All of it as people read it."""
        if isinstance(self.made, str):
            return f"{self.start}{self.made}"
        return ", ".join(f"{number:.4g}" for number in self.made)


def run_procedure(
    run_dir: Path,
    name: str,
    *,
    start: str | None = None,
    steps: int | None = None,
    seed: int = 0,
    should_stop: Callable[[], bool] = lambda: False,
) -> Writing:
    """Let a run's network do what the procedure of that name says.

    `start` is the text to begin with; by default a line's beginning, or the first sample of the test part.
    The same seed makes the same choices.

    Raises:
        ProcedureError: there is no such procedure, it cannot be run, or the start has foreign characters.
        UnreadableDocument, RunFolderError, CheckpointError, DataError: the run or its data are not whole.
    """
    network = load_network(run_dir)
    document = network.document
    known = {each.name: each for each in document.procedures}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ProcedureError(f'There is no procedure called "{name}"; there are: {listed}.')
    loop = loop_of(document, known[name])
    count = loop.steps if steps is None else steps
    node = document.main.nodes[loop.column.node]
    spec = data_layer(node).columns()[loop.column.port]
    generator = torch.Generator().manual_seed(seed)
    base = Path(str(read_run(run_dir).get("base", ".")))
    if spec.kind == "token":
        words = spec.names or tuple(map(str, range(spec.of or 0)))
        first = _tokens(start, words)
        made = _write(network, loop, first, spec, count, generator, should_stop)
        return Writing(_joined(first, words), _joined(made, words))
    if start is not None:
        raise ProcedureError(
            f'Procedure "{name}" goes on with numbers; it begins with a sample of the data, not with a text.'
        )
    kept = read_record(run_dir)
    record = kept if kept is not None else _record(network, base)
    values = read_table(node, base).columns[loop.column.port].values[-1:]
    scale = record.scales.get(str(loop.column))
    series = as_tensor(values, scale)
    numbers = _go_on(network, loop, series, record, count, should_stop)
    return Writing(values[0].ravel().tolist(), numbers)


def _write(
    network: Network,
    loop: Loop,
    first: list[int],
    spec: Spec,
    steps: int,
    generator: torch.Generator,
    should_stop: Callable[[], bool],
) -> list[int]:
    """The tokens that follow, each drawn from the scores at the last place."""
    longest = spec.sizes[0] if spec.sizes and isinstance(spec.sizes[0], int) else len(first) + steps
    temperature = _number(loop, "temperature", 1.0)
    most = int(_number(loop, "top_k", 0))
    tokens, made = list(first), list[int]()
    with torch.inference_mode():
        for step in range(steps):
            if should_stop() or _is_over(loop, step):
                break
            window = torch.tensor([tokens[-longest:]])
            scores = network({str(loop.column): window})[loop.result][0]
            last = scores[-1] if scores.ndim > 1 else scores
            token = _drawn(last.float(), temperature, most, generator)
            tokens.append(token)
            made.append(token)
    return made


def _drawn(scores: Tensor, temperature: float, most: int, generator: torch.Generator) -> int:
    """A token by its score; the likeliest where the temperature is 0."""
    if temperature <= 0:
        return int(scores.argmax())
    if 0 < most < len(scores):
        scores = scores.masked_fill(scores < scores.topk(most).values[-1], -torch.inf)
    return int(torch.multinomial(torch.softmax(scores / temperature, -1), 1, generator=generator))


def _go_on(
    network: Network,
    loop: Loop,
    series: Tensor,
    record: DataRecord,
    steps: int,
    should_stop: Callable[[], bool],
) -> list[float]:
    """The numbers that follow a series (1, T, E), each from a window of the same length, in the data's unit."""
    made: list[float] = []
    own = record.scales.get(str(loop.column))
    with torch.inference_mode():
        for step in range(steps):
            if should_stop() or _is_over(loop, step):
                break
            value = network({str(loop.column): series})[loop.result]
            value = value.reshape(1, -1, series.shape[-1])[:, -1:]
            series = torch.cat((series[:, 1:], value), 1)
            shown = value if own is None else own.undo(value)
            made.append(float(shown.flatten()[0]))
    return made


def _is_over(loop: Loop, step: int) -> bool:
    stop = loop.procedure.stop
    return stop is not None and bool(stop.value({"step": step}))


def _number(loop: Loop, name: str, default: float) -> float:
    value = loop.procedure.params.get(name, default)
    value = value.value({}) if isinstance(value, Expression) else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ProcedureError(
            f'"{name}" of procedure "{loop.procedure.name}" must be a number, but is {value}.'
        )
    return float(value)


def _tokens(start: str | None, words: tuple[str, ...]) -> list[int]:
    place = {word: index for index, word in enumerate(words)}
    if not start:
        return [place.get(NEWLINE, 0)]
    pieces = list(start) if _are_letters(words) else start.split()
    foreign = next((each for each in pieces if each not in place), None)
    if foreign is not None:
        raise ProcedureError(
            f"The start has “{foreign}”, which the network never saw; it knows: "
            f"{_joined(list(range(min(len(words), 60))), words).strip()}."
        )
    return [place[each] for each in pieces]


def _joined(tokens: list[int], words: tuple[str, ...]) -> str:
    return ("" if _are_letters(words) else " ").join(words[token] for token in tokens)


def _are_letters(words: tuple[str, ...]) -> bool:
    return all(len(word) == 1 for word in words)


def _record(network: Network, base: Path) -> DataRecord:
    prepared = prepare(network.document, base)
    return DataRecord(prepared.scales, prepared.classes)
