"""Training gives the numbers of a plain PyTorch loop, in any thread, and leaves the program as it was."""

from __future__ import annotations

import json
import random
import threading
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, PolynomialLR, StepLR

from graphs.content import EarlyStopping, Minimise, Objective, Typed
from graphs.document import load
from graphs.graph import Graph, Marks
from lightning_modules.data import prepare
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Evaluated,
    Failed,
    Noted,
    Started,
    Steps,
    Stopped,
    from_json,
)
from lightning_modules.run_folder import read_record
from tests.by_hand import MLP, Forecast, LeNet, train_by_hand
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru

SGD = Objective(optimizer=Typed("SGD", {"lr": 0.05, "momentum": 0.9}))


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
    columns = prepare(described, Path()).splits["train"]
    torch.manual_seed(0)
    wanted = train_by_hand(
        MLP(),
        nn.CrossEntropyLoss(),
        columns["digits.image"],
        columns["digits.label"],
        seed=0,
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


def test_training_works_in_a_thread_and_gives_the_same_numbers_there(run):
    here = run(digits_mlp(epochs=2))
    there = []

    thread = threading.Thread(target=lambda: there.append(run(digits_mlp(epochs=2))))
    thread.start()
    thread.join()

    assert isinstance(there[0].outcome, Completed)
    assert there[0].losses == here.losses
    assert there[0].epochs == here.epochs


def test_a_run_leaves_threads_warnings_and_output_alone(run, capfd):
    threads, hook = torch.get_num_threads(), warnings.showwarning

    run(digits_mlp(epochs=1, threads=2))

    assert torch.get_num_threads() == threads
    assert warnings.showwarning is hook
    assert capfd.readouterr() == ("", "")


def test_a_run_writes_in_its_own_folder_only(run, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    told = run(digits_mlp(epochs=1))

    assert list(elsewhere.iterdir()) == []
    assert sorted(each.name for each in told.folder.iterdir()) == [
        "baselines.json",
        "best.json",
        "best.safetensors",
        "data.json",
        "document.lamina",
        "events.jsonl",
        "last.json",
        "last.safetensors",
        "last.training.safetensors",
        "run.json",
        "run.lock",
    ]


def test_events_and_outcome_stand_in_the_run_folder_as_they_were_told(run):
    told = run(digits_mlp(epochs=2))

    lines = (told.folder / "events.jsonl").read_text().splitlines()

    assert [from_json(line) for line in lines] == [*told.events, told.outcome]


def test_the_run_folder_holds_the_document_and_what_it_takes_to_run_it_again(run):
    described = digits_mlp(epochs=1, seed=7)

    told = run(described)
    record = read_record(told.folder)

    kept = load(told.folder / "document.lamina")
    assert kept.main.nodes == described.main.nodes
    assert kept.run == described.run
    assert record["state"] == "completed"
    assert (record["seed"], record["threads"], record["device"]) == (7, 1, "cpu")
    assert record["versions"]["torch"] == torch.__version__
    assert record["flags"]["deterministic"] is False


def test_a_stop_ends_within_one_step_and_keeps_what_was_learned(run):
    told = run(digits_mlp(epochs=100), stop_after=33)

    assert isinstance(told.outcome, Stopped)
    assert told.outcome.steps == 33
    assert len(told.losses) == 33
    assert told.outcome.epochs == 1
    assert (told.folder / "last.safetensors").exists()
    assert read_record(told.folder)["state"] == "stopped"


def test_a_stop_before_the_first_step_is_a_stop(run):
    told = run(digits_mlp(), stop_after=0)

    assert isinstance(told.outcome, Stopped)
    assert (told.outcome.steps, told.outcome.best_epoch) == (0, 0)


def test_early_stopping_ends_a_run_and_says_why(run):
    described = digits_mlp(
        replace(SGD, optimizer=Typed("SGD", {"lr": 0.0})),
        epochs=50,
        early_stopping=EarlyStopping(patience=3),
    )

    told = run(described)

    assert isinstance(told.outcome, Completed)
    assert told.outcome.reason == "Stopped early: val_loss has not improved for 3 epochs."
    assert (told.outcome.epochs, told.outcome.best_epoch) == (4, 1)


def test_early_stopping_on_a_metric_knows_that_higher_is_better(run):
    described = digits_mlp(epochs=6, early_stopping=EarlyStopping("val_accuracy", patience=100))

    told = run(described)

    accuracies = [each["val_accuracy"] for each in told.epochs]
    assert told.outcome.best_epoch == 1 + accuracies.index(max(accuracies))


def test_the_best_epoch_is_that_of_the_lowest_validation_loss(run):
    told = run(digits_mlp(Objective(optimizer=Typed("AdamW", {"lr": 0.05})), epochs=12))

    losses = [each["val_loss"] for each in told.epochs]
    best = [each.epoch for each in told.of(EpochEnded) if each.best]
    assert told.outcome.best_epoch == 1 + losses.index(min(losses)) == best[-1]
    assert best[0] == 1


@pytest.mark.parametrize(
    ("scheduler", "by_torch"),
    [
        (Typed("StepLR", {"step_size": 1, "gamma": 0.5}), partial(StepLR, step_size=1, gamma=0.5)),
        (Typed("CosineAnnealingLR"), partial(CosineAnnealingLR, T_max=3)),
        (Typed("ExponentialLR", {"gamma": 0.1}), partial(ExponentialLR, gamma=0.1)),
        (Typed("PolynomialLR"), partial(PolynomialLR, total_iters=3)),
    ],
    ids=lambda each: getattr(each, "type", ""),
)
def test_schedules_of_epochs_move_on_after_each_epoch(run, one_thread, scheduler, by_torch):
    objective = Objective(optimizer=Typed("SGD", {"lr": 0.1}), scheduler=scheduler)
    described = digits_mlp(objective, epochs=3, batch_size=500)
    columns = prepare(described, Path()).splits["train"]
    torch.manual_seed(0)
    wanted = train_by_hand(
        MLP(),
        nn.CrossEntropyLoss(),
        columns["digits.image"],
        columns["digits.label"],
        seed=0,
        batch_size=500,
        steps=9,
        make_optimizer=partial(torch.optim.SGD, lr=0.1),
        make_schedule=by_torch,
        schedule_by="epoch",
    )

    assert run(described).losses == wanted


def test_a_one_cycle_schedule_moves_on_after_each_step_over_the_whole_run(run, one_thread):
    objective = Objective(
        optimizer=Typed("SGD", {"lr": 0.1, "momentum": 0.9}),
        scheduler=Typed("OneCycleLR", {"max_lr": 0.2}),
    )
    described = digits_mlp(objective, epochs=2)
    columns = prepare(described, Path()).splits["train"]

    torch.manual_seed(0)
    wanted = train_by_hand(
        MLP(),
        nn.CrossEntropyLoss(),
        columns["digits.image"],
        columns["digits.label"],
        seed=0,
        batch_size=64,
        steps=40,
        make_optimizer=partial(torch.optim.SGD, lr=0.1, momentum=0.9),
        make_schedule=partial(torch.optim.lr_scheduler.OneCycleLR, max_lr=0.2, total_steps=40),
    )

    assert run(described).losses == wanted


def test_a_plateau_schedule_looks_at_the_validation_loss(run):
    objective = Objective(
        optimizer=Typed("SGD", {"lr": 1e-3}),
        scheduler=Typed("ReduceLROnPlateau", {"patience": 0, "factor": 0.5, "threshold": 0.9}),
    )

    told = run(digits_mlp(objective, epochs=4, batch_size=2000))

    numbers = json.loads((told.folder / "last.json").read_text())
    assert numbers["learners"][0]["schedule"]["_last_lr"] == [1e-3 / 8]


@pytest.mark.parametrize("precision", ["bf16", "16"])
def test_half_precision_learns(run, precision):
    objective = Objective(optimizer=Typed("AdamW", {"lr": 0.01}))

    told = run(digits_mlp(objective, epochs=3, precision=precision))

    assert isinstance(told.outcome, Completed), told.outcome
    assert told.epochs[-1]["val_accuracy"] > 0.85


def two_heads(*objectives, **run):
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "left": node("Linear", out_features=10),
            "right": node("Linear", out_features=10),
            "left_loss": "CrossEntropyLoss",
            "right_loss": "CrossEntropyLoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> left.input",
            "flatten.output -> right.input",
            "left.output -> left_loss.logits",
            "digits.label -> left_loss.target",
            "right.output -> right_loss.logits",
            "digits.label -> right_loss.target",
        ],
        objectives=objectives or (Objective(),),
        **run,
    )


