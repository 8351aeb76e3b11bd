"""A run that was stopped anywhere goes on as if it never had been, bit for bit; a changed one keeps what fits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
import torch

from graphs.content import EarlyStopping, Objective, Typed
from graphs.graph import Graph, Node
from lightning_modules.checkpoint import read_numbers, read_tensors
from lightning_modules.events import (
    Completed,
    Evaluated,
    Failed,
    Started,
    Stopped,
    WarmStarted,
    Warned,
)
from lightning_modules.job import Job
from lightning_modules.keeper import Keeper
from lightning_modules.run import train
from lightning_modules.scores import score
from tests.documents import digits_cnn, digits_mlp, series_gru
from tests.lightning_modules.conftest import Told

MOMENTUM = Typed("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True})


def with_optimizer(described, optimizer, scheduler=None, clip=None):
    objective = Objective(optimizer=optimizer, scheduler=scheduler, clip=clip)
    return replace(described, objectives=(objective,))


CASES = {
    "AdamW": digits_mlp(epochs=4),
    "SGD on a cosine": with_optimizer(digits_mlp(epochs=4), MOMENTUM, Typed("CosineAnnealingLR")),
    "one cycle": with_optimizer(
        digits_mlp(epochs=4), MOMENTUM, Typed("OneCycleLR", {"max_lr": 0.1})
    ),
    "plateau": with_optimizer(
        digits_mlp(epochs=4), MOMENTUM, Typed("ReduceLROnPlateau", {"patience": 0})
    ),
    "batch norm and dropout": digits_cnn(dropout=0.4, epochs=4),
    "NAdam and clipping": with_optimizer(series_gru(epochs=12), Typed("NAdam"), clip=1.0),
    "RAdam": with_optimizer(digits_mlp(epochs=4), Typed("RAdam")),
    "ASGD": with_optimizer(digits_mlp(epochs=4), Typed("ASGD")),
    "Rprop": with_optimizer(digits_mlp(epochs=4), Typed("Rprop")),
    "early stopping": digits_mlp(epochs=4, early_stopping=EarlyStopping(patience=2, min_delta=0.5)),
    "half precision": digits_mlp(epochs=4, precision="16"),
}

QUICK = ("AdamW", "one cycle", "batch norm and dropout")


def state_of(told):
    numbers = read_numbers(told.folder, "last")
    del numbers["sha256"]
    return numbers, read_tensors(told.folder, "last"), read_tensors(told.folder, "last", "training")


def assert_same_end(one, other):
    numbers, weights, training = state_of(one)
    other_numbers, other_weights, other_training = state_of(other)
    assert numbers == other_numbers
    assert weights.keys() == other_weights.keys()
    assert all(torch.equal(weights[key], other_weights[key]) for key in weights)
    assert training.keys() == other_training.keys()
    assert all(torch.equal(training[key], other_training[key]) for key in training)


@pytest.mark.parametrize(
    "stop", [20, 33, 1], ids=["at an epoch's end", "within an epoch", "at once"]
)
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[] if each in QUICK else pytest.mark.slow) for each in CASES]
)
def test_a_stopped_run_goes_on_bit_for_bit(run, name, stop):
    whole = run(CASES[name])
    stopped = run(CASES[name], stop_after=stop)

    resumed = run(CASES[name], resume=stopped.folder)

    assert isinstance(stopped.outcome, Stopped)
    assert isinstance(resumed.outcome, Completed), resumed.outcome
    assert resumed.of(Started)[0].start_step == stop
    assert stopped.losses + resumed.losses == whole.losses
    assert stopped.epochs + resumed.epochs == whole.epochs
    assert resumed.of(Evaluated) == whole.of(Evaluated)
    assert resumed.outcome.best_epoch == whole.outcome.best_epoch
    assert resumed.outcome.reason == whole.outcome.reason
    assert_same_end(resumed, whole)
    best, best_of_whole = (read_tensors(each.folder, "best") for each in (resumed, whole))
    assert all(torch.equal(best[key], best_of_whole[key]) for key in best)


def test_a_run_can_be_stopped_and_resumed_again_and_again(run):
    described = digits_cnn(dropout=0.4, epochs=3)
    whole = run(described)

    told, losses = None, []
    for _ in range(5):
        told = run(described, stop_after=13, resume=told.folder if told else None)
        losses += told.losses

    assert losses == whole.losses
    assert_same_end(told, whole)


def test_a_completed_run_goes_on_for_more_epochs(run):
    whole = run(digits_mlp(epochs=4))
    first = run(digits_mlp(epochs=2))

    second = run(digits_mlp(epochs=4), resume=first.folder)

    assert first.losses + second.losses == whole.losses
    assert_same_end(second, whole)


def test_a_run_that_has_all_its_epochs_ends_at_once(run):
    first = run(digits_mlp(epochs=2))

    second = run(digits_mlp(epochs=2), resume=first.folder)

    assert isinstance(second.outcome, Completed)
    assert (second.outcome.steps, second.losses) == (40, [])
    assert_same_end(second, first)


def test_a_run_may_go_on_in_its_own_folder(run):
    whole = run(digits_mlp(epochs=3))
    stopped = run(digits_mlp(epochs=3), stop_after=31)

    resumed = run(digits_mlp(epochs=3), resume=stopped.folder, folder=stopped.folder)

    assert stopped.losses + resumed.losses == whole.losses
    assert_same_end(resumed, whole)
    lines = (stopped.folder / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines].count("Started") == 2


def test_a_changed_document_keeps_the_weights_that_fit_and_says_so(run):
    first = run(digits_mlp(epochs=1))
    changed = digits_mlp(epochs=1, hidden=16)

    second = run(changed, resume=first.folder)

    (warned,) = second.of(Warned)
    assert warned.message == (
        "The document was changed since that run, so training begins anew with what fits of its weights."
    )
    (began,) = second.of(WarmStarted)
    assert began.checkpoint == "last"
    assert {each.name: dict(each.resized) for each in began.layers} == {
        "Hidden": {"weight": ((32, 64), (16, 64)), "bias": ((32,), (16,))},
        "Scores": {"weight": ((10, 32), (10, 16))},
    }
    assert second.of(Started)[0].start_step == 0


def test_new_layers_are_named_and_the_others_keep_their_weights(run):
    first = run(digits_mlp(epochs=1))
    graph = digits_mlp(epochs=1).main
    nodes = {**graph.nodes, "extra": Node("extra", "Linear", {"out_features": 32})}
    made = type(graph.wires[0])
    wires = [each for each in graph.wires if each.target.node != "relu"]
    end = type(wires[0].source)
    wires += [
        made(end("hidden", "output"), end("extra", "input")),
        made(end("extra", "output"), end("relu", "input")),
    ]

    second = run(
        digits_mlp(epochs=1).with_graph(Graph(nodes, tuple(wires))),
        resume=first.folder,
        stop_after=0,
    )

    (warned,) = second.of(Warned)
    assert warned.message == (
        "The document was changed since that run, so training begins anew with what fits of its weights."
    )
    (began,) = second.of(WarmStarted)
    assert [each.name for each in began.layers if each.new] == ["Extra"]
    before, after = read_tensors(first.folder, "last"), read_tensors(second.folder, "last")
    assert torch.equal(before["hidden.weight"], after["hidden.weight"])


def test_going_on_from_a_folder_without_a_run_ends_in_a_sentence(run, tmp_path):
    told = run(digits_mlp(), resume=tmp_path / "nothing")

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == f'There is no run to go on from in "{tmp_path / "nothing"}".'


def test_going_on_from_a_damaged_checkpoint_ends_in_a_sentence(run):
    first = run(digits_mlp(epochs=1))
    file = first.folder / "last.training.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    told = run(digits_mlp(epochs=2), resume=first.folder)

    assert isinstance(told.outcome, Failed)
    assert (
        told.outcome.reason
        == f'The checkpoint "{file}" is damaged: its content is not what was written.'
    )


def test_going_on_with_other_data_ends_in_a_sentence(run, monkeypatch):
    first = run(digits_mlp(epochs=1))
    from lightning_modules.data import prepare

    def fewer(document, base):
        prepared = prepare(document, base)
        splits = {
            part: {name: each[:100] for name, each in columns.items()}
            for part, columns in prepared.splits.items()
        }
        return replace(prepared, splits=splits)

    monkeypatch.setattr("lightning_modules.run.prepare", fewer)
    told = run(digits_mlp(epochs=2), resume=first.folder)

    assert told.outcome.reason == (
        f'The run in "{first.folder}" learned from 1258 samples, but now there are 100. '
        "Give it the same data, or start a new run."
    )


def test_a_stop_while_it_validates_leaves_the_epoch_to_be_ended_later(run, tmp_path):
    described = digits_cnn(dropout=0.4, epochs=3)
    whole = run(described)
    asked, told = 0, Told(tmp_path / "stopped")

    def should_stop():
        nonlocal asked
        asked += 1
        return asked > 22

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lightning_modules.course.score", score)
        told.outcome = train(Job(described, tmp_path, told.folder), told.events.append, should_stop)
    resumed = run(described, resume=told.folder)

    assert isinstance(told.outcome, Stopped)
    assert (told.outcome.steps, told.outcome.epochs, len(told.epochs)) == (20, 0, 0)
    assert told.losses + resumed.losses == whole.losses
    assert resumed.epochs == whole.epochs
    assert_same_end(resumed, whole)


@pytest.mark.parametrize("after", [2, 7])
def test_a_run_that_was_killed_goes_on_from_what_was_written_while_it_ran(
    run, tmp_path, monkeypatch, after
):
    monkeypatch.setattr("lightning_modules.keeper.WRITE_EVERY_S", 0.0)
    monkeypatch.setattr("lightning_modules.keeper.WRITE_SHARE", 1e9)
    monkeypatch.setattr("lightning_modules.course.CHUNK_STEPS", 7)
    monkeypatch.setattr("lightning_modules.module.CHUNK_STEPS", 7)
    described = digits_cnn(dropout=0.4, epochs=3)
    copy, writes = tmp_path / "copy", 0
    plain = Keeper.write

    def write(keeper, network, capture):
        nonlocal writes
        plain(keeper, network, capture)
        writes += 1
        if writes == after:
            shutil.copytree(tmp_path / "run1", copy)

    monkeypatch.setattr(Keeper, "write", write)
    whole = run(described)

    resumed = run(described, resume=copy)

    step = resumed.of(Started)[0].start_step
    assert 0 < step < 60
    assert resumed.losses == whole.losses[step:]
    assert_same_end(resumed, whole)
