"""Adam and AdamW whose steps on the CPU take fewer calls than torch's own, and end with the same bits.

torch's steps make a dozen calls for every parameter, and each of them goes over memory that the one before has left.
Here small parameters are updated beside each other in one place, large ones piece by piece, with the same operations
in the same order. All of these compute an element by itself, so nothing changes but the time. (torch's fused form is
faster still, and rounds otherwise.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, optim

PIECE = 1 << 17
"""Elements that are updated at once: what a pass needs of them stays near the processor."""
OTHER_STEPS = ("amsgrad", "maximize", "capturable", "differentiable", "foreach", "fused")
"""What leaves the step to torch, by its names."""


@dataclass(frozen=True)
class _Pass:
    """What is updated at once: a piece of one parameter, or several small parameters beside each other."""

    which: tuple[int, ...]
    piece: slice
    """Of the elements of a parameter."""
    homes: list[Tensor]
    """Of several parameters the memory that the network uses, flat; none of a piece."""
    weights: Tensor
    """Where they are updated: a piece at home, several in a place where they are brought to."""
    returning: list[Tensor]
    """That place, by parameter."""
    average: Tensor
    square: Tensor
    gradient: Tensor
    """A place for gradients."""
    root: Tensor
    """A place for square roots."""

    def bring(self, gradients: Sequence[Tensor]) -> Tensor:
        """Bring weights and gradients where they are needed; the gradient."""
        if not self.homes:
            return gradients[self.which[0]].reshape(-1)[self.piece]
        torch.cat(self.homes, out=self.weights)
        return torch.cat([gradients[each].reshape(-1) for each in self.which], out=self.gradient)

    def bring_home(self) -> None:
        """Put the weights back where the network has them."""
        if self.homes:
            torch._foreach_copy_(self.homes, self.returning)


class _Packed(optim.Adam):
    """Makes its steps in passes, where torch's own would come to the same; else makes torch's."""

    _decoupled = False
    _parameters: Sequence[Tensor] = ()
    _passes: Sequence[_Pass] | None = None
    """None until there is a plan; empty where torch's own steps are made."""
    _steps: Tensor
    _first: tuple[Tensor | None, int] = (None, 0)
    """One of the averages, and where its weights stand: who replaces these makes the passes obsolete."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step, as torch.optim has it."""
        group = self.param_groups[0]
        if closure is not None or any(each.grad is None for each in group["params"]):
            self._passes = None
            return super().step(closure)
        if self._passes is None or (self._passes and self._replaced()):
            self._passes = tuple(self._plan()) if self._can_pack() else ()
        if not self._passes:
            return super().step()
        self._steps.add_(1)
        gradients: list[Any] = [each.grad for each in self._parameters]
        self._update(gradients, group, self._steps[0].item())
        return None

    def _update(self, gradients: Sequence[Tensor], group: dict[str, Any], step: float) -> None:
        """The operations of torch.optim.adam._single_tensor_adam, and their order."""
        lr, eps, decay = group["lr"], group["eps"], group["weight_decay"]
        beta1, beta2 = group["betas"]
        size = lr / (1 - beta1**step)
        correction = (1 - beta2**step) ** 0.5
        for each in self._passes or ():
            gradient, weights, root = each.bring(gradients), each.weights, each.root
            if decay != 0 and self._decoupled:
                weights.mul_(1 - lr * decay)
            elif decay != 0:
                gradient = torch.add(gradient, weights, alpha=decay, out=each.gradient)
            each.average.lerp_(gradient, 1 - beta1)
            each.square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            torch.sqrt(each.square, out=root)
            root.div_(correction).add_(eps)
            weights.addcdiv_(each.average, root, value=-size)
            each.bring_home()

    def _can_pack(self) -> bool:
        """Whether passes come to the same as torch's own step, for these parameters and what is remembered of them."""
        (group, *others) = self.param_groups
        states = [self.state.get(each) for each in group["params"]]
        steps = {float(state["step"]) if state else 0.0 for state in states}
        plain = not others and not any(group[name] for name in OTHER_STEPS) and len(steps) == 1
        return plain and all(
            each.device.type == "cpu" and each.dtype == torch.float32 and each.is_contiguous()
            for each in group["params"]
        )

    def _replaced(self) -> bool:
        average, place = self._first
        parameter = self._parameters[0]
        return self.state[parameter].get("exp_avg") is not average or parameter.data_ptr() != place

    def _plan(self) -> Iterator[_Pass]:
        """The passes of a step. What is remembered of the parameters moves to where the passes have it."""
        ordered = sorted(self.param_groups[0]["params"], key=_is_large)
        sizes = [each.numel() for each in ordered]
        averages, squares = torch.zeros(2, sum(sizes))
        self._steps = torch.zeros(len(ordered))
        places = zip(averages.split(sizes), squares.split(sizes), self._steps, strict=True)
        for parameter, (average, square, step) in zip(ordered, places, strict=True):
            state = {
                "step": step,
                "exp_avg": average.view_as(parameter),
                "exp_avg_sq": square.view_as(parameter),
            }
            for name, known in (self.state.get(parameter) or {}).items():
                state[name].copy_(known)
            self.state[parameter] = state
        self._parameters = ordered
        self._first = self.state[ordered[0]]["exp_avg"], ordered[0].data_ptr()
        return _passes([each.detach().view(-1) for each in ordered], averages, squares)


class PackedAdam(_Packed):
    """torch.optim.Adam in fewer calls. Source: Kingma and Ba, 2014, arXiv:1412.6980."""


class PackedAdamW(_Packed, optim.AdamW):
    """torch.optim.AdamW in fewer calls. Source: Loshchilov and Hutter, 2017, arXiv:1711.05101."""

    _decoupled = True


PACKED = {"Adam": PackedAdam, "AdamW": PackedAdamW}
"""By the names that torch.optim has for them."""


def _is_large(parameter: Tensor) -> bool:
    return parameter.numel() > PIECE


def _passes(flat: Sequence[Tensor], averages: Tensor, squares: Tensor) -> Iterator[_Pass]:
    """Over flat parameters, the small ones first, whose averages stand in the same order."""
    scratch = torch.empty(3, min(len(averages), PIECE))
    begin = 0
    for which in _together([len(each) for each in flat]):
        sizes = [len(flat[each]) for each in which]
        whole = sum(sizes)
        for at in range(0, whole, PIECE):
            piece = slice(at, min(at + PIECE, whole))
            place = slice(begin + piece.start, begin + piece.stop)
            weights, gradient, root = scratch[:, : piece.stop - piece.start]
            moments = averages[place], squares[place]
            if len(which) == 1:
                yield _Pass(which, piece, [], flat[which[0]][piece], [], *moments, gradient, root)
            else:
                homes = [flat[each] for each in which]
                back = list(weights.split(sizes))
                yield _Pass(which, piece, homes, weights, back, *moments, gradient, root)
        begin += whole


def _together(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The indexes of neighbours that fit into one pass, or of one that does not."""
    found: list[int] = []
    whole = 0
    for index, size in enumerate(sizes):
        if found and whole + size > PIECE:
            yield tuple(found)
            found, whole = [], 0
        found.append(index)
        whole += size
    if found:
        yield tuple(found)