def weights_after(told):
    from lightning_modules.checkpoint import read_tensors

    return read_tensors(told.folder, "last")


def test_several_losses_are_weighed_added_and_told_one_by_one(run):
    objective = Objective(minimise=(Minimise("left_loss", 2.0), Minimise("right_loss", 0.5)))

    told = run(two_heads(objective, epochs=1))

    values = told.epochs[0]
    for part in ("train", "val"):
        wanted = 2 * values[f"{part}_left_loss"] + 0.5 * values[f"{part}_right_loss"]
        assert values[f"{part}_loss"] == pytest.approx(wanted, rel=1e-6)


def test_several_objectives_update_only_what_they_list_in_their_epochs_and_steps(run):
    objectives = (
        Objective("a", (Minimise("left_loss"),), ("left",), Typed("SGD", {"lr": 0.1}), every=2),
        Objective(
            "b", (Minimise("right_loss"),), ("right",), Typed("Adam"), from_epoch=1, to_epoch=2
        ),
    )
    start = weights_after(run(two_heads(*objectives, epochs=1), stop_after=0))

    first = run(two_heads(*objectives, epochs=1))
    second = run(two_heads(*objectives, epochs=2))

    after = weights_after(first)
    assert not torch.equal(after["left.weight"], start["left.weight"])
    assert torch.equal(after["right.weight"], start["right.weight"])
    assert not torch.equal(weights_after(second)["right.weight"], start["right.weight"])
    mine = [loss for each in first.of(Steps) if each.objective == "a" for loss in each.losses]
    assert len(mine) == 20
    assert [bool(np.isnan(each)) for each in mine] == [False, True] * 10


