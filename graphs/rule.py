"""What a rule is: a function that finds Problems in a checked graph; and the registry of all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Graph
    from graphs.shapes import Shapes

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Fix:
    """A ready-made edit that mends a problem, and what the button says.

    Most edit the graph. Those of objectives and run settings, and of what stands inside a block, have `settings`
    instead. `apply` does either.
    """

    title: str
    edit: Callable[[Graph], Graph] = lambda graph: graph
    settings: Callable[[Document], Document] | None = None

    def apply(self, document: Document, network: str = "main") -> Document:
        """The document after the edit."""
        if self.settings is not None:
            return self.settings(document)
        return document.with_graph(self.edit(document.networks[network]), network)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in one sentence, with the nodes that it is about and ways out.

    `waits` are nodes downstream that cannot be judged until this is mended. Errors block training.
    """

    code: str
    message: str
    nodes: tuple[str, ...] = ()
    severity: Severity = "error"
    fixes: tuple[Fix, ...] = ()
    ports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What rules look at: the document, one of its networks, and the Specs there."""

    document: Document
    network: str
    graph: Graph
    shapes: Shapes


def within(network: str, edit: Callable[[Graph], Graph], document: Document) -> Document:
    """The document with one network edited, which need not be the one that is shown; unchanged if it is gone."""
    graph = document.networks.get(network)
    after = edit(graph) if graph is not None else None
    return document if after is None or after is graph else document.with_graph(after, network)


Rule: TypeAlias = "Callable[[Checked], Iterator[Problem]]"

RULES: dict[str, Rule] = {}
"""Every rule by its code, complete once `graphs.rules` is imported."""


def rule(code: str) -> Callable[[Rule], Rule]:
    """Register a function as the rule of this code. Codes live in reports: never used again for another rule."""

    def register(find: Rule) -> Rule:
        assert code not in RULES, f"two rules are called {code}"
        RULES[code] = find
        return find

    return register
