"""Random documents and graphs for property tests: small, odd, and often wrong, but never impossible to hold."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

import graphs.layers  # noqa: F401 - registers all layer types
from graphs import edits
from graphs.content import (
    Document,
    EarlyStopping,
    Feed,
    Minimise,
    Objective,
    Procedure,
    RunSettings,
    Typed,
)
from graphs.expression import Expression
from graphs.graph import End, Frame, Graph, Marks, Node, Note, Wire
from graphs.layer import LAYERS
from graphs.optimizers import OPTIMIZERS, SCHEDULERS
from graphs.ports import inputs_of, outputs_of

TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=12,
)
IDS = st.from_regex(
    r"[a-z][a-z0-9_]{0,8}", fullmatch=True, alphabet=st.characters(codec="ascii")
).filter(lambda text: text not in ("in", "out"))
NUMBERS = st.one_of(st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False))
EXPRESSIONS = st.builds(Expression, st.sampled_from(["i", "width * 2", "1 if i == 0 else 2"]))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, EXPRESSIONS)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3).map(tuple),
    st.dictionaries(
        TEXTS.filter(lambda text: text != "expr"), st.lists(NUMBERS, max_size=2), max_size=2
    ),
)
POSITIONS = st.tuples(*[st.floats(-1e6, 1e6)] * 2)
TYPES = st.sampled_from(sorted(LAYERS))


@st.composite
def nodes(draw: st.DrawFn, node_id: str) -> Node:
    """A node of a known type with parameters that may be wrong."""
    cls = LAYERS[draw(TYPES)]
    params = draw(st.dictionaries(st.sampled_from([*cls.info.params, "odd"]), VALUES, max_size=2))
    marks = draw(
        st.builds(
            Marks,
            frozen=st.booleans(),
            muted=st.booleans(),
            weights=st.sampled_from(["", "shared"]),
            tie=st.sampled_from([{}, {"weight": "linear.weight"}]),
            only=st.sampled_from([None, "train", "evaluate"]),
            when=st.one_of(st.none(), EXPRESSIONS),
        )
    )
    return Node(
        node_id, cls.info.type, params, draw(TEXTS), marks=draw(st.sampled_from([Marks(), marks]))
    )


@st.composite
def graphs_(draw: st.DrawFn, most: int = 6) -> Graph:
    """A graph with any wires between ports, loops and misfits included."""
    ids = draw(st.lists(IDS, unique=True, max_size=most))
    graph = Graph({node_id: draw(nodes(node_id)) for node_id in ids})
    ends = [(End(each, port)) for each in ids for port in outputs_of(graph, each) or ("output",)]
    starts = [(End(each, port)) for each in ids for port in inputs_of(graph, each) or ("input",)]
    if ends and starts:
        pairs = draw(
            st.lists(st.tuples(st.sampled_from(ends), st.sampled_from(starts)), max_size=8)
        )
        graph = replace(
            graph, wires=tuple({target: Wire(source, target) for source, target in pairs}.values())
        )
    positions = draw(st.dictionaries(st.sampled_from(ids), POSITIONS, max_size=3)) if ids else {}
    rects = st.tuples(*[st.floats(-1e6, 1e6)] * 4)
    return replace(
        graph,
        positions=positions,
        frames=tuple(
            draw(
                st.lists(
                    st.builds(Frame, TEXTS, st.sampled_from(["", "#aabbcc"]), rects), max_size=1
                )
            )
        ),
        notes=tuple(
            draw(st.lists(st.builds(Note, TEXTS, POSITIONS, st.floats(1, 1000)), max_size=1))
        ),
    )


@st.composite
def trainable(draw: st.DrawFn) -> Graph:
    """A row of layers behind data, with a loss and a metric: mostly fit, sometimes not."""
    graph, data = edits.add_node(
        Graph(), draw(st.sampled_from(["Digits", "Iris", "Wine", "Diabetes"])), (0.0, 0.0)
    )
    last = data
    for type_id in draw(
        st.lists(
            st.sampled_from(["Linear", "ReLU", "Flatten", "Dropout", "Add", "Softmax"]), max_size=5
        )
    ):
        graph, last = edits.append_after(graph, last, type_id)
    for type_id in draw(
        st.lists(st.sampled_from(["CrossEntropyLoss", "MSELoss", "Accuracy", "Output"]), max_size=3)
    ):
        graph, end = edits.append_after(graph, last, type_id)
        if "target" in inputs_of(graph, end):
            graph = edits.connect(graph, End(data, outputs_of(graph, data)[-1]), End(end, "target"))
    return graph


TYPED = st.builds(
    Typed,
    st.sampled_from([*OPTIMIZERS, *SCHEDULERS, "Odd"]),
    st.dictionaries(st.sampled_from(["lr", "gamma", "odd"]), VALUES),
)
OBJECTIVES = st.builds(
    Objective,
    name=TEXTS,
    minimise=st.lists(
        st.builds(Minimise, IDS, st.one_of(st.floats(-1e9, 1e9), EXPRESSIONS)), max_size=2
    ).map(tuple),
    update=st.lists(st.one_of(st.just("*"), IDS), max_size=2).map(tuple),
    optimizer=TYPED,
    scheduler=st.one_of(st.none(), TYPED),
    every=st.integers(-1, 5),
    from_epoch=st.integers(-1, 5),
    to_epoch=st.one_of(st.none(), st.integers(0, 9)),
    batch=st.sampled_from(["same", "next"]),
    clip=st.one_of(st.none(), st.floats(-1, 9)),
)
RUNS = st.builds(
    RunSettings,
    epochs=st.integers(-5, 10**9),
    batch_size=st.integers(-5, 10**9),
    seed=st.integers(-(2**53), 2**53),
    device=st.sampled_from(["auto", "cpu", "cuda", "mps"]),
    precision=st.sampled_from(["32", "bf16", "16"]),
    threads=st.integers(-1, 8),
    early_stopping=st.one_of(
        st.none(), st.builds(EarlyStopping, TEXTS, st.integers(-1, 9), st.floats(-1, 1))
    ),
    compile=st.booleans(),
    channels_last=st.booleans(),
    fused=st.booleans(),
)
PROCEDURES = st.builds(
    Procedure,
    name=TEXTS,
    kind=IDS,
    feeds=st.lists(st.builds(Feed, TEXTS, TEXTS), max_size=1).map(tuple),
    steps=st.one_of(st.integers(0, 99), EXPRESSIONS),
    stop=st.one_of(st.none(), EXPRESSIONS),
    params=st.dictionaries(TEXTS, VALUES, max_size=1),
)
DOCUMENTS = st.builds(
    Document,
    title=TEXTS,
    description=TEXTS,
    networks=st.one_of(graphs_(), trainable()).map(lambda graph: {"main": graph}),
    objectives=st.lists(OBJECTIVES, max_size=2).map(tuple),
    procedures=st.lists(PROCEDURES, max_size=1).map(tuple),
    run=RUNS,
)
