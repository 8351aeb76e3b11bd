"""Where and with how many threads a run computes, and what it says about that."""

from __future__ import annotations

import torch

Device = torch.device


class NoDevice(ValueError):  # noqa: N818 - named after what is missing
    """The device asked for is not there; the message is a sentence for people."""


def choose_device(wanted: str) -> Device:
    """The device by its name in the run settings; "auto" takes the fastest there is.

    Raises:
        NoDevice: it is not there.
    """
    if wanted == "auto":
        wanted = (
            "cuda"
            if torch.cuda.is_available()
            else "mps"
            if torch.backends.mps.is_available()
            else "cpu"
        )
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


def words(device: Device) -> str:
    """What people read: "cpu", or "cuda:0 (NVIDIA A100)"."""
    return (
        f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)
    )