def test_an_objective_may_learn_from_the_batch_that_comes_next(run):
    still = Typed("SGD", {"lr": 0.0})
    objectives = (
        Objective("a", (Minimise("left_loss"),), ("left",), still),
        Objective("b", (Minimise("left_loss"),), ("left",), still, batch="next"),
    )

    told = run(two_heads(*objectives, epochs=1))

    a, b = (
        [loss for each in told.of(Steps) if each.objective == name for loss in each.losses]
        for name in ("a", "b")
    )
    assert b == [*a[1:], a[0]]


def test_an_objective_leaves_weights_outside_its_list_without_a_gradient(run):
    both = Objective(
        "a", (Minimise("left_loss"), Minimise("right_loss")), ("left",), Typed("SGD", {"lr": 0.1})
    )

    start = weights_after(run(two_heads(both), stop_after=0))
    after = weights_after(run(two_heads(both, epochs=1)))

    assert torch.equal(after["right.weight"], start["right.weight"])
    assert not torch.equal(after["left.weight"], start["left.weight"])


def test_frozen_layers_keep_their_weights(run):
    described = digits_mlp(epochs=1)
    graph = described.main
    frozen = replace(graph.nodes["hidden"], marks=Marks(frozen=True))
    described = described.with_graph(Graph({**graph.nodes, "hidden": frozen}, graph.wires))

    start = weights_after(run(described, stop_after=0))
    after = weights_after(run(described))

    assert torch.equal(after["hidden.weight"], start["hidden.weight"])
    assert not torch.equal(after["scores.weight"], start["scores.weight"])


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
