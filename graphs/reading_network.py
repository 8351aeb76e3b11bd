"""One network of a file: nodes, wires and its face become a Graph; positions, frames and notes are the view's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_args

from graphs.expression import Expression
from graphs.fields import Fields, check_id, check_text, coordinates, is_number, read_value, shown
from graphs.graph import (
    FACE_IN,
    FACE_OUT,
    ID,
    NO_FACE,
    NO_MARKS,
    End,
    Face,
    Frame,
    Graph,
    Marks,
    Node,
    Note,
    Only,
    Placement,
    Wire,
)
from graphs.json_text import Fault
from graphs.layer import LAYERS

MAX_NODES = 100_000
MAX_WIRES = 200_000
MAX_NOTE = 20_000
MAX_REPEAT = 10_000
SCAN_OUTPUTS = ("last", "stack", "collect")

_PORT = r"[a-z][a-z0-9_]{0,63}(?:\.(?:0|[1-9][0-9]{0,3}))?"
_WIRE = re.compile(rf"([a-z][a-z0-9_]{{0,63}})\.({_PORT}) -> ([a-z][a-z0-9_]{{0,63}})\.({_PORT})\Z")
_COLOR = re.compile(r"(?:#[0-9a-fA-F]{6}|[a-z]{0,20})\Z")


def read_network(value: Any, network: str, unknown: list[str]) -> Graph:
    """The graph of one network.

    Raises:
        Fault: it cannot be understood; the sentence names the node, wire or field.
    """
    fields = Fields.of(value, f"network {network}", unknown)
    found = fields.object("nodes")
    if len(found) > MAX_NODES:
        raise Fault(f"network {network} has {len(found):,} nodes; the most is {MAX_NODES:,}.")
    nodes = {
        node_id: _read_node(
            check_id(node_id, f"the id of a node of network {network}"), each, unknown
        )
        for node_id, each in found.items()
    }
    face = _read_face(fields.raw("face"), network, unknown) if fields.has("face") else NO_FACE
    wires = _read_wires(fields.raw("wires", []), nodes, face, network)
    fields.done()
    return Graph(nodes, wires, face)


def read_view(value: Any, network: str, graph: Graph, unknown: list[str]) -> Graph:
    """The graph with positions, frames and notes. Positions of nodes that are not there are dropped.

    Raises:
        Fault: it cannot be understood.
    """
    fields = Fields.of(value, f"the view of network {network}", unknown)
    positions = {}
    for node_id, each in fields.object("positions").items():
        x, y = coordinates(each, 2, f"the position of {shown(node_id)} in network {network}")
        if node_id in graph.nodes:
            positions[node_id] = (x, y)
    frames = fields.items("frames", lambda each, where: _read_frame(each, where, unknown))
    notes = fields.items("notes", lambda each, where: _read_note(each, where, unknown))
    fields.done()
    return replace(graph, positions=positions, frames=frames, notes=notes)


def _read_node(node_id: str, value: Any, unknown: list[str]) -> Node:
    fields = Fields.of(value, f"node {node_id}", unknown)
    if fields.has("layer") == fields.has("network"):
        raise Fault(f'node {node_id} must have either a "layer" or a "network".')
    type_id, place = "", None
    if fields.has("layer"):
        type_id = fields.text("layer", longest=64)
        if not type_id.isidentifier() or not type_id.isascii():
            raise fields.wrong("layer", "the name of a layer type")
        if type_id not in LAYERS:
            unknown.append(f"{fields.where} is of a type {shown(type_id)}")
    else:
        place = _read_placement(fields)
    params = {
        _check_param(name, fields.where): read_value(each, f'parameter "{name}" of {fields.where}')
        for name, each in fields.params().items()
    }
    title, marks = fields.text("title", ""), _read_marks(fields)
    fields.done()
    return Node(node_id, type_id, params, title, place, marks)


def _check_param(name: str, where: str) -> str:
    if not ID.match(name):
        raise Fault(f"{where} has a parameter called {shown(name)}, which is not a name.")
    return name


def _read_placement(fields: Fields) -> Placement:
    network = fields.identifier("network")
    repeat: int | Expression | None = None
    if fields.has("repeat"):
        found = read_value(fields.raw("repeat"), f'"repeat" of {fields.where}')
        whole = isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= MAX_REPEAT
        if not whole and not isinstance(found, Expression):
            raise fields.wrong(
                "repeat", f"a whole number from 1 to {MAX_REPEAT:,}, or an expression"
            )
        repeat = found
    scan = fields.text("scan", longest=64) if fields.has("scan") else None
    if scan is not None and repeat is not None:
        raise Fault(f'{fields.where} has both "repeat" and "scan"; it can have one of them.')
    outputs = fields.object("outputs")
    for port, how in outputs.items():
        check_id(port, f'a port in "outputs" of {fields.where}')
        if how not in SCAN_OUTPUTS:
            raise Fault(
                f"output {port} of {fields.where} must be one of {', '.join(SCAN_OUTPUTS)}, but is {shown(how)}."
            )
    return Placement(network, repeat, scan, outputs)


def _read_marks(fields: Fields) -> Marks:
    tie = fields.object("tie")
    for own, other in tie.items():
        check_text(own, f'"tie" of {fields.where}')
        if not isinstance(other, str) or not re.match(
            r"[a-z][a-z0-9_]{0,63}(\.[A-Za-z0-9_]+)+\Z", other
        ):
            raise Fault(
                f'"tie" of {fields.where} must name a weight as NODE.WEIGHT, but has {shown(other)}.'
            )
    only = fields.choice("only", get_args(Only), "train") if fields.has("only") else None
    marks = Marks(
        frozen=fields.flag("frozen"),
        muted=fields.flag("muted"),
        weights=fields.identifier("weights", ""),
        tie=tie,
        only=only,
        when=fields.expression("when"),
    )
    return NO_MARKS if marks == NO_MARKS else marks


def _read_face(value: Any, network: str, unknown: list[str]) -> Face:
    fields = Fields.of(value, f"the face of network {network}", unknown)
    inputs, outputs = fields.items("inputs", check_id), fields.items("outputs", check_id)
    for name, ports in (("inputs", inputs), ("outputs", outputs)):
        if len(set(ports)) < len(ports):
            raise Fault(f'"{name}" of {fields.where} has a port twice.')
    params = {
        _check_param(name, fields.where): read_value(each, f'parameter "{name}" of {fields.where}')
        for name, each in fields.params().items()
    }
    fields.done()
    return Face(inputs, outputs, params)


def _read_wires(value: Any, nodes: dict[str, Node], face: Face, network: str) -> tuple[Wire, ...]:
    if not isinstance(value, list):
        raise Fault(f'"wires" of network {network} must be a list, but is {shown(value)}.')
    if len(value) > MAX_WIRES:
        raise Fault(f"network {network} has {len(value):,} wires; the most is {MAX_WIRES:,}.")
    wires: dict[End, Wire] = {}
    for text in value:
        wire = _read_wire(text, network)
        for end, edge, ports in (
            (wire.source, FACE_IN, face.inputs),
            (wire.target, FACE_OUT, face.outputs),
        ):
            if end.node == edge and end.port not in ports:
                raise Fault(
                    f"wire {wire} of network {network} uses {end}, a port that its face has not."
                )
            if end.node != edge and end.node not in nodes:
                raise Fault(
                    f"wire {wire} of network {network} names {shown(end.node)}, but there is no such node."
                )
        other = wires.setdefault(wire.target, wire)
        if other is not wire:
            same = "stands twice" if other == wire else f"and {other} end at the same input"
            raise Fault(f"wire {wire} of network {network} {same}. Remove one of them.")
    return tuple(wires.values())


def _read_wire(text: Any, network: str) -> Wire:
    match = _WIRE.match(text) if isinstance(text, str) else None
    if match is None:
        raise Fault(
            f'a wire of network {network} must be written "a.output -> b.input", but is {shown(text)}.'
        )
    source, source_port, target, target_port = match.groups()
    return Wire(End(source, source_port), End(target, target_port))


def _read_frame(value: Any, where: str, unknown: list[str]) -> Frame:
    fields = Fields.of(value, where, unknown)
    color = fields.text("color", "")
    if not _COLOR.match(color):
        raise fields.wrong("color", "a colour such as #4080c0")
    x, y, width, height = coordinates(fields.raw("rect"), 4, f'"rect" of {where}')
    title = fields.text("title", "")
    fields.done()
    return Frame(title, color, (x, y, width, height))


def _read_note(value: Any, where: str, unknown: list[str]) -> Note:
    fields = Fields.of(value, where, unknown)
    x, y = coordinates(fields.raw("position"), 2, f'"position" of {where}')
    width = fields.raw("width", 240.0)
    if not is_number(width) or not 1 <= width <= 1e5:
        raise fields.wrong("width", "a width in pixels")
    text = fields.text("text", "", longest=MAX_NOTE)
    fields.done()
    return Note(text, (x, y), float(width))
