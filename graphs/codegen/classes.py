"""Classes of generated source: one for each network, and where a block is built in several ways, one for each way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphs.block import Block
from graphs.code import Code, Make
from graphs.codegen.forward import FLOWS, Pass, shape_words
from graphs.codegen.names import Variables, attribute, longer
from graphs.codegen.places import Place, conditional
from graphs.codegen.text import WIDTH, Bracket, comment, docstring, laid_out, statement
from graphs.codegen.values import Values
from graphs.content import MAIN
from graphs.graph import End, Node
from graphs.plan import CannotBuild, Plan, owner_of
from graphs.resolve import INDEX, mentions

NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
"""What follows the mean of its batches; InstanceNorm, as its layers make it, keeps nothing of the kind."""


@dataclass(frozen=True)
class Method:
    """One pass as a method. `results` are the wished names of its results, `doc` its docstring."""

    name: str
    plan: Plan
    training: Plan | None = None  # where it is another while training
    results: Mapping[str, str] = field(default_factory=dict)
    doc: str = ""
    losses: bool = False  # whether it also gives those inside blocks, as a list
    via: tuple[str, Plan] | None = (
        None  # another method that gives all of it, and what that computes
    )


@dataclass
class ClassSource:
    """A class: its places are alike but for values. `name` is that in the source."""

    name: str
    doc: Sequence[str]
    places: Sequence[Place]
    methods: Sequence[Method]
    helpers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._first = self.places[0]
        self._codes: dict[str, list[Code]] = {}
        self._owners: dict[str, Node] = {}
        wanted = {
            each.node
            for method in self.methods
            for plan in (method.plan, method.training)
            if plan is not None
            for each in plan.calls
        }
        for node_id in self._first.graph.order:
            node = self._first.graph.nodes[node_id]
            if node_id not in wanted:
                continue
            if node.place is None:
                self._codes[node_id] = [place.code(node_id) for place in self.places]
            if not node.marks.weights or self._first.network == MAIN:
                self._owners.setdefault(owner_of(node), node)
        self._shared = self._first.shared

    def lines(self) -> list[str]:
        """The class; afterwards every place knows how it is made there."""
        self._values = Values(self.places)
        made = list(self._constructor())
        frozen = self._frozen()
        arguments = self._values.arguments()
        doc = docstring(self.doc or [self._flow(self.methods[0])], 4)
        found = [f"class {self.name}(nn.Module):", *doc]
        signature = Bracket("def __init__(", ("self", *(each.declared for each in arguments)))
        if made or arguments:
            found += ["", *laid_out("", signature, " -> None:", 4), " " * 8 + "super().__init__()"]
            found += [*made, *frozen]
        for method in self.methods:
            found += ["", *self._method(method)]
        found += self._train_mode()
        for place, make in zip(self.places, self._values.made(self.name), strict=True):
            place.make = make
        return found

    @property
    def keys(self) -> dict[str, str]:
        """For each id that is called otherwise in the source: what it is called there."""
        names = (*self._owners, *self._shared)
        return {name: attribute(name) for name in names if attribute(name) != name}

    def _constructor(self) -> Iterator[str]:
        ties: list[str] = []
        for owner, node in self._owners.items():
            bracket = self._member(node)
            if bracket is None:
                continue
            prefix = f"self.{attribute(owner)} = "
            note = comment(node.title, 8) if node.title else []
            conditional = self._condition(node)
            if conditional:
                yield from [*note, *_either(prefix, bracket, conditional)]
                continue
            yield from note
            yield from laid_out(prefix, bracket, "", 8)
            for own, target in node.marks.tie.items():
                there, _, weight = target.rpartition(".")
                path = ".".join(attribute(each) for each in there.split("."))
                ties.append(f"        self.{attribute(owner)}.{own} = self.{path}.{weight}")
        for name, (place, node) in self._shared.items() if self._first.network == MAIN else ():
            code = place.code(node.id)
            if name in self._owners or code.make is None:
                continue
            if not code.make.name.startswith("nn."):
                self.helpers.add(code.make.name)
            made = self._values.make([code.make], {}, node.id)
            yield from laid_out(f"self.{attribute(name)} = ", made, "", 8)
            if node.marks.frozen:
                yield f"        self.{attribute(name)}.requires_grad_(False)"
        yield from ties

    def _member(self, node: Node) -> Bracket | None:
        raw = self._raw(node)
        if node.place is not None:
            return self._placed(node, raw)
        codes = self._codes[node.id]
        for code in codes:
            self.helpers |= set(code.helpers)
            if code.make is not None and not code.make.name.startswith("nn."):
                self.helpers.add(code.make.name)
        makes = [code.make for code in codes if code.make is not None]
        return self._values.make(makes, raw, node.id) if makes else None

    def _placed(self, node: Node, raw: dict[str, Any]) -> Bracket:
        block = node.layer
        assert isinstance(block, Block)
        rows = [made_of(place, node.id) for place in self.places]
        if block.repeated:  # what speaks of the round is another in each
            raw = {name: each for name, each in raw.items() if INDEX not in mentions(each)}
        if not block.repeated:
            return self._values.make([row[0] for row in rows], raw, node.id)
        if not rows[0]:
            return Bracket("nn.ModuleList(", ())
        place = self._first.raw.nodes[node.id].place
        count = self._values.value(
            [len(row) for row in rows], place.repeat if place else None, "repeat", node.id
        )
        first = self._values.make([row[0] for row in rows], raw, node.id)
        kinds = set(map(pattern, rows))
        kind = kinds.pop() if len(kinds) == 1 else "first"
        if kind == "same":
            if count == "1":
                return _module_list(first)
            return Bracket("nn.ModuleList(", (first,), loop=f"for _ in range({count})")
        if kind == "first":
            rest = self._values.make([row[1] for row in rows], {}, node.id)
            if count == "2":
                return _module_list(first, rest)
            less = str(int(count) - 1) if count.isdecimal() else f"{count} - 1"
            others = Bracket("*(", (rest,), loop=f"for _ in range({less})")
            return _module_list(first, others)
        each = [
            self._values.make([row[at] for row in rows], {}, node.id) for at in range(len(rows[0]))
        ]
        return _module_list(*each)

    def _raw(self, node: Node) -> dict[str, Any]:
        found = self._first.raw.nodes.get(node.id)
        return dict(found.params) if found is not None else {}

    def _condition(self, node: Node) -> str:
        """The condition under which a node is there, as source; "" if it always is."""
        there = conditional(self._first.raw.nodes.get(node.id))
        if there is None:
            return ""
        shown = [not place.graph.nodes[node.id].marks.muted for place in self.places]
        return self._values.expression(there, shown) or (
            "True" if all(shown) else self._values.value(shown, None, f"has_{node.id}", node.id)
        )

    def _frozen(self) -> list[str]:
        return [
            f"        self.{attribute(owner)}.requires_grad_(False)"
            for owner, node in self._owners.items()
            if node.marks.frozen and self._learns(node)
        ]

    def _learns(self, node: Node) -> bool:
        known = self._first.shapes.nodes[node.id]
        return bool(known.weights) or node.place is not None

    def _train_mode(self) -> list[str]:
        """Running statistics of what is frozen stand still."""
        still = [
            node
            for node in self._owners.values()
            if node.marks.frozen and _statistics(self._first, node)
        ]
        if not still:
            return []
        kinds = sorted({each for owner in still for each in _statistics(self._first, owner)})
        types = f"nn.{kinds[0]}" if len(kinds) == 1 else f"({', '.join(f'nn.{k}' for k in kinds)})"
        lines = [
            "",
            f"    def train(self, mode: bool = True) -> {self.name}:",
            '        """Set the mode; running statistics of frozen layers stand still in both."""',
            "        super().train(mode)",
        ]
        for owner in still:
            own = f"self.{attribute(owner_of(owner))}"
            if owner.place is None:
                lines.append(f"        {own}.eval()")
                continue
            lines += [
                f"        for module in {own}.modules():",
                f"            if isinstance(module, {types}):",
                "                module.eval()",
            ]
        return [*lines, "        return self"]

    def _method(self, method: Method) -> list[str]:
        inputs = self._inputs(method)
        outputs = ["Tensor"] * len(method.plan.results)
        outputs += ["list[Tensor]"] if method.losses else []
        returns = outputs[0] if len(outputs) == 1 else f"tuple[{', '.join(outputs)}]"
        returns = returns if outputs else "None"
        handed = self._shared if self._first.network != MAIN else ()
        row = ("self", *(f"{name}: Tensor" for name in inputs.values()))
        row += tuple(f"{attribute(name)}: nn.Module" for name in handed)
        head = laid_out("", Bracket(f"def {method.name}(", row), f" -> {returns}:", 4)
        doc = docstring([method.doc, self._flow(method)], 8) if method.doc else []
        plans = [method.plan]
        if method.training is not None and _differ(method.plan, method.training):
            plans.insert(0, method.training)
        if method.via is not None:
            return [*head, *doc, *self._through(method, inputs, *method.via)]
        if len(plans) == 1 or method.losses:
            return [*head, *doc, *self._body(method.plan, inputs, method, 8)]
        body = self._body(plans[0], inputs, method, 12)
        rest = self._body(plans[1], inputs, method, 8)
        return [*head, *doc, "        if self.training:", *body, *rest]

    def _body(
        self, plan: Plan, inputs: Mapping[End, str], method: Method, indent: int
    ) -> list[str]:
        variables = Variables(*inputs.values(), *map(attribute, self._shared))
        codes = {node_id: row[0] for node_id, row in self._codes.items()}
        shapes = {
            tuple(
                str(spec) for known in each.shapes.nodes.values() for spec in known.outputs.values()
            )
            for each in self.places
        }
        one = Pass(
            self._first,
            plan,
            codes,
            self._module_of,
            inputs,
            # Other arguments than the defaults make other shapes.
            same_shapes=len(shapes) == 1 and self._values.by_default,
            losses=method.losses,
            variables=variables,
        )
        lines = one.lines(method.results)
        return [part for line in lines for part in statement(line, indent)]

    def _through(
        self, method: Method, inputs: Mapping[End, str], other: str, plan: Plan
    ) -> list[str]:
        """The lines of a method that gives a part of what another one gives."""
        variables = Variables(*inputs.values())
        wished = {end: name for name, end in method.plan.results.items()}
        names = {
            end: variables.new(method.results.get(wished[end], wished[end]), longer(end))
            if end in wished
            else "_"
            for end in plan.results.values()
        }
        row = ", ".join(inputs[end] for end in plan.columns)
        lines = [f"{', '.join(names.values())} = self.{other}({row})"]
        lines.append(f"return {', '.join(names[end] for end in method.plan.results.values())}")
        return [part for line in lines for part in statement(line, 8)]

    def _module_of(self, owner: str) -> str:
        """The expression of a module: one that is shared out of a block is handed in."""
        handed = owner in self._shared and self._first.network != MAIN
        return attribute(owner) if handed else f"self.{attribute(owner)}"

    @staticmethod
    def _inputs(method: Method) -> dict[End, str]:
        """The arguments of a method."""
        training = method.training.columns if method.training is not None else ()
        variables = Variables()
        columns = dict.fromkeys((*method.plan.columns, *training))
        return {end: variables.new("input" if end.port == FLOWS else end.port) for end in columns}

    def _flow(self, method: Method) -> str:
        """Shapes in and out: "image (B, 1, 8, 8) -> scores (B, 10)."."""
        given = [
            f"{name} {_words(self.places, end)}".strip()
            for end, name in self._inputs(method).items()
        ]
        made = [
            f"{method.results.get(name, name)} {_words(self.places, end)}".strip()
            for name, end in method.plan.results.items()
        ]
        made += ["the losses inside"] if method.losses else []
        return f"{', '.join(given)} -> {', '.join(made or ['nothing but what is measured'])}."


def _either(prefix: str, made: Bracket, condition: str) -> list[str]:
    """A member that is there under a condition, as ruff lays out such a choice."""
    space, inner = " " * 8, " " * 12
    line = f"{made.flat()} if {condition} else nn.Identity()"
    if len(space + prefix + line) <= WIDTH:
        return [f"{space}{prefix}{line}"]
    if len(inner + line) <= WIDTH:
        return [f"{space}{prefix}(", f"{inner}{line}", f"{space})"]
    choice = [*laid_out("", made, "", 12), f"{inner}if {condition}", f"{inner}else nn.Identity()"]
    return [f"{space}{prefix}(", *choice, f"{space})"]


def _statistics(place: Place, node: Node) -> set[str]:
    """The types of layers that follow the mean of their batches: of a node, or of what stands inside it."""
    inner = dict.fromkeys(place.rounds.get(node.id, ()))
    found = {node.type} & set(NORMS)
    return found.union(
        *(_statistics(each, one) for each in inner for one in each.graph.nodes.values())
    )


def _module_list(*made: Bracket) -> Bracket:
    return Bracket("nn.ModuleList(", (Bracket("[", made, "]"),))


def _words(places: Sequence[Place], end: End) -> str:
    """The shape at an end as all places have it; letters for sizes that differ."""
    specs = [
        place.shapes.inputs.get(end.port)
        if end.node == "in"
        else place.shapes.output(end.node, end.port)
        for place in places
    ]
    first = specs[0]
    if first is None or any(each is None or each.rank != first.rank for each in specs):
        return ""
    if all(each == first for each in specs):
        return shape_words(first)
    return f"({', '.join(['B', *first.letters])})"


def _differ(one: Plan, other: Plan) -> bool:
    return (one.calls, dict(one.results)) != (other.calls, dict(other.results))


def made_of(place: Place, node_id: str) -> list[Make]:
    """The calls that make the rounds of a placement.

    Raises:
        CannotBuild: it does not fit.
    """
    if node_id not in place.rounds:
        place.known(node_id)
        raise CannotBuild(
            f"{place.graph.nodes[node_id].phrase} cannot be written as code.", node_id
        )
    found = [each.make for each in place.rounds[node_id]]
    assert all(each is not None for each in found), "inner classes are written first"
    return [each for each in found if each is not None]


def pattern(row: Sequence[Make]) -> str:
    """How the rounds of a repeat differ: not ("same"), in the first one ("first"), or in each ("each")."""
    if all(each == row[0] for each in row):
        return "same"
    return "first" if all(each == row[1] for each in row[1:]) else "each"
