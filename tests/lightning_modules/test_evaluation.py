"""A finished run can be evaluated and asked, with its best weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from sklearn.metrics import confusion_matrix

from graphs.content import Minimise, Objective, Typed
from lightning_modules.checkpoint import CheckpointError, read_tensors
from lightning_modules.data import prepare
from lightning_modules.evaluation import evaluate, evaluate_network, load_network, predict_network
from lightning_modules.events import Evaluated
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru


def test_evaluating_a_run_gives_what_the_run_itself_told(run):
    told = run(digits_cnn(dropout=0.5, epochs=3))

    assert evaluate(told.folder) == told.of(Evaluated)[0]


def test_objectives_that_learn_against_each_other_are_judged_by_their_last_weights_at_the_end_and_later(
    run,
):
    objectives = (
        Objective("a", (Minimise("loss"),), ("hidden",), Typed("Adam", {"lr": 0.01})),
        Objective("b", (Minimise("loss", -1.0),), ("scores",), Typed("SGD", {"lr": 1.0})),
    )

    told = run(digits_mlp(*objectives, epochs=3))

    assert evaluate(told.folder) == told.of(Evaluated)[0]
    assert not list(told.folder.glob("best.*")), "no value says which weights are the best"
    assert told.outcome.best_epoch == 0


def test_every_part_can_be_evaluated(run):
    told = run(digits_mlp(epochs=2))

    found = evaluate(told.folder, "val")

    best = told.epochs[told.outcome.best_epoch - 1]
    assert found.values == {
        name: pytest.approx(best[name]) for name in ("val_loss", "val_accuracy")
    }


def test_the_confusion_matrix_is_that_of_scikit_learn(run):
    described = digits_mlp(epochs=3)
    told = run(described)
    columns = prepare(described, Path()).splits["test"]

    guess = predict_network(load_network(told.folder), columns)["logits"].argmax(1)

    wanted = confusion_matrix(columns["digits.label"], guess)
    assert told.of(Evaluated)[0].confusion == tuple(map(tuple, wanted.tolist()))
    assert told.of(Evaluated)[0].classes == tuple("0123456789")


def test_a_confusion_matrix_counts_wrong_answers_and_is_the_one_that_results_show(run):
    described = document(
        {
            "iris": "Iris",
            "cancer": "BreastCancer",
            "scores": node("Linear", out_features=3),
            "score": node("Linear", out_features=1),
            "first": "BCEWithLogitsLoss",
            "second": "CrossEntropyLoss",
            "matrix": "ConfusionMatrix",
        },
        [
            "cancer.features -> score.input",
            "score.output -> first.logits",
            "cancer.label -> first.target",
            "iris.features -> scores.input",
            "scores.output -> second.logits",
            "iris.label -> second.target",
            "scores.output -> matrix.input",
            "iris.label -> matrix.target",
        ],
    )

    found = run(described).of(Evaluated)[0]

    rows = found.confusion
    wrong = sum(map(sum, rows)) - sum(row[index] for index, row in enumerate(rows))
    assert found.values["test_matrix"] == wrong
    assert found.classes == ("setosa", "versicolor", "virginica")


def test_yes_or_no_answers_have_a_confusion_matrix_of_two(run):
    described = document(
        {
            "cancer": "BreastCancer",
            "score": node("Linear", out_features=1),
            "loss": "BCEWithLogitsLoss",
            "accuracy": "Accuracy",
        },
        [
            "cancer.features -> score.input",
            "score.output -> loss.logits",
            "cancer.label -> loss.target",
            "score.output -> accuracy.input",
            "cancer.label -> accuracy.target",
        ],
        epochs=20,
    )

    (found,) = run(described).of(Evaluated)

    right = found.confusion[0][0] + found.confusion[1][1]
    assert len(found.classes) == 2
    assert right / sum(map(sum, found.confusion)) == pytest.approx(found.values["test_accuracy"])


def test_a_long_regression_is_thinned_to_2000_pairs(run):
    described = series_gru(epochs=1)
    nodes = described.main.nodes
    many = nodes["series"].with_params(samples=20_000, length=2)
    described = described.with_graph(
        type(described.main)({**nodes, "series": many}, described.main.wires)
    )
    told = run(described, stop_after=0)

    network = load_network(told.folder, checkpoint="last")
    found = evaluate_network(network, prepare(described, Path()), "test")

    assert 1000 < len(found.target) <= 2000
    assert min(found.target) < -0.5 < 0.5 < max(found.target)
    assert len(found.predicted) == len(found.target)


def test_the_best_weights_are_loaded_or_else_the_last(run):
    told = run(digits_mlp(epochs=2))
    stopped = run(digits_mlp(epochs=2), stop_after=3)

    best, last = load_network(told.folder), load_network(stopped.folder)

    assert torch.equal(
        best.state_dict()["scores.weight"], read_tensors(told.folder, "best")["scores.weight"]
    )
    assert torch.equal(
        last.state_dict()["scores.weight"], read_tensors(stopped.folder, "last")["scores.weight"]
    )
    assert not best.training


def test_predictions_are_those_of_one_big_batch(run):
    described = digits_cnn(epochs=1)
    told = run(described)
    network = load_network(told.folder)
    columns = prepare(described, Path()).splits["test"]

    found = predict_network(network, columns)

    assert found.keys() == {"logits"}
    with torch.no_grad():
        torch.testing.assert_close(
            found["logits"], network({"image": columns["digits.image"]})["logits"]
        )


def test_weights_of_another_document_are_refused(run):
    one, other = run(digits_mlp(epochs=1)), run(digits_mlp(epochs=1, hidden=8))
    (other.folder / "document.lamina").write_bytes((one.folder / "document.lamina").read_bytes())

    with pytest.raises(CheckpointError) as refused:
        load_network(other.folder)

    assert str(refused.value) == (
        f'The weights "best" in "{other.folder}" do not belong to the document that is there.'
    )


def test_a_part_without_samples_is_named(run, monkeypatch):
    told = run(digits_mlp(epochs=1))

    def without_test(described, base):
        prepared = prepare(described, base)
        prepared.splits["test"].update(
            {name: each[:0] for name, each in prepared.splits["test"].items()}
        )
        return prepared

    monkeypatch.setattr("lightning_modules.evaluation.prepare", without_test)

    with pytest.raises(CheckpointError) as refused:
        evaluate(told.folder)

    assert (
        str(refused.value) == 'The part "test" has no samples. Give it a share in the data layer.'
    )
