"""What a row of the tests of rules holds, and documents with one thing wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graphs import edits
from graphs.content import Document, Objective, RunSettings
from graphs.graph import Graph, Marks, Node, Placement
from tests.documents import document, node


@dataclass(frozen=True)
class Row:
    """A document, the problem that it has, and what the ways out are called."""

    document: Document
    code: str
    message: str
    nodes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    severity: str = "error"


def classifier(scores: str | Node = "Linear", extra: dict | None = None, *wires: str) -> Document:
    """Iris -> scores -> cross entropy, and more nodes and wires."""
    return document(
        {"iris": "Iris", "scores": scores, "loss": "CrossEntropyLoss", **(extra or {})},
        [
            "iris.features -> scores.input",
            "scores.output -> loss.logits",
            "iris.label -> loss.target",
            *wires,
        ],
    )


def good(**params: object) -> Document:
    """Iris -> Linear of 3 -> cross entropy, with nothing wrong unless a parameter is."""
    return classifier(node("Linear", **{"out_features": 3, **params}))


def marked(**marks: object) -> Document:
    """The same with marks on the Linear."""
    return classifier(node("Linear", Marks(**marks), out_features=3))


def with_objective(**fields: object) -> Document:
    return replace(good(), objectives=(Objective(**fields),))


def with_run(**fields: object) -> Document:
    return replace(good(), run=RunSettings(**fields))


def placed() -> Document:
    graph = edits.put(good().main, Node("scores", "", {"width": 4}, place=Placement("block")))
    return Document(networks={"main": graph, "block": Graph()})
