"""Inputs for losses and metrics beyond the first ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from graphs.spec import Spec
from tests.graphs.layers.cases import (
    INPUTS,
    Inputs,
    anything,
    classified,
    compared,
    labels,
    number,
    size,
)


def answered(draw: st.DrawFn, places: tuple[tuple[str, Any], ...]) -> Spec:
    """Yes or no for each place, in one of the ways that data say so."""
    kind = draw(st.sampled_from(["labels", "numbers", "mask"]))
    if kind == "labels":
        return labels(2, *places)
    return number(*places) if kind == "numbers" else number(*places, dtype="bool", kind="mask")


def places_of(spec: Spec) -> tuple[tuple[str, Any], ...]:
    return tuple((axis.name, axis.size) for axis in spec.dims)


@st.composite
def judged(draw: st.DrawFn) -> Inputs:
    """Scores or distances, and a yes or a no for each."""
    spec = draw(anything)
    return {"input": spec, "target": answered(draw, places_of(spec))}


@st.composite
def ranked(draw: st.DrawFn) -> Inputs:
    spec = draw(anything)
    return {"input1": spec, "input2": spec, "target": answered(draw, places_of(spec))}


@st.composite
def paired(draw: st.DrawFn) -> Inputs:
    """Two embeddings, and whether they belong together."""
    spec = draw(anything.filter(lambda each: each.dims))
    return {"input1": spec, "input2": spec, "target": answered(draw, places_of(spec)[:-1])}


@st.composite
def likely(draw: st.DrawFn) -> Inputs:
    """Probabilities, and labels or numbers."""
    spec = replace(draw(anything), kind="probability")
    target = draw(st.sampled_from([spec, labels(2, *places_of(spec))]))
    return {"input": spec, "target": target}


@st.composite
def segmented(draw: st.DrawFn) -> Inputs:
    """Scores of classes, or one score for each label or place of a mask."""
    if draw(st.booleans()):
        return draw(classified("logits"))
    spec = draw(anything)
    return {"logits": spec, "target": number(*places_of(spec), dtype="bool", kind="mask")}


@st.composite
def spoken(draw: st.DrawFn) -> Inputs:
    """Scores of every step, and a shorter row of tokens."""
    classes = draw(st.integers(2, 5))
    long, short = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    tokens = number(("T", short), dtype="int64", kind="token", of=classes)
    return {"logits": number(("T", long), ("E", classes)), "target": tokens}


def alike(*ports: str) -> st.SearchStrategy[Inputs]:
    """The same axes at all ports."""
    return anything.map(lambda spec: dict.fromkeys(ports, spec))


INPUTS |= {
    "SmoothL1Loss": lambda _: compared(),
    "PoissonNLLLoss": lambda _: compared(),
    "KLDivLoss": lambda _: compared(),
    "NLLLoss": lambda _: classified("input", yes_or_no=False),
    "MultiMarginLoss": lambda _: classified("input", yes_or_no=False),
    "BCELoss": lambda _: likely(),
    "GaussianKL": lambda _: alike("mean", "log_variance"),
    "GaussianNLLLoss": lambda _: alike("input", "target", "log_variance"),
    "HingeEmbeddingLoss": lambda _: judged(),
    "SoftMarginLoss": lambda _: judged(),
    "MarginRankingLoss": lambda _: ranked(),
    "CosineEmbeddingLoss": lambda _: paired(),
    "ContrastiveLoss": lambda _: paired(),
    "TripletMarginLoss": lambda _: alike("anchor", "positive", "negative"),
    "InfoNCELoss": lambda _: size.map(
        lambda features: dict.fromkeys(("input1", "input2"), number(("E", features)))
    ),
    "FocalLoss": lambda _: segmented(),
    "DiceLoss": lambda _: segmented(),
    "AdversarialLoss": lambda _: alike("logits"),
    "DistillationLoss": lambda _: alike("logits", "teacher"),
    "CTCLoss": lambda _: spoken(),
}

for _type in (
    "Precision", "Recall", "Specificity", "JaccardIndex", "CohenKappa", "MatthewsCorrCoef", "AUROC",
    "AveragePrecision", "CalibrationError", "ConfusionMatrix",
):  # fmt: skip
    INPUTS[_type] = lambda _: classified("input")
INPUTS["Perplexity"] = lambda _: classified("input", yes_or_no=False)
for _type in (
    "MeanSquaredError", "RootMeanSquaredError", "MeanAbsolutePercentageError", "ExplainedVariance", "PearsonCorrCoef",
    "SpearmanCorrCoef",
):  # fmt: skip
    INPUTS[_type] = lambda _: compared()
