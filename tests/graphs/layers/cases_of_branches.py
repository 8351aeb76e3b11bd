"""Inputs for layers with several inputs, for positions, decoders, states and choices."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.graphs.layers.cases import (
    INPUTS,
    Inputs,
    anything,
    number,
    only,
    pair,
    row,
    sequences,
    size,
    tokens,
)

steps = st.integers(1, 4)


@st.composite
def matrices(draw: st.DrawFn) -> Inputs:
    """Two tables that can mostly be multiplied."""
    lead = draw(st.sampled_from([(), (("N", 2),)]))
    m, k, n = draw(size), draw(size), draw(size)
    other = (k, n) if draw(st.booleans()) else (n, k)
    return {
        "input": number(*lead, ("T", m), ("E", k)),
        "other": number(*lead, ("T", other[0]), ("E", other[1])),
    }


def summed(layer: Any) -> st.SearchStrategy[Inputs]:
    """Inputs with the axes of the equation, each letter as long everywhere."""
    terms = layer.equation.partition("->")[0].split(",")

    @st.composite
    def inputs(draw: st.DrawFn) -> Inputs:
        sizes = {letter: draw(size) for letter in sorted(set("".join(terms)))}
        rows = [number(*((letter, sizes.get(letter, 1)) for letter in term)) for term in terms]
        return {f"inputs.{index}": each for index, each in enumerate(rows)}

    return inputs()


@st.composite
def decoded(draw: st.DrawFn) -> Inputs:
    """A sequence, a memory, and perhaps masks."""
    features = draw(st.sampled_from([2, 4, 12]))
    inputs: dict[str, Any] = {
        "input": number(("T", draw(steps)), ("E", features)),
        "memory": number(("T", draw(steps)), ("E", features)),
    }
    for port, of in (("tgt_key_padding_mask", "input"), ("memory_key_padding_mask", "memory")):
        if draw(st.booleans()):
            inputs[port] = number(("T", inputs[of].sizes[0]), dtype="bool", kind="mask")
    return inputs


@st.composite
def looked_up(draw: st.DrawFn) -> Inputs:
    """Query, key and value that fit."""
    asking, seen = draw(steps), draw(steps)
    features, given = draw(st.sampled_from([4, 12])), draw(st.sampled_from([4, 8]))
    return {
        "query": number(("T", asking), ("E", features)),
        "key": number(("T", seen), ("E", features)),
        "value": number(("T", seen), ("E", given)),
    }


@st.composite
def chosen(draw: st.DrawFn) -> Inputs:
    """Some of the three modes."""
    spec = draw(anything)
    ports = draw(st.lists(st.sampled_from(["train", "evaluate", "predict"]), unique=True))
    return dict.fromkeys(ports, spec)


INPUTS |= {
    "Divide": lambda _: pair,
    "Stack": lambda _: row(),
    "MatMul": lambda _: matrices(),
    "Einsum": summed,
    "PositionalEmbedding": lambda _: only(sequences()),
    "RotaryEncoding": lambda _: only(sequences(st.sampled_from([2, 4, 6, 12]))),
    "TransformerDecoderLayer": lambda _: decoded(),
    "ScaledDotProductAttention": lambda _: looked_up(),
    "Detach": lambda _: only(anything),
    "GradientReversal": lambda _: only(anything),
    "InitialState": lambda _: only(anything),
    "NoiseLike": lambda _: only(anything),
    "Switch": lambda _: chosen(),
    "Reparameterize": lambda _: anything.map(lambda spec: {"mean": spec, "log_variance": spec}),
}
for _type in ("CosineSimilarity", "PairwiseDistance"):
    INPUTS[_type] = lambda _: anything.map(lambda spec: {"input1": spec, "input2": spec})


@st.composite
def hidden(draw: st.DrawFn) -> Inputs:
    """A sequence and its mask."""
    spec = draw(sequences())
    return {"input": spec, "mask": number(("T", spec.sizes[0]), dtype="bool", kind="mask")}


INPUTS["PaddingMask"] = lambda _: only(tokens)
INPUTS["MaskedMean"] = lambda _: hidden()
