"""How much memory a run holds: on a card what torch has taken there, else what the process has in use."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING

import torch

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from lightning_modules.devices import Device

STATM = "/proc/self/statm"


def memory_bytes(device: Device) -> float:
    """Bytes that are held now; on systems that tell no more, the most so far; NaN where nobody tells."""
    if device.type == "cuda":
        return float(torch.cuda.memory_reserved(device))
    if sys.platform == "win32":
        return math.nan
    try:
        with open(STATM, encoding="ascii") as file:  # noqa: PTH123 - no path is made, ten times an epoch
            pages = int(file.read().split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return float(peak if sys.platform == "darwin" else peak * 1024)
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
