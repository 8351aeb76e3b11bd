"""What a network costs in weights and in numbers for one sample, and what of it no machine could hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from graphs.block import Block
from graphs.count_words import byte_words, count_words

if TYPE_CHECKING:
    from graphs.shapes import NodeShapes, Shapes
    from graphs.size import Size
    from graphs.spec import Dtype

BYTES: dict[Dtype, int] = {"float32": 4, "int64": 8, "bool": 1}

MOST_PARAMETERS = 10**11
"""Weights of all nodes together: 400 GB in single precision, and four times that to train them."""

MOST_ACTIVATION_BYTES = 4 * 10**11
"""Outputs of all nodes together for one sample, in bytes."""

Finding: TypeAlias = tuple[str, str]
"""A node, and what is to be said of it: "would have 10^18 weights (10^19 bytes)"."""


def absurd(shapes: Shapes) -> Iterator[Finding]:
    """Each node that no machine could hold; or the largest, where only all together are too much."""
    every = shapes.nodes.values()
    learned = sum(known.parameters for known in every)
    made = sum(_whole(activation_bytes(known)) for known in every)
    if learned <= MOST_PARAMETERS and made <= MOST_ACTIVATION_BYTES:
        return
    weights = {each: known.parameters for each, known in shapes.nodes.items()}
    held = {each: _whole(activation_bytes(known)) for each, known in shapes.nodes.items()}
    for node_id in shapes.nodes:
        own, outputs = weights[node_id], held[node_id]
        if own > MOST_PARAMETERS:
            yield node_id, f"would have {count_words(own)} weights ({byte_words(4 * own)})"
        if outputs > MOST_ACTIVATION_BYTES:
            numbers = f"would give {count_words(outputs // 4)} numbers for each sample"
            yield node_id, f"{numbers} ({byte_words(outputs)})"
    total, most = sum(weights.values()), max(weights.values(), default=0)
    if total > MOST_PARAMETERS >= most:
        words = f"{count_words(total)} weights together ({byte_words(4 * total)})"
        yield max(weights, key=weights.__getitem__), f"and the other layers would have {words}"
    total, most = sum(held.values()), max(held.values(), default=0)
    if total > MOST_ACTIVATION_BYTES >= most:
        words = f"{count_words(total // 4)} numbers together for each sample ({byte_words(total)})"
        yield max(held, key=held.__getitem__), f"and the other layers would give {words}"


def activation_bytes(known: NodeShapes) -> Size:
    """The bytes of all outputs of a node for one sample, of all layers in a block; a muted node makes none."""
    found: Size | None = known.__dict__.get("_activation_bytes")
    if found is None:
        found = _activation_bytes(known)
        known.__dict__["_activation_bytes"] = found  # it stands as long as its node is the same
    return found


def _activation_bytes(known: NodeShapes) -> Size:
    total: Size = 0
    if known.layer is None:
        return total
    if not isinstance(known.layer, Block):
        for spec in known.outputs.values():
            own = spec.count * BYTES[spec.dtype]
            total = own + total if total else own
        return total
    for _, body, inputs in known.layer.rounds(known.inputs):
        for _, inside in body.inside(inputs):
            total = activation_bytes(inside) + total
    return total * known.layer.steps(known.inputs)


def _whole(size: Size) -> int:
    """A size, 0 where it depends on a length of the data."""
    return size if isinstance(size, int) else 0
