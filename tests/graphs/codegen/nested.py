"""A network that places another one, called "stage", twice in a row and once more."""

from __future__ import annotations

OUTER = {
    "face": {"inputs": ["x", "label"], "outputs": ["x"]},
    "nodes": {"first": {"network": "stage", "repeat": 2}, "second": {"network": "stage"}},
    "wires": [
        "in.x -> first.x", "in.label -> first.label", "first.x -> second.x", "in.label -> second.label",
        "second.x -> out.x",
    ],
}  # fmt: skip
