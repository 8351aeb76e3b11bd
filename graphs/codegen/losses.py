"""Losses in generated source: the lines that make them, and the templates of their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from graphs.codegen.names import Variables, is_taken
from graphs.codegen.text import laid_out, literal
from graphs.codegen.values import Values
from graphs.plan import wired_inputs

if TYPE_CHECKING:
    from graphs.codegen.places import Place
    from graphs.content import Objective
    from graphs.graph import Node
    from graphs.plan import Plan

Written: TypeAlias = "dict[str, tuple[list[str], str]]"


@dataclass
class Learning:
    """One objective: its losses by path, those of `main` itself, and the method that computes what they compare.

    `inner` are the losses inside blocks that the method gives as a list.
    """

    objective: Objective
    losses: Mapping[str, Node]
    own: Mapping[str, Node]
    plan: Plan
    method: str  # "" where it is `forward`
    inner: tuple[str, ...] = ()


def losses_written(
    place: Place, nodes: Iterable[Node], variables: Variables
) -> tuple[Written, set[str]]:
    """By loss: lines that make its module, and the template of its value; and what they adapt of torch."""
    found: Written = {}
    helpers: set[str] = set()
    for node in nodes:
        if node.id in found:
            continue
        code = place.code(node.id)
        helpers |= set(code.helpers)
        if code.make is None:
            found[node.id] = [], code.call
            continue
        if not code.make.name.startswith("nn."):
            helpers.add(code.make.name)
        stem = node.info.stem if node.info is not None else node.id
        name = variables.new(stem if is_taken(node.id) else node.id)
        bracket = Values([place]).make([code.make], {}, node.id)
        made = laid_out(f"{name} = ", bracket, ".to(device)" if _holds(code.make) else "", 4)
        row = ", ".join(f"{{{port}}}" for port in wired_inputs(place.graph, node))
        call = code.call.replace("{self}", name) if code.call else f"{name}({row})"
        found[node.id] = made, call
    return found, helpers


def absent(node: Node) -> dict[str, str]:
    """What stands for inputs of a loss without a wire."""
    return {port.name: "None" for port in node.info.inputs} if node.info is not None else {}


def _holds(make: Any) -> bool:
    """Whether a loss holds tensors, such as weights of classes."""
    return any("tensor" in literal(arg.value) for arg in make.args)
