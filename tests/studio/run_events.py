"""Events of invented runs, written to events.jsonl and read back, as a real run leaves them."""

import math

from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Started,
    Steps,
    from_json,
    to_json,
)
from studio.curves.run import Key

EPOCHS, PER_EPOCH = 5, 8
TRAIN_LOSS = Key("loss", "train", "epoch")
VAL_LOSS = Key("loss", "val", "epoch")
EACH_STEP = Key("loss", "train", "step", "learn")


def started(epochs=EPOCHS, per_epoch=PER_EPOCH):
    samples = {"train": 80, "val": 20, "test": 20}
    return Started("/runs/one", "Iris", "cpu", epochs, per_epoch, 0, 67, samples, 0, 1)


def loss_at(step):
    return 2.0 * math.exp(-step / 20) + 0.01 * math.sin(step)


def epoch(number, *, best=True, per_epoch=PER_EPOCH):
    step = number * per_epoch
    values = {
        "train_loss": loss_at(step),
        "val_loss": loss_at(step) + 0.1,
        "val_accuracy": 1 - loss_at(step) / 3,
    }
    return EpochEnded(number, step, values, best, 0.1)


def evaluated():
    return Evaluated(
        "test",
        {"test_loss": 0.25, "test_accuracy": 0.9},
        ("setosa", "versicolor", "virginica"),
        ((7, 0, 0), (0, 6, 1), (0, 1, 5)),
    )


def events(epochs=EPOCHS, per_epoch=PER_EPOCH, best=3, bad_step=None):
    """All events of a run; its loss is NaN at `bad_step`."""
    yield started(epochs, per_epoch)
    for number in range(1, epochs + 1):
        first = (number - 1) * per_epoch + 1
        losses = (
            math.nan if step == bad_step else loss_at(step)
            for step in range(first, first + per_epoch)
        )
        yield Steps("learn", first, tuple(losses), 0.001, 5000.0)
        yield epoch(number, best=number <= best, per_epoch=per_epoch)
    yield evaluated()
    yield Completed(epochs, epochs * per_epoch, best, 3.2)


def recorded(path, **how):
    """The same, read from a file that was written line by line."""
    path.write_text("".join(to_json(each) + "\n" for each in events(**how)), encoding="utf-8")
    return [from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
