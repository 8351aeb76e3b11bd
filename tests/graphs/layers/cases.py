"""For every layer: how to draw its parameters, and inputs that it should mostly take, small enough to run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import LAYERS, Layer
from graphs.param import Json, Param, Path
from graphs.size import length
from graphs.spec import Axis, Spec

Inputs = Mapping[str, Spec]

SMALL = {
    "out_features": 6, "out_channels": 6, "hidden_size": 5, "num_layers": 3, "dim_feedforward": 6,
    "output_size": 4, "kernel_size": 4, "stride": 3, "dilation": 2, "groups": 3,
    "embedding_dim": 5, "num_embeddings": 9, "padding_idx": 9, "num_heads": 4, "nhead": 4, "proj_size": 4,
    "top_k": 3, "max_length": 9, "scale_factor": 3, "upscale_factor": 2, "downscale_factor": 3,
    "height": 16, "width": 16, "length": 9, "samples": 50, "seed": 5,
}  # fmt: skip
"""The largest value that is drawn for a whole number, so that every case runs in a moment."""

LENGTH = length("T")

size = st.integers(1, 4)
side = st.integers(1, 9)


def number(*axes: tuple[str, int], **meaning: Any) -> Spec:
    """A tensor of decimal numbers with these letters and sizes."""
    return Spec(tuple(Axis(letter, each) for letter, each in axes), **meaning)


def labels(classes: int, *axes: tuple[str, int]) -> Spec:
    """Class labels at these places."""
    return number(*axes, dtype="int64", kind="class", of=classes)


@st.composite
def vectors(draw: st.DrawFn) -> Spec:
    return number(("E", draw(size)))


@st.composite
def sequences(draw: st.DrawFn, features: st.SearchStrategy[int] = size) -> Spec:
    return number(("T", draw(side)), ("E", draw(features)))


@st.composite
def channels_first(draw: st.DrawFn) -> Spec:
    return number(("C", draw(size)), ("T", draw(side)))


@st.composite
def images(draw: st.DrawFn) -> Spec:
    return number(("C", draw(size)), ("H", draw(side)), ("W", draw(side)))


anything = st.one_of(st.just(number()), vectors(), sequences(), channels_first(), images())
tokens = st.builds(
    lambda rank, of: number(*(("T", 3), ("S", 2))[:rank], dtype="int64", kind="token", of=of),
    st.integers(0, 2),
    st.one_of(st.none(), st.integers(1, 9)),
)


def only(specs: st.SearchStrategy[Spec], port: str = "input") -> st.SearchStrategy[Inputs]:
    """One input port."""
    return specs.map(lambda spec: {port: spec})


@st.composite
def row(draw: st.DrawFn) -> Inputs:
    """Several inputs that differ in one axis at most."""
    first = draw(anything)
    count, which = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    inputs = [first]
    for _ in range(count - 1):
        sizes = list(first.sizes)
        if which < len(sizes):
            sizes[which] = draw(st.sampled_from([sizes[which], 1, 2]))
        inputs.append(first.with_axes(*sizes))
    return {f"inputs.{index}": spec for index, spec in enumerate(inputs)}


pair = (
    row()
    .filter(lambda inputs: len(inputs) > 1)
    .map(lambda inputs: {"input": inputs["inputs.0"], "other": inputs["inputs.1"]})
)


@st.composite
def attended(draw: st.DrawFn) -> Inputs:
    """A query, and perhaps a key, a value and a mask."""
    features, steps = draw(st.sampled_from([2, 4, 6, 12])), draw(st.integers(1, 5))
    inputs: dict[str, Spec] = {"query": number(("T", draw(st.integers(1, 5))), ("E", features))}
    seen = inputs["query"].sizes[0]
    if draw(st.booleans()):
        seen = steps
        inputs["key"] = number(("T", steps), ("E", draw(st.sampled_from([features, 3]))))
        if draw(st.booleans()):
            inputs["value"] = number(("T", steps), ("E", draw(st.sampled_from([features, 5]))))
    if draw(st.booleans()):
        inputs["key_padding_mask"] = number(("T", seen), dtype="bool", kind="mask")
    return inputs


@st.composite
def encoded(draw: st.DrawFn) -> Inputs:
    """A sequence, and perhaps a mask."""
    spec = draw(sequences(st.sampled_from([2, 4, 6, 12])))
    mask = number(("T", spec.sizes[0]), dtype="bool", kind="mask")
    return {"input": spec, "src_key_padding_mask": mask} if draw(st.booleans()) else {"input": spec}


@st.composite
def classified(
    draw: st.DrawFn, scores: str, *, yes_or_no: bool = True, many: bool = True
) -> Inputs:
    """Scores and labels."""
    places = draw(st.sampled_from([(), (("T", 3),)]))
    kinds = ["many"] * many + ["one", "flat"] * yes_or_no
    kind = draw(st.sampled_from(kinds))
    if kind == "many":
        classes = draw(st.integers(1, 5))
        return {scores: number(*places, ("E", classes)), "target": labels(classes, *places)}
    logits = number(*places, ("E", 1)) if kind == "one" else number(*places)
    return {scores: logits, "target": labels(2, *places)}


@st.composite
def compared(draw: st.DrawFn, scores: str = "input") -> Inputs:
    """Predictions and targets of the same axes."""
    spec = draw(anything)
    return {scores: spec, "target": spec}


INPUTS: dict[str, Callable[[Layer], st.SearchStrategy[Inputs]]] = {}
"""By layer type: inputs for a layer with these parameters."""

for _type in (
    "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Tanh", "Sigmoid", "Softmax", "Dropout",
    "Linear", "Flatten", "Select", "LayerNorm", "Output",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(anything)
for _type in (
    "Conv2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "BatchNorm2d", "Dropout2d",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(images())
for _type in ("Conv1d", "MaxPool1d", "AvgPool1d", "AdaptiveAvgPool1d", "Dropout1d"):
    INPUTS[_type] = lambda _: only(channels_first())
for _type in ("Add", "Multiply", "Concatenate"):
    INPUTS[_type] = lambda _: row()
for _type in ("MSELoss", "L1Loss", "HuberLoss", "MeanAbsoluteError", "R2Score"):
    INPUTS[_type] = lambda _: compared()
for _type in (
    "Digits", "Iris", "Wine", "BreastCancer", "Diabetes", "SyntheticSeries", "CSVFile", "ImageFolder", "DigitPairs",
    "GaussianRing", "Moons", "Noise", "RandomTensors", "CharacterText",
):  # fmt: skip
    INPUTS[_type] = lambda _: st.just({})
for _type in ("Accuracy", "F1Score"):
    INPUTS[_type] = lambda _: classified("input")


def recurrent(layer: Any) -> st.SearchStrategy[Inputs]:
    """A sequence, and perhaps states of the sizes that this layer has."""
    states = (
        {"h": layer.given_size, "c": layer.hidden_size}
        if layer.info.type == "LSTM"
        else {"h": layer.hidden_size}
    )
    count = layer.num_layers * layer.directions

    @st.composite
    def inputs(draw: st.DrawFn) -> Inputs:
        wired = {port: each for port, each in states.items() if draw(st.booleans())}
        given = {port: number(("L", count), ("E", each)) for port, each in wired.items()}
        return {"input": draw(sequences()), **given}

    return inputs()


def ordered(layer: Any) -> st.SearchStrategy[Inputs]:
    """As many axes as the order has."""
    sizes = st.lists(size, min_size=len(layer.axes), max_size=len(layer.axes))
    return only(sizes.map(lambda each: number(*((f"A{index}", n) for index, n in enumerate(each)))))


def reshaped(layer: Any) -> st.SearchStrategy[Inputs]:
    """Axes whose product mostly is that of the shape, or a multiple."""
    known = math.prod(each for each in layer.shape if each > 0)
    whole = st.sampled_from([1, 2, 3]) if -1 in layer.shape else st.sampled_from([1, 1, 1, 2])
    return only(whole.map(lambda rest: number(("T", rest), ("E", known))))


INPUTS |= {
    "Permute": ordered,
    "Reshape": reshaped,
    "BatchNorm1d": lambda _: only(st.one_of(vectors(), channels_first())),
    "GlobalAveragePool": lambda _: only(st.one_of(channels_first(), images())),
    "Subtract": lambda _: pair,
    "Embedding": lambda _: only(tokens),
    "PositionalEncoding": lambda _: only(sequences()),
    "RNN": recurrent,
    "GRU": recurrent,
    "LSTM": recurrent,
    "MultiheadAttention": lambda _: attended(),
    "TransformerEncoderLayer": lambda _: encoded(),
    "CrossEntropyLoss": lambda _: classified("logits", yes_or_no=False),
    "BCEWithLogitsLoss": lambda _: st.one_of(classified("logits", many=False), compared("logits")),
}


TABLE = Json(
    columns=[
        {"name": "Length", "role": "feature"},
        {"name": "Colour", "role": "feature", "dtype": "text", "classes": ["red", "green", "blue"]},
        {"name": "Price (EUR)", "role": "target"},
        {"name": "Kind", "role": "class", "dtype": "text", "classes": ["a", "b"]},
        {"name": "Note", "role": "ignore", "dtype": "text"},
    ],
    rows=12,
    fingerprint="0",
)

SIDES = ("size", "kernel_size", "stride", "dilation", "output_padding", "output_size")
"""Rows with one number for each of three sides, or one for all."""

SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "axes": st.integers(1, 4).flatmap(lambda rank: st.permutations(range(rank)).map(tuple)),
    "text": st.sampled_from(["", "a", "hello", "so it goes. " * 30]),
    "path": st.sampled_from([Path(""), Path("data")]),
    "schema": st.sampled_from(
        [Json(), TABLE, Json(classes=["cat", "dog"], count=9, fingerprint="0")]
    ),
    "padding": st.sampled_from([0, 1]),
    "padding_ints": st.sampled_from(
        [(0,), (1,), (0, 1, 1), (1, 0), (1, 0, 2, 1), (1, 0, 2, 1, 0, 1)]
    ),
    "equation": st.sampled_from(
        ["ij,jk->ik", "i,j->ij", "ij->j", "ij,ij->i", "abc,bcd,d->ad", "i", "ii->i", "ij,jk->il"]
    ),
    "unflattened_size": st.sampled_from([(1, -1), (2, -1), (-1, 2), (2, 2), (-1, -1), (3, 1)]),
    "padding_2d": st.sampled_from([(0, 0), (1, 0), (1, 1)]),
}
"""Parameters whose values say more than their kind."""


def values_of(param: Param) -> st.SearchStrategy[Any]:
    """Values of one parameter, within its range and small."""
    name = f"{param.name}_2d" if param.kind == "pair" else param.name
    name = f"{name}_ints" if param.kind == "ints" and name == "padding" else name
    if name in SPECIAL:
        return SPECIAL[name]
    low = int(param.ge if param.ge is not None else -4)
    high = SMALL.get(param.name, 4)
    whole = st.integers(low, high)
    if param.kind == "float":
        least = param.ge if param.ge is not None else param.gt if param.gt is not None else -2.0
        most = (
            param.le if param.le is not None else param.lt if param.lt is not None else least + 2.0
        )
        values: st.SearchStrategy[Any] = st.floats(
            least, most, exclude_min=param.gt is not None, exclude_max=param.lt is not None
        )
        values = values.map(lambda each: max(each, 1e-6) if param.gt is not None else each)
    elif param.kind == "choice":
        values = st.sampled_from(param.choices)
    elif param.kind == "bool":
        values = st.booleans()
    elif param.kind == "pair":
        values = st.tuples(whole, whole)
    elif param.kind == "ints":
        counts = st.sampled_from([1, 3, 3, 2]) if name in SIDES else st.integers(0, 4)
        values = counts.flatmap(lambda n: st.tuples(*[whole] * n))
    elif param.kind == "int":
        values = whole
    else:
        values = st.just(param.default)
    return st.one_of(st.none(), values) if param.optional else values


def layers_of(type_id: str) -> st.SearchStrategy[Layer]:
    """Layers of one type with random parameters; every parameter is at its default half of the time."""
    cls = LAYERS[type_id]
    drawn = {
        name: st.one_of(st.just(param.default), values_of(param))
        for name, param in cls.info.params.items()
    }
    return st.builds(cls, **drawn)


def specs_of_all_kinds() -> st.SearchStrategy[Spec]:
    """Any Spec at all, most of which do not fit."""
    kinds = st.sampled_from(
        [
            ("float32", "number"),
            ("float32", "probability"),
            ("int64", "class"),
            ("int64", "token"),
            ("bool", "mask"),
        ]
    )
    return st.builds(
        lambda sizes, kind, of: Spec(
            tuple(Axis(f"A{index}", each) for index, each in enumerate(sizes)),
            kind[0],
            kind[1],
            of if kind[1] in ("class", "token", "probability") else None,
        ),
        st.lists(
            st.one_of(st.integers(0, 4), st.sampled_from([LENGTH, LENGTH + 1, LENGTH // 2])),
            max_size=4,
        ),
        kinds,
        st.one_of(st.none(), st.integers(1, 4)),
    )
