"""How much memory this program takes, took at its peak, and may still take; None where the system does not say."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from lightning_modules.devices import Device

KIB = 1024
CGROUP = Path("/sys/fs/cgroup")


def resident_bytes() -> int | None:
    """What of this process stands in memory now."""
    return _status("VmRSS")


def peak_bytes() -> int | None:
    """The most that ever stood in memory of this process.

    Linux tells it in a file: what getrusage says begins with the peak of the program that started this one.
    """
    found = _status("VmHWM")
    if found is not None or sys.platform == "win32":
        return found
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * KIB


def free_bytes(device: Device) -> int | None:
    """What can still be taken there: on a card what it has left, else what the system, its groups and limits leave."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        left = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return max(0, int(left))
    found = [
        each for each in (_available(), _left_of_group(), _left_of_limit()) if each is not None
    ]
    return min(found) if found else None


def _available() -> int | None:
    return _line(Path("/proc/meminfo"), "MemAvailable")


def _left_of_group() -> int | None:
    """What a container or a batch system leaves."""
    try:
        most = (CGROUP / "memory.max").read_text().strip()
        used = (CGROUP / "memory.current").read_text().strip()
    except OSError:
        return None
    return max(0, int(most) - int(used)) if most.isdecimal() and used.isdecimal() else None


def _left_of_limit() -> int | None:
    """What `ulimit -v` leaves of addresses."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    taken = _status("VmSize")
    return max(0, most - taken) if most != resource.RLIM_INFINITY and taken is not None else None


def _status(name: str) -> int | None:
    return _line(Path("/proc/self/status"), name)


def _line(file: Path, name: str) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, value = line.partition(":")
            if key == name:
                return int(value.split()[0]) * KIB
    return None
