"""How fast a run in the open window is beside plain PyTorch loops. Arguments: rounds, a word of a name, threads.

Without them 12 rounds of all networks, in one thread. The run goes on in the worker thread of the whole window, whose
curves draw its losses. After every slice of it that thread works for its peers, one slice each, while the window rests;
so what else the machine does meets all alike, and all have the same model, optimizer, batch size, data, threads and
flags, and validate after every epoch. Where the system allows it, a slice goes before other programs (and rests between
slices let these catch up), so that the clock on the wall tells of this one alone. Ratios are given by that clock, and
by the processor time of the thread, which does not see it wait for the other. A run writes its checkpoints by the
clock; here they come the more seldom the longer its peers have their turns, so their share is that of a run alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import torch
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from graphs.content import Document
from lightning_modules import keeper
from lightning_modules.data import prepare
from lightning_modules.events import Failed, Steps
from lightning_modules.job import Job
from studio.app import build_window
from studio.settings import Settings
from tests.benchmarks.priority import go_before_others
from tests.benchmarks.training_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
SLICE_S, REST_S, CALM_S = 0.5, 1.0, 0.2
OWN_SHARE = 0.15
"""Of the time, about, that the run has for itself."""
LEAST_STEPS, TRAINER_STEPS, FIRST = 3, 820, 20
"""In a slice at least; of a fit of Lightning's Trainer all, and those that are not measured."""

Clock = tuple[float, float]
Splits = Mapping[str, Mapping[str, torch.Tensor]]
Speeds = tuple[float, float]
"""Steps a second: on the wall, and of the processor time of the thread."""

WAYS = (("run", False, False), ("run with accuracy", True, False), ("run, fused", False, True))
"""What is called how, has the metric, and the switch "fused" on (its peers have torch's default)."""

SLICES, LOADER = "loop over slices", "loop over a DataLoader"


def now() -> Clock:
    """The wall's clock and the one of this thread's processor time."""
    return time.perf_counter(), time.thread_time()


def speeds(begin: Clock, end: Clock, steps: int) -> Speeds:
    """Steps a second by both clocks."""
    return steps / (end[0] - begin[0]), steps / max(end[1] - begin[1], 1e-9)


def hurry(*, first: bool) -> None:
    """Let this thread and the one that draws go before other programs, or no longer."""
    go_before_others(0, os.getpid(), first=first)


def loop(case: Case, splits: Splits, *, loader: bool) -> Iterator[None]:
    """A plain loop, over a DataLoader or over slices, a step at a time."""
    (value, label), held_out = splits["train"].values(), splits["val"].values()
    torch.manual_seed(0)
    module, loss = case.write(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.001)
    batches = DataLoader(TensorDataset(value, label), case.batch, shuffle=True)
    while True:
        order = torch.randperm(len(label)).split(case.batch)
        for x, y in batches if loader else ((value[rows], label[rows]) for rows in order):
            optimizer.zero_grad()
            found = loss(module(x), y)
            found.backward()
            optimizer.step()
            found.item()
            yield
        module.eval()
        with torch.no_grad():
            sums = [
                loss(module(x), y) * len(y)
                for x, y in zip(*(each.split(case.batch) for each in held_out), strict=True)
            ]
        (torch.stack(sums).sum() / len(label)).item()
        module.train()


def slice_of(steps: Iterator[None]) -> Speeds:
    """A slice of a peer."""
    hurry(first=False)
    time.sleep(CALM_S)  # what the window has still to draw is not the peer's
    hurry(first=True)
    next(steps)
    begin, count = now(), 0
    while count < LEAST_STEPS or time.perf_counter() - begin[0] < SLICE_S:
        next(steps)
        count += 1
    return speeds(begin, now(), count)


class Turns:
    """Hears a run in its own thread, and gives its peers their turns."""

    def __init__(self, peers: dict[str, Iterator[None]], rounds: int, stop: Callable[[], None]):
        self._peers, self._rounds, self._stop = peers, rounds + 1, stop
        self._began: tuple[Clock, int] | None = None
        self.rows: list[dict[str, Speeds]] = []

    def take(self, event: object) -> None:
        """Called for every event."""
        if not isinstance(event, Steps):
            return
        step = event.first + len(event.losses) - 1
        if self._began is None:
            hurry(first=True)
            self._began = now(), step
            return
        begin, first = self._began
        if time.perf_counter() - begin[0] < SLICE_S or step - first < LEAST_STEPS:
            return
        row = {"run": speeds(begin, now(), step - first)}
        self.rows.append(row | {name: slice_of(steps) for name, steps in self._peers.items()})
        hurry(first=False)
        time.sleep(REST_S)
        self._began = None
        if len(self.rows) == self._rounds:
            self._stop()


def in_window(window, document: Document, turns: Callable[[Callable], Turns]) -> list:
    """A run in the worker thread of the window; the rows of its turns, but for the first."""
    outcomes, waiting = [], QEventLoop()
    window.store.open(document)
    window.trainer.ended.connect(outcomes.append)
    window.trainer.ended.connect(waiting.quit)
    with tempfile.TemporaryDirectory() as folder:
        window.trainer.start(Job(document, ROOT, Path(folder) / "run"))
        thread = window.trainer._thread
        heard = turns(thread.request_stop)
        thread.progressed.connect(heard.take, Qt.ConnectionType.DirectConnection)
        waiting.exec()
    window.trainer.ended.disconnect(waiting.quit)
    window.trainer.ended.disconnect(outcomes.append)
    assert not isinstance(outcomes[0], Failed), outcomes[0]
    return heard.rows[1:]


