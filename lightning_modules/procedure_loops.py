"""What each kind of procedure does, step by step: go on, sample, take noise away, and walk between two samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from graphs.diffusion import Step, kept, steps_of
from lightning_modules.made import Made
from lightning_modules.procedure_start import Start, joined, words_of
from lightning_modules.procedure_work import Work, between, drawn

if TYPE_CHECKING:
    from graphs.feeds import Fed

Run: TypeAlias = "Callable[[Work, Start, str | None], Made]"


def _go_on(work: Work, start: Start, text: str | None) -> Made:
    """Feed the network with what it gave: each step adds a token or a row, or puts another state in place."""
    values = start.values(text)
    leading = work.loop.leading
    assert leading is not None, "checked before"
    begun = values[leading.port]
    made: list[Tensor] = []
    for step in range(1, work.steps + 1):
        if work.should_stop():
            break
        found = work.call({each.port: _window(each, values[each.port]) for each in work.loop.feeds})
        for each in work.loop.feeds:
            if each.source != "output":
                continue
            fresh = _next(work, each, found[each.name])
            if each == leading:
                made.append(fresh)
            before = values[each.port]
            values[each.port] = torch.cat((before, fresh), 1) if each.grows else fresh
        if work.is_over(step, value=made[-1].flatten(1)[:, -1] if made[-1].ndim > 1 else made[-1]):
            break
    return _written(work, leading, begun, made)


def _window(fed: Fed, values: Tensor) -> Tensor:
    """The end of a sequence, as long as the network takes it."""
    longest = fed.spec.sizes[0] if fed.grows else None
    return values[:, -longest:] if isinstance(longest, int) else values


def _next(work: Work, fed: Fed, output: Tensor) -> Tensor:
    """The next value of an input: (N, 1, ...) for a sequence, else in the place of the one before."""
    if fed.spec.dtype == "int64":
        scores = output.float()
        if fed.grows:
            scores = scores.reshape(len(scores), -1, scores.shape[-1])[:, -1:]
        settings = work.loop.settings
        return drawn(scores, settings["temperature"], settings["top_k"], work.generator)
    if fed.grows:
        rest = [size for size in fed.spec.sizes[1:] if isinstance(size, int)]
        return output.reshape(len(output), -1, *rest)[:, -1:]
    return output


def _written(work: Work, fed: Fed, begun: Tensor, made: list[Tensor]) -> Made:
    name = work.loop.procedure.name
    if fed.spec.dtype == "int64":
        rows = (
            torch.stack([each.reshape(work.count, -1)[:, -1] for each in made], 1)
            if made
            else begun[:, :0]
        )
        words = words_of(fed)
        first = begun.tolist() if fed.grows else [[] for _ in range(work.count)]
        texts = [joined(row, words) for row in rows.tolist()]
        return Made(name, "text", tuple(joined(row, words) for row in first), tuple(texts))
    if not fed.grows and made:
        every = torch.stack(made, 1).flatten(0, 1)
        return work.made(every, fed.spec, across=len(made))
    shown = [work.in_unit(each).flatten(1) for each in made]
    series = torch.cat(shown, 1) if shown else begun.flatten(1)[:, :0]
    shown_first = work.in_unit(begun).flatten(1)
    return Made(name, "series", tuple(shown_first.tolist()), tuple(series.tolist()))


def _sample(work: Work, start: Start, text: str | None) -> Made:
    """Call the network on noise (or whatever feeds it), again on what it gave where an output feeds an input."""
    values = start.values(text)
    shown, spec = work.loop.result, work.loop.network.results[work.loop.result]
    found: Mapping[str, Tensor] = work.call(values)
    for step in range(1, work.steps + 1):
        last = found[shown]
        if step > 1:
            found = work.call(values)
        values |= {
            each.port: found[each.name] for each in work.loop.feeds if each.source == "output"
        }
        if work.is_over(step, change=_change(last, found[shown])) or work.should_stop():
            break
    return work.made(found[shown], spec)


def _denoise(work: Work, start: Start, text: str | None) -> Made:
    """Take the noise away step by step, as a diffusion model foretells it."""
    values = start.values(text)
    settings = work.loop.settings
    fed = work.loop.leading
    assert fed is not None, "checked before"
    left = kept(
        settings["schedule"], settings["times"], settings["beta_start"], settings["beta_end"]
    )
    x = values[fed.port]
    for index, step in enumerate(steps_of(left, work.steps, settings["sampler"], settings["eta"])):
        if work.should_stop():
            break
        told = _times(work, step, values)
        output = work.call({**values, **told, fed.port: x})[fed.name]
        if settings["predicts"] == "noise":
            noise, clean = output, (x - step.level * output) / step.signal
        else:
            clean, noise = output, (x - step.signal * output) / step.level
        if settings["clip"] > 0:
            clean = clean.clamp(-settings["clip"], settings["clip"])
            noise = (x - step.signal * clean) / step.level
        before, x = x, step.from_x0 * clean + step.from_noise * noise + step.from_xt * x
        if step.fresh > 0:
            x = x + step.fresh * torch.randn(x.shape, generator=work.generator)
        if work.is_over(index + 1, time=step.time, change=_change(before, x)):
            break
    return work.made(x, fed.spec)


def _times(work: Work, step: Step, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What the inputs that want to know get told: the time, how much noise there is, how much of the sample."""
    found = {}
    for each in work.loop.feeds:
        if each.source in ("time", "level", "signal"):
            like = values[each.port]
            told = {"time": step.time, "level": step.level, "signal": step.signal}[each.source]
            by_index = each.source == "time" and not like.is_floating_point()
            found[each.port] = torch.full_like(like, step.index if by_index else told)
    return found


def _interpolate(work: Work, start: Start, text: str | None) -> Made:  # noqa: ARG001 - as all runs
    """Call the network all along the way from one sample (or noise) to another."""
    one, other = start.ends()
    along = work.loop.settings["along"]
    values = {
        port: (
            between(one[port], other[port], work.steps, along)
            if one[port].is_floating_point()
            else one[port].unsqueeze(1).expand(-1, work.steps, *one[port].shape[1:])
        ).flatten(0, 1)
        for port in one
    }
    found = work.call(values)[work.loop.result]
    work.is_over(work.steps)
    return work.made(found, work.loop.network.results[work.loop.result], across=work.steps)


def _change(before: Tensor, after: Tensor) -> Tensor:
    """How far the number of each sample moved that moved most."""
    return (after - before).flatten(1).abs().amax(1)


RUNS: dict[str, Run] = {
    "autoregressive": _go_on,
    "sample": _sample,
    "denoise": _denoise,
    "interpolate": _interpolate,
}
"""What runs each kind."""
