"""From a document to one file of plain PyTorch: classes, data, and a training loop, as a person would write them.

Nothing of the document's text becomes source but as a literal, a comment or a docstring, or as a name that was
checked and made harmless. No torch is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.codegen_classes import (
    ClassSource,
    Method,
    conditional,
    made_of,
    pattern,
    with_conditionals,
)
from graphs.codegen_forward import refuse_shared_inside
from graphs.codegen_helpers import Helpers
from graphs.codegen_imports import import_lines
from graphs.codegen_names import Classes
from graphs.codegen_places import Place, Places, places_of
from graphs.codegen_text import docstring
from graphs.codegen_training import Training
from graphs.content import MAIN
from graphs.graph import FACE_IN, End
from graphs.plan import CannotBuild, Plan, plan_of
from graphs.resolve import face_ends

if TYPE_CHECKING:
    from graphs.content import Document

__all__ = ["CannotBuild", "Source", "source"]


@dataclass(frozen=True)
class Source:
    """A file of source. `name` is the class of `main`; `columns` and `results` are those of its `forward`, in order.

    `renamed` says what a node's weights are called in it where their id would not do as a name.
    """

    text: str
    name: str
    columns: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def keys(self, weights: Iterable[str]) -> dict[str, str]:
        """For keys of a state_dict of `graphs.compile`, those of the module in this source."""
        return {
            key: ".".join(self.renamed.get(part, part) for part in key.split("."))
            for key in weights
        }


def source(document: Document) -> Source:
    """The document as one file of PyTorch.

    Raises:
        CannotBuild: it has problems, or something that cannot be written; the message is a sentence.
    """
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._places: Places = places_of(document)
        self._classes = Classes()
        self._helpers = Helpers()
        self._renamed: dict[str, str] = {}
        self._names: list[str] = []

    def written(self) -> Source:
        document, main = self._document, self._places.main
        assert main is not None
        training = Training(document, main)
        methods = training.methods()
        texts: list[list[str]] = []
        bodies = [(name, group) for name, group in self._groups() if name != MAIN]
        for network, group in bodies:
            texts.append(self._block(network, group))
        title = document.title if any(map(str.isalnum, document.title)) else "Network"
        name = self._classes.new(title, "Network")
        doc = [f"The network of this file: {training.words()}"] if training.words() else []
        written = ClassSource(name, doc, [main], methods)
        texts.append(self._lines(written))
        script = training.script(name)
        self._helpers.add(sorted(training.helpers))
        text = self._file(texts, script)
        return Source(text, name, training.columns, training.results, self._renamed)

    def _lines(self, written: ClassSource) -> list[str]:
        lines = written.lines()
        self._helpers.add(sorted(written.helpers))
        self._renamed |= written.keys
        return lines

    def _block(self, network: str, group: Sequence[Place]) -> list[str]:
        for place in group:
            refuse_shared_inside(place)
        predict, train = (_body_plan(group[0], mode) for mode in ("predict", "train"))
        name = self._classes.new(network, "Block")
        method = Method("forward", predict, train, {port: port for port in predict.results})
        return self._lines(ClassSource(name, [], group, [method]))

    def _groups(self) -> Iterable[tuple[str, list[Place]]]:
        """Places that one class can be written for, inner networks first."""
        for network, places in self._places.by_network.items():
            groups: dict[Any, list[Place]] = {}
            if network == MAIN:
                continue
            for place in places:
                groups.setdefault(_form(place), []).append(place)
            for group in groups.values():
                yield network, group

    def _file(self, classes: list[list[str]], script: list[str]) -> str:
        helpers = [text for text in self._helpers.sources.values() if text]
        body = "\n\n\n".join(
            [*helpers, *("\n".join(lines) for lines in classes), *["\n".join(script)]]
        )
        head = [
            *docstring([self._document.title or "A network", self._document.description], 0),
            "",
            *import_lines(body, self._helpers.imports),
        ]
        return "\n".join(head) + "\n\n\n" + body.strip("\n") + "\n"


def _body_plan(place: Place, mode: Any) -> Plan:
    graph = with_conditionals(place)
    plan = plan_of(graph, face_ends(graph), mode)
    columns = tuple(End(FACE_IN, port) for port in graph.face.inputs)
    return Plan(columns, plan.calls, plan.results, mode, graph)


def _form(place: Place) -> Any:
    """What two places of a network must agree in to be of one class: everything but values."""
    plans = [_body_plan(place, mode) for mode in ("predict", "train")]
    nodes: list[Any] = []
    for node_id in dict.fromkeys(each.node for plan in plans for each in plan.calls):
        node = place.graph.nodes[node_id]
        if node.place is not None:
            row = made_of(place, node_id)
            kind = pattern(row) if row else "none"
            values = tuple(row) if kind == "each" else tuple(each.name for each in row[:2])
            nodes.append((node_id, kind, values))
            continue
        code = place.code(node_id)
        make = code.make
        form = (make.name, tuple(arg.name for arg in make.args)) if make is not None else ()
        there = node.marks.muted and conditional(place.raw.nodes.get(node_id)) is None
        nodes.append((node_id, form, code.call, code.outputs, tuple(code.after.items()), there))
    wires = tuple((each.node, tuple(each.inputs.items())) for plan in plans for each in plan.calls)
    results = tuple(tuple(plan.results.items()) for plan in plans)
    return tuple(nodes), wires, results
