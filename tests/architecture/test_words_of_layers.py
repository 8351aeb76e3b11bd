"""What other parts of the program want to know of a layer stands at the layer: nothing lists layers elsewhere."""

from __future__ import annotations

import pytest

from graphs.layer import CATEGORIES, LAYERS, infer
from graphs.mending import siblings
from graphs.spec import Mismatch
from tests.graphs.layers.words import spec

INFOS = {type_id: cls.info for type_id, cls in LAYERS.items()}
ENDS = ("Loss", "Metric", "Output")
TARGETS = {"class": ("10", "label 10"), "number": ("10", "10")}


def takes(type_id, kind):
    """Whether a loss or metric with defaults compares ten scores with a target of this kind."""
    ports = [port.name for port in INFOS[type_id].inputs]
    try:
        infer(LAYERS[type_id](), dict(zip(ports, map(spec, TARGETS[kind]), strict=True)))
    except Mismatch as fault:
        return fault.port != "target"
    return True


def with_a_target(role):
    """The losses or metrics that compare something with a target."""
    return [
        each.type
        for each in INFOS.values()
        if each.role == role and [port.name for port in each.inputs][1:] == ["target"]
    ]


@pytest.mark.parametrize("type_id", [each for each in INFOS if INFOS[each].role == "metric"])
def test_every_metric_says_whether_people_read_it_in_percent(type_id):
    assert INFOS[type_id].percent is not None, "say percent=True or percent=False"


def test_only_metrics_are_read_in_percent():
    assert all(each.role == "metric" for each in INFOS.values() if each.percent is not None)


@pytest.mark.parametrize("role", ["loss", "metric"])
@pytest.mark.parametrize("kind", ["class", "number"])
def test_each_kind_of_target_has_one_usual_loss_and_metric_that_takes_it(role, kind):
    (usual,) = (each.type for each in INFOS.values() if (each.role, each.usual_for) == (role, kind))

    assert takes(usual, kind)


@pytest.mark.parametrize("type_id", [*with_a_target("loss"), *with_a_target("metric")])
def test_a_loss_or_metric_that_refuses_a_target_has_a_sibling_that_takes_it(type_id):
    for kind in TARGETS:
        if not takes(type_id, kind):
            assert any(takes(each.type, kind) for each in siblings(INFOS[type_id])), kind


@pytest.mark.parametrize("type_id", [each for each in INFOS if INFOS[each].role == "loss"])
def test_every_loss_of_scores_and_labels_says_what_it_does_to_the_scores_first(type_id):
    ports = [port.name for port in INFOS[type_id].inputs]

    assert bool(INFOS[type_id].applies) == (len(ports) > 1 and ports[0] == "logits")


def test_layers_that_differ_in_their_sides_alone_are_siblings():
    found = [each.type for each in siblings(INFOS["Conv2d"])]

    assert found == ["Conv1d", "Conv3d", "Linear"]
    assert [each.type for each in siblings(INFOS["InstanceNorm3d"])] == [
        "InstanceNorm1d",
        "InstanceNorm2d",
    ]


def test_places_behind_categories_are_those_of_categories_that_give_something():
    named = {category for each in INFOS.values() for category in each.follows}

    assert named <= set(CATEGORIES) - set(ENDS)


@pytest.mark.parametrize("category", [each for each in CATEGORIES if each not in ENDS])
def test_something_is_usual_behind_every_category(category):
    assert [each for each in INFOS.values() if category in each.follows]


@pytest.mark.parametrize("type_id", [each for each in INFOS if INFOS[each].follows])
def test_what_is_usual_for_images_is_so_for_sequences_and_volumes(type_id):
    info = INFOS[type_id]
    sided = [each for each in siblings(info) if each.category == info.category and each.kin]

    assert all(each.follows.keys() & info.follows.keys() for each in sided)
