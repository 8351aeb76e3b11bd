"""Rules of single nodes: a known type (G100) and right parameters (G102)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from graphs import edits
from graphs.content import MAIN
from graphs.layer import LAYERS
from graphs.mending_steps import take_out
from graphs.param import near_parameter
from graphs.resolve import has_expression
from graphs.rule import Checked, Fix, Problem, rule

if TYPE_CHECKING:
    from graphs.graph import Graph, Node
    from graphs.layer import Layer


@rule("G100")
def types_are_known(checked: Checked) -> Iterator[Problem]:
    """Every layer type is one of this version."""
    for node in checked.graph.nodes.values():
        if node.cls is None and node.place is None:
            near = get_close_matches(node.type, LAYERS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            fixes = (
                (Fix(f"Make it {LAYERS[near[0]].info.title}", partial(_retype, node.id, near[0])),)
                if near
                else ()
            )
            yield Problem(
                "G100",
                f'{node.name} is of the type "{node.type}", which this version of Lamina does not know.{hint}',
                (node.id,),
                fixes=(*fixes, _without(checked.graph, node)),
            )


def _without(graph: Graph, node: Node) -> Fix:
    """The way out without a node: what comes in goes on to where its output went."""
    if len(graph.incoming[node.id]) == 1 and graph.outgoing[node.id]:
        return Fix(f"Take out {node.name}", partial(take_out, node.id))
    return Fix(f"Remove {node.name}", partial(_remove, node.id))


@rule("G102")
def parameters_are_right(checked: Checked) -> Iterator[Problem]:
    """Every parameter has a name and a value that its layer knows."""
    for node in checked.graph.nodes.values():
        if node.cls is None or (
            checked.network != MAIN and has_expression(tuple(node.params.values()))
        ):
            continue
        for fault in node.faults:
            yield Problem(
                "G102", f"{node.phrase}: {fault}", (node.id,), fixes=_resets(node, node.cls)
            )


def _resets(node: Node, cls: type[Layer]) -> tuple[Fix, ...]:
    """Taking away each parameter that is wrong, at most three; all at once if there are more than one."""
    wrong = [name for name, value in node.params.items() if not _is_right(cls, name, value)]
    titles = {
        name: f"Reset {cls.info.params[name].title}"
        if name in cls.info.params
        else f"Remove {name}"
        for name in wrong
    }
    if len(wrong) == 1:
        reset = Fix(titles[wrong[0]], partial(_reset, node.id, tuple(wrong)))
        return (*_called_otherwise(node, cls, wrong[0]), reset)
    return (Fix("Reset what is wrong", partial(_reset, node.id, tuple(wrong))),) if wrong else ()


def _called_otherwise(node: Node, cls: type[Layer], name: str) -> Iterator[Fix]:
    """Giving the value of a parameter that there is none of to the one that its name is near to."""
    near = near_parameter(name, cls.info.params) if name not in cls.info.params else ""
    if near and near not in node.params and _is_right(cls, near, node.params[name]):
        yield Fix(f"Call it {near}", partial(_call, node.id, name, near))


def _is_right(cls: type[Layer], name: str, value: object) -> bool:
    param = cls.info.params.get(name)
    if param is None:
        return False
    try:
        param.read(value)
    except ValueError:
        return False
    return True


def _reset(node_id: str, names: tuple[str, ...], graph: Graph) -> Graph:
    for name in names if node_id in graph.nodes else ():
        graph = edits.reset_param(graph, node_id, name)
    return graph


def _call(node_id: str, name: str, other: str, graph: Graph) -> Graph:
    if node_id not in graph.nodes or name not in graph.nodes[node_id].params:
        return graph
    value = graph.nodes[node_id].params[name]
    return edits.set_params(edits.reset_param(graph, node_id, name), node_id, **{other: value})


def _remove(node_id: str, graph: Graph) -> Graph:
    return edits.remove_nodes(graph, {node_id})


def _retype(node_id: str, type_id: str, graph: Graph) -> Graph:
    return edits.retype(graph, node_id, type_id) if node_id in graph.nodes else graph
