"""A placed network is a layer like others: shapes, weights, repeats, scans, conditions, and what is wrong inside."""

from __future__ import annotations

import pytest
import torch

from graphs.check import check
from graphs.compile import build
from graphs.content import Document
from graphs.document import loads
from graphs.graph import Graph
from graphs.shapes import shapes_of
from graphs.summary import summary
from tests.blocks import CELL, CONVOLUTIONS, file, residual, scanned


def shown(document: Document, node: str) -> dict[str, str]:
    return {port: str(spec) for port, spec in shapes_of(document.main).nodes[node].outputs.items()}


def message(document: Document) -> str:
    errors = [each for each in check(document).problems if each.severity == "error"]
    assert errors, "it has no problem"
    return errors[0].message


def test_a_repeat_has_other_parameters_in_each_round():
    document = residual(
        stage={"repeat": 2, "params": {"width": 8, "stride": {"expr": "2 if i == 0 else 1"}}}
    )

    network = build(document)

    assert shown(document, "stage") == {"x": "8x4x4"}
    assert sorted(key for key in network.state_dict() if "weight" in key) == [
        "scores.weight", "stage.0.conv.weight", "stage.0.shortcut.weight", "stage.1.conv.weight",
    ]  # fmt: skip
    assert network.layer("stage").get_submodule("0").get_submodule("n_conv").stride == (2, 2)


def test_a_false_condition_passes_the_first_input_through():
    document = residual(stage={"params": {"width": 1}})

    assert [each for each in build(document).state_dict() if "shortcut" in each] == []


def test_check_counts_what_is_built():
    document = residual(
        stage={"repeat": 3, "params": {"width": 8, "stride": {"expr": "2 if i == 0 else 1"}}}
    )

    counted = summary(check(document))

    assert counted["parameters"] == sum(each.numel() for each in build(document).parameters())
    assert counted["nodes"]["stage"]["parameters"] == 9 * 8 + 8 + 8 + 8 + 2 * (9 * 64 + 8)
    assert counted["nodes"]["stage"]["flops"] == 2 * 16 * (9 * 8 + 8) + 2 * (2 * 16 * 9 * 64)
    assert counted["nodes"]["stage"]["activation_bytes"] == 4 * (16 * 8 * 4 + 2 * 16 * 8 * 3)


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ({"params": {"wide": 2}}, "Stage: It has no parameter called wide; its parameters are: width, stride."),
        ({"params": {"width": 0.5}}, "Stage: Width must be a whole number, but is 0.5."),
        (
            {"params": {"width": {"expr": "depth * 2"}}},
            "Stage: The expression “depth * 2” names “depth”, which is not known here; known are: i.",
        ),
        (
            {"params": {"width": 0}},
            "Inside Stage, Conv (Conv 2D): Out channels must be at least 1, but is 0.",
        ),
        (
            {"repeat": {"expr": "2 ** 40"}},
            "Stage: It is repeated 1099511627776 times, but must be a whole number of times, at most 10,000.",
        ),
        (
            {"params": {"width": {"expr": "4 if i < 2 else 6"}}, "repeat": 5},
            ("Inside round 3 of Stage, Add needs inputs of the same size, but gets 6x8x8 and 4x8x8: "
            "6 is not 4 along axis 0."),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_said_of_the_placement(stage, sentence):
    assert message(residual(stage=stage)) == sentence


def test_a_repeat_of_repeats_is_refused_by_its_size():
    nets = {"main": CONVOLUTIONS["main"], "basic": CONVOLUTIONS["basic"]}
    inner = "basic"
    for index in range(4):
        nets[f"nest_{index}"] = {
            "face": {"inputs": ["x"], "outputs": ["x"]},
            "nodes": {"inner": {"network": inner, "repeat": 181}},
            "wires": ["in.x -> inner.x", "inner.x -> out.x"],
        }
        inner = f"nest_{index}"
    main = dict(nets["main"], nodes={**nets["main"]["nodes"], "stage": {"network": inner}})

    document = file({**nets, "main": main})

    assert message(document) == (
        "Inside Stage, inside Inner, inside Inner, Inner: With all its repeats it comes to 131,044 layers; "
        "the most that is built is 100,000."
    )


def test_blocks_nest_at_most_24_deep():
    nets = {
        f"b{index}": {
            "face": {"inputs": ["x"], "outputs": ["x"]},
            "nodes": {"inner": {"network": f"b{index + 1}"}},
            "wires": ["in.x -> inner.x", "inner.x -> out.x"],
        }
        for index in range(900)
    }
    nets["b900"] = CONVOLUTIONS["basic"]
    main = CONVOLUTIONS["main"]
    nets["main"] = dict(main, nodes={**main["nodes"], "stage": {"network": "b0"}})

    assert message(file(nets)) == "Stage: It nests blocks inside blocks more than 24 deep."


def test_a_scan_is_a_recurrent_layer():
    document = scanned()
    network, rnn = build(document), torch.nn.RNN(1, 8, batch_first=True)
    state = network.state_dict()
    for ours, theirs in (("ih", "ih_l0"), ("hh", "hh_l0")):
        for kind in ("weight", "bias"):
            state[f"rnn.{ours}.{kind}"] = getattr(rnn, f"{kind}_{theirs}").data
    network.load_state_dict(state)
    sequence = torch.randn(5, 32, 1)

    found = network({"sequence": sequence})

    every, last = rnn(sequence)
    torch.testing.assert_close(found["every"], every)
    torch.testing.assert_close(found["last"], last[0])
    assert shown(document, "rnn") == {"y": "32x8", "h": "8"}


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ({"scan": "Q"}, "Rnn scans along the axis Q, but none of its inputs has that axis."),
        (
            {"params": {"width": 4}},
            "Rnn starts with 8 (E) at h, but a step makes 4 (E) of it. Both must be the same. This comes from Zero.",
        ),
        (
            {"outputs": {"y": "collect"}},
            "Rnn collects its output y along the axis T, but a step gives 8 (E). Stack it instead.",
        ),
        (
            {"outputs": {"z": "last"}},
            "Rnn: It says what becomes of an output z, but its outputs are: y, h.",
        ),
    ],
)
def test_what_is_wrong_with_a_scan_is_said(cell, sentence):
    assert message(scanned(cell)) == sentence


