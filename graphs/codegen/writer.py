"""From a document to one file of plain PyTorch: classes, data, and a training loop, as a person would write them.

Nothing of the document's text becomes source but as a literal, a comment or a docstring, or as a name that was
checked and made harmless. No torch is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.codegen.adaptations import Adaptations
from graphs.codegen.classes import ClassSource, Method, made_of, pattern
from graphs.codegen.compared import EVALUATION, LEARNING, body_plan, settle
from graphs.codegen.forward import refuse_shared_inside
from graphs.codegen.imports import import_lines
from graphs.codegen.names import Classes
from graphs.codegen.places import Place, Places, conditional
from graphs.codegen.procedures import procedure_functions
from graphs.codegen.script import Script
from graphs.codegen.text import docstring
from graphs.codegen.training import Training
from graphs.content import MAIN
from graphs.graph import Graph
from graphs.plan import CannotBuild
from graphs.resolve import face_ends
from graphs.shapes import shapes_of

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.plan import Plan
    from graphs.spec import Spec

__all__ = ["CannotBuild", "Source", "network_source", "source"]


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
    return _Writer(document.title, document.description).document(document)


def network_source(graph: Graph, inputs: Mapping[str, Spec], name: str = "Network") -> Source:
    """One network with these Specs at its face, as a class without data and training.

    Raises:
        CannotBuild: it has problems, or something that cannot be written.
    """
    return _Writer(name, "").network(name, graph, inputs)


class _Writer:
    """Classes of one file, inner ones first, and what they adapt of torch."""

    def __init__(self, title: str, description: str) -> None:
        self._words = [title or "A network", description]
        self._places = Places()
        self._classes = Classes()
        self._adaptations = Adaptations()
        self._renamed: dict[str, str] = {}
        self._last = ""

    def document(self, document: Document) -> Source:
        main = self._places.open(MAIN, document.main, shapes_of(document.main), {}, document.main)
        settle(self._places, learns=True)
        training = Training(document, main)
        texts = self._blocks(each.plan for each in training.methods())
        title = document.title if any(map(str.isalnum, document.title)) else "Network"
        name = self._classes.new(title, "Network")
        texts.append(self._lines(ClassSource(name, [training.words()], [main], training.methods())))
        texts += procedure_functions(document, main, name, training.given)
        script = Script(training, name)
        lines = script.lines()
        self._adaptations.add(sorted(script.helpers))
        text = self._file([*texts, lines])
        return Source(text, name, training.given, training.results, self._renamed)

    def network(self, name: str, graph: Graph, inputs: Mapping[str, Spec]) -> Source:
        self._places.open(name, graph, shapes_of(graph, inputs=inputs), {}, graph)
        settle(self._places, learns=False)
        texts = self._blocks()
        ports, results = graph.face.inputs, tuple(face_ends(graph))
        return Source(self._file(texts), self._last, ports, results, self._renamed)

    def _lines(self, written: ClassSource) -> list[str]:
        lines = written.lines()
        self._adaptations.add(sorted(written.helpers))
        self._renamed |= written.keys
        return lines

    def _blocks(self, main: Iterable[Plan] | None = None) -> list[list[str]]:
        """The classes of all networks but `main`: those that its plans call, or all where nothing is said of it."""
        called = None if main is None else _called(self._places.by_network[MAIN][0], main)
        for place in (each for places in self._places.by_network.values() for each in places):
            for name in place.adapted_names():
                self._classes.reserve(name)
        texts: list[list[str]] = []
        for network, places in self._places.by_network.items():
            groups: dict[Any, list[Place]] = {}
            for place in places if network != MAIN else ():
                if called is not None and place not in called:
                    continue
                groups.setdefault(_form(place), []).append(place)
            texts += [self._block(network, group) for group in groups.values()]
        return texts

    def _block(self, network: str, group: Sequence[Place]) -> list[str]:
        for place in group:
            refuse_shared_inside(place)
        first = group[0]
        predict, train = (body_plan(first, mode) for mode in ("predict", "train"))
        names = {port: port for port in predict.results}
        self._last = self._classes.new(network, "Block")
        methods = [Method("forward", predict, train, names)] if names else []
        if first.learns:
            plan = body_plan(first, "train", losses=True)
            doc = "The same, with the losses inside."
            methods.append(Method(LEARNING, plan, None, names, doc, losses=True))
        if first.evaluated == EVALUATION:
            plan = body_plan(first, "evaluate", losses=first.tested)
            doc = (
                "The same as it is in evaluation, where the metrics inside take in what they compare."
                if first.measures
                else "The same as it is in evaluation, which is not prediction here."
            )
            methods.append(Method(EVALUATION, plan, None, names, doc, losses=first.tested))
        if not names:  # a block that only compares
            methods[0] = replace(methods[0], name="forward", doc="")
        return self._lines(ClassSource(self._last, [], group, methods))

    def _file(self, parts: list[list[str]]) -> str:
        written = [text for text in self._adaptations.sources.values() if text]
        body = "\n\n\n".join([*written, *("\n".join(lines) for lines in parts)])
        imports = import_lines(body, self._adaptations.imports)
        head = "\n".join([*docstring(self._words, 0), "", *imports])
        return f"{head}\n\n\n{body}\n"


def _called(place: Place, plans: Iterable[Plan]) -> set[Place]:
    """The places of blocks that these plans of a network run, and those inside them."""
    found: set[Place] = set()
    todo = [
        each for plan in plans for call in plan.calls for each in place.rounds.get(call.node, ())
    ]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            calls = [call for plan in _plans(each) for call in plan.calls]
            todo += [inner for call in calls for inner in each.rounds.get(call.node, ())]
    return found


def _plans(place: Place) -> list[Plan]:
    """All that a block computes, in any mode."""
    return [
        *(body_plan(place, mode) for mode in ("predict", "train", "evaluate")),
        *(body_plan(place, mode, losses=True) for mode in ("train", "evaluate")),
    ]


def _form(place: Place) -> Any:
    """What two places of a network must agree in to be of one class: everything but values."""
    plans = _plans(place)
    nodes: list[Any] = []
    for node_id in dict.fromkeys(each.node for plan in plans for each in plan.calls):
        node = place.graph.nodes[node_id]
        if node.place is not None:
            row = made_of(place, node_id)
            kind = pattern(row) if row else "none"
            kind = "first" if kind == "same" and len(row) > 1 else kind  # one class does for both
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
    methods = place.learns, place.tested, place.measures, place.evaluated, place.skips
    return tuple(nodes), wires, results, methods
