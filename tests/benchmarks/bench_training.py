"""How fast a run in the open window is beside plain PyTorch loops. Arguments: rounds (5), a word of a network's name.

Each round measures all sides in turn, so that what else the machine does meets all alike. Same model, optimizer,
batch size, data, threads and flags. The run goes on in the worker thread of the whole window, whose curves draw its
losses. A ratio is given twice: by the clock on the wall, and by the processor time of the thread that trains, which
other programs hold up less, but which does not see that thread wait for the one that draws.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lightning_modules.data import prepare
from lightning_modules.events import Failed, Steps
from lightning_modules.job import Job
from studio.app import build_window
from studio.settings import Settings
from tests.benchmarks.training_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
THREADS = 1
FIRST = 2
"""Steps that are not measured: the first ones allocate memory."""

Clock = tuple[float, float]
Speeds = tuple[float, float]
"""Steps a second: on the wall, and of the processor time of the thread."""


def now() -> Clock:
    """The wall's clock and the one of this thread's processor time."""
    return time.perf_counter(), time.thread_time()


def speeds(begin: Clock, end: Clock, steps: int) -> Speeds:
    """Steps a second by both clocks."""
    return steps / (end[0] - begin[0]), steps / max(end[1] - begin[1], 1e-9)


def loop(case: Case, columns: dict, *, loader: bool) -> Speeds:
    """A plain loop, over a DataLoader or over slices."""
    value, label = columns.values()
    torch.manual_seed(0)
    module, loss = case.write(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.001)
    batches: Iterable = DataLoader(TensorDataset(value, label), case.batch, shuffle=True)
    if not loader:
        order = torch.randperm(len(label)).split(case.batch)
        batches = ((value[rows], label[rows]) for rows in order)
    begin, steps = now(), 0
    for x, y in batches:
        optimizer.zero_grad()
        found = loss(module(x), y)
        found.backward()
        optimizer.step()
        found.item()
        steps += 1
        if steps == FIRST:
            begin = now()
    return speeds(begin, now(), steps - FIRST)


class Marks:
    """What a run has told, with the clocks of its own thread."""

    def __init__(self) -> None:
        self.rows: list[tuple[Clock, int]] = []

    def take(self, event: object) -> None:
        """Called in the thread that trains."""
        if isinstance(event, Steps):
            self.rows.append((now(), event.first + len(event.losses) - 1))


def run(window, case: Case, *, metric: bool) -> Speeds:
    """A run in the worker thread of the window, from its first report of losses to the last before its epoch ends."""
    document, marks, outcomes = case.document(metric=metric), Marks(), []
    window.store.open(document)
    waiting = QEventLoop()
    window.trainer.ended.connect(outcomes.append)
    window.trainer.ended.connect(waiting.quit)
    with tempfile.TemporaryDirectory() as folder:
        window.trainer.start(Job(document, ROOT, Path(folder) / "run"))
        thread = window.trainer.findChildren(type(window.trainer._thread))[-1]
        thread.progressed.connect(marks.take, Qt.ConnectionType.DirectConnection)
        waiting.exec()
    window.trainer.ended.disconnect(waiting.quit)
    window.trainer.ended.disconnect(outcomes.append)
    assert not isinstance(outcomes[0], Failed), outcomes[0]
    rows = [each for each in marks.rows if each[1] < case.steps]
    (begin, first), (end, last) = rows[0], rows[-1]
    return speeds(begin, end, last - first)


def by_trainer(case: Case, columns: dict) -> Speeds:
    """Lightning's Trainer as it comes: a bar, a logger, checkpoints."""
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

        def on_train_batch_end(self, *_given: object) -> None:
            self.steps += 1
            if self.steps == FIRST:
                self.begin = now()

        def on_train_epoch_end(self) -> None:
            self.speeds = speeds(self.begin, now(), self.steps - FIRST)

        def configure_optimizers(self):
            return torch.optim.AdamW(self.parameters(), lr=0.001)

    data = DataLoader(TensorDataset(*columns.values()), case.batch, shuffle=True)
    told = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(told),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        module = Plain()
        pl.Trainer(max_epochs=1, accelerator="cpu", default_root_dir=folder).fit(module, data)
    return module.speeds


def measure(window, case: Case, rounds: int) -> None:
    """Print medians and ratios of one network."""
    columns = dict(prepare(case.document(metric=False), ROOT).splits["train"])
    sides: dict[str, Callable[[], Speeds]] = {
        "loop over slices": lambda: loop(case, columns, loader=False),
        "run": lambda: run(window, case, metric=False),
        "loop over DataLoader": lambda: loop(case, columns, loader=True),
        "run with accuracy": lambda: run(window, case, metric=True),
    }
    if case.name.startswith("MLP"):
        sides["Lightning's Trainer"] = lambda: by_trainer(case, columns)
    found: dict[str, list[Speeds]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            found[name].append(side())
    print(
        f"\n{case.name}: median steps/s, ratios by the wall's clock (by the thread's)", flush=True
    )
    for name, values in found.items():
        row = f"  {name:22} {statistics.median(each[0] for each in values):9.1f}"
        for peer in ("loop over slices", "loop over DataLoader", "Lightning's Trainer"):
            if peer in found and peer != name:
                wall, own = (
                    statistics.median(a[i] / b[i] for a, b in zip(values, found[peer], strict=True))
                    for i in (0, 1)
                )
                row += f"   {wall:5.2f} ({own:4.2f}) of {peer.removeprefix('loop over ')}"
        print(row, flush=True)


def main() -> None:
    """Measure all networks, or those whose name holds a word."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    torch.set_num_threads(THREADS)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    print(f"torch {torch.__version__}, {THREADS} thread, AdamW, {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
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
