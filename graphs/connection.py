"""What a wire would do before it is drawn: the sentence against it, or the Spec that would come out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.layer import infer
from graphs.ports import inputs_of, outputs_of
from graphs.shapes import missing_ports
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from graphs.graph import End, Graph, Node
    from graphs.shapes import Shapes

INSIDE, ROUND = "Inside it, ", "Inside its round "
"""How a misfit inside of a block begins, before it is said which block."""


@dataclass(frozen=True)
class Trial:
    """How a wire would fare: `why_not` is the sentence that refuses it (None: it can be drawn).

    `warning` is the sentence about a misfit that a wire can be drawn in spite of, for there is a way out: it becomes
    a problem with fixes; `code` is that problem's, `blames` the input that it is about.

    `carries` is the Spec on the wire, `gives` those at the outputs of the target node, both where known.
    `replaces` is the port that is wired there now.
    """

    why_not: str | None = None
    carries: Spec | None = None
    gives: tuple[Spec, ...] = ()
    replaces: End | None = None
    warning: str | None = None
    code: str = ""
    blames: str = ""

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against the wire, as far as is known."""
        return self.why_not is None and self.warning is None


def try_wire(
    graph: Graph,
    shapes: Shapes,
    source: End,
    target: End,
    before_source: Collection[str] | None = None,
) -> Trial:
    """What a wire from an output port to an input port would do.

    `before_source` is `graph.ancestors({source.node})`, for who tries many targets.
    """
    start, end = graph.nodes.get(source.node), graph.nodes.get(target.node)
    if start is None or source.port not in outputs_of(graph, source.node):
        name = start.phrase if start is not None else source.node
        return Trial(f"{name} has no output called {source.port}.")
    if end is None or target.port not in inputs_of(graph, target.node):
        name = end.phrase if end is not None else target.node
        return Trial(f"{name} has no input called {target.port}.")
    if source.node == target.node:
        return Trial(f"{start.phrase} cannot feed itself.")
    upstream = before_source if before_source is not None else graph.ancestors({source.node})
    if target.node in upstream:
        return Trial(f"{end.phrase} comes before {start.phrase}: this wire would make a loop.")
    carries = shapes.output(source.node, source.port)
    replaces = graph.incoming[target.node].get(target.port)
    layer = end.layer
    if carries is None or layer is None:
        return Trial(carries=carries, replaces=replaces)
    inputs = {**_known_inputs(graph, shapes, target.node), target.port: carries}
    if missing_ports(layer, inputs):
        return Trial(carries=carries, replaces=replaces)
    try:
        return Trial(None, carries, tuple(infer(layer, inputs).values()), replaces)
    except Mismatch as fault:
        words = sentence(end.phrase, fault.message)
        refused, warning = (
            (words, None) if _is_dead_end(fault, target.port, inputs) else (None, words)
        )
        return Trial(refused, carries, (), replaces, warning, fault.code, fault.port)


def why_not(graph: Graph, shapes: Shapes, source: End, target: End) -> str | None:
    """The exact sentence that refuses a connection; None if it can be drawn."""
    return try_wire(graph, shapes, source, target).why_not


def sentence(phrase: str, message: str) -> str:
    """A mismatch as a whole sentence: one that begins with a verb gets the node's phrase before it.

    One from inside a block names where: "Inside it, ..." becomes "Inside Stage, ...", "Inside its round 2, ..."
    becomes "Inside round 2 of Stage, ...".
    """
    if message.startswith(INSIDE):
        return f"Inside {phrase}, {message.removeprefix(INSIDE)}"
    if message.startswith(ROUND):
        number, rest = message.removeprefix(ROUND).split(",", 1)
        return f"Inside round {number} of {phrase},{rest}"
    return f"{phrase} {message}" if message[:1].islower() else message


def inside(words: str) -> str:
    """A sentence about something in a block, as a mismatch of the block; `sentence` names the block in it."""
    nested = words.startswith("Inside ")
    return f"{INSIDE}{words[:1].lower() if nested else words[:1]}{words[1:]}"


def nothing_at(node: Node, missing: Sequence[str]) -> str:
    """The sentence about inputs that must be wired and are not."""
    assert node.info is not None
    ports = node.info.inputs
    if len(ports) == 1 and missing in ((ports[0].name,), (f"{ports[0].name}.0",)):
        return f"{node.phrase} has no input. Wire something to it."
    listed = " and ".join(f'"{port.replace("_", " ")}"' for port in missing)
    word = "inputs" if len(missing) > 1 else "input"
    return f"{node.phrase} has nothing wired to its {word} {listed}."


def _is_dead_end(fault: Mismatch, port: str, inputs: Mapping[str, Spec]) -> bool:
    """Whether no size of a layer would mend it: another number of axes, or a kind that nothing turns into this one.

    Inputs with equally many axes that do not suit each other differ in their sizes alone. Where another input is
    what does not fit, this wire is not to blame.
    """
    if fault.port and fault.port != port:
        return False
    if fault.code == "G202":
        return all(hint.action == "become" for hint in fault.hints)
    sizes = any(hint.action in ("set", "before") for hint in fault.hints) or any(
        spec.rank == inputs[port].rank for each, spec in inputs.items() if each != port
    )
    return fault.code == "G201" and not sizes


def _known_inputs(graph: Graph, shapes: Shapes, node_id: str) -> dict[str, Spec]:
    known = {}
    for port, end in graph.incoming[node_id].items():
        spec = shapes.output(end.node, end.port)
        if spec is not None:
            known[port] = spec
    return known
