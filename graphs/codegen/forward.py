"""The lines of one pass through a network: what calls what, with names of variables that a reader can follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from graphs.block import Block
from graphs.code import Code
from graphs.codegen.names import Variables, attribute, identifier, is_taken
from graphs.codegen.places import Place
from graphs.codegen.text import WIDTH
from graphs.graph import End, Node
from graphs.plan import CannotBuild, Plan
from graphs.resolve import carried
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
    variables: Variables = field(default_factory=Variables)
    names: dict[End, str] = field(default_factory=dict)
    _item: str = ""

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
            if isinstance(node.layer, Block):
                lines = self._block(node, node.layer, each.inputs, each.owner, alone=last)
                if last and lines[-1].startswith("return "):
                    return [*found, *lines]
                found = _joined(found, lines)
            elif last and lone is not None and not self.codes[each.node].outputs:
                text = self._call(node, each.inputs, each.owner)
                return [*found, *self._with_shape(f"return {text}", node, lone.port)]
            else:
                found += self._layer(node, each.inputs, each.owner)
        row = ", ".join(self.names[end] for end in self.plan.results.values())
        return [*found, f"return {row}"]

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
                self.names[end] = self.variables.new("output" if name == FLOWS else name)
            elif not uses:
                self.names[end] = "_"
            elif flows and uses == [index + 1]:
                self.names[end], flows = FLOWS, False
            else:
                title = identifier(node.title) if node.title else node.id
                plain = title if port == "output" else port
                several = self._ports[port] > 1 and port != "output"
                self.names[end] = self.variables.new(f"{title}_{port}" if several else plain)

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
        ports = [port.name for port in block.info.inputs]
        if block.scan is not None:
            return self._scan(node, block, given, outs, owner)
        judging, handed = self._judging(node), self._handed(node)
        if not block.repeated:
            row = _arguments([given.get(port, "None") for port in ports], handed)
            made = f"{self.module(owner)}{judging}({row})"
            whole = alone and len(outs) == 1
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
        lines.append(f"for {item} in {self.module(owner)}:")
        text = f"    {', '.join(outs.values())} = {item}{judging}({row})"
        return [*lines, *self._with_shape(text, node, block.outputs()[0])]

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
            f"    {', '.join(now.values())} = {self.module(owner)}{self._judging(node)}({row})"
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

    def _judging(self, node: Node) -> str:
        """The method of a block that is not called by calling it."""
        inner = self.place.rounds.get(node.id, ())
        judges = self.plan.mode == "evaluate" and any(each.judges for each in inner)
        return ".evaluation_pass" if judges else ""

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
        if spec is None or not self.same_shapes or (first and first.sizes == spec.sizes):
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
