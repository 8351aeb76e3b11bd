"""The values in a class's constructor: literals where all places of a block agree, arguments where they differ."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphs.code import SIZES, Arg, Make, Verbatim
from graphs.codegen.names import Variables
from graphs.codegen.places import Place
from graphs.codegen.text import Bracket, literal
from graphs.expression import Expression, ExpressionError
from graphs.graph import FACE_IN
from graphs.plan import first_input
from graphs.resolve import INDEX, evaluated
from graphs.torch_signatures import REQUIRED

if TYPE_CHECKING:
    from graphs.graph import Node
    from graphs.spec import Spec

FOLLOWING = frozenset({*SIZES, "normalized_shape", "features"})
"""Arguments that are a size of the input."""

CHOOSING = frozenset({"out_features", "out_channels", "hidden_size", "embedding_dim"})
"""Parameters by which a layer chooses a size of its output."""


BROUGHT = object()
"""A size that the input of a network brings."""


@dataclass
class Promoted:
    """One argument of a constructor, and its value at each place."""

    name: str
    values: list[Any]
    default: Any = REQUIRED
    sized: bool = False  # it follows from what stands at the inputs

    @property
    def annotation(self) -> str:
        """Its type as people write it."""
        names = sorted({"None" if each is None else type(each).__name__ for each in self.values})
        if names == ["float", "int"]:
            names = ["float"]
        return " | ".join(
            [*(each for each in names if each != "None"), *(["None"] * ("None" in names))]
        )

    @property
    def declared(self) -> str:
        """As it stands in the signature."""
        if self.default is REQUIRED:
            return f"{self.name}: {self.annotation}"
        return f"{self.name}: {self.annotation} = {literal(self.default)}"


@dataclass
class Values:
    """What the constructor of one class writes, for all places where it stands."""

    places: Sequence[Place]
    promoted: dict[str, Promoted] = field(
        default_factory=dict
    )  # by name in the file, or name of torch
    variables: Variables = field(default_factory=Variables)

    def make(self, makes: Sequence[Make], raw: dict[str, Any], node_id: str) -> Bracket:
        """The call that makes a module: one Make for each place; `raw` are parameters as the file has them."""
        head = makes[0].name
        shown = head if head.startswith("nn.") else head.rpartition(".")[2]
        items: list[str] = []
        for index, arg in enumerate(makes[0].args):
            values = [make.args[index].value for make in makes]
            named = raw.get(arg.name)
            if not isinstance(named, Expression) and all(each == arg.default for each in values):
                continue
            text = self.value(values, named, arg.name, node_id)
            items.append(text if arg.positional else f"{arg.name}={text}")
        return Bracket(f"{shown}(", tuple(items))

    def value(self, values: Sequence[Any], raw: Any, name: str, node_id: str) -> str:
        """One value as source: a literal, an argument, or an expression of arguments."""
        if isinstance(raw, Expression):
            text = self.expression(raw, values)
            if text:
                return text
        same = all(_alike(each, values[0]) for each in values)
        if name in FOLLOWING or not same:
            origin = self._origin(node_id, values) if name in FOLLOWING else None
            written = origin is not None and not isinstance(origin, Expression) and same
            if origin is BROUGHT:
                written = same and not self._comes_in(values)
            known = self.expression(origin, values) if isinstance(origin, Expression) else ""
            known = known or ("" if written else self._equal(values))
            if known:
                return known
        if same:
            return literal(values[0])
        if any(isinstance(each, Verbatim) for each in values):
            return literal(values[0])
        taken = any(each.name == name for each in self.promoted.values())
        chosen = self.variables.new(f"{node_id}_{name}" if taken else name)
        self.promoted[f"={chosen}"] = Promoted(chosen, list(values), sized=name in FOLLOWING)
        return chosen

    def _origin(self, node_id: str, values: Sequence[Any]) -> Any:
        """What the file has where a size of a node's input was chosen.

        BROUGHT where the network's own input brings it, None where nobody can tell.
        """
        first, sizes, factor = self.places[0], list(values), 1
        seen = first.graph.nodes.get(
            node_id
        )  # weights that blocks share may stand in another network
        while seen is not None and (end := first_input(first.graph, seen)):
            seen = first.graph.nodes.get(end.node, seen)
            if end.node == FACE_IN:
                placed = (
                    node_id in first.graph.placements
                )  # a later round may take what another gives
                return None if placed else BROUGHT
            if seen.place is not None or seen.layer is None:
                return None
            for name in CHOOSING & seen.layer.info.params.keys():
                layers = [place.graph.nodes[seen.id].layer for place in self.places]
                if all(map(_alike, (getattr(each, name) for each in layers), sizes)):
                    raw = first.raw.nodes.get(seen.id, seen).params.get(name)
                    if isinstance(raw, Expression) and factor > 1:
                        return Expression(f"({raw.text}) * {factor}")
                    return values[0] if raw is None or factor > 1 else raw
            spec = self._standing(first, seen)
            if spec is not None and seen.type == "Flatten":
                before = [
                    self._standing(place, place.graph.nodes[seen.id]) for place in self.places
                ]
                channels = [each.sizes[0] if each and each.dims else None for each in before]
                if not all(isinstance(each, int) and each > 0 for each in channels):
                    return None
                times = {one // other for one, other in zip(sizes, channels, strict=True)}
                if len(times) > 1:
                    return None
                sizes, factor = channels, factor * times.pop()
            elif spec is None or sizes[0] not in spec.sizes:
                return None
        return None

    @staticmethod
    def _standing(place: Place, node: Node) -> Spec | None:
        """What stands at the first wired input of a node."""
        end = first_input(place.graph, node)
        wired = place.graph.incoming[node.id]
        port = next((each for each, at in wired.items() if at == end), "")
        return place.shapes.nodes[node.id].inputs.get(port)

    def _comes_in(self, values: Sequence[Any]) -> bool:
        """Whether a size stands at an input of the network as it is, at every place."""
        return all(
            any(value in spec.sizes for spec in place.shapes.inputs.values())
            for place, value in zip(self.places, values, strict=True)
        )

    def expression(self, raw: Expression, values: Sequence[Any]) -> str:
        """An expression of the file over promoted parameters as source; "" where it says something else."""
        try:
            names = raw.names()
            found = [evaluated(raw, place.names) for place in self.places]
        except ExpressionError:
            return ""
        if not all(map(_alike, found, values)):
            return ""
        return python_expression(raw, {name: self._promote(name) for name in sorted(names)})

    def made(self, name: str) -> Sequence[Make]:
        """For each place, the call that makes this class there."""
        order = self.arguments()
        return [
            Make(
                name,
                tuple(Arg(each.name, each.values[at], each.sized, each.default) for each in order),
            )
            for at in range(len(self.places))
        ]

    @property
    def by_default(self) -> bool:
        """Whether no argument has another value anywhere than its default."""
        return all(
            each.default is REQUIRED or all(_alike(each.default, value) for value in each.values)
            for each in self.promoted.values()
        )

    def arguments(self) -> list[Promoted]:
        """The arguments of the constructor in order: sizes of inputs, then others, those with a default last."""
        found = list(self.promoted.values())
        return sorted(found, key=lambda each: (each.default is not REQUIRED, not each.sized))

    def _promote(self, name: str) -> str:
        if name not in self.promoted:
            wanted = "index" if name == INDEX else name
            default = self.places[0].defaults.get(name, REQUIRED)
            if isinstance(default, Expression | dict) or name == INDEX:
                default = REQUIRED
            values = [place.names[name] for place in self.places]
            self.promoted[name] = Promoted(self.variables.new(wanted), values, default)
        return self.promoted[name].name

    def _equal(self, values: Sequence[Any]) -> str:
        """An argument that has these values everywhere; one that can be promoted counts."""
        for each in self.promoted.values():
            if all(map(_alike, each.values, values)):
                return each.name
        for name in self.places[0].defaults:
            if all(
                _alike(place.names.get(name), at)
                for place, at in zip(self.places, values, strict=True)
            ):
                return self._promote(name)
        return ""


def _alike(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def python_expression(raw: Expression, names: Mapping[str, str]) -> str:
    """An expression of the file as source, its names replaced; "" where Python reads it otherwise.

    The project's own parser takes it first, which knows numbers, names, operators, min and max only.
    """
    try:
        if not raw.names() <= names.keys():
            return ""
        tree = ast.parse(" ".join(raw.text.split()), mode="eval").body
    except (ExpressionError, SyntaxError, ValueError):
        return ""
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.id not in ("min", "max"):
            each.id = names[each.id]
    return _tight(tree)


def _tight(tree: ast.expr) -> str:
    """Source as ruff formats it: no blanks around the power of two simple things."""
    text = ast.unparse(tree)
    for each in ast.walk(tree):
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Pow):
            simple = (ast.Name, ast.Constant)
            if isinstance(each.left, simple) and isinstance(each.right, simple):
                text = text.replace(ast.unparse(each), ast.unparse(each).replace(" ** ", "**"))
    return text
