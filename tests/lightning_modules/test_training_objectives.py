"""Objectives in training: what they weigh and update, schedules, early stopping, and the best epoch."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, PolynomialLR, StepLR

from graphs.content import EarlyStopping, Minimise, Objective, Typed
from graphs.graph import Graph, Marks
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Steps,
)
from tests.by_hand import train_mlp_by_hand
from tests.documents import digits_mlp, document, node

SGD = Objective(optimizer=Typed("SGD", {"lr": 0.05, "momentum": 0.9}))


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
    wanted = train_mlp_by_hand(
        described,
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
    wanted = train_mlp_by_hand(
        described,
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