def test_shared_weights_inside_two_placements_are_one():
    shared = {**CELL["nodes"], "hh": {**CELL["nodes"]["hh"], "weights": "mixing"}}
    document = scanned(twice=True, cell_network={**CELL, "nodes": shared})

    network = build(document)

    keys = [key for key in network.state_dict() if key.endswith("weight")]
    assert sorted(keys) == ["mixing.weight", "rnn.ih.weight", "rnn_2.ih.weight"]
    assert summary(check(document))["parameters"] == sum(
        each.numel() for each in network.parameters()
    )
    assert {id(each) for each in network.parameters_of(("mixing",))} <= {
        id(each) for each in network.parameters_of(("rnn",))
    }


def test_placements_with_one_name_share_everything():
    document = scanned({"weights": "cell"}, twice=True)

    network = build(document)

    assert all(key.startswith("cell.") for key in network.state_dict())
    assert len(network.parameters_of(("cell",))) == 4
    assert network.parameters_of(("cell",)) == network.parameters_of(("rnn_2",))


def test_a_tied_weight_is_one_and_counted_once():
    document = loads(
        b'{"lamina": 1, "title": "t", "networks": {"main": {"nodes": {"digits": {"layer": "Digits"},'
        b' "flatten": {"layer": "Flatten"}, "one": {"layer": "Linear", "params": {"out_features": 64}},'
        b' "two": {"layer": "Linear", "params": {"out_features": 64}, "tie": {"weight": "one.weight"}},'
        b' "output": {"layer": "Output"}, "loss": {"layer": "CrossEntropyLoss"},'
        b' "scores": {"layer": "Linear", "params": {"out_features": 10}}},'
        b' "wires": ["digits.image -> flatten.input", "flatten.output -> one.input", "one.output -> two.input",'
        b' "two.output -> scores.input", "scores.output -> output.input", "scores.output -> loss.logits",'
        b' "digits.label -> loss.target"]}}}'
    )

    network = build(document)

    assert network.layer("one").weight is network.layer("two").weight
    assert check(document).problems == ()
    assert summary(check(document))["parameters"] == sum(
        each.numel() for each in network.parameters()
    )


def test_an_edit_beside_a_block_leaves_its_node_the_same():
    document = residual()

    after = document.with_graph(document.main.changed(positions={"stage": (1.0, 2.0)}))

    assert after.main.nodes["stage"] is document.main.nodes["stage"]


def test_an_edit_inside_a_block_changes_what_places_it():
    document = residual()
    inside = document.networks["basic"]
    without = inside.changed(wires=inside.wires[:-1])

    after = document.with_graph(without, "basic")

    assert message(after) == "Inside Stage, nothing comes to its output x: wire something there."
    assert check(document).ok


def test_an_unbound_placement_says_so():
    document = Document(networks={"main": residual().main, "other": Graph()})

    assert document.main.nodes["stage"].layer is not None  # it stays bound to what it was


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "last",
            'Rnn shares weights inside it by the name "last", but that is the id of Last. Choose another name.',
        ),
        (
            "mixing",
            (
                'Rnn shares weights inside it by the name "mixing" with what is not the same layer in Rnn. '
                "Make them equal, or choose another name."
            ),
        ),
    ],
)
def test_names_of_weights_inside_blocks_are_told_apart(name, sentence):
    nodes = {
        node: {**CELL["nodes"][node], "weights": name} if node in ("ih", "hh") else inner
        for node, inner in CELL["nodes"].items()
    }

    assert message(scanned(cell_network={**CELL, "nodes": nodes})) == sentence


def test_the_inside_of_a_block_is_judged_as_it_stands_at_its_first_place():
    document = residual(stage={"repeat": 2, "params": {"width": 6}})

    report = check(document, "basic")

    assert report.problems == ()
    assert str(report.shapes.output("conv", "output")) == "6x8x8"
    assert report.shapes.nodes["conv"].parameters == 6 * 9 + 6


def test_a_misfit_inside_a_block_is_shown_inside():
    document = scanned({"params": {"width": 4}}, cell_network=CELL)
    nodes = {**CELL["nodes"], "hh": {"layer": "Conv2d"}}

    inside = check(scanned(cell_network={**CELL, "nodes": nodes}), "cell")

    assert [problem.nodes[0] for problem in inside.problems] == ["hh"]
    assert check(document, "cell").ok


def test_a_block_that_stands_nowhere_waits():
    document = Document(networks={"main": Graph(), "basic": residual().networks["basic"]})

    assert check(document, "basic").shapes.nodes["add"].waits
