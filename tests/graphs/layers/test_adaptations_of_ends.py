"""Losses and metrics beyond the first ones give torch's, scikit-learn's or a plain loop's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr, spearmanr
from sklearn import metrics as sk
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from graphs.layer import LAYERS, infer
from tests.graphs.layers.cases import labels, number
from tests.graphs.layers.words import made

CLOSE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def test_log_probabilities_and_their_loss_are_cross_entropy():
    logits, target = torch.randn(5, 3, 4), torch.randint(0, 4, (5, 3))

    loss = made("NLLLoss", ("3x4", "labels 3 of 4"))(logits.log_softmax(-1), target)

    torch.testing.assert_close(
        loss, F.cross_entropy(logits.reshape(-1, 4), target.reshape(-1)), **CLOSE
    )


@pytest.mark.parametrize("log_target", [False, True])
def test_kl_divergence_is_that_of_the_rows(log_target):
    one, two = torch.randn(5, 3, 4).log_softmax(-1), torch.randn(5, 3, 4).log_softmax(-1)

    loss = made("KLDivLoss", ("3x4", "3x4"), log_target=log_target)(
        one, two if log_target else two.exp()
    )

    torch.testing.assert_close(loss, (two.exp() * (two - one)).sum(-1).mean(), **CLOSE)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_gaussian_kl_is_that_of_torchs_distributions(reduction):
    mean, log_variance = torch.randn(5, 4), torch.randn(5, 4)

    loss = made("GaussianKL", ("4", "4"), reduction=reduction)(mean, log_variance)

    normal = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    each = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0))
    torch.testing.assert_close(loss, getattr(each, reduction)(1).mean(), **CLOSE)


def test_gaussian_likelihood_is_that_of_torchs_distributions():
    mean, target, log_variance = torch.randn(3, 5, 4)

    loss = made("GaussianNLLLoss", ("4", "4", "4"), full=True)(mean, target, log_variance)

    normal = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    torch.testing.assert_close(loss, -normal.log_prob(target).mean(), **CLOSE)


@pytest.mark.parametrize(
    ("type_id", "plain", "params"),
    [
        ("SmoothL1Loss", nn.SmoothL1Loss(beta=0.5), {"beta": 0.5}),
        ("PoissonNLLLoss", nn.PoissonNLLLoss(full=True), {"full": True}),
    ],
)
def test_losses_of_numbers_are_torchs(type_id, plain, params):
    a, b = torch.randn(5, 4), torch.rand(5, 4) * 9

    torch.testing.assert_close(made(type_id, ("4", "4"), **params)(a, b), plain(a, b), **CLOSE)


def test_binary_cross_entropy_of_probabilities_is_that_of_scores():
    logits, target = torch.randn(6, 1), torch.randint(0, 2, (6,))
    spec = LAYERS["Sigmoid"]().infer(number(("E", 1)))
    layer = LAYERS["BCELoss"]()
    infer(layer, {"input": spec, "target": labels(2)})

    loss = layer.build(spec, labels(2))(logits.sigmoid(), target)

    expected = F.binary_cross_entropy_with_logits(logits[:, 0], target.float())
    torch.testing.assert_close(loss, expected, **CLOSE)


SIGNED = [
    ("HingeEmbeddingLoss", "input", lambda s, a, b: F.hinge_embedding_loss(a, s, margin=0.5)),
    ("SoftMarginLoss", "input", lambda s, a, b: F.soft_margin_loss(a, s)),
    ("MarginRankingLoss", "both", lambda s, a, b: F.margin_ranking_loss(a, b, s, margin=0.5)),
]


@pytest.mark.parametrize(("type_id", "ports", "plain"), SIGNED)
@pytest.mark.parametrize("target", ["1", "label 2"])
def test_answers_may_be_labels_or_signs(type_id, ports, plain, target):
    a, b, yes = torch.randn(6, 1), torch.randn(6, 1), torch.randint(0, 2, (6,))
    params = {} if type_id == "SoftMarginLoss" else {"margin": 0.5}
    given = (a,) if ports == "input" else (a, b)
    signs = (yes * 2 - 1).float()[:, None]

    module = made(type_id, (*["1"] * len(given), target), **params)

    torch.testing.assert_close(
        module(*given, signs if target == "1" else yes), plain(signs, a, b), **CLOSE
    )


@pytest.mark.parametrize("target", ["", "label 2"])
def test_pairs_come_together_or_go_apart(target):
    a, b, yes = torch.randn(6, 4), torch.randn(6, 4), torch.randint(0, 2, (6,))
    given = yes if target else (yes * 2 - 1).float()
    apart = F.pairwise_distance(a, b)

    cosine = made("CosineEmbeddingLoss", ("4", "4", target), margin=0.2)(a, b, given)
    contrastive = made("ContrastiveLoss", ("4", "4", target), margin=3.0)(a, b, given)

    torch.testing.assert_close(
        cosine, F.cosine_embedding_loss(a, b, yes * 2 - 1, margin=0.2), **CLOSE
    )
    expected = torch.where(yes == 1, apart**2, (3 - apart).clamp_min(0) ** 2).mean() / 2
    torch.testing.assert_close(contrastive, expected, **CLOSE)


def test_triplets_and_margins_of_classes_are_torchs():
    a, b, c = torch.randn(3, 6, 4).unbind()
    target = torch.randint(0, 4, (6,))

    triplet = made("TripletMarginLoss", ("4", "4", "4"), swap=True)(a, b, c)
    margin = made("MultiMarginLoss", ("4", "label 4"), p=2)(a, target)

    torch.testing.assert_close(triplet, F.triplet_margin_loss(a, b, c, swap=True), **CLOSE)
    torch.testing.assert_close(margin, F.multi_margin_loss(a, target, p=2), **CLOSE)


def test_partners_are_found_among_the_batch_both_ways():
    a, b = torch.randn(5, 4), torch.randn(5, 4)

    loss = made("InfoNCELoss", ("4", "4"), temperature=0.5)(a, b)

    likeness = F.cosine_similarity(a[:, None], b[None], dim=-1) / 0.5
    ways = [-likeness.log_softmax(dim).diagonal().mean() for dim in (0, 1)]
    torch.testing.assert_close(loss, sum(ways) / 2, **CLOSE)


def test_focal_loss_without_focus_is_cross_entropy_and_with_it_counts_easy_samples_less():
    logits, target = torch.randn(6, 4), torch.randint(0, 4, (6,))
    chance = logits.softmax(-1).gather(1, target[:, None])[:, 0]

    plain = made("FocalLoss", ("4", "label 4"), gamma=0.0)(logits, target)
    focal = made("FocalLoss", ("4", "label 4"), gamma=2.0)(logits, target)

    torch.testing.assert_close(plain, F.cross_entropy(logits, target), **CLOSE)
    torch.testing.assert_close(focal, (-((1 - chance) ** 2) * chance.log()).mean(), **CLOSE)


def test_focal_loss_of_one_score_weighs_yes_and_no():
    logits, target = torch.randn(6), torch.randint(0, 2, (6,))

    loss = made("FocalLoss", ("1", "label 2"), gamma=0.0, alpha=0.25)(logits[:, None], target)

    each = F.binary_cross_entropy_with_logits(logits, target.float(), reduction="none")
    torch.testing.assert_close(loss, (each * torch.where(target == 1, 0.25, 0.75)).mean(), **CLOSE)


def test_dice_is_one_less_the_overlap():
    mask = torch.tensor([[True, True, False, False]])
    said = torch.tensor([[50.0, -50.0, 50.0, -50.0]])

    loss = made("DiceLoss", {"logits": "4", "target": "mask 4"}, smooth=1.0)(said, mask)

    assert loss.item() == pytest.approx(1 - (2 * 1 + 1) / (2 + 2 + 1))


def test_dice_of_classes_is_the_mean_over_them():
    target = torch.tensor([[0, 1, 2, 2]])
    said = F.one_hot(torch.tensor([[0, 1, 2, 1]]), 3).float() * 99

    loss = made("DiceLoss", ("4x3", "labels 4 of 3"), smooth=1.0)(said, target)

    overlaps = [(2 * 1 + 1) / (1 + 1 + 1), (2 * 1 + 1) / (2 + 1 + 1), (2 * 1 + 1) / (1 + 2 + 1)]
    assert loss.item() == pytest.approx(1 - sum(overlaps) / 3, abs=1e-6)


@pytest.mark.parametrize(
    ("params", "plain"),
    [
        ({}, lambda x: F.binary_cross_entropy_with_logits(x, torch.ones_like(x))),
        ({"target": "fake"}, lambda x: F.binary_cross_entropy_with_logits(x, torch.zeros_like(x))),
        ({"form": "least_squares"}, lambda x: ((x - 1) ** 2).mean()),
        ({"form": "least_squares", "target": "fake"}, lambda x: (x**2).mean()),
        ({"form": "hinge"}, lambda x: (1 - x).clamp_min(0).mean()),
        ({"form": "hinge", "target": "fake"}, lambda x: (1 + x).clamp_min(0).mean()),
        ({"form": "hinge", "generator": True}, lambda x: -x.mean()),
        ({"form": "wasserstein"}, lambda x: -x.mean()),
        ({"form": "wasserstein", "target": "fake"}, lambda x: x.mean()),
    ],
)
def test_a_verdict_for_all_samples(params, plain):
    x = torch.randn(6, 1)

    torch.testing.assert_close(made("AdversarialLoss", ("1",), **params)(x), plain(x), **CLOSE)


def test_a_student_learns_from_its_teacher_alone():
    student = torch.randn(6, 4, requires_grad=True)
    teacher = torch.randn(6, 4, requires_grad=True)

    loss = made("DistillationLoss", ("4", "4"), temperature=2.0)(student, teacher)

    soft = (teacher / 2).softmax(-1)
    expected = 4 * (soft * (soft.log() - (student / 2).log_softmax(-1))).sum(-1).mean()
    torch.testing.assert_close(loss, expected, **CLOSE)
    loss.backward()
    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


def test_ctc_is_torchs_and_short_targets_end_with_the_blank():
    logits, target = torch.randn(2, 8, 5), torch.tensor([[1, 2, 3], [4, 4, 0]])

    loss = made("CTCLoss", ("8x5", "tokens 3 of 5"))(logits, target)

    expected = F.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1), target, torch.tensor([8, 8]), torch.tensor([3, 2])
    )
    torch.testing.assert_close(loss, expected, **CLOSE)


def in_two_parts(type_id, inputs, scores, target, **params):
    """A metric fed batch by batch."""
    metric = made(type_id, inputs, **params)
    for part in (slice(0, 17), slice(17, None)):
        metric.update(scores[part], target[part])
    return metric.compute().item()


KINDS = {
    "Precision": sk.precision_score,
    "Recall": sk.recall_score,
    "JaccardIndex": sk.jaccard_score,
}


@pytest.mark.parametrize("type_id", KINDS)
@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
def test_metrics_of_classes_are_scikit_learns(type_id, average):
    scores, target = torch.randn(60, 4), torch.randint(0, 4, (60,))

    found = in_two_parts(type_id, ("4", "label 4"), scores, target, average=average)

    expected = KINDS[type_id](target, scores.argmax(-1), average=average)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("type_id", KINDS)
@pytest.mark.parametrize("inputs", [("1", "label 2"), ("2", "label 2")])
def test_of_two_classes_the_positive_one_may_count_alone(type_id, inputs):
    scores, target = torch.randn(60), torch.randint(0, 2, (60,))
    given = scores[:, None] if inputs[0] == "1" else torch.stack([-scores, scores], 1)

    found = in_two_parts(type_id, inputs, given, target, average="positive")

    assert found == pytest.approx(KINDS[type_id](target, scores > 0))


def test_specificity_is_the_recall_of_all_others():
    scores, target = torch.randn(60, 3), torch.randint(0, 3, (60,))
    guess = scores.argmax(-1)

    found = in_two_parts("Specificity", ("3", "label 3"), scores, target)

    each = [((guess != k) & (target != k)).sum() / (target != k).sum() for k in range(3)]
    assert found == pytest.approx(np.mean(each))


@pytest.mark.parametrize("inputs", [("1", "label 2"), ("4", "label 4")])
def test_agreement_and_correlation_of_classes_are_scikit_learns(inputs):
    classes = 4 if inputs[0] == "4" else 2
    scores, target = torch.randn(60, int(inputs[0])), torch.randint(0, classes, (60,))
    guess = scores.argmax(-1) if classes == 4 else (scores[:, 0] > 0).long()

    kappa = in_two_parts("CohenKappa", inputs, scores, target, weights_of_errors="quadratic")
    matthews = in_two_parts("MatthewsCorrCoef", inputs, scores, target)

    assert kappa == pytest.approx(
        sk.cohen_kappa_score(target, guess, weights="quadratic"), abs=1e-6
    )
    assert matthews == pytest.approx(sk.matthews_corrcoef(target, guess), abs=1e-6)


@pytest.mark.parametrize("inputs", [("1", "label 2"), ("2", "label 2"), ("4", "label 4")])
def test_metrics_of_scores_are_scikit_learns_however_small_the_scores_are(inputs):
    width = int(inputs[0])
    classes = max(width, 2)
    scores, target = torch.rand(60, width), torch.arange(60) % classes
    if width == 4:
        chances = scores.softmax(-1)
        ranking = sk.roc_auc_score(target, chances, multi_class="ovr")
        precision = sk.average_precision_score(F.one_hot(target), chances)
    else:
        score = scores[:, 0] if width == 1 else scores[:, 1] - scores[:, 0]
        ranking = sk.roc_auc_score(target, score)
        precision = sk.average_precision_score(target, score)

    assert in_two_parts("AUROC", inputs, scores, target) == pytest.approx(ranking, abs=1e-5)
    found = in_two_parts("AveragePrecision", inputs, scores, target)
    assert found == pytest.approx(precision, abs=1e-5)


def test_calibration_compares_confidence_with_success():
    logits = torch.full((100, 3), -math.inf)
    logits[:, 0], logits[:, 1] = math.log(0.8), math.log(0.2)
    target = torch.tensor([0] * 60 + [1] * 40)

    found = in_two_parts("CalibrationError", ("3", "label 3"), logits, target)

    assert found == pytest.approx(0.8 - 0.6, abs=1e-5)


def test_perplexity_is_the_exponential_of_the_cross_entropy():
    logits, target = torch.randn(30, 5, 7), torch.randint(0, 7, (30, 5))

    found = in_two_parts("Perplexity", ("5x7", "tokens 5 of 7"), logits, target)

    assert found == pytest.approx(
        F.cross_entropy(logits.reshape(-1, 7), target.reshape(-1)).exp().item(), rel=1e-5
    )


@pytest.mark.parametrize(
    ("type_id", "plain"),
    [
        ("MeanSquaredError", sk.mean_squared_error),
        ("RootMeanSquaredError", sk.root_mean_squared_error),
        ("MeanAbsolutePercentageError", sk.mean_absolute_percentage_error),
        ("ExplainedVariance", sk.explained_variance_score),
        ("PearsonCorrCoef", lambda truth, guess: pearsonr(truth.ravel(), guess.ravel())[0]),
        ("SpearmanCorrCoef", lambda truth, guess: spearmanr(truth.ravel(), guess.ravel())[0]),
    ],
)
def test_metrics_of_numbers_are_those_of_others(type_id, plain):
    guess, truth = torch.randn(40, 1), torch.randn(40, 1) + 3

    found = in_two_parts(type_id, ("1", "1"), guess, truth)

    assert found == pytest.approx(plain(truth.numpy(), guess.numpy()), rel=1e-4)


def test_one_number_has_no_order():
    metric = made("SpearmanCorrCoef", ("1", "1"))

    metric.update(torch.ones(1, 1), torch.ones(1, 1))

    assert metric.compute().isnan()
