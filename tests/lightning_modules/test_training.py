"""Training gives the numbers of a plain PyTorch loop, in any thread, and leaves the program as it was."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from graphs.content import Objective, Typed
from lightning_modules.data import prepare
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Failed,
    Noted,
    Started,
    Steps,
)
from tests.by_hand import MLP, Forecast, LeNet, train_by_hand, train_mlp_by_hand
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru

SGD = Objective(optimizer=Typed("SGD", {"lr": 0.05, "momentum": 0.9}))


@pytest.mark.parametrize(
    ("described", "write", "loss", "names"),
    [
        (
            digits_mlp(epochs=3, seed=5),
            MLP,
            nn.CrossEntropyLoss(),
            ("digits.image", "digits.label"),
        ),
        (
            digits_mlp(epochs=3, batch_size=10),
            MLP,
            nn.CrossEntropyLoss(),
            ("digits.image", "digits.label"),
        ),
        (
            digits_cnn(dropout=0.3, epochs=3),
            partial(LeNet, 0.3),
            nn.CrossEntropyLoss(),
            ("digits.image", "digits.label"),
        ),
        (series_gru(epochs=10), Forecast, nn.MSELoss(), ("series.sequence", "series.target")),
    ],
    ids=["MLP", "MLP in small batches", "CNN with batch norm and dropout", "GRU"],
)
def test_losses_of_50_steps_equal_a_plain_loop_to_the_last_bit(
    run, one_thread, described, write, loss, names
):
    settings = described.run
    columns = prepare(described, Path()).splits["train"]
    torch.manual_seed(settings.seed)
    wanted = train_by_hand(
        write(),
        loss,
        *(columns[name] for name in names),
        seed=settings.seed,
        batch_size=settings.batch_size,
        steps=50,
        make_optimizer=partial(torch.optim.AdamW, lr=0.001),
    )

    told = run(described, stop_after=50)

    assert told.losses == wanted


def test_clipping_and_other_optimizers_are_those_of_torch(run, one_thread):
    objective = replace(SGD, clip=0.5)
    described = digits_mlp(objective, epochs=3)
    wanted = train_mlp_by_hand(
        described,
        batch_size=64,
        steps=30,
        make_optimizer=partial(torch.optim.SGD, lr=0.05, momentum=0.9),
        clip=0.5,
    )

    assert run(described, stop_after=30).losses == wanted


def test_a_run_tells_its_start_all_losses_every_epoch_and_the_test(run):
    told = run(digits_mlp(epochs=3))

    (started,) = told.of(Started)
    (evaluated,) = told.of(Evaluated)
    assert isinstance(told.events[0], Started)
    assert (started.epochs, started.steps_per_epoch, started.start_step) == (3, 20, 0)
    assert (started.parameters, started.device, started.threads) == (2410, "cpu", 1)
    assert sum(started.samples.values()) == 1797
    assert len(told.losses) == 60
    assert [each.first for each in told.of(Steps)] == [
        1 + sum(len(each.losses) for each in told.of(Steps)[:index])
        for index in range(len(told.of(Steps)))
    ]
    assert [(each.epoch, each.step) for each in told.of(EpochEnded)] == [(1, 20), (2, 40), (3, 60)]
    assert set(told.epochs[0]) == {"train_loss", "train_accuracy", "val_loss", "val_accuracy"}
    assert isinstance([each for each in told.events if not isinstance(each, Noted)][-1], Evaluated)
    assert set(evaluated.values) == {"test_loss", "test_accuracy"}
    assert sum(map(sum, evaluated.confusion)) == started.samples["test"]
    right = sum(evaluated.confusion[index][index] for index in range(10))
    assert right / started.samples["test"] == pytest.approx(evaluated.values["test_accuracy"])
    assert isinstance(told.outcome, Completed)
    assert (told.outcome.epochs, told.outcome.steps) == (3, 60)


def test_the_loss_of_an_epoch_weighs_each_sample_the_same(run):
    described = digits_mlp(epochs=1, batch_size=500)

    told = run(described)

    sizes = [500, 500, 258]
    wanted = sum(loss * size for loss, size in zip(told.losses, sizes, strict=True)) / 1258
    assert told.epochs[0]["train_loss"] == pytest.approx(wanted, rel=1e-12)


def test_metrics_are_computed_over_the_epoch_and_not_averaged(run):
    described = document(
        {
            "diabetes": "Diabetes",
            "guess": node("Linear", out_features=1),
            "loss": "MSELoss",
            "r2": "R2Score",
        },
        [
            "diabetes.features -> guess.input",
            "guess.output -> loss.input",
            "diabetes.target -> loss.target",
            "guess.output -> r2.input",
            "diabetes.target -> r2.target",
        ],
        objectives=(Objective(optimizer=Typed("SGD", {"lr": 0.05})),),
        epochs=5,
        batch_size=16,
    )

    told = run(described)

    (evaluated,) = told.of(Evaluated)
    target, predicted = np.array(evaluated.target), np.array(evaluated.predicted)
    unexplained = ((target - predicted) ** 2).sum() / ((target - target.mean()) ** 2).sum()
    assert evaluated.values["test_r2"] == pytest.approx(1 - unexplained, abs=1e-5)
    assert target.min() > 20, "targets are in the unit of the data"
    assert len(target) == len(predicted) == told.of(Started)[0].samples["test"]


@pytest.fixture
def without(monkeypatch):
    """Let these parts of the data have no samples."""

    def go(*parts):
        def read(described, base):
            prepared = prepare(described, base)
            splits = {
                part: {name: each[:0] if part in parts else each for name, each in columns.items()}
                for part, columns in prepared.splits.items()
            }
            return replace(prepared, splits=splits)

        monkeypatch.setattr("lightning_modules.run.prepare", read)

    return go


def test_without_validation_data_the_training_loss_judges(run, without):
    without("val")
    told = run(digits_mlp(epochs=3))

    assert isinstance(told.outcome, Completed), told.outcome
    assert told.outcome.best_epoch == 3
    assert set(told.epochs[0]) == {"train_loss", "train_accuracy"}
    assert told.of(Evaluated)[0].split == "test"


def test_without_test_data_the_validation_part_is_evaluated(run, without):
    without("test")
    told = run(digits_mlp(epochs=1))

    assert told.of(Evaluated)[0].split == "val"


def test_with_training_data_alone_nothing_is_evaluated(run, without):
    without("val", "test")
    told = run(digits_mlp(epochs=1))

    assert isinstance(told.outcome, Completed), told.outcome
    assert told.of(Evaluated) == []


def test_the_same_seed_gives_the_same_run_and_another_one_another(run):
    first, second = run(digits_mlp(epochs=1)), run(digits_mlp(epochs=1))
    other = run(digits_mlp(epochs=1, seed=1))

    assert first.losses == second.losses
    assert first.epochs == second.epochs
    assert first.losses != other.losses


@pytest.mark.parametrize("precision", ["bf16", "16"])
def test_half_precision_learns(run, precision):
    objective = Objective(optimizer=Typed("AdamW", {"lr": 0.01}))

    told = run(digits_mlp(objective, epochs=3, precision=precision))

    assert isinstance(told.outcome, Completed), told.outcome
    assert told.epochs[-1]["val_accuracy"] > 0.85


def test_a_last_batch_of_one_sample_is_left_out_where_it_cannot_be_normalised(run):
    described = digits_cnn(epochs=1, batch_size=1257)

    told = run(described)

    assert isinstance(told.outcome, Completed), told.outcome
    assert told.of(Started)[0].samples["train"] == 1258
    assert len(told.losses) == 1


def test_seeds_reach_python_numpy_and_torch(run):
    run(digits_mlp(epochs=1, seed=3))
    first = (random.random(), np.random.rand(), torch.rand(()).item())  # noqa: NPY002
    run(digits_mlp(epochs=1, seed=3))

    assert (random.random(), np.random.rand(), torch.rand(()).item()) == first  # noqa: NPY002


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        (
            digits_mlp(Objective(optimizer=Typed("Adagard"))),
            'Objective "learn" cannot step: There is no optimizer called "Adagard". Did you mean Adagrad?',
        ),
        (
            digits_mlp(Objective(update=("relu",))),
            'Objective "learn" has nothing to learn: its layers have no weights, or all are frozen.',
        ),
    ],
)
def test_settings_that_cannot_be_used_end_in_a_sentence(run, described, reason):
    told = run(described)

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == reason
    assert told.events == []


@pytest.mark.slow
def test_accuracy_on_digits_lies_within_the_spread_of_a_plain_loop_over_five_seeds(run, one_thread):
    ours, by_hand = [], []
    for seed in range(5):
        described = digits_mlp(hidden=32, epochs=30, seed=seed)
        told = run(described)
        ours.append(told.of(Evaluated)[0].values["test_accuracy"])
        splits = prepare(described, Path()).splits
        torch.manual_seed(seed + 100)
        module = MLP()
        train_by_hand(
            module,
            nn.CrossEntropyLoss(),
            splits["train"]["digits.image"],
            splits["train"]["digits.label"],
            seed=seed + 100,
            batch_size=64,
            steps=600,
            make_optimizer=partial(torch.optim.AdamW, lr=0.001),
        )
        with torch.no_grad():
            guess = module.eval()(splits["test"]["digits.image"]).argmax(1)
        by_hand.append((guess == splits["test"]["digits.label"]).float().mean().item())

    spread = max(np.std(by_hand), np.std(ours), 0.005)
    assert abs(np.mean(ours) - np.mean(by_hand)) < 2 * spread
