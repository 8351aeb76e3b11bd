"""Tests of notes: small networks that have an illness are told so, by name, and healthy ones are left in peace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphs.check import check
from graphs.content import EarlyStopping, Objective, Typed
from graphs.document import load
from lightning_modules.events import (
    Completed,
    EpochEnded,
    Failed,
    Noted,
    Started,
    Steps,
    from_json,
    to_json,
)
from lightning_modules.notes import NO_NUMBER, Doctor, History, _too_slow
from lightning_modules.remedies import remedies
from resources.templates import template, templates
from tests.documents import digits_mlp, document, node

SGD = Typed("SGD", {"lr": 0.1})


def amplifying(depth=12, doublings=4, **run):
    """Digits through a row of Linear and Tanh, each sum doubled so often that gradients grow on their way back."""
    nodes = {"digits": "Digits", "flatten": "Flatten"}
    wires, last = ["digits.image -> flatten.input"], "flatten"
    for index in range(depth):
        nodes[f"linear_{index}"] = node("Linear", out_features=32)
        wires.append(f"{last}.output -> linear_{index}.input")
        last = f"linear_{index}"
        for each in range(doublings):
            nodes[f"add_{index}_{each}"] = "Add"
            wires += [f"{last}.output -> add_{index}_{each}.inputs.{port}" for port in (0, 1)]
            last = f"add_{index}_{each}"
        nodes[f"tanh_{index}"] = "Tanh"
        wires.append(f"{last}.output -> tanh_{index}.input")
        last = f"tanh_{index}"
    nodes |= {"scores": node("Linear", out_features=10), "loss": "CrossEntropyLoss"}
    wires += [
        f"{last}.output -> scores.input",
        "scores.output -> loss.logits",
        "digits.label -> loss.target",
    ]
    return document(nodes, wires, (objective("AdamW", lr=0.001),), **run)


def objective(type_="SGD", **params):
    """Learn with this optimizer."""
    return Objective(optimizer=Typed(type_, params))


def deep_sigmoids(depth=7, **run):
    """Digits through a row of Linear and Sigmoid."""
    nodes = {"digits": "Digits", "flatten": "Flatten"}
    wires, last = ["digits.image -> flatten.input"], "flatten"
    for index in range(depth):
        nodes[f"linear_{index}"] = node("Linear", out_features=16)
        nodes[f"sigmoid_{index}"] = "Sigmoid"
        wires += [f"{last}.output -> linear_{index}.input"]
        wires += [f"linear_{index}.output -> sigmoid_{index}.input"]
        last = f"sigmoid_{index}"
    nodes |= {"scores": node("Linear", out_features=10), "loss": "CrossEntropyLoss"}
    wires += [
        f"{last}.output -> scores.input",
        "scores.output -> loss.logits",
        "digits.label -> loss.target",
    ]
    return document(nodes, wires, (Objective(optimizer=SGD),), **run)


def codes(told):
    """The codes of all notes, without the one on simple models."""
    return [each.code for each in told.of(Noted) if each.code != "not_better"]


def note(told, code):
    """The note of this code."""
    (found,) = [each for each in told.of(Noted) if each.code == code]
    return found


def titles(noted, described):
    """What the buttons of a note say."""
    return [each.title for each in remedies(noted, described)]


def all_are_clean(noted, described):
    """Whether each remedy leaves a document without a problem."""
    return all(not check(each.apply(described)).problems for each in remedies(noted, described))


def test_a_network_that_learns_its_samples_by_heart_is_told_since_when(run):
    nodes = {
        "table": node("Diabetes", split=[0.1, 0.6, 0.3]),
        "hidden": node("Linear", out_features=128),
        "relu": "ReLU",
        "next": node("Linear", out_features=1),
        "loss": "MSELoss",
    }
    wires = [
        "table.features -> hidden.input",
        "hidden.output -> relu.input",
        "relu.output -> next.input",
        "next.output -> loss.input",
        "table.target -> loss.target",
    ]
    described = document(nodes, wires, (objective("AdamW", lr=0.01),), epochs=60)

    told = run(described)

    noted = note(told, "overfitting")
    best = min(told.epochs[: noted.epoch], key=lambda each: each["val_loss"])
    first = told.epochs.index(best) + 1
    now = told.epochs[noted.epoch - 1]
    assert noted.message == (
        f"Overfitting since epoch {first}: the validation loss rose from {best['val_loss']:.4g} to "
        f"{now['val_loss']:.4g} (epoch {noted.epoch}), while the training loss fell from "
        f"{best['train_loss']:.4g} to {now['train_loss']:.4g}. The network learns its samples by heart; the best "
        "epoch is kept."
    )
    assert now["val_loss"] > best["val_loss"]
    assert now["train_loss"] < best["train_loss"]
    assert titles(noted, described) == [
        "Add Dropout before Next",
        "Stop early, after 10 epochs without progress",
    ]
    assert all_are_clean(noted, described)


def test_a_learning_rate_that_makes_the_loss_worse_than_untrained_is_too_high(run):
    described = digits_mlp(objective(lr=30.0), epochs=3)

    told = run(described)

    noted = note(told, "diverged")
    assert noted.epoch == 1
    assert noted.message == (
        f"The learning rate is too high: before the first step the loss was {told.losses[0]:.4g}, in epoch 1 it is "
        f"{told.epochs[0]['train_loss']:.4g}. Take shorter steps."
    )
    assert told.epochs[0]["train_loss"] > 2 * told.losses[0]
    assert titles(noted, described) == ["Lower the learning rate to 3", "Limit the gradient to 1"]


def test_a_loss_that_becomes_no_number_is_noted_beside_the_failure(run):
    told = run(digits_mlp(objective(lr=1e30), epochs=3))

    assert isinstance(told.outcome, Failed)
    assert [(each.code, each.message) for each in told.of(Noted)] == [("diverged", NO_NUMBER)]


def test_a_learning_rate_that_barely_moves_the_loss_is_too_low(run):
    described = digits_mlp(objective(lr=1e-5), epochs=5)

    told = run(described)

    noted = note(told, "too_slow")
    assert codes(told) == ["too_slow"]
    assert noted.message == (
        f"The learning rate is too low: after 5 epochs the training loss is {told.epochs[-1]['train_loss']:.4g}, and "
        f"it was {told.epochs[0]['train_loss']:.4g} in the first of them. It falls steadily, "
        "but barely moves. Take longer steps."
    )
    assert titles(noted, described) == ["Raise the learning rate to 0.0001"]
    assert all_are_clean(noted, described)


@pytest.mark.parametrize(
    ("rate", "title"),
    [
        (1e-9, "Raise the learning rate to 0.001"),
        (1e-5, "Raise the learning rate to 0.0001"),
        (0.0, None),
    ],
)
def test_a_rate_that_nobody_means_is_raised_to_the_usual_one(rate, title):
    noted = Noted("too_slow", "", (), 5, {}, ("lr_times_ten",))

    assert [each.title for each in remedies(noted, digits_mlp(objective(lr=rate)))] == (
        [title] if title else []
    )


def test_a_loss_that_lies_above_that_of_the_first_step_is_not_said_to_have_been_lower_before():
    ended = [
        EpochEnded(each, 9 * each, {"train_loss": 2.5 - each / 1e4}, False, 1.0)
        for each in range(1, 6)
    ]
    history = History(digits_mlp(), 2.3, ended)

    (noted,) = _too_slow(history)

    assert noted.message == (
        "The learning rate is too low: after 5 epochs the training loss is 2.499, and it was 2.5 in the first of "
        "them. It falls steadily, but barely moves. Take longer steps."
    )


def test_units_that_a_large_step_killed_are_counted_by_node(run):
    described = digits_mlp(objective(lr=5.0), epochs=4)

    told = run(described)

    noted = note(told, "dead_units")
    assert noted.nodes == ("relu",)
    assert noted.message == (
        f"Dead units: {100 * noted.evidence['relu']:.0f} % of the outputs of ReLU are 0 for all validation samples "
        "that were looked at, and learn nothing any more. LeakyReLU lets them recover; shorter steps kill fewer."
    )
    assert 0.6 <= noted.evidence["relu"] <= 1
    assert titles(noted, described) == [
        "Replace ReLU by LeakyReLU",
        "Lower the learning rate to 0.5",
    ]
    assert all_are_clean(noted, described)
    after = remedies(noted, described)[0].apply(described)
    assert after.main.nodes["relu"].type == "LeakyReLU"
    assert after.main.wires == described.main.wires


def test_gradients_that_vanish_in_a_row_of_sigmoids_are_told_by_their_norms(run):
    described = deep_sigmoids(epochs=3)

    told = run(described)

    noted = note(told, "vanishing")
    assert noted.nodes == ("linear_0",)
    first, last = noted.evidence["linear_0"], noted.evidence["scores"]
    assert noted.message == (
        f"Vanishing gradients: what Linear 0 gets to learn from is {first:.2g}, beside {last:.2g} at Scores (Linear) "
        "(norms of the gradient in epoch 2). The first layers stand still. ReLU instead of Sigmoid or Tanh, or "
        "normalization between the layers, lets it through."
    )
    assert first < 1e-3 * last
    assert titles(noted, described) == [
        "Replace Sigmoid 0 and 6 more by ReLU",
        "Normalise behind 7 Linear layers",
    ]
    assert all_are_clean(noted, described)
    assert {
        each.type for each in remedies(noted, described)[0].apply(described).main.nodes.values()
    }.isdisjoint({"Sigmoid"})


def test_gradients_that_explode_are_told_with_where_and_that_nothing_was_learned(run):
    described = amplifying(epochs=1)

    told = run(described)

    noted = note(told, "exploding")
    norm, last = noted.evidence["gradient_norm"], told.epochs[0]["train_loss"]
    assert noted.nodes == ("linear_0",)
    assert noted.message == (
        f"Exploding gradients: the norm of the gradient is {norm:.3g} in epoch 1, most of it at Linear 0, so that the "
        f"smallest step throws the network off: the training loss was {told.losses[0]:.4g} before the first step and "
        f"is {last:.4g} now. Limit the gradient, or take shorter steps."
    )
    assert norm > 100
    assert titles(noted, described) == [
        "Limit the gradient to 1",
        "Lower the learning rate to 0.0001",
        "Normalise behind 12 Linear layers",
    ]
    assert all_are_clean(noted, described)


def test_a_training_loss_that_jumps_up_again_and_again_is_told_with_its_epochs(run):
    described = digits_mlp(objective(lr=0.03, momentum=0.995), epochs=25)

    told = run(described)

    noted = note(told, "diverged")
    losses = [each["train_loss"] for each in told.epochs[: noted.epoch]]
    jumps = [
        place + 1
        for place in range(1, len(losses))
        if losses[place] > 1.5 * losses[place - 1] and losses[place] > 0.1 * told.losses[0]
    ]
    assert len(jumps) == 3
    assert noted.message == (
        f"The learning rate is too high: the training loss jumped up in epochs {jumps[0]}, {jumps[1]} and {jumps[2]}, "
        f"in the last of them to {losses[-1]:.4g}. Take shorter steps."
    )
    assert titles(noted, described) == [
        "Lower the learning rate to 0.003",
        "Limit the gradient to 1",
    ]
    assert all_are_clean(noted, described)


def test_a_run_that_was_still_falling_when_it_ended_is_under_trained(run):
    described = digits_mlp(objective(lr=0.05), epochs=4)

    told = run(described)

    noted = note(told, "unfinished")
    assert noted.message == (
        f"Under-trained: the validation loss was still falling when the run ended, from "
        f"{told.epochs[-2]['val_loss']:.4g} in epoch 3 to {told.epochs[-1]['val_loss']:.4g} in epoch 4. More epochs "
        "would bring more."
    )
    assert titles(noted, described) == ["Train for 8 epochs"]
    assert remedies(noted, described)[0].apply(described).run.epochs == 8


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each.name, marks=() if each.name == "iris_classifier" else pytest.mark.slow)
        for each in templates()
    ],
)
def test_an_example_is_healthy(run, name):
    told = run(load(template(name).path))

    assert isinstance(told.outcome, Completed)
    assert codes(told) == []


def test_a_note_passes_through_the_file_of_events_whole(run):
    told = run(digits_mlp(objective(lr=1e-5), epochs=5))

    noted = note(told, "too_slow")
    lines = (told.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert noted in [from_json(line) for line in lines]
    assert from_json(to_json(noted)) == noted


def test_two_objectives_that_fight_are_not_judged_by_their_losses():
    described = digits_mlp(Objective("one"), Objective("other"))
    doctor = Doctor(described)
    rows = [Started("", "", "cpu", 9, 1, 0, 1, {}, 0, 1), Steps("one", 1, (1.0,), 0.1, 1.0)]
    rows += [
        EpochEnded(each, each, {"train_loss": 9.0, "val_loss": 9.0}, False, 1.0)
        for each in range(1, 10)
    ]

    found = [noted for each in rows for noted in doctor.take(each)] + doctor.end(whole=True)

    assert found == []


def test_a_remedy_that_the_document_has_already_is_not_offered():
    described = replace(
        digits_mlp(), run=replace(digits_mlp().run, early_stopping=EarlyStopping(patience=10))
    )
    noted = Noted("overfitting", "", remedies=("early_stopping", "nothing that is known"))

    assert remedies(noted, described) == ()


def test_a_limit_on_the_gradient_and_normalization_are_edits_of_the_document():
    described = deep_sigmoids(depth=2)
    plain = digits_mlp(Objective())
    noted = Noted("exploding", "", remedies=("clip",))

    (fix,) = remedies(noted, described)

    assert fix.title == "Limit the gradient to 1"
    assert [each.clip for each in fix.apply(described).objectives] == [1.0]
    assert fix.apply(plain).networks == plain.networks
