"""The lines of one pass through a network: what calls what, with names of variables that a reader can follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from graphs.block import Block
from graphs.code import Code
from graphs.codegen.compared import way
from graphs.codegen.names import Variables, attribute, identifier, is_taken, longer
from graphs.codegen.places import Place
from graphs.codegen.text import WIDTH
from graphs.graph import End, Node
from graphs.plan import CannotBuild, Plan
from graphs.resolve import carried, face_ends
from graphs.spec import Spec

FLOWS = "x"
"""The variable of a value that only the next line uses."""

Modules = Callable[[str], str]
"""The expression of a node's module, by owner: "self.linear"."""


@dataclass
class Pass:
    """One plan as lines of source. `inputs` are the variables of what comes in."""

    place: Place
    plan: Plan
    codes: Mapping[str, Code]
    module: Modules
    inputs: Mapping[End, str]
    same_shapes: bool = (
        True  # whether shapes may stand in comments: they are the same wherever it stands
    )
    losses: bool = False  # whether the losses inside are collected and returned, too
    variables: Variables = field(default_factory=Variables)
    names: dict[End, str] = field(default_factory=dict)
    _item: str = ""
    _inner: str = ""
    _collected: bool = False

    def __post_init__(self) -> None:
        layers = (self.place.graph.nodes[each.node].layer for each in self.plan.calls)
        self._ports = Counter(port for layer in layers if layer for port in layer.outputs())

    def lines(self, result_names: Mapping[str, str]) -> list[str]:
        """The lines, the last of which returns the results; `result_names` are what they are wished to be called."""
        self.names = dict(self.inputs)
        found: list[str] = []
        lone = next(iter(self.plan.results.values())) if len(self.plan.results) == 1 else None
        for index, each in enumerate(self.plan.calls):
            node = self.place.graph.nodes[each.node]
            self._name_outputs(index, node, result_names)
            last = index + 1 == len(self.plan.calls) and lone is not None and lone.node == each.node
            last = last and not self.losses
            if node.info is not None and node.info.role == "metric":
                found.append(self._measured(node, each.inputs))
            elif each.node in self.plan.losses:
                found += self._loss(node, each.inputs, each.owner)
            elif isinstance(node.layer, Block):
                lines = self._block(node, node.layer, each.inputs, each.owner, alone=last)
                if last and lines[-1].startswith("return "):
                    return [*found, *lines]
                found = _joined(found, lines)
            elif last and lone is not None and not self.codes[each.node].outputs:
                text = self._call(node, each.inputs, each.owner)
                return [*found, *self._with_shape(f"return {text}", node, lone.port)]
            else:
                found += self._layer(node, each.inputs, each.owner)
        row = [self.names[end] for end in self.plan.results.values()]
        if self.losses and not self._collected:
            row.append("[]")
        elif self.losses and found[-1].startswith("losses = ["):
            row.append(found.pop().removeprefix("losses = "))
        elif self.losses:
            row.append("losses")
        return [*found, f"return {', '.join(row)}"] if row else found

    def _measured(self, node: Node, inputs: Mapping[str, End]) -> str:
        """The line that hands a metric of this network what it compares."""
        row = self.codes[node.id].call.format(
            **{port: self.names[end] for port, end in inputs.items()}
        )
        return f"{self.module(node.id)}.update({row})"

    def _loss(self, node: Node, inputs: Mapping[str, End], owner: str) -> list[str]:
        """The lines of a loss of this network; something may use its value besides."""
        name = self.names[End(node.id, "output")]
        if name == "_":
            return [self._collect(self._call(node, inputs, owner))]
        return [*self._layer(node, inputs, owner), self._collect(name)]

    def _collect(self, loss: str) -> str:
        """The line that puts a loss beside the others."""
        line = f"losses.append({loss})" if self._collected else f"losses = [{loss}]"
        self._collected = True
        return line

    def _name_outputs(self, index: int, node: Node, result_names: Mapping[str, str]) -> None:
        layer = node.layer
        assert layer is not None
        # A loop writes to what it carries, so nothing else that it reads may have that name.
        scans = isinstance(layer, Block) and layer.scan is not None
        loops = scans or (isinstance(layer, Block) and layer.repeated)
        flows = not loops or (not scans and len(layer.info.inputs) == 1)
        flows = flows and len(layer.outputs()) == 1
        for port in layer.outputs():
            end = End(node.id, port)
            uses = [at for at, each in enumerate(self.plan.calls) if end in each.inputs.values()]
            wished = [name for name, result in self.plan.results.items() if result == end]
            if wished:
                name = result_names.get(wished[0], wished[0])
                name = "output" if name == FLOWS else name
                self.names[end] = self.variables.new(name, longer(end))
            elif not uses:
                self.names[end] = "_"
            elif flows and uses == [index + 1]:
                self.names[end], flows = FLOWS, False
            else:
                title = identifier(node.title) if node.title else node.id
                plain = title if port in ("output", FLOWS) else port
                several = self._ports[port] > 1 and port != "output"
                self.names[end] = self.variables.new(
                    f"{title}_{port}" if several else plain, longer(end)
                )

    def _call(self, node: Node, inputs: Mapping[str, End], owner: str) -> str:
        """The expression of a call."""
        code = self.codes[node.id]
        given = {port: self.names[end] for port, end in inputs.items()}
        assert node.layer is not None
        row: list[str] = []
        named = dict.fromkeys((port.name for port in node.layer.info.inputs), "None")
        for port in node.layer.info.inputs:
            if port.many:
                row += [name for each, name in given.items() if each.startswith(f"{port.name}.")]
            else:
                row.append(given.get(port.name, "None"))
        named |= {port: name for port, name in given.items() if "." not in port}
        while row and row[-1] == "None":
            row.pop()
        module = self.module(owner) if code.make is not None else ""
        if not code.call:
            return f"{module}({', '.join(row)})"
        named["inputs"] = ", ".join(row)
        numbered = {f"in{index}": name for index, name in enumerate(row)}
        return code.call.format(self=module, **{**numbered, **named})

    def _layer(self, node: Node, inputs: Mapping[str, End], owner: str) -> list[str]:
        code = self.codes[node.id]
        text = self._call(node, inputs, owner)
        assert node.layer is not None
        ports = node.layer.outputs()
        outs = {port: self.names[End(node.id, port)] for port in ports}
        if not code.outputs:
            return self._with_shape(f"{outs[ports[0]]} = {text}", node, ports[0])
        main = next((port for port in ports if outs[port] != "_"), ports[0])
        found = self._with_shape(f"{code.outputs.format(**outs)} = {text}", node, main)
        for port, changed in code.after.items():
            if outs[port] != "_":
                found.append(f"{outs[port]} = {changed.format(**{port: outs[port]})}")
        return found

    def _block(
        self, node: Node, block: Block, inputs: Mapping[str, End], owner: str, *, alone: bool
    ) -> list[str]:
        """The lines of a placement; `alone` says that what it gives is all that is left to return."""
        given = {port: self.names[end] for port, end in inputs.items()}
        outs = {port: self.names[End(node.id, port)] for port in block.outputs()}
        inner = self.place.rounds.get(node.id, ())
        skips = inner[0].skips if inner and not self._method(node)[0] else frozenset()
        ports = [port.name for port in block.info.inputs if port.name not in skips]
        if block.scan is not None:
            return self._scan(node, block, given, outs, owner)
        (method, gives), handed = self._method(node), self._handed(node)
        if not block.repeated:
            row = _arguments([given.get(port, "None") for port in ports], handed)
            made = f"{self.module(owner)}{method}({row})"
            if gives:
                return self._with_losses(node, block, outs, made)
            whole = alone and len(outs) == 1
            if not outs:
                return [made]
            text = f"return {made}" if whole else f"{', '.join(outs.values())} = {made}"
            return self._with_shape(text, node, block.outputs()[0])
        feeds = carried(block.definition.graph)
        lines: list[str] = []
        state = dict(given)
        for port, output in feeds.items():
            if outs[output] == "_":
                outs[output] = self.variables.new(output)
            if given[port] != outs[output]:
                lines.append(f"{outs[output]} = {given[port]}")
            state[port] = outs[output]
        row = _arguments([state.get(port, "None") for port in ports], handed)
        self._item = item = self._item or self.variables.new("block")
        head = f"for {item} in {self.module(owner)}:"
        made = f"{item}{method}({row})"
        if gives:
            lines += [] if self._collected else ["losses = []"]
            self._collected = True
            inside = self._with_losses(node, block, outs, made)
            return [*lines, head, *(f"    {line}" for line in inside)]
        if not outs:
            return [*lines, head, f"    {made}"]
        text = f"    {', '.join(outs.values())} = {made}"
        if self._grows(node, block):
            told = self._with_shape(head, node, block.outputs()[0])
            return [*lines, *(each.replace("# (", "# at the end (") for each in told), text]
        return [*lines, head, *self._with_shape(text, node, block.outputs()[0])]

    def _with_losses(
        self, node: Node, block: Block, outs: Mapping[str, str], made: str
    ) -> list[str]:
        """The lines of a call of a block that gives its losses besides its outputs."""
        fresh, self._collected = not self._collected, True
        self._inner = "" if fresh else self._inner or self.variables.new("inner")
        if not outs:
            return [f"losses = {made}" if fresh else f"losses += {made}"]
        row = ", ".join([*outs.values(), "losses" if fresh else self._inner])
        lines = self._with_shape(f"{row} = {made}", node, block.outputs()[0])
        return lines if fresh else [*lines, f"losses += {self._inner}"]

    def _grows(self, node: Node, block: Block) -> bool:
        """Whether the rounds of a repeat give different shapes, so that none of them is told inside the loop."""
        known = self.place.known(node.id)
        port = block.outputs()[0]
        shapes = [
            each.shapes.output(*end)
            for each in self.place.rounds.get(node.id, ())
            if (end := face_ends(each.graph).get(port)) is not None
        ]
        return any(each != known.outputs[port] for each in shapes)

    def _scan(
        self,
        node: Node,
        block: Block,
        given: Mapping[str, str],
        outs: dict[str, str],
        owner: str,
    ) -> list[str]:
        known = self.place.known(node.id)
        cut = block.cut(known.inputs)
        lines: list[str] = []
        state = dict(given)
        for port in block.carried_ports:
            if outs[port] == "_" or block.becomes(port) != "last":
                state[port] = self.variables.new(f"{port}_now")
            else:
                state[port] = outs[port]
            if given[port] != state[port]:
                lines.append(f"{state[port]} = {given[port]}")
        steps = {port: self.variables.new(f"{port}_step") for port in cut}
        rows = {
            port: self.variables.new(f"{port}_steps")
            for port in outs
            if outs[port] != "_" and block.becomes(port) != "last"
        }
        lines += [f"{row} = []" for row in rows.values()]
        unbound = [f"{given[port]}.unbind({axis + 1})" for port, axis in cut.items()]
        over = unbound[0] if len(unbound) == 1 else f"zip({', '.join(unbound)}, strict=True)"
        lines.append(f"for {', '.join(steps.values())} in {over}:")
        row = _arguments(
            [
                steps.get(port, state.get(port, "None"))
                for port in block.definition.graph.face.inputs
            ],
            self._handed(node),
        )
        now = {
            port: state[port]
            if port in state and port in block.carried_ports
            else (self.variables.new(f"{port}_now") if port in rows else outs[port])
            for port in outs
        }
        lines.append(
            f"    {', '.join(now.values())} = {self.module(owner)}{self._method(node)[0]}({row})"
        )
        lines += [f"    {rows[port]}.append({now[port]})" for port in rows]
        for port, collected in rows.items():
            stacks = block.becomes(port) == "stack"
            axis = 1
            if not stacks:
                spec = known.outputs[port]
                axis = spec.letters.index(block.scan or "") + 1
            joined = "stack" if stacks else "cat"
            text = f"{outs[port]} = torch.{joined}({collected}, dim={axis})"
            lines += self._with_shape(text, node, port)
        return lines

    def _method(self, node: Node) -> tuple[str, bool]:
        """The method of a block that is not called by calling it, and whether it gives the losses inside, too."""
        method, gives = way(self.place, node.id, self.plan.mode, losses=self.losses)
        return f".{method}" if method else "", gives

    def _handed(self, node: Node) -> list[str]:
        """The modules that a block shares with what stands outside of it, as arguments."""
        inner = self.place.rounds.get(node.id, ())
        names = dict.fromkeys(name for each in inner for name in each.shared)
        return [f"{attribute(name)}={self.module(name)}" for name in names]

    def _with_shape(self, text: str, node: Node, port: str) -> list[str]:
        """The line, with the shape behind it where that is another than what came in."""
        known = self.place.shapes.nodes[node.id]
        spec = known.outputs.get(port)
        first = next(iter(known.inputs.values()), None)
        if (
            spec is None
            or not (spec.batched or spec.dims)
            or not self.same_shapes
            or (first and first.sizes == spec.sizes)
        ):
            return [text]
        line = f"{text}  # {shape_words(spec)}"
        return [line] if len(line) + 8 <= WIDTH else [f"# {shape_words(spec)}", text]


