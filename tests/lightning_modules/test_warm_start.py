"""A new run that starts with weights of an earlier one: what is copied, what is drawn, and what is told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
import torch

from graphs.compile import build
from graphs.graph import Graph, Marks, Node
from lightning_modules.checkpoint import read_tensors
from lightning_modules.events import Failed, Started, WarmStarted, Warned, from_json, to_json
from lightning_modules.run import seed_everything
from tests.documents import digits_cnn, digits_mlp, document, node, series_gru, wire


def began(told):
    """What each layer began with, by node."""
    (event,) = told.of(WarmStarted)
    return {each.node: each for each in event.layers}


def at_start(described):
    """The weights that a cold run of this document draws."""
    seed_everything(described.run.seed)
    return {key: each.clone() for key, each in build(described).state_dict().items()}


def inserted(described, name="extra", width=32):
    """The document with a layer put between hidden and relu."""
    graph = described.main
    nodes = {**graph.nodes, name: Node(name, "Linear", {"out_features": width})}
    wires = [each for each in graph.wires if each.target.node != "relu"]
    wires += [wire(f"hidden.output -> {name}.input"), wire(f"{name}.output -> relu.input")]
    return described.with_graph(Graph(nodes, tuple(wires)))


def with_node(described, name, **params):
    nodes = dict(described.main.nodes)
    nodes[name] = nodes[name].with_params(**params)
    return described.with_graph(Graph(nodes, described.main.wires))


def source_weights(told, name="best"):
    return read_tensors(told.folder, name)


def weights_at_step_0(run, described, source):
    """What a run that is stopped before its first step has kept."""
    told = run(described, start_from=source, stop_after=0)
    return told, read_tensors(told.folder, "last")


def test_an_unchanged_document_starts_with_all_weights_bit_for_bit(run):
    first = run(digits_cnn(epochs=1))

    second, start = weights_at_step_0(run, digits_cnn(epochs=1), first.folder)

    before = source_weights(first)
    assert start.keys() == before.keys()
    assert all(torch.equal(start[key], before[key]) for key in before)
    rows = began(second)
    assert [*rows] == ["conv", "norm", "conv_2", "scores"]
    assert all(each.kept and not each.resized and not each.new for each in rows.values())
    assert rows["norm"].kept["running_mean"] == (6,)
    assert second.of(Started)[0].start_step == 0


def test_an_inserted_layer_is_new_and_all_others_are_kept(run):
    first = run(digits_mlp(epochs=1))
    changed = inserted(digits_mlp(epochs=1))

    second, start = weights_at_step_0(run, changed, first.folder)

    before, cold = source_weights(first), at_start(changed)
    assert all(torch.equal(start[key], before[key]) for key in before)
    assert torch.equal(start["extra.weight"], cold["extra.weight"])
    rows = began(second)
    assert (rows["extra"].name, rows["extra"].new) == ("Extra", {"weight": (32, 32), "bias": (32,)})
    assert {each for each, row in rows.items() if row.kept} == {"hidden", "scores"}


@pytest.mark.parametrize("width", [48, 16])
def test_a_resized_layer_has_the_part_that_both_sizes_share(run, width):
    first = run(digits_mlp(epochs=1, hidden=32))
    changed = digits_mlp(epochs=1, hidden=width)

    second, start = weights_at_step_0(run, changed, first.folder)

    before, expected, both = source_weights(first), at_start(changed), min(width, 32)
    expected["hidden.weight"][:both] = before["hidden.weight"][:both]
    expected["hidden.bias"][:both] = before["hidden.bias"][:both]
    expected["scores.weight"][:, :both] = before["scores.weight"][:, :both]
    expected["scores.bias"] = before["scores.bias"]
    assert start.keys() == expected.keys()
    assert all(torch.equal(start[key], expected[key]) for key in expected)
    scores = began(second)["scores"]
    assert scores.resized == {"weight": ((10, 32), (10, width))}
    assert scores.kept == {"bias": (10,)}


def blobs(folder, classes, **run):
    """Points around three or more corners, in a table of their own: Linear -> ReLU -> Linear with a score a class."""
    corners = {"a": (0, 0), "b": (4, 0), "c": (0, 4), "d": (4, 4)}
    table = folder / f"{classes}.csv"
    points = [
        (x + i % 7 / 5, y + i % 5 / 4, name)
        for i in range(40)
        for name, (x, y) in list(corners.items())[:classes]
    ]
    table.write_text("x,y,kind\n" + "".join(f"{x},{y},{name}\n" for x, y, name in points))
    columns = [{"name": each, "role": "feature", "dtype": "number"} for each in ("x", "y")]
    kinds = [*corners][:classes]
    columns.append({"name": "kind", "role": "class", "dtype": "text", "classes": kinds})
    schema = {"columns": columns, "rows": len(points)}
    return document(
        {
            "table": node("CSVFile", path=table.name, schema=schema),
            "hidden": node("Linear", out_features=16),
            "relu": "ReLU",
            "scores": node("Linear", out_features=classes),
            "loss": "CrossEntropyLoss",
        },
        [
            "table.features -> hidden.input",
            "hidden.output -> relu.input",
            "relu.output -> scores.input",
            "scores.output -> loss.logits",
            "table.kind -> loss.target",
        ],
        batch_size=16,
        **run,
    )


def test_more_classes_keep_those_that_were_known(run, tmp_path):
    first = run(blobs(tmp_path, 3, epochs=40))
    changed = blobs(tmp_path, 4)

    second, start = weights_at_step_0(run, changed, first.folder)

    before, cold = source_weights(first), run(changed, stop_after=1)
    warm = run(changed, start_from=first.folder, stop_after=1)
    assert torch.equal(start["scores.weight"][:3], before["scores.weight"])
    assert torch.equal(start["scores.weight"][3:], at_start(changed)["scores.weight"][3:])
    assert began(second)["scores"].resized == {"weight": ((3, 16), (4, 16)), "bias": ((3,), (4,))}
    assert warm.losses[0] < 0.9 * cold.losses[0]


def test_gates_of_a_recurrent_layer_are_resized_one_by_one(run):
    first = run(series_gru(epochs=1))
    changed = with_node(series_gru(epochs=1), "gru", hidden_size=24)

    _, start = weights_at_step_0(run, changed, first.folder)

    before = source_weights(first)
    for gate in range(3):
        old = before["gru.weight_hh_l0"][16 * gate : 16 * gate + 16]
        new = start["gru.weight_hh_l0"][24 * gate : 24 * gate + 24]
        assert torch.equal(new[:16, :16], old)


def test_running_statistics_of_more_channels_keep_their_part(run):
    first = run(digits_cnn(epochs=1))
    changed = with_node(digits_cnn(epochs=1), "conv", out_channels=9)

    _, start = weights_at_step_0(run, changed, first.folder)

    before = source_weights(first)
    assert torch.equal(start["norm.running_mean"][:6], before["norm.running_mean"])
    assert torch.equal(start["norm.running_mean"][6:], torch.zeros(3))
    assert torch.equal(start["norm.running_var"][6:], torch.ones(3))
    assert torch.equal(start["norm.num_batches_tracked"], before["norm.num_batches_tracked"])


def test_a_frozen_layer_keeps_its_weights_through_the_run(run):
    first = run(digits_mlp(epochs=1))
    described = digits_mlp(epochs=1)
    nodes = dict(described.main.nodes)
    nodes["hidden"] = replace(nodes["hidden"], marks=Marks(frozen=True))
    frozen = described.with_graph(Graph(nodes, described.main.wires))

    second = run(frozen, start_from=first.folder)

    before, after = source_weights(first), source_weights(second, "last")
    assert torch.equal(after["hidden.weight"], before["hidden.weight"])
    assert not torch.equal(after["scores.weight"], before["scores.weight"])


def tied(**marks):
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "one": node("Linear", out_features=64),
            "two": node("Linear", Marks(**marks), out_features=64),
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> one.input",
            "one.output -> two.input",
            "two.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
        ],
        epochs=1,
    )


def test_a_layer_that_was_tied_since_takes_the_weight_that_it_is_tied_to(run):
    first = run(tied())

    second, start = weights_at_step_0(run, tied(tie={"weight": "one.weight"}), first.folder)

    before = source_weights(first)
    assert torch.equal(start["one.weight"], before["one.weight"])
    assert torch.equal(start["two.weight"], before["one.weight"])
    two = began(second)["two"]
    assert (two.kept, two.left_out) == ({"bias": (64,)}, {"weight": (64, 64)})


def test_class_weights_follow_the_document_and_not_the_run(run):
    first = run(with_node(digits_mlp(epochs=1), "loss", weight=[1.0] * 10))
    changed = with_node(digits_mlp(epochs=1), "loss", weight=[2.0] * 10)

    _, start = weights_at_step_0(run, changed, first.folder)

    assert torch.equal(start["loss.weight"], torch.full((10,), 2.0))


def test_what_only_the_run_has_is_left_out(run):
    first = run(inserted(digits_mlp(epochs=1)))

    second = run(digits_mlp(epochs=1), start_from=first.folder, stop_after=0)

    assert began(second)["extra"].left_out == {"weight": (32, 32), "bias": (32,)}


def test_a_checkpoint_names_the_weights_that_are_meant(run):
    first = run(digits_mlp(epochs=2, hidden=8))

    second, start = weights_at_step_0(run, digits_mlp(hidden=8), first.folder / "last.safetensors")

    assert second.of(WarmStarted)[0].checkpoint == "last"
    assert torch.equal(start["hidden.weight"], source_weights(first, "last")["hidden.weight"])


def test_a_run_of_which_nothing_fits_says_so_and_begins_cold(run):
    first = run(series_gru(epochs=1))

    second, start = weights_at_step_0(run, digits_mlp(), first.folder)

    assert [each.message for each in second.of(Warned)] == [
        "Nothing of that run fits this network, so all its weights are new."
    ]
    assert torch.equal(start["hidden.weight"], at_start(digits_mlp())["hidden.weight"])


def test_the_record_names_the_run_and_the_digest_of_its_weights(run):
    first = run(digits_mlp(epochs=1))

    second = run(digits_mlp(epochs=1), start_from=first.folder, stop_after=0)

    digest = hashlib.sha256((first.folder / "best.safetensors").read_bytes()).hexdigest()
    (event,) = second.of(WarmStarted)
    assert json.loads((second.folder / "run.json").read_text())["started_from"] == {
        "run": str(first.folder),
        "checkpoint": "best",
        "sha256": digest,
    }
    assert (event.source, event.checkpoint, event.sha256) == (str(first.folder), "best", digest)
    lines = (second.folder / "events.jsonl").read_text().splitlines()
    assert event in [from_json(line) for line in lines]
    assert from_json(to_json(event)) == event


def test_a_warm_run_that_goes_on_still_says_what_it_once_started_with(run):
    first = run(digits_mlp(epochs=1))
    whole = run(digits_mlp(epochs=2), start_from=first.folder)
    stopped = run(digits_mlp(epochs=2), start_from=first.folder, stop_after=13)

    resumed = run(digits_mlp(epochs=2), resume=stopped.folder, folder=stopped.folder)

    assert stopped.losses + resumed.losses == whole.losses
    records = [json.loads((each.folder / "run.json").read_text()) for each in (whole, resumed)]
    assert records[0]["started_from"] == records[1]["started_from"] is not None


def test_a_warm_run_repeats_bit_for_bit(run):
    first = run(digits_mlp(epochs=1))
    wider = digits_mlp(epochs=2, hidden=40)

    twice = [run(wider, start_from=first.folder) for _ in range(2)]

    assert twice[0].losses == twice[1].losses
    ends = [read_tensors(each.folder, "last") for each in twice]
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def with_norm(described):
    """The document with a norm put between hidden and relu."""
    graph = described.main
    nodes = {**graph.nodes, "norm": Node("norm", "BatchNorm1d")}
    wires = [each for each in graph.wires if each.target.node != "relu"]
    wires += [wire("hidden.output -> norm.input"), wire("norm.output -> relu.input")]
    return described.with_graph(Graph(nodes, tuple(wires)))


@pytest.mark.parametrize(
    "changed",
    [digits_mlp(), with_norm(digits_mlp()), digits_mlp(hidden=48)],
    ids=["as it was", "a layer put in", "widened"],
)
def test_a_warm_start_begins_well_below_the_cold_loss(run, changed):
    first = run(digits_mlp(epochs=12))

    warm = run(changed, start_from=first.folder, stop_after=1)
    cold = run(changed, stop_after=1)

    assert warm.losses[0] < 0.6 * cold.losses[0]


def test_a_folder_without_a_run_fails_in_one_sentence(run, tmp_path):
    (tmp_path / "empty").mkdir()

    gone = run(digits_mlp(), start_from=tmp_path / "gone")
    empty = run(digits_mlp(), start_from=tmp_path / "empty")

    assert isinstance(gone.outcome, Failed)
    assert gone.outcome.reason == (
        f'There is no run "{tmp_path / "gone"}" to start from. Give the folder of an earlier run, or one of its '
        "checkpoints."
    )
    assert empty.outcome.reason == (
        f'"{tmp_path / "empty"}" is no run to start from. Give the folder of an earlier run, or one of its '
        "checkpoints."
    )


def test_a_run_without_weights_fails_in_one_sentence(run):
    first = run(digits_mlp(epochs=1))
    for name in ("best.json", "last.json"):
        (first.folder / name).unlink()

    told = run(digits_mlp(), start_from=first.folder)

    assert told.outcome.reason == (
        f'The run "{first.folder}" has kept no weights to start from. Give another run.'
    )


@pytest.mark.parametrize("content", [b"", b"\xff" * 30, b"\x02\0\0\0\0\0\0\0[]"])
def test_a_damaged_head_fails_in_one_sentence(run, content):
    first = run(digits_mlp(epochs=1))
    file = first.folder / "best.safetensors"
    file.write_bytes(content)

    told = run(digits_mlp(), start_from=first.folder)

    assert told.outcome.reason == f'The checkpoint "{file}" cannot be read: it is damaged.'


def test_changed_numbers_fail_in_one_sentence(run):
    first = run(digits_mlp(epochs=1))
    file = first.folder / "best.safetensors"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    told = run(digits_mlp(), start_from=first.folder)

    assert (
        told.outcome.reason
        == f'The checkpoint "{file}" is damaged: its content is not what was written.'
    )


def test_a_run_whose_document_is_gone_fails_in_one_sentence(run):
    first = run(digits_mlp(epochs=1))
    (first.folder / "document.lamina").write_text("{")

    told = run(digits_mlp(), start_from=first.folder)

    assert told.outcome.reason == (
        f'The run "{first.folder}" cannot be used: its document cannot be read any more.'
    )
