"""Procedures at work: a run's network, or a block of it, writes a text, goes on with a series, or makes samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from graphs.document import load
from graphs.procedures import Loop, ProcedureError, loop_of
from lightning_modules.data import prepare
from lightning_modules.data_record import DataRecord, read_record
from lightning_modules.evaluation import load_network
from lightning_modules.made import USUAL, Made, Wish
from lightning_modules.procedure_loops import RUNS
from lightning_modules.procedure_start import Start
from lightning_modules.procedure_work import Work
from lightning_modules.run_folder import DOCUMENT
from lightning_modules.run_folder import read_record as read_run

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.content import Document

__all__ = ["MAX_COUNT", "Wish", "run_procedure"]

MAX_COUNT = 10_000


def run_procedure(
    run_dir: Path,
    name: str,
    wish: Wish = USUAL,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    on_step: Callable[[int, int], None] = lambda _done, _of: None,
) -> Made:
    """Let a run's network do what the procedure of that name says.

    Random numbers come from one torch.Generator of the seed, in this order: which samples of the data, then noise
    for the inputs in their order, then what each step draws. `on_step` is told how many steps are done, of how
    many. Runs in any thread; torch's global generator is left as it was.

    Raises:
        ProcedureError: there is no such procedure, it cannot be run, or what is asked for cannot be done.
        UnreadableDocument, RunFolderError, CheckpointError, DataError: the run or its data are not whole.
    """
    document = load(run_dir / DOCUMENT)
    loop = _loop(document, name)
    count = loop.kind.count if wish.count is None else wish.count
    if not 1 <= count <= MAX_COUNT:
        raise ProcedureError(
            f'Procedure "{name}" can make 1 to {MAX_COUNT:,} results at once, but is asked for {count}.'
        )
    if wish.start is not None and not loop.writes:
        raise ProcedureError(f'Procedure "{name}" writes no text, so it cannot begin with one.')
    steps = loop.steps_for(wish.steps)
    with torch.random.fork_rng(devices=[]):
        network = load_network(run_dir)
        base = Path(str(read_run(run_dir).get("base", ".")))
        record = read_record(run_dir) or _record(network, base)
        generator = torch.Generator().manual_seed(wish.seed)
        start = Start(network, loop, base, record, generator, count)
        work = Work(network, loop, record, generator, count, steps, should_stop, on_step)
        torch.manual_seed(wish.seed)  # for layers that draw noise themselves
        with torch.inference_mode():
            return RUNS[loop.kind.name](work, start, wish.start)


def _loop(document: Document, name: str) -> Loop:
    known = {each.name: each for each in document.procedures}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ProcedureError(f'There is no procedure called "{name}"; there are: {listed}.')
    return loop_of(document, known[name])


def _record(network: Network, base: Path) -> DataRecord:
    prepared = prepare(network.document, base)
    return DataRecord(prepared.scales, prepared.classes)
