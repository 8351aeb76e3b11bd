"""Runs as they leave their folders, without any training: for what reads them."""

from __future__ import annotations

from dataclasses import replace

from graphs.document import load
from lightning_modules.events import Completed, EpochEnded, Evaluated, Failed, Started, to_json
from lightning_modules.run_folder import EVENTS, RunFolder
from resources.templates import EXAMPLES

SAMPLES = {"train": 80, "val": 20, "test": 20}


def digits(**run):
    """The digits example with other run settings."""
    document = load(EXAMPLES / "digits_mlp.lamina")
    return replace(document, run=replace(document.run, **run))


def with_rate(document, rate):
    """The same with another learning rate."""
    (learn,) = document.objectives
    typed = replace(learn.optimizer, params={**learn.optimizer.params, "lr": rate})
    return replace(document, objectives=(replace(learn, optimizer=typed),))


def events_of(epochs=3, best=2, accuracy=0.9):
    """What a run of a few epochs tells before its end."""
    yield Started("/runs/one", "Digits", "cpu", epochs, 8, 0, 67, SAMPLES, 0, 1)
    for epoch in range(1, epochs + 1):
        values = {"val_loss": 1 / epoch, "val_accuracy": accuracy - 0.1 * abs(best - epoch)}
        yield EpochEnded(epoch, 8 * epoch, values, epoch <= best, 2.0)
    yield Evaluated("test", {"test_loss": 0.25, "test_accuracy": accuracy - 0.05})


def record_run(folder, document=None, *, events=None, outcome=None, base=None):
    """Write the folder of a run; without an outcome it was killed."""
    document = document or digits()
    run = RunFolder.open(folder)
    run.begin(document, {"title": document.title, "base": str(base or folder), "seed": 0})
    told = list(events if events is not None else events_of())
    if outcome is not None:
        told.append(outcome)
        run.end(outcome)
    run.close()
    lines = "".join(to_json(each) + "\n" for each in told)
    (folder / EVENTS).write_text(lines, encoding="utf-8")
    return folder


COMPLETED = Completed(3, 24, 2, 7.5)
FAILED = Failed("The loss is not a number at step 9.", steps=8)
