"""A plan as code that runs: a torch.fx.GraphModule over modules that stand elsewhere.

Nothing of a document's text reaches the code that torch.fx writes, except ids, which are checked and prefixed:
arguments are called x0, x1, ..., and results are a plain tuple whose names stay in the plan.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING

from torch import fx, nn

from graphs.graph import End
from graphs.modules.scan import Scan

if TYPE_CHECKING:
    from graphs.layer import Layer
    from graphs.plan import Plan


PREFIX = "n_"
"""Before every id inside torch: ids such as `type` or `training` are names that a module already has."""


def path_of(path: str) -> str:
    """A path of ids as torch knows it; rounds of a repeat are plain numbers, as in a ModuleList."""
    return ".".join(part if part.isdecimal() else PREFIX + part for part in path.split("."))


def run_of(plan: Plan, modules: Mapping[str, nn.Module]) -> fx.GraphModule:
    """The pass of a plan over these modules, by node."""
    code = fx.Graph()
    values: dict[End, fx.Node] = {
        end: code.placeholder(f"x{index}") for index, end in enumerate(plan.columns)
    }
    targets: dict[str, nn.Module] = {}
    for each in plan.calls:
        layer = plan.graph.nodes[each.node].layer
        assert layer is not None
        arguments = [
            values[each.inputs[port]] if port in each.inputs else None
            for port in ports_in_order(layer, each.inputs)
        ]
        module, target = modules[each.node], path_of(each.node)
        targets[target] = module.steps[plan.mode] if isinstance(module, Scan) else module
        made = code.call_module(target, tuple(arguments))
        made.meta["node"] = each.node
        ports = layer.outputs()
        if len(ports) == 1:
            values[End(each.node, ports[0])] = made
            continue
        for index, port in enumerate(ports):
            values[End(each.node, port)] = code.call_function(operator.getitem, (made, index))
    code.output(tuple(values[end] for end in plan.results.values()))
    code.eliminate_dead_code(is_impure_node=lambda node: node.op != "call_function")
    code.lint()
    return _at_hand(fx.GraphModule(targets, code))


def _at_hand(module: fx.GraphModule) -> fx.GraphModule:
    """Let the code find its layers as plain attributes: torch looks for them elsewhere, by a slow second search."""
    for name, each in module.named_children():
        vars(module)[name] = each
    return module


def ports_in_order(layer: Layer, wired: Mapping[str, object]) -> list[str]:
    """The input ports in order, up to the last one that is wired."""
    row: list[str] = []
    for port in layer.info.inputs:
        if port.many:
            row += sorted((each for each in wired if each.startswith(f"{port.name}.")), key=_number)
        else:
            row.append(port.name)
    while row and row[-1] not in wired:
        row.pop()
    return row


def _number(port: str) -> int:
    return int(port.rpartition(".")[2])
