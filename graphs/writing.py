"""A Document becomes the text of a file: one node or wire a line, keys in one order, numbers in one form.

The form is canonical: the same document gives the same bytes, and what an edit did not touch stays the
same line. Fields that hold their default are left out, but for the run settings, which stand in full (switches
that are off stay out): a later version may choose other defaults, and a run must not change under a person.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphs.content import (
    MAIN,
    VERSION,
    Document,
    EarlyStopping,
    Minimise,
    Objective,
    Procedure,
    Typed,
)
from graphs.expression import Expression
from graphs.graph import NO_FACE, Face, Frame, Graph, Marks, Node, Note
from graphs.layer import LAYERS

WHOLE_BELOW = 2**53


def written(document: Document) -> bytes:
    """The bytes of the file, in UTF-8 with a line feed at the end.

    Raises:
        ValueError: a value cannot stand in JSON (not a number, infinite, or of a foreign type).
    """
    parts = [f'"lamina": {VERSION}', f'"title": {text_of(document.title)}']
    if document.description:
        parts.append(f'"description": {text_of(document.description)}')
    names = sorted(
        document.networks, key=lambda name: name != MAIN
    )  # main first, the others in order
    networks = [f"{text_of(name)}: {network_text(document.networks[name])}" for name in names]
    parts.append(f'"networks": {_block("{}", networks, 1)}')
    parts.append(f'"objectives": {_block("[]", map(_objective, document.objectives), 1)}')
    if document.procedures:
        parts.append(f'"procedures": {_block("[]", map(_procedure, document.procedures), 1)}')
    run = [
        f"{text_of(name)}: {_plain(value)}"
        for name, value in vars(document.run).items()
        if value is not None and value is not False
    ]
    parts.append(f'"run": {_block("{}", run, 1)}')
    views = [
        f"{text_of(name)}: {view}"
        for name in names
        if (view := view_text(document.networks[name])) != "{}"
    ]
    if views:
        parts.append(f'"view": {_block("{}", views, 1)}')
    return (_block("{}", parts, 0) + "\n").encode()


def text_of(value: str) -> str:
    """A text in quotes, with real characters."""
    return json.dumps(value, ensure_ascii=False)


def node_line(node: Node) -> str:
    """A node as it stands in a file, without its id."""
    fields: dict[str, Any] = {}
    if node.place is None:
        fields["layer"] = node.type
    else:
        fields["network"] = node.place.network
        if node.place.repeat is not None:
            fields["repeat"] = node.place.repeat
        if node.place.scan is not None:
            fields["scan"] = node.place.scan
        if node.place.outputs:
            fields["outputs"] = dict(node.place.outputs)
    if node.title:
        fields["title"] = node.title
    if node.params:
        fields["params"] = _in_order(node)
    return _plain({**fields, **_marks(node.marks)})


def _in_order(node: Node) -> dict[str, Any]:
    """The parameters in the order of their declaration, others after them by name."""
    cls = LAYERS.get(node.type)
    declared = list(cls.info.params) if cls is not None else []
    known = [name for name in declared if name in node.params]
    return {name: node.params[name] for name in (*known, *sorted(node.params.keys() - set(known)))}


def _marks(marks: Marks) -> dict[str, Any]:
    fields = {
        "frozen": marks.frozen,
        "muted": marks.muted,
        "weights": marks.weights,
        "tie": dict(sorted(marks.tie.items())),
        "only": marks.only,
        "when": marks.when,
    }
    return {name: value for name, value in fields.items() if value}


def network_text(graph: Graph) -> str:
    """A network without its view, as it stands in a file."""
    nodes = [f"{text_of(node_id)}: {node_line(node)}" for node_id, node in graph.nodes.items()]
    wires = [text_of(str(wire)) for wire in graph.wires]
    parts = [f'"face": {_face(graph.face)}'] if graph.face != NO_FACE else []
    parts += [f'"nodes": {_block("{}", nodes, 3)}', f'"wires": {_block("[]", wires, 3)}']
    return _block("{}", parts, 2)


def _face(face: Face) -> str:
    fields = {"inputs": face.inputs, "outputs": face.outputs, "params": dict(face.params)}
    return _plain({name: value for name, value in fields.items() if value})


def view_text(graph: Graph) -> str:
    """Positions, frames and notes of a network, as they stand in a file."""
    places = [
        f"{text_of(node_id)}: {_plain([_short(x) for x in graph.positions[node_id]])}"
        for node_id in graph.nodes
        if node_id in graph.positions
    ]
    parts = [f'"positions": {_block("{}", places, 3)}'] if places else []
    if graph.frames:
        parts.append(f'"frames": {_block("[]", map(_frame, graph.frames), 3)}')
    if graph.notes:
        parts.append(f'"notes": {_block("[]", map(_note, graph.notes), 3)}')
    return _block("{}", parts, 2)


def _frame(frame: Frame) -> str:
    rect = [_short(x) for x in frame.rect]
    return _plain({"title": frame.title, "color": frame.color, "rect": rect})


def _note(note: Note) -> str:
    position = [_short(x) for x in note.position]
    return _plain({"text": note.text, "position": position, "width": _short(note.width)})


def _objective(objective: Objective) -> str:
    default = Objective()
    fields: dict[str, Any] = {"name": objective.name}
    if objective.minimise:
        fields["minimise"] = [_minimise(each) for each in objective.minimise]
    fields |= {"update": objective.update, "optimizer": _typed(objective.optimizer)}
    if objective.scheduler is not None:
        fields["scheduler"] = _typed(objective.scheduler)
    for name in ("every", "from_epoch", "to_epoch", "batch", "clip"):
        if getattr(objective, name) != getattr(default, name):
            fields[name] = getattr(objective, name)
    return _plain(fields)


def _minimise(part: Minimise) -> Any:
    return part.loss if part.weight == 1.0 else {"loss": part.loss, "weight": part.weight}


def _typed(typed: Typed) -> dict[str, Any]:
    return {
        "type": typed.type,
        **dict(sorted(typed.params.items(), key=lambda item: (item[0] != "lr", item[0]))),
    }


def _procedure(procedure: Procedure) -> str:
    fields: dict[str, Any] = {
        "name": procedure.name,
        "kind": procedure.kind,
        "network": procedure.network,
    }
    if procedure.feeds:
        fields["feeds"] = [{"port": feed.port, "source": feed.source} for feed in procedure.feeds]
    fields["steps"] = procedure.steps
    if procedure.stop is not None:
        fields["stop"] = procedure.stop
    if procedure.params:
        fields["params"] = dict(procedure.params)
    return _plain(fields)


def _plain(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Expression):
        return _plain({"expr": value.text})
    if isinstance(value, EarlyStopping):
        return _plain(vars(value))
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{text_of(name)}: {_plain(each)}" for name, each in value.items())
            + "}"
        )
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_plain, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} cannot be written: only finite numbers can.")
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    raise ValueError(f"A value of type {type(value).__name__} cannot be written.")


def _short(number: float) -> float:
    """A coordinate without a fraction as a whole number."""
    return int(number) if number == int(number) and abs(number) < WHOLE_BELOW else number


def _block(brackets: str, lines: Iterable[str], depth: int) -> str:
    """Lines between brackets, one step further in."""
    listed = list(lines)
    if not listed:
        return brackets
    inner = ",\n".join("  " * (depth + 1) + line for line in listed)
    return f"{brackets[0]}\n{inner}\n{'  ' * depth}{brackets[1]}"
