"""How a diffusion model goes from noise to a sample: levels of noise, and the numbers of each step.

A sample x0 at the time t of T is seen as x_t = signal * x0 + level * noise, with signal**2 + level**2 = 1.
Sources: Ho, Jain and Abbeel 2020 (DDPM, linear schedule), Nichol and Dhariwal 2021 (cosine schedule), Song,
Meng and Ermon 2021 (DDIM).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Schedule = Literal["linear", "cosine"]
Sampler = Literal["ddpm", "ddim"]

COSINE_OFFSET = 0.008
MAX_BETA = 0.999
"""Of the cosine schedule, so that its last step does not forget everything at once."""


@dataclass(frozen=True)
class Step:
    """One step from x_t to a less noisy x: x = from_x0 * x0 + from_noise * noise + from_xt * x_t + fresh * z.

    `index` is the time from 0, `time` the share t / T, and z is fresh normal noise.
    """

    index: int
    time: float
    signal: float
    level: float
    from_x0: float
    from_noise: float
    from_xt: float
    fresh: float


def kept(schedule: Schedule, times: int, first: float, last: float) -> tuple[float, ...]:
    """How much of the variance is still the sample's after each time: the product of 1 - beta.

    `first` and `last` are beta at both ends of the linear schedule; the cosine one needs none.
    """
    found, left = [], 1.0
    for index in range(times):
        left *= 1 - _beta(schedule, index, times, first, last)
        found.append(left)
    return tuple(found)


def steps_of(
    kept_: tuple[float, ...], count: int, sampler: Sampler, eta: float = 0.0
) -> tuple[Step, ...]:
    """So many steps, spread evenly over the times, the noisiest first; with as many steps as times, all of them.

    `eta` is the share of fresh noise in DDIM: 0 makes the way a function of its start.
    """
    times = len(kept_)
    chosen = [-(-times * (count - each) // count) for each in range(count)]
    found = []
    for at, now in enumerate(chosen):
        before = chosen[at + 1] if at + 1 < count else 0
        here, there = kept_[now - 1], kept_[before - 1] if before else 1.0
        beta = 1 - here / there
        variance = beta * (1 - there) / (1 - here)
        place = (now - 1, now / times, math.sqrt(here), math.sqrt(1 - here))
        if sampler == "ddpm":  # equation 7: the mean of the posterior, and its variance
            from_x0 = math.sqrt(there) * beta / (1 - here)
            from_xt = math.sqrt(1 - beta) * (1 - there) / (1 - here)
            found.append(Step(*place, from_x0, 0.0, from_xt, math.sqrt(variance)))
        else:  # equation 12
            fresh = eta * math.sqrt(variance)
            from_noise = math.sqrt(max(1 - there - fresh**2, 0.0))
            found.append(Step(*place, math.sqrt(there), from_noise, 0.0, fresh))
    return tuple(found)


def _beta(schedule: Schedule, index: int, times: int, first: float, last: float) -> float:
    """How much of the variance one time replaces by noise."""
    if schedule == "linear":
        return first + (last - first) * index / max(times - 1, 1)
    return min(1 - _cosine((index + 1) / times) / _cosine(index / times), MAX_BETA)


def _cosine(share: float) -> float:
    return math.cos((share + COSINE_OFFSET) / (1 + COSINE_OFFSET) * math.pi / 2) ** 2
