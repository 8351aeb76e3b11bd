"""`lamina train FILE --from RUN`: what the terminal says about the weights that a run starts with."""

from __future__ import annotations

import json

import pytest

from lightning_modules.events import LayerStart, Started, WarmStarted, from_json
from resources.templates import EXAMPLES
from studio.cli import main
from studio.start_words import StartRow, source_words, start_rows, start_summary
from studio.terminal.watching import warm_start_lines

SHORT = ["--epochs", "1", "--seed", "1"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """A run of the digits example in the folder run; the folder around it is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits.lamina").write_bytes((EXAMPLES / "digits_mlp.lamina").read_bytes())
    assert main(["train", "digits.lamina", "--run-dir", "run", *SHORT]) == 0
    capsys.readouterr()
    return tmp_path / "run"


def test_the_terminal_lists_what_was_kept_resized_and_left(run, capsys):
    wider = ["--set", "linear_2.out_features=80"]

    code = main(["train", "digits.lamina", "--from", "run", "--run-dir", "b", *SHORT, *wider])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[1:7] == [
        "Starting from the best weights of the run run: 1 layer kept, 2 resized.",
        "  kept     Linear: weight 128x64, bias 128",
        "  resized  Linear 2: weight 64x128 -> 80x128, bias 64 -> 80",
        "  resized  Scores: weight 10x64 -> 10x80, bias kept",
        "  The optimizer begins anew.",
        lines[6],
    ]
    assert lines[6].startswith("Epoch 1 of 1: ")


def test_as_json_it_is_an_event_behind_the_start(run, capsys):
    main(["train", "digits.lamina", "--from", "run/last.json", "--run-dir", "b", *SHORT, "--json"])

    shown = capsys.readouterr().out.splitlines()
    started, began = map(from_json, shown[:2])
    assert isinstance(started, Started)
    assert isinstance(began, WarmStarted)
    assert (began.source, began.checkpoint) == (str(run), "last")
    assert [each.node for each in began.layers] == ["linear", "linear_2", "linear_3"]
    record = json.loads((run.parent / "b" / "run.json").read_text())
    assert record["started_from"]["sha256"] == began.sha256
    assert shown == (run.parent / "b" / "events.jsonl").read_text().splitlines()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--from", "run", "--resume", "run"],
            "Give --resume to go on with a run, or --from to start a new one with its weights, but not both.",
        ),
        (
            ["--from", "gone"],
            (
                'There is no run "gone" to start from. Give the folder of an earlier run, or one of its '
                "checkpoints."
            ),
        ),
        (
            ["--from", "digits.lamina"],
            (
                '"digits.lamina" is no run to start from. Give the folder of an earlier run, or one of its '
                "checkpoints."
            ),
        ),
        (["--from"], "--from needs a value. See `lamina train --help`."),
    ],
)
def test_a_mistake_is_one_sentence_and_makes_no_folder(run, arguments, message, capsys):
    assert main(["train", "digits.lamina", "--run-dir", "b", *arguments]) == 2

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"lamina: {message}\n")
    assert not (run.parent / "b").exists()


def test_damaged_weights_are_a_mistake_of_the_call(run, capsys):
    file = run / "best.safetensors"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    assert main(["train", "digits.lamina", "--from", "run", "--run-dir", "b"]) == 2

    assert capsys.readouterr().err == (
        'lamina: The checkpoint "run/best.safetensors" is damaged: its content is not what was written.\n'
    )


def layer(name, kept=(), resized=(), new=(), left_out=()):
    return LayerStart(name.lower(), name, dict(kept), dict(resized), dict(new), dict(left_out))


NORM = {"weight": (6,), "bias": (6,), "running_mean": (6,), "num_batches_tracked": ()}


@pytest.mark.parametrize(
    ("row", "fate", "words"),
    [
        (layer("Norm", kept=NORM), "kept", "weight 6, bias 6, running statistics"),
        (
            layer(
                "Norm",
                kept={"num_batches_tracked": ()},
                resized={"weight": ((6,), (8,)), "running_mean": ((6,), (8,))},
            ),
            "resized",
            "weight 6 -> 8, running statistics",
        ),
        (layer("A", new={"scale": ()}), "new", "scale 1"),
        (layer("A", left_out={"weight": (2, 3)}), "left out", "weight 2x3"),
        (layer("A", kept={"weight": (2, 3)}, new={"bias": (2,)}), "new", "bias 2 new, weight kept"),
        (
            layer("A", kept={"weight": (2,)}, left_out={"bias": (2,)}),
            "kept",
            "weight 2, bias left out",
        ),
        (
            layer("A", resized={"weight": ((2, 3), (4, 3))}, new={"bias": (4,)}),
            "resized",
            "weight 2x3 -> 4x3, bias 4 new",
        ),
    ],
)
def test_each_fate_of_a_layer_has_its_words(row, fate, words):
    assert start_rows([row]) == [StartRow(fate, row.name, words)]


def test_a_summary_counts_layers_by_fate():
    one, two = layer("A", kept={"w": (1,)}), layer("B", left_out={"w": (1,)})

    assert start_summary([one, one, two]) == "2 layers kept, 1 left out"
    assert start_summary([two]) == "1 layer left out"
    assert start_summary([]) == "no weights"


def test_of_a_deep_network_the_first_are_named_and_the_rest_is_counted():
    layers = tuple(layer(f"Layer {each}", kept={"w": (1,)}) for each in range(60))
    event = WarmStarted("/runs/one", "best", "0", layers)

    lines = warm_start_lines(event)

    assert source_words(event) == "the best weights of the run one"
    assert lines[0] == "Starting from the best weights of the run one: 60 layers kept."
    assert len(lines) == 15
    assert lines[12:] == [
        "  kept  Layer 11: w 1",
        "  kept  and 48 more",
        "  The optimizer begins anew.",
    ]
