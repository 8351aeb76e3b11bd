"""Where a number that is not finite came from: the data, the weights, or the first layer that made one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, fx, nn

from graphs.expansion import top
from lightning_modules.learner import GRADIENT, WEIGHTS

if TYPE_CHECKING:
    from graphs.compile import Network
    from lightning_modules.learner import NotFinite


def weights_of(network: Network) -> list[Tensor]:
    """All weights and running statistics that can be no number, as they change while it learns."""
    return [
        each for each in network.state_dict().values() if each.is_floating_point() and each.numel()
    ]


def are_finite(tensors: list[Tensor]) -> bool:
    """Whether these tensors of one device hold finite numbers alone; all are looked at in one go."""
    if not tensors:
        return True
    largest = [each.float() for each in torch._foreach_norm(tensors, math.inf)]  # noqa: SLF001 - one call for all
    return bool(torch.stack(largest).isfinite().all())


def explain_not_finite(
    network: Network, fault: NotFinite, steps: int
) -> tuple[str, tuple[str, ...]]:
    """A sentence with the step and where it began, and the nodes that it is about; `steps` were made before."""
    if fault.what == WEIGHTS:
        return _explain_weights(network, steps)
    step = steps + 1
    became = f"The {fault.what} became {_word(fault.value)} at step {step}"
    nodes = network.document.main.nodes
    plan = fault.learner.compiled.plan
    given = (
        fault.batch
        if fault.learner.picks is None
        else [fault.batch[each] for each in fault.learner.picks]
    )
    for end, column in zip(plan.columns, given, strict=True):
        if not _finite(column):
            node = nodes[end.node]
            sentence = f"{became}: the column {end.port} of {node.phrase} holds a value that is not a finite number."
            return f"{sentence} Clean the data.", (node.id,)
    modules = network.modules_of(plan)
    for call in plan.calls:
        if not all(_finite(each) for each in modules[call.node].state_dict().values()):
            name = plan.graph.nodes[call.node].phrase
            sentence = f"{became}, because the weights of {name} are no finite numbers since the step before."
            return f"{sentence} Try a smaller learning rate, or limit the gradient.", (
                top(call.node),
            )
    if fault.what == GRADIENT:
        first = next(
            (each.node for each in reversed(plan.calls) if _has_bad_gradient(modules[each.node])),
            "",
        )
        began = f"; it began in {plan.graph.nodes[first].phrase}" if first else ""
        hint = "Try a smaller learning rate, or scale the data."
        return f"{became}{began}. {hint}", (top(first),) if first else ()
    found = _first(fault.learner.compiled.module, given)
    if found is None:
        return f"{became}. Try a smaller learning rate.", ()
    began = f"{became}; it began in {plan.graph.nodes[found].phrase}."
    return f"{began} Try a smaller learning rate, or look at its inputs.", (top(found),)


def _explain_weights(network: Network, steps: int) -> tuple[str, tuple[str, ...]]:
    way_out = "Try a smaller learning rate, or limit the gradient."
    for index in range(len(network.document.objectives)):
        plan = network.objective(index).plan
        modules = network.modules_of(plan)
        for call in plan.calls:
            if not all(map(_finite, modules[call.node].state_dict().values())):
                name = plan.graph.nodes[call.node].phrase
                sentence = f"After step {steps} the weights of {name} are no finite numbers."
                return f"{sentence} {way_out}", (top(call.node),)
    return f"After step {steps} some weights are no finite numbers. {way_out}", ()


def _has_bad_gradient(module: nn.Module) -> bool:
    return not all(_finite(each.grad) for each in module.parameters())


def _first(module: fx.GraphModule, columns: Iterable[Tensor]) -> str | None:
    """The node whose result is not finite, the first of them, in another forward pass.

    Not fx.Interpreter, which starts a thread for a progress bar that it does not show.
    """
    values: dict[fx.Node, Any] = {}
    given = iter(columns)
    with torch.no_grad():
        for each in module.graph.nodes:
            if each.op == "placeholder":
                values[each] = next(given)
            elif each.op == "output":
                break
            else:
                arguments = fx.map_arg(each.args, values.__getitem__)
                is_layer = each.op == "call_module"
                # Not get_submodule: the code may find what a layer computes there, and no layer.
                run = (
                    reduce(getattr, str(each.target).split("."), module)
                    if is_layer
                    else each.target
                )
                values[each] = run(*arguments)
                parts = values[each] if isinstance(values[each], tuple) else (values[each],)
                if is_layer and not all(map(_finite, parts)):
                    return str(each.meta["node"])
    return None


def _finite(value: Any) -> bool:
    return (
        not isinstance(value, Tensor)
        or not value.is_floating_point()
        or bool(value.isfinite().all())
    )


def _word(value: float) -> str:
    return "NaN (not a number)" if math.isnan(value) else "infinite"
