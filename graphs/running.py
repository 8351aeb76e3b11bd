"""A plan as code that runs: a torch.fx.GraphModule over modules that stand elsewhere.

Nothing of a document's text reaches the code that torch.fx writes, except ids, which are checked and prefixed:
arguments are called x0, x1, ..., and results are a plain tuple whose names stay in the plan.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from torch import fx, nn

from graphs.graph import End
from graphs.modules.scan import Scan

if TYPE_CHECKING:
    from graphs.layer import Layer
    from graphs.plan import Plan


PREFIX = "n_"
"""Before every id inside torch: ids such as `type` or `training` are names that a module already has."""

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
"""Where torch keeps what is called before and after a module."""


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
    run = fx.GraphModule(targets, code)
    _set_at_hand(run, targets, straight=plan.mode == "train")
    return run


def _set_at_hand(run: nn.Module, layers: Collection[str], *, straight: bool) -> None:
    """Let the code find its layers as plain attributes: torch looks for them elsewhere, by a slow second search.

    Where the code runs thousands of times it goes `straight` to what a layer computes, past the search for hooks that
    nobody hangs up there: the call of each layer cost a small network a tenth of its time.
    """
    for path in layers:
        place, (*above, own) = run, path.split(".")
        for name in above:
            inner = place.get_submodule(name)
            vars(place)[name], place = inner, inner
        layer = place.get_submodule(own)
        vars(place)[own] = layer.forward if straight and not _is_heard(layer) else layer


def _is_heard(module: nn.Module) -> bool:
    """Whether something hangs on the calls of a layer."""
    found = vars(module)
    return any(found[name] for name in HOOKS)


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
