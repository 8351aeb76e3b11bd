"""The order in which samples are seen: a pure function of seed and epoch, so that a run can go on anywhere."""

from __future__ import annotations

import torch


def epoch_order(seed: int, epoch: int, count: int) -> torch.Tensor:
    """All indices below `count`, shuffled; the same for the same seed and epoch (from 0), whatever ran before."""
    generator = torch.Generator().manual_seed((seed * 0x9E3779B1 + epoch) % 2**63)
    return torch.randperm(count, generator=generator)
