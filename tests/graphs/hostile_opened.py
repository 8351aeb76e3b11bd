"""What opens although it is wrong, and what the check then says first: the sentence names node and field."""

from __future__ import annotations

import json
from typing import Any

from tests.graphs.hostile import with_main, with_node, with_top


def with_layer(type_id: str, **params: object) -> bytes:
    """A document of one node of this type."""
    return with_main(nodes={"a": {"layer": type_id, "params": params}})


def with_block(width: object) -> bytes:
    """A block of one node, whose number of features is promoted, placed with this value for it."""
    inside = {"layer": "Linear", "params": {"out_features": {"expr": "width"}}}
    block = {"face": {"params": {"width": 2}}, "nodes": {"inside": inside}}
    return with_blocks({"a": {"network": "block", "params": {"width": width}}}, block=block)


def with_blocks(main: dict[str, Any], **blocks: dict[str, Any]) -> bytes:
    """A document of several networks."""
    return json.dumps({"lamina": 1, "networks": {"main": {"nodes": main}, **blocks}}).encode()


def nested(deep: int, repeat: int) -> bytes:
    """Blocks inside blocks, each repeated."""
    face = {"inputs": ["x"], "outputs": ["x"]}
    blocks: dict[str, Any] = {
        f"b{index}": {
            "face": face,
            "nodes": {"inner": {"network": f"b{index + 1}", "repeat": repeat}},
            "wires": ["in.x -> inner.x", "inner.x -> out.x"],
        }
        for index in range(deep)
    }
    blocks[f"b{deep}"] = {
        "face": face,
        "nodes": {"relu": {"layer": "ReLU"}},
        "wires": ["in.x -> relu.input", "relu.output -> out.x"],
    }
    networks = {
        "main": {
            "nodes": {"digits": {"layer": "Digits"}, "a": {"network": "b0"}},
            "wires": ["digits.image -> a.x"],
        },
        **blocks,
    }
    return json.dumps({"lamina": 1, "networks": networks}).encode()


def chained(count: int, *more: str) -> bytes:
    """So many nodes in a row, and more wires."""
    nodes = {f"n{index}": {"layer": "ReLU"} for index in range(count)}
    wires = [f"n{index}.output -> n{index + 1}.input" for index in range(count - 1)]
    return with_main(nodes=nodes, wires=[*wires, *more])