def shape_words(spec: Spec) -> str:
    """The axes with the batch: (B, 3, 32, 32)."""
    axes = [*(["B"] if spec.batched else []), *map(str, spec.sizes)]
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"


def _joined(found: list[str], lines: list[str]) -> list[str]:
    """Lines one after the other; a value that a loop only goes on from has the loop's name for it at once."""
    start = f"{FLOWS} = "
    name, _, value = lines[0].partition(" = ")
    if value == FLOWS and found and found[-1].startswith(start):
        return [*found[:-1], f"{name} = {found[-1].removeprefix(start)}", *lines[1:]]
    return [*found, *lines]


def _arguments(row: Sequence[str], named: Sequence[str] = ()) -> str:
    left = list(row)
    while left and left[-1] == "None":
        left.pop()
    return ", ".join([*left, *named])


def refuse_shared_inside(place: Place) -> None:
    """Say what source cannot be written for.

    Raises:
        CannotBuild: a block shares with what stands outside of it what is more than one layer, or by a name that
            means something else in the source.
    """
    for node in place.graph.nodes.values():
        name = node.marks.weights
        clashes = is_taken(name) or name in place.graph.face.inputs
        if name and (node.place is not None or node.marks.tie or clashes):
            raise CannotBuild(
                f"{node.phrase} shares the weights {name} out of its block, which cannot be written as code. "
                "Choose another name, or place the block itself twice with shared weights instead.",
                node.id,
            )
