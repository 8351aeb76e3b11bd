"""Tests of baselines: what they say is what scikit-learn says, on the training part alone, and they disturb nothing."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from graphs.content import Objective, Typed
from lightning_modules import baselines as module
from lightning_modules.beaten import beaten
from lightning_modules.data import prepare
from lightning_modules.events import (
    Baseline,
    Baselines,
    Completed,
    EpochEnded,
    Evaluated,
    Noted,
    Started,
    Watched,
    from_json,
)
from tests.documents import changed, diabetes_line, digits_mlp, document, node, series_gru, writer


def models(told):
    """The values of all models by kind."""
    (found,) = told.of(Baselines)
    return {each.kind: each.values for each in found.models}


def flat(prepared, part, port):
    """A column of a part as rows of numbers."""
    return prepared.splits[part][port].reshape(prepared.count(part), -1).numpy()


def standardised(train, other):
    """Both with the statistics of the training part."""
    spread = train.std(axis=0)
    spread[spread < 1e-6] = 1
    return (train - train.mean(axis=0)) / spread, (other - train.mean(axis=0)) / spread


def test_models_of_digits_reach_what_scikit_learn_reaches_with_the_training_part(run, tmp_path):
    described = digits_mlp(epochs=1)
    told = run(described)

    prepared = prepare(described, tmp_path)
    known = flat(prepared, "train", "digits.label")[:, 0]
    for part in ("val", "test"):
        truth = flat(prepared, part, "digits.label")[:, 0]
        train, other = standardised(
            flat(prepared, "train", "digits.image"), flat(prepared, part, "digits.image")
        )
        line = LogisticRegression(max_iter=500).fit(train, known)
        near = KNeighborsClassifier(5).fit(train, known)
        most = np.bincount(known).argmax()
        found = models(told)
        assert found["chance"][f"{part}_accuracy"] == pytest.approx((truth == most).mean())
        assert found["linear"][f"{part}_accuracy"] == pytest.approx(
            line.score(other, truth), abs=0.012
        )
        assert found["neighbours"][f"{part}_accuracy"] == pytest.approx(
            near.score(other, truth), abs=0.012
        )
    shares = (np.bincount(known) + 0.1) / (len(known) + 1)
    truth = flat(prepared, "test", "digits.label")[:, 0]
    assert models(told)["chance"]["test_loss"] == pytest.approx(
        -np.log(shares[truth]).mean(), rel=1e-5
    )


def test_models_of_a_number_are_measured_in_its_unit_and_series_have_yesterdays_value(
    run, tmp_path
):
    described = series_gru(epochs=1)
    told = run(described)

    prepared = prepare(described, tmp_path)
    series, target = (prepared.splits["test"][f"series.{each}"] for each in ("sequence", "target"))
    train, other = standardised(
        flat(prepared, "train", "series.sequence"), flat(prepared, "test", "series.sequence")
    )
    goal = flat(prepared, "train", "series.target")
    line = LinearRegression().fit(train, goal)
    scale = prepared.scales.get("series.target")
    factor = 1.0 if scale is None else scale.factor[0]
    off = np.abs(line.predict(other) - target.numpy()).mean() * factor
    found = models(told)
    assert found["linear"]["test_mae"] == pytest.approx(off, rel=1e-3)
    own = prepared.scales.get("series.sequence")
    seen, truth = series, target
    if own is not None:
        seen = own.undo(seen)
    if scale is not None:
        truth = scale.undo(truth)
    yesterday = float((seen[:, -1] - truth).abs().mean())
    assert found["last"]["test_mae"] == pytest.approx(yesterday, rel=1e-4)


def test_labels_at_every_step_of_a_sequence_get_chance_alone(run):
    told = run(writer())

    assert set(models(told)) == {"chance"}
    assert set(models(told)["chance"]) == {"val_loss", "test_loss"}


def test_only_a_part_of_many_samples_is_used_and_it_says_so(run, monkeypatch):
    monkeypatch.setattr("lightning_modules.baseline_task.MOST_ROWS", 200)
    told = run(digits_mlp(epochs=1))

    (found,) = told.of(Baselines)
    assert (found.rows, found.of) == (200, told.of(Started)[0].samples["train"])
    assert found.rows < found.of


def test_a_second_run_of_the_same_data_and_split_reads_what_the_first_one_found(run, monkeypatch):
    first = run(digits_mlp(epochs=1))
    monkeypatch.setattr(module, "find", lambda *_: pytest.fail("it was fitted again"))

    second = run(digits_mlp(epochs=1, batch_size=32))

    assert second.of(Baselines) == first.of(Baselines)
    content = json.loads((second.folder / "baselines.json").read_text(encoding="utf-8"))
    assert from_json(content["event"]) == first.of(Baselines)[0]


def test_a_run_ends_without_a_simple_model_that_never_ends(run, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(module, "find", lambda *_: released.wait() and None)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.2)

    try:
        told = run(digits_mlp(epochs=1))
    finally:
        released.set()

    assert told.of(Baselines) == []
    assert isinstance(told.outcome, Completed)


def test_a_run_goes_on_without_the_thread_whose_first_line_finds_no_memory(run, monkeypatch):
    monkeypatch.setattr(module, "start_new_thread", lambda *_: 1)  # it began, and was no more
    monkeypatch.setattr(module, "BEGINS_WITHIN_S", 0.01)

    told = run(digits_mlp(epochs=1))

    assert told.of(Baselines) == []
    assert isinstance(told.outcome, Completed)


def test_another_split_is_fitted_anew(run):
    first, second = run(digits_mlp(epochs=1)), run(digits_mlp(epochs=1, seed=1))

    assert first.of(Baselines) != second.of(Baselines)


def test_losses_are_the_same_with_and_without_baselines(run, monkeypatch):
    with_them = run(digits_mlp(epochs=2))
    monkeypatch.setattr(module.BaselineThread, "begin", lambda _self: None)
    without = run(digits_mlp(epochs=2))

    assert without.of(Baselines) == []
    assert without.losses == with_them.losses
    assert without.epochs == with_them.epochs


def test_a_network_that_does_not_beat_a_line_is_told_so_and_one_that_does_is_not(run):
    nodes = {
        "table": "Iris",
        "scores": node("Linear", out_features=3),
        "loss": "CrossEntropyLoss",
        "accuracy": "Accuracy",
    }
    wires = [
        "table.features -> scores.input",
        "scores.output -> loss.logits",
        "table.label -> loss.target",
        "scores.output -> accuracy.input",
        "table.label -> accuracy.target",
    ]
    slow = Objective(optimizer=Typed("SGD", {"lr": 1e-4}))
    told = run(document(nodes, wires, (slow,), epochs=1))

    (noted,) = [each for each in told.of(Noted) if each.code == "not_better"]
    (evaluated,) = told.of(Evaluated)
    (known,) = told.of(Baselines)
    own = evaluated.values["test_accuracy"]
    best = max(known.models, key=lambda each: each.values["test_accuracy"])
    assert own > min(each.values["test_accuracy"] for each in known.models), "else chance is named"
    assert noted.evidence["test_accuracy"] == evaluated.values["test_accuracy"]
    assert noted.message == (
        f"The network does not beat a simple model: on the test part {best.title.lower()} reaches "
        f"{100 * best.values['test_accuracy']:.1f} % (accuracy), the network "
        f"{100 * evaluated.values['test_accuracy']:.1f} %. "
        "The simple model may be all that these data need."
    )
    good = run(
        digits_mlp(Objective(optimizer=Typed("AdamW", {"lr": 0.005})), epochs=25, hidden=128)
    )
    assert good.of(Evaluated)[0].values["test_accuracy"] > max(
        each["test_accuracy"] for each in models(good).values()
    )
    assert [each for each in good.of(Noted) if each.code == "not_better"] == []


def test_each_epoch_is_watched_with_the_norm_of_its_last_gradient(run):
    clipped = replace(Objective(), clip=1e-3)
    plain, limited = run(digits_mlp(epochs=3)), run(digits_mlp(clipped, epochs=3))

    rows = plain.of(Watched)
    assert [each.epoch for each in rows] == [1, 2, 3]
    assert [each.step for each in rows] == [each.step for each in plain.of(EpochEnded)]
    assert all(each.learning_rate == 0.001 for each in rows)
    assert all(each.samples_per_s > 0 and each.memory_bytes > 1e7 for each in rows)
    assert set(rows[0].gradients) == {"hidden", "scores"} == set(rows[0].weights)
    total = np.hypot(*rows[0].gradients.values())
    assert rows[0].gradient_norm == pytest.approx(total, rel=1e-5)
    assert set(rows[0].dead) == {"relu"}
    assert all(each.gradient_norm > 1e-2 for each in limited.of(Watched))


def test_a_network_below_chance_is_told_so_though_better_models_beat_it_too():
    models = (
        Baseline("linear", "Logistic regression", {"test_accuracy": 0.974}),
        Baseline("chance", "Most frequent class", {"test_accuracy": 0.1}),
    )
    known = Baselines(models, 9, 9, higher=("accuracy",))

    noted = beaten(Evaluated("test", {"test_accuracy": 0.067}), known, digits_mlp(), 3)

    assert noted.message == (
        "The network is no better than chance: on the test part most frequent class reaches 10.0 % (accuracy), the "
        "network 6.7 %. What it learned does not hold for other samples."
    )


def test_prices_in_a_note_have_all_their_digits():
    models = (Baseline("linear", "Linear regression", {"test_mae": 7753.6}),)
    described = diabetes_line()
    priced = changed(described, mae=replace(node("MeanAbsoluteError"), id="mae"))

    noted = beaten(Evaluated("test", {"test_mae": 10_021.4}), Baselines(models, 9, 9), priced, 3)

    assert noted.message == (
        "The network does not beat a simple model: on the test part linear regression reaches 7754 (mae), the "
        "network 10021. The simple model may be all that these data need."
    )
