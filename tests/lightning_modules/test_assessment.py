"""All that is measured after a run is what scikit-learn and torchmetrics measure on the same answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    log_loss,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from torchmetrics.functional.classification import multiclass_calibration_error

from lightning_modules.assessment import MOST_MISTAKES, assess
from lightning_modules.class_scores import MOST_POINTS, class_scores, one_against_rest
from lightning_modules.compared import Compared, compare
from lightning_modules.data import prepare
from lightning_modules.evaluation import evaluate, load_network, predict_network
from tests.documents import digits_mlp, document, node, series_gru


def assessed(told, split="test"):
    """The answers of a run, and what is measured of them."""
    network = load_network(told.folder)
    compared = compare(network, prepare(network.document, Path()), split)
    return compared, assess(compared, split)


@pytest.fixture
def tumours():
    """Malignant or benign by one score that went through a Sigmoid."""
    return document(
        {
            "cancer": "BreastCancer",
            "score": node("Linear", out_features=1),
            "sigmoid": "Sigmoid",
            "loss": "BCELoss",
            "accuracy": "Accuracy",
        },
        [
            "cancer.features -> score.input",
            "score.output -> sigmoid.input",
            "sigmoid.output -> loss.input",
            "cancer.label -> loss.target",
            "sigmoid.output -> accuracy.input",
            "cancer.label -> accuracy.target",
        ],
        epochs=10,
    )


def test_scores_of_classes_are_those_of_scikit_learn(run):
    told = run(digits_mlp(epochs=2))

    compared, found = assessed(told)

    columns = prepare(digits_mlp(), Path()).splits["test"]
    logits = predict_network(load_network(told.folder), columns)["logits"]
    truth, chances = columns["digits.label"].numpy(), torch.softmax(logits, -1).numpy()
    guess = chances.argmax(1)
    by_class = precision_recall_fscore_support(truth, guess, zero_division=0)
    ours = [(each.precision, each.recall, each.f1, each.support) for each in found.by_class]
    assert np.allclose(np.array(ours, dtype=float), np.array(by_class).T)
    macro = precision_recall_fscore_support(truth, guess, average="macro", zero_division=0)
    weighted = precision_recall_fscore_support(truth, guess, average="weighted", zero_division=0)
    names = ("precision", "recall", "f1")
    assert [found.values[f"macro_{name}"] for name in names] == pytest.approx(macro[:3])
    assert [found.values[f"weighted_{name}"] for name in names] == pytest.approx(weighted[:3])
    assert found.values["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truth, guess))
    assert found.values["log_loss"] == pytest.approx(log_loss(truth, chances), rel=1e-4)
    areas = [roc_auc_score(truth == k, chances[:, k]) for k in range(10)]
    precise = [average_precision_score(truth == k, chances[:, k]) for k in range(10)]
    assert [each.area for each in found.roc] == pytest.approx(areas)
    assert [each.area for each in found.precision_recall] == pytest.approx(precise)
    assert found.values["roc_auc"] == pytest.approx(np.mean(areas))
    off = multiclass_calibration_error(
        torch.from_numpy(chances), torch.from_numpy(truth), 10, n_bins=10
    )
    assert found.values["calibration_error"] == pytest.approx(float(off), abs=1e-5)
    assert found.confusion == evaluate(told.folder).confusion
    assert len(compared.target) == found.samples == len(truth)


def test_one_probability_is_a_yes_above_a_half(run, tumours):
    told = run(tumours)

    compared, found = assessed(told)

    told_by_run = evaluate(told.folder)
    assert found.confusion == told_by_run.confusion
    assert found.values["accuracy"] == pytest.approx(told_by_run.values["test_accuracy"])
    assert found.values["accuracy"] > 0.85
    yes = compared.target == 1
    assert found.roc[1].area == pytest.approx(roc_auc_score(yes, compared.chances[:, 1]))
    assert found.classes == ("malignant", "benign")


def test_the_worst_mistakes_are_those_whose_truth_seemed_least_likely(run):
    told = run(digits_mlp(epochs=1))

    compared, found = assessed(told)

    wrong = np.flatnonzero(compared.predicted != compared.target)
    chances = compared.chances[wrong, compared.target[wrong]]
    wanted = wrong[np.argsort(chances, kind="stable")][:MOST_MISTAKES]
    assert [each.sample for each in found.mistakes] == wanted.tolist()
    first = found.mistakes[0]
    assert first.truth == str(compared.target[wanted[0]])
    assert first.predicted == str(compared.predicted[wanted[0]])
    assert first.score == pytest.approx(compared.chances[wanted[0]].max())


def test_errors_of_numbers_are_those_of_scikit_learn_in_the_unit_of_the_data(run):
    described = document(
        {"data": "Diabetes", "guess": node("Linear", out_features=1), "loss": "MSELoss"},
        [
            "data.features -> guess.input",
            "guess.output -> loss.input",
            "data.target -> loss.target",
        ],
        epochs=3,
    )
    told = run(described)
    prepared = prepare(described, Path())

    _, found = assessed(told)

    columns, scale = prepared.splits["test"], prepared.scales["data.target"]
    guess = predict_network(load_network(told.folder), columns)["input"]
    truth, guess = (scale.undo(each).flatten().numpy() for each in (columns["data.target"], guess))
    assert found.values["mae"] == pytest.approx(mean_absolute_error(truth, guess), rel=1e-5)
    assert found.values["rmse"] == pytest.approx(root_mean_squared_error(truth, guess), rel=1e-5)
    assert found.values["r2"] == pytest.approx(r2_score(truth, guess), rel=1e-4)
    worst = np.argsort(-np.abs(guess - truth))
    assert [each.sample for each in found.mistakes] == worst[:MOST_MISTAKES].tolist()
    assert found.mistakes[0].score == pytest.approx(float((guess - truth)[worst[0]]), rel=1e-5)


def test_each_sample_of_a_series_is_a_mistake_once(run):
    told = run(series_gru(epochs=1))

    compared, found = assessed(told)

    samples = [each.sample for each in found.mistakes]
    assert len(set(samples)) == len(samples)
    assert compared.kind == found.kind == "number"
    assert len(found.target) == len(found.predicted) <= 2000


def test_classes_that_never_occur_have_no_scores_and_empty_shares_are_none():
    confusion = np.array([[2, 1, 0], [0, 0, 0], [0, 0, 0]])

    found = class_scores(confusion, ("a", "b", "c"))

    assert [each.name for each in found] == ["a", "b"]
    assert (found[0].precision, found[0].recall, found[0].f1) == (1.0, 2 / 3, 0.8)
    assert (found[1].precision, found[1].recall, found[1].f1, found[1].support) == (
        0.0,
        None,
        0.0,
        0,
    )


def test_curves_of_many_answers_are_thinned_and_keep_their_area():
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 5000)
    yes = np.clip(truth * 0.3 + random.uniform(0, 0.7, 5000), 0, 1)

    roc, precise = one_against_rest(truth, np.stack([1 - yes, yes], axis=1), ("no", "yes"))

    assert all(len(each.x) <= MOST_POINTS for each in (*roc, *precise))
    assert roc[1].area == pytest.approx(roc_auc_score(truth, yes))
    assert np.trapezoid(roc[1].y, roc[1].x) == pytest.approx(roc[1].area, abs=0.01)
    assert (roc[1].x[0], roc[1].y[0], roc[1].x[-1], roc[1].y[-1]) == (0, 0, 1, 1)
    assert precise[1].base == pytest.approx(truth.mean())


def test_answers_that_are_not_finite_are_left_out_of_calibration_and_errors():
    chances = np.array([[np.nan, np.nan], [0.25, 0.75]], dtype=np.float32)
    labels, chosen = np.array([0, 1]), np.array([0, 1])
    classes = Compared(
        "class", labels, chosen, labels, 2, 1, ("a", "b"), chances, chances[:, 0], chances[:, 0]
    )
    sides = np.array([1.0, 2.0]), np.array([np.inf, 2.5])
    numbers = Compared("number", *sides, labels, 2)

    found, errors = assess(classes, "test"), assess(numbers, "test")

    assert found.values["calibration_error"] == pytest.approx(0.25)
    assert found.to_json()["measures"]["log_loss"] is None
    assert errors.values["mae"] == 0.5
    assert errors.target == (2.0,)
