"""How long one edit takes until shapes and problems are fresh, in a network of 1,000 nodes.

Run it with `python -m tests.benchmarks.bench_check`, or by its path from the project's folder. The bar:
16 ms median, 50 ms for the slowest of a hundred. The peer is a check of the same graph from nothing, with nothing
remembered of layers. Times are those of the processor, so that a busy machine tells nearly the same.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from graphs import edits
from graphs.check import Report, check
from graphs.content import Document, Feed, Procedure
from graphs.document import dumps, loads
from graphs.graph import End, Face, Graph, Node, Placement, Wire
from graphs.shapes import what_layers_make

NODES = 1000
EDITS = 200


def network(nodes: int = NODES) -> Graph:
    """Digits, then residual steps of Linear, ReLU and Add, up to a classifier."""
    graph, data = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    graph, last = edits.append_after(graph, data, "Flatten")
    while len(graph.nodes) < nodes - 3:
        graph, linear = edits.append_after(graph, last, "Linear", params={"out_features": 64})
        graph, relu = edits.append_after(graph, linear, "ReLU")
        graph, add = edits.append_after(graph, relu, "Add")
        graph, last = edits.connect(graph, End(last, "output"), End(add, "inputs.1")), add
    graph, scores = edits.append_after(graph, last, "Linear", params={"out_features": 10})
    for type_id in ("CrossEntropyLoss", "Accuracy"):
        graph, end = edits.append_after(graph, scores, type_id)
        graph = edits.connect(graph, End(data, "label"), End(end, "target"))
    return graph


def row(nodes: int = NODES) -> Graph:
    """Digits, one Linear, and ReLUs behind it: its size is the size of all."""
    graph, last = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    for type_id in ("Flatten", "Linear", *["ReLU"] * (nodes - 3)):
        graph, last = edits.append_after(graph, last, type_id)
    return graph


def unlike_row(nodes: int = NODES) -> Graph:
    """The same with layers of which no two are alike, so that none tells what another makes of its input."""
    graph, last = edits.add_node(Graph(), "Digits", (0.0, 0.0))
    for type_id in ("Flatten", "Linear"):
        graph, last = edits.append_after(graph, last, type_id)
    for index in range(nodes - 3):
        params = {"negative_slope": (index + 1) / nodes}
        graph, last = edits.append_after(graph, last, "LeakyReLU", params=params)
    return graph


def placed(nodes: int = NODES, blocks: int = 51) -> Document:
    """A row of ReLUs with a residual block placed among them again and again."""
    inside = Graph(
        {"tanh": Node("tanh", "Tanh"), "add": Node("add", "Add")},
        (
            Wire(End("in", "x"), End("tanh", "input")),
            Wire(End("in", "x"), End("add", "inputs.0")),
            Wire(End("tanh", "output"), End("add", "inputs.1")),
            Wire(End("add", "output"), End("out", "x")),
        ),
        Face(("x",), ("x",)),
    )
    plain = row(nodes - blocks)
    wires, made = list(plain.wires), dict(plain.nodes)
    for index in range(blocks):
        cut = wires.pop(3 + index * 15)
        block = Node(f"block_{index}", "", place=Placement("inside"))
        made[block.id] = block
        wires += [Wire(cut.source, End(block.id, "x")), Wire(End(block.id, "x"), cut.target)]
    return Document(networks={"main": Graph(made, tuple(wires)), "inside": inside})


def with_procedure(document: Document, network: str, port: str) -> Document:
    """The same with one way to use it that loops over a network of it, from noise at this port; and with a loss."""
    main = document.main
    if not main.by_role("loss"):
        main, loss = edits.append_after(main, next(reversed(main.order)), "CrossEntropyLoss")
        main = edits.connect(main, End("digits", "label"), End(loss, "target"))
        main = edits.set_params(main, "linear", out_features=10)
    walk = Procedure("walk", "interpolate", network, (Feed(port, "noise"),), 5)
    return replace(document.with_graph(main), procedures=(walk,))


def changes(graph: Graph) -> dict[str, list[Callable[[Graph], Graph]]]:
    """Kinds of edits, each a list of edits to be made one after the other."""
    linears = [each for each, node in graph.nodes.items() if node.type == "Linear"][:-1]
    picked = [linears[index * 7 % len(linears)] for index in range(EDITS)]
    return {
        "a parameter, nothing behind it changes": [
            lambda graph, node=node, on=index % 2 == 0: edits.set_params(graph, node, bias=on)
            for index, node in enumerate(picked)
        ],
        "the size of the first layer, which the next does not take": [
            lambda graph, size=32 + index % 2: edits.set_params(
                graph, linears[0], out_features=size
            )
            for index in range(EDITS)
        ],
        "a size in the middle, that no longer fits": [
            lambda graph, node=node, size=64 - index % 2: edits.set_params(
                graph, node, out_features=size
            )
            for index, node in enumerate(picked)
        ],
        "a new node": [lambda graph: edits.add_node(graph, "Linear")[0]] * EDITS,
        "a wire taken and given back": [
            lambda graph, index=index: (
                edits.disconnect(graph, graph.wires[500])
                if index % 2 == 0
                else edits.connect(graph, END_500.source, END_500.target)
            )
            for index in range(EDITS)
        ],
    }


END_500 = network().wires[500]


def timed(
    document: Document, edit: Callable[[Graph], Graph], before: Report | None
) -> tuple[float, Report]:
    """Milliseconds for the edit and the check after it, and the report."""
    if before is None:
        what_layers_make.cache_clear()
    start = time.process_time()
    report = check(document.with_graph(edit(document.main)), before=before)
    return (time.process_time() - start) * 1000, report


def main() -> None:
    """Print one line for each kind of edit, and for opening and saving."""
    document = Document(networks={"main": network()})
    gc.collect()
    gc.freeze()  # as the window does once it has warmed up: what was imported is never looked through again
    fresh = [timed(document, lambda graph: graph, None)[0] for _ in range(10)]
    print(f"{len(document.main.nodes)} nodes, {len(document.main.wires)} wires")
    print(f"check from nothing: {statistics.median(fresh):.1f} ms median")
    kinds = [(name, document, listed) for name, listed in changes(document.main).items()]
    sizes = [
        lambda graph, n=n: edits.set_params(graph, "linear", out_features=n) for n in range(1, 51)
    ]
    kinds += [
        (
            "a row of 1,000: the first size, all behind it",
            Document(networks={"main": row()}),
            sizes,
        ),
        ("the same, no two layers alike", Document(networks={"main": unlike_row()}), sizes),
        ("the same with 51 placed blocks", placed(), sizes),
    ]
    looped = with_procedure(document, "main", "digits.image")
    edited = changes(looped.main)
    kinds += [
        (f"with a procedure: {name}", looped, edited[name])
        for name in ("a parameter, nothing behind it changes", "a new node")
    ]
    kinds.append(
        (
            "51 placed blocks, a procedure of the block: a new node",
            with_procedure(placed(), "inside", "x"),
            edited["a new node"],
        )
    )
    for name, start_from, listed in kinds:
        report = check(start_from)
        taken = []
        for edit in listed:
            passed, report = timed(report.document, edit, report)
            taken.append(passed)
        ordered = sorted(taken)
        print(
            f"{name}: {statistics.median(taken):.1f} ms median, {ordered[int(len(ordered) * 0.99)]:.1f} ms p99, "
            f"{statistics.median(taken) / statistics.median(fresh):.2f} of a check from nothing, "
            f"{len(report.problems)} problems"
        )
    data = dumps(document)
    for name, work in (("dumps", lambda: dumps(document)), ("loads", lambda: loads(data))):
        taken = []
        for _ in range(10):
            start = time.perf_counter()
            work()
            taken.append((time.perf_counter() - start) * 1000)
        print(f"{name}: {statistics.median(taken):.1f} ms median")


if __name__ == "__main__":
    main()
