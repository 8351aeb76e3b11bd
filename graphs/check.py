"""Checking a document: the shapes of a network, and every problem that the rules find in it."""

from __future__ import annotations

from dataclasses import dataclass

import graphs.layers  # registers all layer types
import graphs.rules  # noqa: F401 - registers all rules
from graphs.content import MAIN, Document
from graphs.rule import RULES, Checked, Problem
from graphs.shapes import Shapes, shapes_of
from graphs.standing import standing


@dataclass(frozen=True)
class Report:
    """What is known about one network of a document: Specs by node, and problems, errors first.

    Problems stand in the order in which data flow; those of no node, such as a missing loss, come last.
    """

    document: Document
    network: str
    shapes: Shapes
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether it can be trained: no errors; warnings are allowed."""
        return all(problem.severity != "error" for problem in self.problems)

    def at(self, node: str) -> tuple[Problem, ...]:
        """The problems that name this node first."""
        return tuple(problem for problem in self.problems if problem.nodes[:1] == (node,))


def check(document: Document, network: str = MAIN, before: Report | None = None) -> Report:
    """Check one network. `before` is the report before the last edit: what did not change is not computed again."""
    graph = document.networks[network]
    old = before.shapes if before is not None and before.network == network else None
    there = standing(document, network)
    if there is None:
        shapes = shapes_of(graph, old)
    else:  # a block's inside is judged as it stands at its first place
        body, inputs = there
        graph, shapes = body.graph, shapes_of(body.graph, old, inputs)
    checked = Checked(document, network, graph, shapes)
    problems = [problem for code in sorted(RULES) for problem in RULES[code](checked)]
    place = {node: index for index, node in enumerate(graph.order)}

    def urgency(problem: Problem) -> tuple[bool, int]:
        first = problem.nodes[0] if problem.nodes else ""
        return problem.severity != "error", place.get(first, len(place))

    problems.sort(key=urgency)  # errors first, each kind in the order in which data flow
    return Report(document, network, shapes, tuple(problems))
