"""A wire says what would come of it before it is drawn."""

from __future__ import annotations

import pytest

from graphs.connection import Trial, try_wire, why_not
from graphs.graph import End
from graphs.shapes import shapes_of
from tests.documents import document, node

GRAPH = document(
    {
        "digits": "Digits",
        "flatten": "Flatten",
        "hidden": node("Linear", out_features=12),
        "loss": "CrossEntropyLoss",
        "norm": "BatchNorm1d",
        "add": "Add",
        "wrong": node("Linear", out_features=0),
    },
    [
        "digits.image -> flatten.input",
        "flatten.output -> hidden.input",
        "digits.label -> loss.target",
        "flatten.output -> add.inputs.0",
    ],
).main
SHAPES = shapes_of(GRAPH)


def end(text: str) -> End:
    return End(*text.split(".", 1))


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("nobody.output", "hidden.input", "nobody has no output called output."),
        ("digits.colour", "hidden.input", "Digits has no output called colour."),
        ("digits.image", "nobody.input", "nobody has no input called input."),
        ("digits.image", "hidden.left", "Hidden (Linear) has no input called left."),
        ("digits.image", "add.inputs.2", "Add has no input called inputs.2."),
        ("hidden.output", "hidden.input", "Hidden (Linear) cannot feed itself."),
        (
            "hidden.output",
            "flatten.input",
            "Flatten comes before Hidden (Linear): this wire would make a loop.",
        ),
        (
            "digits.image",
            "norm.input",
            (
                "Norm (Batch norm 1D) needs features (E) or a sequence with channels first (C, T), "
                "but gets 1x8x8 (C, H, W). For images, use Batch norm 2D."
            ),
        ),
        (
            "digits.label",
            "hidden.input",
            "Hidden (Linear) needs at least one axis of features, but gets a single number per sample.",
        ),
    ],
)
def test_a_wire_that_would_not_do_gets_its_sentence(source, target, sentence):
    assert why_not(GRAPH, SHAPES, end(source), end(target)) == sentence


@pytest.mark.parametrize(
    ("source", "target", "code", "sentence"),
    [
        (
            "hidden.output",
            "loss.logits",
            "G203",
            (
                "Loss (Cross entropy) has 10 classes to choose from, but gets 12 scores for them. "
                "Let the layer before it give 10 outputs."
            ),
        ),
        (
            "hidden.output",
            "add.inputs.1",
            "G201",
            "Add needs inputs of the same size, but gets 64 and 12: 64 is not 12.",
        ),
    ],
)
def test_a_wire_with_a_way_out_is_drawn_with_a_warning(source, target, code, sentence):
    trial = try_wire(GRAPH, SHAPES, end(source), end(target))

    assert (trial.why_not, trial.warning, trial.code) == (None, sentence, code)
    assert not trial.fits


def test_a_wire_that_fits_tells_what_comes_out():
    trial = try_wire(GRAPH, SHAPES, end("flatten.output"), end("norm.input"))

    assert trial.why_not is None
    assert str(trial.carries) == "64"
    assert [str(spec) for spec in trial.gives] == ["64"]
    assert trial.replaces is None


def test_a_wire_tells_which_one_it_would_replace():
    trial = try_wire(GRAPH, SHAPES, end("digits.image"), end("flatten.input"))

    assert trial.replaces == end("digits.image")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("wrong.output", "norm.input"),
        ("digits.image", "wrong.input"),
        ("digits.image", "loss.logits"),
    ],
)
def test_what_is_not_known_yet_is_not_refused(source, target):
    graph = document(
        {
            "digits": "Digits",
            "norm": "BatchNorm1d",
            "loss": "CrossEntropyLoss",
            "wrong": node("Linear", out_features=0),
        },
        [],
    ).main

    trial = try_wire(graph, shapes_of(graph), end(source), end(target))

    assert isinstance(trial, Trial)
    assert trial.why_not is None
    assert trial.gives == ()


def test_who_tries_many_targets_gives_the_nodes_before_the_source_once():
    before = GRAPH.ancestors({"hidden"})

    trial = try_wire(GRAPH, SHAPES, end("hidden.output"), end("flatten.input"), before)

    assert trial.why_not == "Flatten comes before Hidden (Linear): this wire would make a loop."
