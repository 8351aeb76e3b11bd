"""Documents with blocks for tests: a residual block, and a recurrent cell that is scanned."""

from __future__ import annotations

import json
from typing import Any

from graphs.content import Document
from graphs.document import loads

CONVOLUTIONS: dict[str, Any] = {
    "main": {
        "nodes": {
            "digits": {"layer": "Digits"},
            "stage": {"network": "basic"},
            "pool": {"layer": "GlobalAveragePool"},
            "scores": {"layer": "Linear", "params": {"out_features": 10}},
            "loss": {"layer": "CrossEntropyLoss"},
        },
        "wires": [
            "digits.image -> stage.x",
            "stage.x -> pool.input",
            "pool.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
        ],
    },
    "basic": {
        "face": {"inputs": ["x"], "outputs": ["x"], "params": {"width": 4, "stride": 1}},
        "nodes": {
            "conv": {
                "layer": "Conv2d",
                "params": {
                    "out_channels": {"expr": "width"},
                    "stride": [{"expr": "stride"}, {"expr": "stride"}],
                    "padding": [1, 1],
                },
            },
            "relu": {"layer": "ReLU"},
            "shortcut": {
                "layer": "Conv2d",
                "params": {
                    "out_channels": {"expr": "width"},
                    "kernel_size": [1, 1],
                    "stride": [{"expr": "stride"}, {"expr": "stride"}],
                },
                "when": {"expr": "(i == 0) * (width > 1)"},
            },
            "add": {"layer": "Add"},
        },
        "wires": [
            "in.x -> conv.input",
            "conv.output -> relu.input",
            "in.x -> shortcut.input",
            "relu.output -> add.inputs.0",
            "shortcut.output -> add.inputs.1",
            "add.output -> out.x",
        ],
    },
}

CELL: dict[str, Any] = {
    "face": {"inputs": ["x", "h"], "outputs": ["y", "h"], "params": {"width": 8}},
    "nodes": {
        "ih": {"layer": "Linear", "params": {"out_features": {"expr": "width"}}},
        "hh": {"layer": "Linear", "params": {"out_features": {"expr": "width"}}},
        "add": {"layer": "Add"},
        "tanh": {"layer": "Tanh"},
    },
    "wires": [
        "in.x -> ih.input",
        "in.h -> hh.input",
        "ih.output -> add.inputs.0",
        "hh.output -> add.inputs.1",
        "add.output -> tanh.input",
        "tanh.output -> out.y",
        "tanh.output -> out.h",
    ],
}


def file(networks: dict[str, Any], **rest: Any) -> Document:
    """The document that a file with these networks holds."""
    run = {"epochs": 2, "device": "cpu", "threads": 1}
    return loads(
        json.dumps(
            {"lamina": 1, "title": "Blocks", "networks": networks, "run": run, **rest}
        ).encode()
    )


def residual(stage: dict[str, Any] | None = None) -> Document:
    """Digits through one placement of a residual block; `stage` are fields of that node."""
    main = CONVOLUTIONS["main"]
    nodes = {**main["nodes"], "stage": {"network": "basic", **(stage or {})}}
    return file({**CONVOLUTIONS, "main": {**main, "nodes": nodes}})


def scanned(
    cell: dict[str, Any] | None = None,
    *,
    twice: bool = False,
    cell_network: dict[str, Any] | None = None,
) -> Document:
    """A series through a scanned cell (two of them, side by side, with `twice`); `cell` are fields of the node."""
    placed = {"network": "cell", "scan": "T", **(cell or {})}
    names = ["rnn", "rnn_2"] if twice else ["rnn"]
    nodes = {
        "series": {"layer": "SyntheticSeries"},
        "zero": {"layer": "InitialState", "params": {"size": [8]}},
        **dict.fromkeys(names, placed),
        "sum": {"layer": "Add"},
        "pool": {"layer": "Mean", "params": {"keepdim": True}},
        "loss": {"layer": "MSELoss"},
        "every": {"layer": "Output"},
        "last": {"layer": "Output"},
    }
    wires = [
        "series.sequence -> zero.input",
        *(
            wire
            for name in names
            for wire in (f"series.sequence -> {name}.x", f"zero.output -> {name}.h")
        ),
        *(f"{name}.h -> sum.inputs.{index}" for index, name in enumerate(names)),
        "sum.output -> pool.input",
        "pool.output -> loss.input",
        "series.target -> loss.target",
        "rnn.y -> every.input",
        "rnn.h -> last.input",
    ]
    return file({"main": {"nodes": nodes, "wires": wires}, "cell": cell_network or CELL})