def by_trainer(case: Case, splits: Splits) -> Speeds:
    """Lightning's Trainer as it comes: a bar in a terminal, a logger, checkpoints, validation after every epoch."""
    import pytorch_lightning as pl

    class Plain(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net, self.steps, self.begin = case.write(), 0, now()

        def training_step(self, batch, _index):
            x, y = batch
            found = nn.functional.cross_entropy(self.net(x), y)
            self.log("train_loss", found, prog_bar=True)
            return found

        def validation_step(self, batch, _index):
            x, y = batch
            self.log("val_loss", nn.functional.cross_entropy(self.net(x), y), prog_bar=True)

        def on_train_batch_end(self, *_given: object) -> None:
            self.steps += 1
            if self.steps == FIRST:
                self.begin = now()
            elif self.steps == TRAINER_STEPS:
                self.speeds = speeds(self.begin, now(), TRAINER_STEPS - FIRST)

        def configure_optimizers(self):
            return torch.optim.AdamW(self.parameters(), lr=0.001)

    data, held_out = (
        DataLoader(TensorDataset(*splits[part].values()), case.batch, shuffle=part == "train")
        for part in ("train", "val")
    )
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, terminal(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = Plain()
        pl.Trainer(max_steps=TRAINER_STEPS, accelerator="cpu", default_root_dir=folder).fit(
            module, data, held_out
        )
    return module.speeds


@contextlib.contextmanager
def terminal() -> Iterator[None]:
    """A terminal that nobody looks at, for all that is printed."""
    master, slave = os.openpty()

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(master, 65536):
                pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    with (
        os.fdopen(slave, "w") as screen,
        contextlib.redirect_stdout(screen),
        contextlib.redirect_stderr(screen),
    ):
        yield
    reader.join(1)
    os.close(master)


def ratio(rows: list[dict[str, Speeds]], side: str, peer: str) -> str:
    """The median of how many times as fast a side is."""
    wall, own = (statistics.median(row[side][i] / row[peer][i] for row in rows) for i in (0, 1))
    return f"{wall:5.2f} ({own:4.2f})"


def measure(window, case: Case, rounds: int) -> None:
    """Print the ratios of one network."""
    enough = replace(case, steps=max(case.steps, 24))
    splits = prepare(enough.document(metric=False), ROOT).splits
    print(f"\n{case.name}: times as fast by the wall's clock (the thread's)", flush=True)
    for words, metric, fused in WAYS:
        document = enough.document(metric=metric)
        settings = replace(document.run, epochs=10**6, fused=fused, threads=torch.get_num_threads())
        document = replace(document, run=settings)
        peers = {
            SLICES: loop(case, splits, loader=False),
            LOADER: loop(case, splits, loader=True),
        }
        rows = in_window(window, document, lambda stop, peers=peers: Turns(peers, rounds, stop))
        print(
            f"  {words:18} "
            f"{statistics.median(row['run'][0] for row in rows):8.1f} steps/s   "
            f"{ratio(rows, 'run', SLICES)} of a {SLICES}   {ratio(rows, 'run', LOADER)} of one over a DataLoader",
            flush=True,
        )
        if case.name.startswith("MLP") and not metric:
            against_trainer(case, splits, rows, rounds)


def against_trainer(case: Case, splits: Splits, rows: list[dict[str, Speeds]], rounds: int) -> None:
    """Print how many times as fast a run is as Lightning's Trainer: both were measured beside a loop over slices."""
    peer, found = loop(case, splits, loader=False), []
    for _ in range(max(rounds // 2, 3)):
        beside = slice_of(peer)
        found.append({"trainer": by_trainer(case, splits), SLICES: beside})
        hurry(first=False)
        time.sleep(REST_S)
    wall, own = (
        statistics.median(row["run"][i] / row[SLICES][i] for row in rows)
        / statistics.median(row["trainer"][i] / row[SLICES][i] for row in found)
        for i in (0, 1)
    )
    print(
        f"  {'':18} {wall:5.2f} ({own:4.2f}) of Lightning's Trainer, which has "
        f"{ratio(found, 'trainer', SLICES)} of a {SLICES}",
        flush=True,
    )


def main() -> None:
    """Measure all networks, or those whose name holds a word."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    keeper.WRITE_EVERY_S /= OWN_SHARE
    keeper.FIRST_WRITE_S /= OWN_SHARE
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(
        f"torch {torch.__version__}, threads: {torch.get_num_threads()}, AdamW, medians of {rounds} rounds"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # no earlier runs in the window
        application = QApplication(sys.argv[:1])
        window = build_window(Settings(Path(folder) / "window.ini"))
        window.files.new()
        window.show()
        application.processEvents()
        for case in CASES:
            if word in case.name:
                measure(window, case, rounds)
        window.close_unasked()


if __name__ == "__main__":
    main()
