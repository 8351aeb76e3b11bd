"""The switches for speed: which of them are on for a run, and why one that was asked for stays off."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn, optim

if TYPE_CHECKING:
    from graphs.compile import Network
    from graphs.content import Document
    from lightning_modules.devices import Device

TITLES = {
    "compile": "Compiled code",
    "channels_last": "Channels last",
    "fused": "The fused optimizer",
    "precision": "Half precision",
}
"""As people call them, by the names of the run settings."""

FUSED_ON = ("cpu", "cuda", "mps")
COMPILERS = ("g++", "clang++", "cl", "c++")
IMAGE_AXES = 4
"""Samples, channels, height and width."""

Run = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True)
class Refusal:
    """A switch that stays off, and why, as a sentence for people."""

    name: str
    sentence: str


def asked(document: Document) -> tuple[str, ...]:
    """The switches that the run settings ask for."""
    run = document.run
    names = [name for name in ("compile", "channels_last", "fused") if getattr(run, name)]
    return (*names, "precision") if run.precision != "32" else tuple(names)


def refusals(network: Network, device: Device) -> tuple[Refusal, ...]:
    """The switches that were asked for and cannot be on."""
    found = []
    for name in asked(network.document):
        why = _why_not(name, network, device)
        if why:
            found.append(Refusal(name, f"{TITLES[name]} stays off: {why}."))
    return tuple(found)


def is_on(name: str, network: Network, device: Device) -> bool:
    """Whether a switch is asked for and possible."""
    return name in asked(network.document) and not _why_not(name, network, device)


def has_fused(type_: str) -> bool:
    """Whether torch has a fused form of this optimizer."""
    return "fused" in inspect.signature(getattr(optim, type_)).parameters


def images_last(columns: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The columns, those of images (B, C, H, W) with the channels of a pixel side by side in memory."""
    return tuple(
        each.contiguous(memory_format=torch.channels_last)
        if each.dim() == IMAGE_AXES and each.is_floating_point()
        else each
        for each in columns
    )


class CompiledRun:
    """A pass that torch.compile has made code of; where it cannot, the pass itself, and `fault` says why."""

    def __init__(self, run: Run) -> None:
        import torch._inductor.config as inductor  # seconds to import; only who compiles pays

        inductor.compile_threads = 1  # else a pool of processes outlives the run
        self.fault = ""
        self._plain = run
        self._run: Any = torch.compile(run)

    def __call__(self, *given: Tensor) -> tuple[Tensor, ...]:
        """The results of the pass."""
        from torch._dynamo.exc import TorchDynamoException

        try:
            found: tuple[Tensor, ...] = self._run(*given)
        except TorchDynamoException as error:
            self.fault = type(error).__name__
            self._run = self._plain
            return self._plain(*given)
        return found


def _why_not(name: str, network: Network, device: Device) -> str:
    if name == "compile":
        if device.type not in ("cpu", "cuda"):
            return f"torch.compile does not work on the device {device.type}"
        if device.type == "cpu" and not any(map(shutil.which, COMPILERS)):
            return "it needs a C++ compiler, such as g++, and none was found"
    if name == "channels_last" and not any(
        isinstance(each, (nn.Conv2d, nn.ConvTranspose2d)) for each in network.modules()
    ):
        return "the network has no 2D convolution"
    if name == "fused":
        types = [each.optimizer.type for each in network.document.objectives]
        lacking = next((each for each in types if not has_fused(each)), None)
        if lacking is not None:
            return f"{lacking} has no fused form"
        if device.type not in FUSED_ON:
            return f"there is no fused optimizer on the device {device.type}"
    return ""
