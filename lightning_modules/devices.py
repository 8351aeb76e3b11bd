"""Where and with how many threads a run computes, and what it says about that."""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from graphs.layer import call
from graphs.plan import evaluation_plan
from graphs.shapes import shapes_of

if TYPE_CHECKING:
    from graphs.content import Document

Device = torch.device

WAITING = 4_000_000
"""FLOPs that a core does in the time that a step waits the longer for each thread more (measured: two threads begin to
pay at 9 MFLOP)."""
USUAL_THREADS = torch.get_num_threads()
"""As many as torch takes: the cores, or what OMP_NUM_THREADS says."""

MOST_DEVICES = 64
"""Each holds the data for itself."""

BACKWARD = 3
"""Forward and backward pass together cost about this many forward passes."""


class NoDevice(ValueError):  # noqa: N818 - named after what is missing
    """The device asked for is not there; the message is a sentence for people."""


def choose_device(wanted: str) -> Device:
    """The device by its name in the run settings; "auto" takes the fastest there is.

    Raises:
        NoDevice: it is not there.
    """
    if wanted == "auto":
        metal = torch.backends.mps.is_available()
        wanted = "cuda" if torch.cuda.is_available() else "mps" if metal else "cpu"
    if wanted == "cuda" and not torch.cuda.is_available():
        raise NoDevice(
            "No CUDA graphics card can be used on this computer. Choose the device cpu or auto."
        )
    if wanted == "mps" and not torch.backends.mps.is_available():
        raise NoDevice(
            "Metal (mps) cannot be used on this computer. Choose the device cpu or auto."
        )
    if wanted == "cuda":
        return Device("cuda", torch.cuda.current_device())
    return Device(wanted)


def refuse_too_many(wanted: str, count: int) -> None:
    """Refuse a number of devices that are not there; on the CPU each is a process, of which there may be many.

    Raises:
        NoDevice: there are fewer, or several cannot work together.
    """
    if count == 1:
        return
    kind = choose_device(wanted).type
    if kind == "mps":
        raise NoDevice(
            "A computer has one Metal (mps) device, so it cannot train on several. "
            "Choose the device cpu, or train on one."
        )
    there = torch.cuda.device_count()
    if kind == "cuda" and count > there:
        cards = "1 CUDA graphics card" if there == 1 else f"{there} CUDA graphics cards"
        raise NoDevice(
            f"This computer has {cards}, but {count} devices are asked for. Ask for fewer, or choose the device cpu."
        )
    if count > MOST_DEVICES:
        raise NoDevice(
            f"A run can have at most {MOST_DEVICES} devices, but {count} are asked for. Ask for fewer."
        )


def words(device: Device, count: int = 1) -> str:
    """What people read: "cpu", "cuda:0 (NVIDIA A100)", or of several "2 x cuda (NVIDIA A100)"."""
    name = f" ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else ""
    return f"{device}{name}" if count == 1 else f"{count} x {device.type}{name}"


def choose_threads(document: Document, cores: int | None = None, devices: int = 1) -> int:
    """How many threads a run on the CPU uses: those of its settings, or as many as its steps are worth.

    A small network is slower on several threads, which wait for each other longer than they compute: the time of a
    step, work / threads + threads * waiting, is least at the square root of work / waiting. Each of several devices
    has a batch of its own, and its share of the cores.
    """
    if document.run.threads > 0:
        return document.run.threads
    most = max(1, (cores or min(cores_of_this_process(), USUAL_THREADS)) // devices)
    return max(1, min(most, round(math.sqrt(work_of_step(document) / WAITING))))


def cores_of_this_process() -> int:
    """How many cores it may use: containers and batch systems give some of a machine's only."""
    asked = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(asked(0)) if asked is not None else os.cpu_count() or 1


def work_of_step(document: Document) -> int:
    """FLOPs of one training step, estimated; a layer whose sizes change from sample to sample is left out."""
    plan = evaluation_plan(document)
    graph, shapes = plan.graph, shapes_of(plan.graph)
    forward = 0
    for each in plan.calls:
        layer = graph.nodes[each.node].layer
        if layer is None:
            continue
        flops: Any = call(layer, layer.flops, shapes.nodes[each.node].inputs)
        forward += flops if isinstance(flops, int) else 0
    return forward * BACKWARD * document.run.batch_size


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute with this many threads, and with as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def sum_dtype(device: Device) -> torch.dtype:
    """In which numbers losses are summed: Metal has no double precision."""
    return torch.float32 if device.type == "mps" else torch.float64


def free_memory() -> None:
    """Give the graphics card's memory back, which a run's objects hold until Python looks for cycles."""
    if torch.cuda.is_initialized():
        gc.collect()
        torch.cuda.empty_cache()


def flags() -> dict[str, Any]:
    """The switches of torch that decide numbers, for the record of a run."""
    return {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "cudnn_benchmark": torch.backends.cudnn.benchmark,
        "cudnn_deterministic": torch.backends.cudnn.deterministic,
        "cudnn_allow_tf32": torch.backends.cudnn.allow_tf32,
    }