OPENED = {
    "negative size": (
        with_layer("Linear", out_features=-1),
        "A (Linear): Out features must be at least 1, but is -1.",
    ),
    "size zero": (
        with_layer("Linear", out_features=0),
        "A (Linear): Out features must be at least 1, but is 0.",
    ),
    "true for a whole number": (
        with_layer("Linear", out_features=True),
        "A (Linear): Out features must be a whole number, but is true.",
    ),
    "true for a number": (
        with_layer("Dropout", p=True),
        "A (Dropout): Dropout probability must be a number, but is true.",
    ),
    "text for a whole number": (
        with_layer("Linear", out_features="ten"),
        'A (Linear): Out features must be a whole number, but is "ten".',
    ),
    "text for a number": (
        with_layer("Dropout", p="half"),
        'A (Dropout): Dropout probability must be a number, but is "half".',
    ),
    "nothing for a number": (
        with_layer("Linear", out_features=None),
        "A (Linear): Out features must be a whole number, but is nothing.",
    ),
    "list for a number": (
        with_layer("Linear", out_features=[1, 2]),
        "A (Linear): Out features must be a whole number, but is [1, 2].",
    ),
    "fraction for a whole number": (
        with_layer("Linear", out_features=1.5),
        "A (Linear): Out features must be a whole number, but is 1.5.",
    ),
    "number of 21 digits": (
        with_layer("Linear", out_features=10**20),
        "A (Linear): Out features must be at least 1 and at most 2,147,483,647, but is 100000000000000000000.",
    ),
    "dropout 1.5": (
        with_layer("Dropout", p=1.5),
        "A (Dropout): Dropout probability must be at least 0 and less than 1, but is 1.5.",
    ),
    "negative filter": (
        with_layer("Conv2d", kernel_size=[3, -3]),
        "A (Conv 2D): Kernel size must be at least 1, but is -3.",
    ),
    "text for a pair": (
        with_layer("Conv2d", kernel_size="3x3"),
        'A (Conv 2D): Kernel size must be one or two whole numbers, but is "3x3".',
    ),
    "text for true": (
        with_layer("Linear", out_features=2, bias="yes"),
        'A (Linear): Bias must be true or false, but is "yes".',
    ),
    "unknown choice": (
        with_layer("Conv2d", padding_mode="mirror"),
        'A (Conv 2D): Padding mode must be one of zeros, reflect, replicate, circular, but is "mirror".',
    ),
    "unknown parameter": (
        with_layer("Linear", colour=1),
        "A (Linear): It has no parameter called colour; its parameters are: out_features, bias.",
    ),
    "unknown type": (
        with_layer("Quantum"),
        'A is of the type "Quantum", which this version of Lamina does not know.',
    ),
    "wire to itself": (
        with_main(wires=["a.output -> a.input"]),
        "A -> A is a loop. Remove one of its wires.",
    ),
    "cycle": (
        with_main(wires=["a.output -> b.input", "b.output -> a.input"]),
        "A -> B -> A is a loop. Remove one of its wires.",
    ),
    "cycle of 20,000 nodes": (
        chained(20_000, "n19999.output -> n0.input"),
        "N0 -> N1 -> N2 -> N3 -> N4 -> ... -> N0 is a loop. Remove one of its wires.",
    ),
    "10,000 cycles of two nodes": (
        with_main(
            nodes={f"n{index}": {"layer": "ReLU"} for index in range(20_000)},
            wires=[f"n{index}.output -> n{index ^ 1}.input" for index in range(20_000)],
        ),
        "N0 -> N1 -> N0 is a loop. Remove one of its wires.",
    ),
    "chain of 20,000 nodes": (
        chained(20_000),
        "N0 (ReLU) has no input. Wire something to it.",
    ),
    "network that contains itself": (
        with_main(nodes={"a": {"network": "main"}}),
        "A: The block main contains itself, so it would never end. Take it out of itself.",
    ),
    "blocks that contain each other": (
        with_blocks(
            {"a": {"network": "b"}},
            b={"nodes": {"inner": {"network": "c"}}},
            c={"nodes": {"inner": {"network": "b"}}},
        ),
        "A: The block b contains itself, so it would never end. Take it out of itself.",
    ),
    "repeats of repeats, 2^30 in all": (
        nested(3, 1024),
        (
            "Inside A, inside Inner, Inner: With all its repeats it comes to 1,048,576 layers; "
            "the most that is built is 100,000."
        ),
    ),
    "repeats of repeats, 10^24 in all": (
        nested(6, 10_000),
        (
            "Inside A, Inner: With all its repeats it comes to 100,000,000 layers; "
            "the most that is built is 100,000."
        ),
    ),
    "blocks 25 deep": (
        nested(25, 1),
        "A: It nests blocks inside blocks more than 24 deep.",
    ),
    "repeat of 2^40 by an expression": (
        with_blocks(
            {"a": {"network": "block", "repeat": {"expr": "2 ** 40"}}},
            block={"nodes": {"relu": {"layer": "ReLU"}}},
        ),
        "A: It is repeated 1099511627776 times, but must be a whole number of times, at most 10,000.",
    ),
    "expression without an end": (
        with_block({"expr": "9**9**9"}),
        "A: The expression “9**9**9” has no value of ordinary size.",
    ),
    "expression that imports": (
        with_block({"expr": "__import__('os').system('ls')"}),
        "A: The expression “__import__('os').system('ls')” has “'”, which means nothing there.",
    ),
    "expression of nothing but brackets": (
        with_block({"expr": "(" * 200}),
        f"A: The expression “{'(' * 60}” has too many brackets inside each other.",
    ),
    "expression outside of a block": (
        with_node(params={"out_features": {"expr": "__import__('os').system('ls')"}}),
        "A (Linear): Out features is an expression, and those only stand inside blocks.",
    ),
    "table of 100,000 columns of one name": (
        with_layer(
            "CSVFile",
            path="/dev/zero",
            schema={"columns": [{"name": "a", "role": "target"}] * 100_000},
        ),
        "A (CSV file) has no features. Make at least one column a feature.",
    ),
    "height of a billion pixels": (
        with_layer("ImageFolder", path="/dev/zero", height=10**9),
        "A (Image folder): Height must be at least 1 and at most 4096, but is 1000000000.",
    ),
    "negative epochs": (
        with_top(run={"epochs": -5}),
        "Run settings: Epochs must be at least 1 and at most 1,000,000, but is -5.",
    ),
}
