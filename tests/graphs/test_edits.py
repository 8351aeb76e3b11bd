"""Edits give the graph after them, leave the one before alone, and change nothing without need."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs import edits
from graphs.graph import End, Frame, Graph, Marks, Node, Wire
from graphs.ports import first_free_input, has_input, inputs_of, outputs_of
from graphs.shapes import shapes_of
from tests.documents import document, node, wire
from tests.graphs.strategies import graphs_, trainable


def chain(*types: str) -> Graph:
    """A row of layers, each wired to the one before, 220 pixels apart."""
    graph, last = edits.add_node(Graph(), types[0], (0.0, 0.0))
    for type_id in types[1:]:
        graph, last = edits.append_after(graph, last, type_id)
    return graph


def wires(graph: Graph) -> list[str]:
    """All wires as text."""
    return [str(each) for each in graph.wires]


def test_ids_are_the_stem_and_then_the_first_free_number():
    graph = chain("Linear", "Linear", "Linear", "CrossEntropyLoss")

    without = edits.remove_nodes(graph, {"linear_2"})

    assert list(graph.nodes) == ["linear", "linear_2", "linear_3", "cross_entropy_loss"]
    assert edits.add_node(without, "Linear")[1] == "linear_2"


def test_an_id_is_never_too_long():
    stem = "x" * 80

    assert len(edits.free_id({stem[: edits.LONGEST_STEM]}, stem)) <= 64


def test_a_new_node_has_parameters_and_a_place():
    graph, node_id = edits.add_node(Graph(), "Linear", (3.0, 4.0), {"out_features": 7})

    assert graph.nodes[node_id] == Node("linear", "Linear", {"out_features": 7})
    assert graph.positions == {"linear": (3.0, 4.0)}


def test_a_type_that_is_not_known_is_the_callers_mistake():
    with pytest.raises(KeyError):
        edits.add_node(Graph(), "Quantum")


def test_a_wire_replaces_the_one_that_ended_there_and_keeps_its_place():
    graph = chain("Linear", "ReLU", "Tanh")
    graph, other = edits.add_node(graph, "Linear")

    after = edits.connect(graph, End(other, "output"), End("relu", "input"))

    assert wires(after) == ["linear_2.output -> relu.input", "relu.output -> tanh.input"]


def test_a_wire_that_is_there_changes_nothing():
    graph = chain("Linear", "ReLU")

    assert edits.connect(graph, *graph.wires[0]) is graph


def test_taking_a_wire_away_moves_later_ones_of_a_row_up():
    graph = document(
        {"a": "ReLU", "b": "ReLU", "c": "ReLU", "add": "Add"},
        ["a.output -> add.inputs.0", "b.output -> add.inputs.1", "c.output -> add.inputs.2"],
    ).main

    after = edits.disconnect(graph, wire("b.output -> add.inputs.1"))

    assert wires(after) == ["a.output -> add.inputs.0", "c.output -> add.inputs.1"]
    assert edits.disconnect(after, wire("b.output -> add.inputs.1")) is after


def test_removing_nodes_takes_their_wires_and_places():
    graph = chain("Linear", "ReLU", "Tanh")

    after = edits.remove_nodes(graph, {"relu", "nobody"})

    assert list(after.nodes) == list(after.positions) == ["linear", "tanh"]
    assert after.wires == ()
    assert edits.remove_nodes(graph, {"nobody"}) is graph


def test_removing_and_healing_joins_what_was_around():
    graph = chain("Digits", "Flatten", "Linear", "ReLU", "Dropout", "Tanh")

    after = edits.remove_and_heal(graph, {"relu", "dropout"})

    assert wires(after) == [
        "digits.image -> flatten.input",
        "flatten.output -> linear.input",
        "linear.output -> tanh.input",
    ]
    assert edits.remove_and_heal(graph, {"nobody"}) is graph


def test_removing_and_healing_leaves_open_what_would_not_fit():
    graph = chain("Iris", "Linear", "Softmax")
    graph, loss = edits.append_after(graph, "softmax", "CrossEntropyLoss")
    graph = edits.connect(graph, End("iris", "label"), End(loss, "target"))
    graph = edits.set_params(graph, "linear", out_features=3)

    healed, cut = (
        edits.remove_and_heal(graph, {"softmax"}),
        edits.remove_and_heal(graph, {"linear"}),
    )

    assert "linear.output -> cross_entropy_loss.logits" in wires(healed)
    assert wires(cut) == [
        "iris.features -> softmax.input",
        "softmax.output -> cross_entropy_loss.logits",
        "iris.label -> cross_entropy_loss.target",
    ]
    pooled = edits.remove_and_heal(
        chain("Digits", "GlobalAveragePool", "Embedding"), {"global_average_pool"}
    )
    assert wires(pooled) == ["digits.image -> embedding.input"]  # it did not fit before either


def test_healing_cuts_what_fitted_and_would_not_any_more():
    graph = document(
        {"digits": "Digits", "flatten": "Flatten", "norm": "BatchNorm1d"},
        ["digits.image -> flatten.input", "flatten.output -> norm.input"],
    ).main
    assert shapes_of(graph).nodes["norm"].fault is None

    after = edits.remove_and_heal(graph, {"flatten"})

    assert after.wires == ()


def test_healing_takes_no_wire_from_nowhere():
    graph = edits.remove_nodes(chain("Linear", "ReLU", "Tanh"), {"linear"})

    assert edits.remove_and_heal(graph, {"relu"}).wires == ()
    assert edits.remove_and_heal(chain("Digits", "Flatten"), {"digits"}).wires == ()


def test_moving_keeps_what_is_known_of_the_wiring():
    graph = chain("Linear", "ReLU")
    order = graph.order

    after = edits.move(graph, {"relu": (5.0, 5.0), "gone": (1.0, 1.0)})

    assert after.positions == {"linear": (0.0, 0.0), "relu": (5.0, 5.0)}
    assert after.order is order
    assert edits.move(after, {"relu": (5.0, 5.0)}) is after
    assert edits.move(after, {"relu": (float("nan"), -1e9)}).positions["relu"] == (0.0, -1e6)


def test_parameters_are_set_and_reset():
    graph = chain("Linear")

    after = edits.set_params(graph, "linear", out_features=8, bias=False)

    assert after.nodes["linear"].params == {"out_features": 8, "bias": False}
    assert edits.set_params(after, "linear", out_features=8) is after
    assert edits.set_params(after, "linear", out_features=8.0) is not after
    assert edits.reset_param(after, "linear", "bias").nodes["linear"].params == {"out_features": 8}
    assert edits.reset_param(graph, "linear", "bias") is graph


def test_a_title_is_one_line_and_an_empty_one_gives_the_usual_name():
    graph = edits.rename(chain("Linear"), "linear", "  My\nhidden\tlayer ")

    assert graph.nodes["linear"].name == "My hidden layer"
    assert edits.rename(graph, "linear", "").nodes["linear"].name == "Linear"
    assert edits.rename(graph, "linear", "My hidden layer") is graph
    assert edits.rename(graph, "linear", "a\x07b\u202ec").nodes["linear"].title == "abc"
    assert len(edits.rename(graph, "linear", "x" * 999).nodes["linear"].title) == 200


def test_marks_are_set_one_by_one():
    graph = edits.set_marks(chain("Linear"), "linear", frozen=True)

    assert edits.set_marks(graph, "linear", muted=True).nodes["linear"].marks == Marks(
        frozen=True, muted=True
    )
    assert edits.set_marks(graph, "linear", frozen=True) is graph


def test_another_type_keeps_wires_and_the_parameters_that_both_have():
    graph = edits.set_params(
        chain("Linear", "Softmax", "Tanh"), "linear", bias=False, out_features=3
    )

    after = edits.retype(graph, "linear", "Conv2d")

    assert after.nodes["linear"] == Node("linear", "Conv2d", {"bias": False})
    assert after.wires == graph.wires


def test_copies_get_ids_of_their_own_and_the_wires_between_them():
    graph = chain("Digits", "Flatten", "Linear")
    graph = edits.set_marks(graph, "linear", tie={"weight": "flatten.weight", "bias": "digits.b"})

    after, new = edits.duplicate(graph, {"flatten", "linear"})

    assert new == {"flatten": "flatten_2", "linear": "linear_2"}
    assert wires(after)[-1] == "flatten_2.output -> linear_2.input"
    assert len(after.wires) == 3
    assert after.positions["linear_2"] == (480.0, 40.0)
    assert after.nodes["linear_2"].marks.tie == {"weight": "flatten_2.weight", "bias": "digits.b"}


def test_a_node_of_ones_own_id_is_copied_under_the_stem_of_its_layer():
    graph = document({"hidden": node("Linear")}, []).main

    assert edits.duplicate(graph, {"hidden"})[1] == {"hidden": "linear"}


def test_a_node_of_unknown_type_is_copied_under_its_own_id():
    graph = Graph({"odd_2": Node("odd_2", "Quantum")})

    assert edits.duplicate(graph, {"odd_2"})[1] == {"odd_2": "odd"}
    assert edits.paste(graph, Graph()) == (graph, {})


def test_a_node_dropped_on_a_wire_is_spliced_in():
    graph = chain("Linear", "Tanh")
    graph, _ = edits.add_node(graph, "ReLU")

    after = edits.splice(graph, graph.wires[0], "relu")

    assert wires(after) == ["relu.output -> tanh.input", "linear.output -> relu.input"]


@pytest.mark.parametrize("type_id", ["Digits", "ImageFolder"])
def test_a_node_that_cannot_stand_in_a_wire_is_not_spliced(type_id):
    graph = chain("Linear", "Tanh")
    graph, new = edits.add_node(graph, type_id)

    assert edits.splice(graph, graph.wires[0], new) is graph
    assert edits.splice(graph, Wire(End("a", "b"), End("c", "d")), "tanh") is graph
    assert edits.splice(graph, graph.wires[0], "tanh") is graph


def test_a_node_is_inserted_between_two():
    graph = chain("Linear", "Tanh")

    after, new = edits.insert_before(graph, End("tanh", "input"), "Dropout", {"p": 0.5})

    assert new == "dropout"
    assert after.positions["dropout"] == (110.0, 0.0)
    assert wires(after) == ["dropout.output -> tanh.input", "linear.output -> dropout.input"]
    with pytest.raises(KeyError):
        edits.insert_before(graph, End("linear", "input"), "Dropout")


def test_a_node_is_appended_to_the_right():
    graph, loss = edits.append_after(chain("Linear"), "linear", "CrossEntropyLoss")

    assert wires(graph) == ["linear.output -> cross_entropy_loss.logits"]
    assert graph.positions[loss] == (220.0, 0.0)


def test_data_cannot_be_appended_by_a_wire():
    graph, _ = edits.append_after(chain("Linear"), "linear", "Digits", (1.0, 2.0))

    assert graph.wires == ()
    assert graph.positions["digits"] == (1.0, 2.0)


def test_a_row_of_inputs_shows_one_free_port_more():
    graph = chain("Linear", "Add")

    assert inputs_of(graph, "add") == ("inputs.0", "inputs.1")
    assert first_free_input(graph, "add") == "inputs.1"
    assert has_input(graph, End("add", "inputs.1"))
    assert not has_input(graph, End("add", "inputs.2"))
    assert not has_input(graph, End("nobody", "input"))


def test_needed_inputs_are_offered_before_optional_ones():
    graph = chain("LSTM")

    assert first_free_input(graph, "lstm") == "input"
    assert first_free_input(chain("Digits", "LSTM"), "lstm") == "h"
    assert first_free_input(graph, "lstm") in inputs_of(graph, "lstm")


def test_what_is_known_of_ports_where_parameters_are_wrong():
    graph = Graph(
        {"odd": Node("odd", "Quantum"), "linear": Node("linear", "Linear", {"bias": 3})},
        (wire("odd.left -> linear.input"), wire("linear.output -> odd.right")),
    )

    assert outputs_of(graph, "odd") == ("left",)
    assert inputs_of(graph, "odd") == ("right",)
    assert outputs_of(graph, "linear") == ("output",)
    assert first_free_input(graph, "odd") is None


@st.composite
def random_edits(draw: st.DrawFn, graph: Graph) -> Graph:
    """One edit of any kind at any place."""
    ids = list(graph.nodes) or [""]
    one, some = draw(st.sampled_from(ids)), set(draw(st.lists(st.sampled_from(ids), max_size=3)))
    kinds = [
        lambda: edits.add_node(graph, draw(st.sampled_from(["Linear", "Add", "Digits", "LSTM"])))[
            0
        ],
        lambda: edits.remove_nodes(graph, some),
        lambda: edits.remove_and_heal(graph, some),
        lambda: edits.duplicate(graph, some)[0],
    ]
    if one:
        kinds += [
            lambda: edits.append_after(graph, one, "ReLU")[0],
            lambda: edits.set_params(graph, one, out_features=draw(st.integers(-1, 9))),
            lambda: edits.rename(graph, one, draw(st.text(max_size=5))),
            lambda: edits.set_marks(graph, one, muted=draw(st.booleans())),
            lambda: edits.connect(
                graph, End(one, "output"), End(draw(st.sampled_from(ids)), "input")
            ),
        ]
    if graph.wires:
        kinds.append(lambda: edits.disconnect(graph, draw(st.sampled_from(graph.wires))))
        kinds.append(lambda: edits.splice(graph, draw(st.sampled_from(graph.wires)), one))
    return draw(st.sampled_from(kinds))()


@given(st.data(), st.one_of(graphs_(), trainable()))
def test_edits_leave_the_graph_before_alone_and_shapes_follow_them(data, graph):
    shapes = shapes_of(graph)
    for _ in range(5):
        before = copy.deepcopy(graph)

        after = data.draw(random_edits(graph))

        fresh, followed = shapes_of(after), shapes_of(after, shapes)
        assert graph == before
        assert set(after.positions) <= set(after.nodes)
        assert all(end.node in after.nodes for each in after.wires for end in each)
        assert len({each.target for each in after.wires}) == len(after.wires)
        assert list(followed.nodes) == list(fresh.nodes)
        for node_id, known in fresh.nodes.items():
            other = followed.nodes[node_id]
            assert (known.inputs, known.outputs, known.missing, known.waits) == (
                other.inputs, other.outputs, other.missing, other.waits,
            )  # fmt: skip
            assert str(known.fault) == str(other.fault)
            assert known.parameters == other.parameters
        graph, shapes = after, followed


def test_frames_and_notes_survive_edits():
    from dataclasses import replace

    graph = replace(chain("Linear"), frames=(Frame("Head", "", (0.0, 0.0, 1.0, 1.0)),))

    assert edits.add_node(graph, "ReLU")[0].frames == graph.frames
