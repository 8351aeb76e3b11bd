"""The note on a network that simple models, or chance, do as well as."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from graphs.inner_ends import end_at
from lightning_modules.events import Baselines, Evaluated, Noted

if TYPE_CHECKING:
    from graphs.content import Document

CHANCE = "chance"
PARTS = {"val": "validation", "train": "training"}


def beaten(event: Evaluated, known: Baselines, document: Document, epoch: int) -> Noted | None:
    """The note, by the first metric that a simple model has as well, or else the loss; None for a better network."""
    names = sorted(event.values, key=lambda name: name.partition("_")[2] == "loss")
    for full in names:
        name, own = full.partition("_")[2], event.values[full]
        sign = 1.0 if name in known.higher else -1.0
        rows = [each for each in known.models if full in each.values]
        if not rows or not math.isfinite(own):
            continue
        chance = [
            each for each in rows if each.kind == CHANCE and sign * own <= sign * each.values[full]
        ]  # who does not beat it has a worse problem than a better model
        best = max(chance or rows, key=lambda each: sign * each.values[full])
        other = best.values[full]
        if sign * own > sign * other:
            return None
        found = end_at(document.main, name)
        node = found[0] if found is not None else None
        percent = node is not None and node.info is not None and bool(node.info.percent)
        title = found[1].lower() if found is not None else "loss"
        shown = [f"{100 * each:.1f} %" if percent else _words(each) for each in (own, other)]
        reached = (
            f"on the {PARTS.get(event.split, event.split)} part {best.title.lower()} reaches "
            f"{shown[1]} ({title}), the network {shown[0]}."
        )
        message = (
            f"The network is no better than chance: {reached} What it learned does not hold for other samples."
            if best.kind == CHANCE
            else f"The network does not beat a simple model: {reached} "
            "The simple model may be all that these data need."
        )
        evidence = {full: own, f"{best.kind}_{name}": other}
        return Noted("not_better", message, (), epoch, evidence)
    return None


def _words(value: float) -> str:
    """Four digits; of large numbers all before the point, as tables show them."""
    return f"{value:.0f}" if 1e3 <= abs(value) < 1e7 else f"{value:.4g}"
