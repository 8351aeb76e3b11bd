"""Specs written in a few characters, for tables of cases: "3x8x8", "label 10", "tokens 5 of 50", "mask 5"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.layer import LAYERS, call, infer
from graphs.size import Size, length
from graphs.spec import Dtype, Kind, Spec

if TYPE_CHECKING:
    from torch import nn

MEANINGS: dict[str, tuple[Dtype, Kind]] = {
    "label": ("int64", "class"),
    "labels": ("int64", "class"),
    "tokens": ("int64", "token"),
    "mask": ("bool", "mask"),
}


def spec(words: str) -> Spec:
    """The Spec; "" is a single number, and a letter is a length that changes from sample to sample."""
    kind, _, rest = words.rpartition(" ") if words.startswith("label ") else ("", "", words)
    if kind:
        return Spec((), *MEANINGS["label"], int(rest))
    first, _, tail = words.partition(" ")
    if first not in MEANINGS:
        return Spec().with_axes(*sizes(words))
    shape, _, of = tail.partition(" of ")
    dtype, meaning = MEANINGS[first]
    return replace(
        Spec(dtype=dtype, kind=meaning, of=int(of) if of else None).with_axes(*sizes(shape))
    )


def sizes(words: str) -> tuple[Size, ...]:
    """Sizes, from "3x8x8"."""
    return tuple(int(each) if each.isdigit() else length(each) for each in words.split("x") if each)


def wired(type_id: str, inputs: str | tuple[str, ...] | Mapping[str, str]) -> dict[str, Spec]:
    """What stands at the input ports: one, several in order, or by name."""
    if isinstance(inputs, Mapping):
        return {port: spec(words) for port, words in inputs.items()}
    row = (inputs,) if isinstance(inputs, str) else inputs
    ports = LAYERS[type_id].info.inputs
    names = (
        [f"{ports[0].name}.{n}" for n in range(len(row))]
        if ports[0].many
        else [p.name for p in ports]
    )
    return dict(zip(names, map(spec, row), strict=False))


def made(
    type_id: str, inputs: str | tuple[str, ...] | Mapping[str, str], **params: Any
) -> nn.Module:
    """The module of a layer that takes these inputs."""
    layer, standing = LAYERS[type_id](**params), wired(type_id, inputs)
    infer(layer, standing)
    return call(layer, layer.build, standing)
