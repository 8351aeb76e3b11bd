"""Documents changed at random: values, names, wires, expressions and bytes, as nobody would write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import LAYERS
from graphs.optimizers import OPTIMIZERS, SCHEDULERS

if TYPE_CHECKING:
    from random import Random

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests/graphs/corpus", "tests/graphs/files", "tests/proofs/files", "resources/examples")
SOURCES = [
    path.read_bytes() for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.lamina"))
]

TYPES = [*LAYERS, "Lineer", "os.system", ""]
IDS = [
    "a",
    "b",
    "main",
    "block",
    "in",
    "out",
    "class",
    "training",
    "x" * 64,
    "A",
    "",
    "a.b",
    "i",
    "width",
]
PORTS = [
    "input",
    "output",
    "inputs.0",
    "inputs.1",
    "inputs.9999",
    "x",
    "y",
    "h",
    "target",
    "logits",
    "train",
    "nowhere",
]
EXPRESSIONS = [
    "i", "width", "width * 2", "9**9**9", "__import__('os')", "1 / 0", "[1, 2][7]", "[1]", "-1", "0", "1e308 * 10",
    "i == 0", "2 ** 40", "0.5", "min(i, 3)", "((((1))))", "not i", "1 if i else", "step", "epoch", "width - width",
    "[64, 128][i]",
]  # fmt: skip
PLAIN = [
    None, True, False, 0, 1, -1, 2, 3, 64, 1.5, -0.5, 0.0, 1e-7, 1e308, 2**31, -(2**62), "", "a", "10", "*",
    "main", "train", "T", "last", "stack", "collect", [], [1], [1, [2]], [0, 0], [-1, 3, 4], {}, {"a": 1},
    {"type": "Adam"}, [[[]]],
]  # fmt: skip


def odd(random: Random) -> Any:
    """A value that may stand anywhere and belongs almost nowhere."""
    kind = random.randrange(6)
    if kind == 0:
        return {"expr": random.choice(EXPRESSIONS)}
    if kind == 1:
        return f"{random.choice(IDS)}.{random.choice(PORTS)} -> {random.choice(IDS)}.{random.choice(PORTS)}"
    if kind == 2:
        return random.choice([*OPTIMIZERS, *SCHEDULERS, *TYPES])
    plain = json.loads(json.dumps(random.choice(PLAIN)))  # of its own: changes reach into lists
    if kind == 3:
        return {"layer": random.choice(TYPES), "params": {random.choice(PORTS): plain}}
    return plain


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container inside a JSON value with each of its names or numbers."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        each = todo.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            found.append((each, key))
            if isinstance(each[key], (dict, list)):
                todo.append(each[key])
    return found


def change_a_value(values: Any, random: Random) -> None:
    container, key = random.choice(places(values))
    container[key] = odd(random)


def remove_something(values: Any, random: Random) -> None:
    container, key = random.choice(places(values))
    del container[key]


def exchange_two(values: Any, random: Random) -> None:
    (one, first), (two, second) = random.choice(places(values)), random.choice(places(values))
    copied = json.loads(json.dumps([one[first], two[second]]))
    one[first], two[second] = copied[1], copied[0]


def repeat_something(values: Any, random: Random) -> None:
    container, key = random.choice(places(values))
    copied = json.loads(json.dumps(container[key]))
    if isinstance(container, list):
        container.insert(random.randrange(len(container) + 1), copied)
    else:
        container[
            random.choice([*IDS, *PORTS, "expr", "layer", "network", "repeat", "scan", "when"])
        ] = copied


def rename_something(values: Any, random: Random) -> None:
    container, key = random.choice(places(values))
    if isinstance(container, dict):
        container[random.choice(IDS)] = container.pop(key)


def change_a_number(values: Any, random: Random) -> None:
    numbers = [
        (container, key)
        for container, key in places(values)
        if isinstance(container[key], (int, float)) and not isinstance(container[key], bool)
    ]
    if numbers:
        container, key = random.choice(numbers)
        container[key] = random.choice(
            [0, -1, container[key] + 1, container[key] * 1000, container[key] / 3, 2**31 - 1]
        )


def _graphs(values: Any) -> list[dict[str, Any]]:
    networks = values.get("networks") if isinstance(values, dict) else None
    found = networks.values() if isinstance(networks, dict) else ()
    return [
        each
        for each in found
        if isinstance(each, dict)
        and isinstance(each.get("nodes"), dict)
        and isinstance(each.get("wires"), list)
    ]


def add_nodes_and_wires(values: Any, random: Random) -> None:
    """Wires between ends that are there, to nodes of any type: nearer to what opens than any odd value."""
    for graph in _graphs(values)[:1]:
        for _ in range(random.randrange(3)):
            graph["nodes"][f"new_{random.randrange(5)}"] = {"layer": random.choice([*LAYERS])}
        ids = [*graph["nodes"]]
        ports = [
            part.split(".", 1)[-1] for wire in graph["wires"] for part in str(wire).split(" -> ")
        ] + PORTS
        for _ in range(random.randrange(1, 5) if ids else 0):
            source, target = random.choice(ids), random.choice(ids)
            wire = f"{source}.{random.choice(ports)} -> {target}.{random.choice(ports)}"
            graph["wires"] = [
                each
                for each in graph["wires"]
                if str(each).split(" -> ")[-1] != wire.rsplit(" -> ", maxsplit=1)[-1]
            ]
            graph["wires"].append(wire)


def mark_a_node(values: Any, random: Random) -> None:
    """A mark, a placement or a layer type at a node that is there."""
    for graph in _graphs(values)[:1]:
        nodes = [each for each in graph["nodes"].values() if isinstance(each, dict)]
        if nodes:
            random.choice(nodes).update(
                random.choice(
                    [
                        {"muted": True},
                        {"frozen": True},
                        {"weights": random.choice(IDS)},
                        {"only": random.choice(["train", "evaluate", "predict"])},
                        {"when": {"expr": random.choice(EXPRESSIONS)}},
                        {"tie": {"weight": f"{random.choice(IDS)}.weight", "bias": "scores.bias"}},
                        {"layer": random.choice([*LAYERS])},
                        {"repeat": random.choice([1, 2, 50, {"expr": random.choice(EXPRESSIONS)}])},
                        {"scan": random.choice(["T", "E", ""])},
                    ]
                )
            )


def change_a_param(values: Any, random: Random) -> None:
    """Another value for a parameter that a layer of the document has, or for one of its objectives."""
    for graph in _graphs(values)[: random.randint(1, 3)]:
        nodes = [each for each in graph["nodes"].values() if isinstance(each, dict)]
        for node in random.sample(nodes, min(2, len(nodes))):
            cls = LAYERS.get(str(node.get("layer")))
            names = [*cls.info.params] if cls is not None else ["width", "stride"]
            if names and isinstance(node.setdefault("params", {}), dict):
                node["params"][random.choice(names)] = odd(random)


GENTLE = (change_a_param, change_a_param, add_nodes_and_wires, add_nodes_and_wires, mark_a_node)
ROUGH = (
    change_a_value, remove_something, exchange_two, repeat_something, rename_something, change_a_number,
)  # fmt: skip


def mutated(random: Random) -> bytes:
    """The bytes of a document that was changed in one to five ways.

    Gentle ways mostly leave what opens, so that the check has work; rough ones mostly leave what is refused.
    """
    values = json.loads(random.choice(SOURCES))
    rough = random.random() < 0.4
    for _ in range(random.randint(1, 5)):
        if not values:
            break
        random.choice(ROUGH if rough else GENTLE)(values, random)
    data = json.dumps(values, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    if rough and random.random() < 0.2:
        at = random.randrange(len(data) + 1)
        noise = bytes(random.randrange(256) for _ in range(random.randrange(4)))
        data = data[:at] + noise + data[at + random.randrange(4) :]
    return data
