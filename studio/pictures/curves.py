"""The picture of a run's curves: a plot for the loss and one for each metric, over epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from studio.looks.theme import LIGHT, Theme
from studio.pictures.picture import Dot, Line, Picture, Shape, Words, text_width
from studio.value_words import number_words

if TYPE_CHECKING:
    from studio.curves.data import Floats
    from studio.curves.run import Key, RunCurves

WIDTH, PLOT_HEIGHT = 760.0, 250.0
LEFT, RIGHT, TOP, BELOW = 70.0, 24.0, 44.0, 44.0
HEADING = 40.0
TEXT, SMALL = 12.0, 11.0
MOST_POINTS = 700
FEW_POINTS = 60
"""So many points of a curve are drawn as dots as well."""
MOST_TICKS = 6


def curves_picture(curves: RunCurves, theme: Theme = LIGHT) -> Picture:
    """The plots below each other, under the run's title."""
    title = (curves.started.title if curves.started else "") or "Curves"
    shapes: list[Shape] = [Words(LEFT, 26, title, theme.text, 16.0, bold=True)]
    for index, name in enumerate(curves.names):
        shapes += _plot(curves, name, HEADING + index * (TOP + PLOT_HEIGHT + BELOW), theme)
    height = HEADING + max(len(curves.names), 1) * (TOP + PLOT_HEIGHT + BELOW)
    return Picture(WIDTH, height, theme.base, tuple(shapes), title)


def _plot(curves: RunCurves, name: str, top: float, theme: Theme) -> list[Shape]:
    keys = sorted(
        (key for key in curves.curves if key.name == name),
        key=lambda key: (key.per == "epoch", key.split),
    )
    lines = {key: _points(curves, key) for key in keys}
    lines = {key: points for key, points in lines.items() if len(points[0])}
    frame = _Frame(lines, top + TOP, whole_x=curves.epochs)
    shapes: list[Shape] = [
        Words(LEFT, top + TOP - 18, curves.plot_title(name), theme.text, 13.0, bold=True)
    ]
    shapes += _axes(frame, theme)
    legend_x = WIDTH - RIGHT
    colors = _colors(lines, theme)
    for key, (x, y) in lines.items():
        points = [(frame.x(a), frame.y(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        shapes.append(Line(points, colors[key], 1.0 if key.per == "step" else 2.2))
        if key.per == "epoch" and len(points) <= FEW_POINTS:
            shapes += [Dot(a, b, 3.0, colors[key]) for a, b in points]
    for key in reversed(lines):
        words = curves.title(key)
        legend_x -= text_width(words, SMALL)
        shapes.append(Words(legend_x, top + TOP - 18, words, theme.muted_text, SMALL))
        shapes.append(
            Line(
                [(legend_x - 22, top + TOP - 18), (legend_x - 6, top + TOP - 18)], colors[key], 3.0
            )
        )
        legend_x -= 40
    if curves.best is not None and lines:
        mark = frame.x(curves.best.step / curves.steps_per_epoch)
        shapes.append(Line([(mark, frame.top), (mark, frame.top + PLOT_HEIGHT)], theme.ok, 1.0))
        if name == curves.names[0]:  # in the others it may cover a curve
            words = f"best epoch {curves.best.epoch}"
            words_shape = (
                Words(
                    mark - 5, frame.top + 10, words, theme.ok, SMALL, anchor="end", halo=theme.base
                )
                if mark > WIDTH / 2
                else Words(mark + 5, frame.top + 10, words, theme.ok, SMALL, halo=theme.base)
            )
            shapes.append(words_shape)
    return shapes


def _points(curves: RunCurves, key: Key) -> tuple[Floats, Floats]:
    """The points of a curve over epochs, thinned where there are more than fit."""
    series = curves.curves[key]
    if len(series) == 0:
        return series.x, series.y
    x, y = series.between(float(series.x[0]), float(series.x[-1]), MOST_POINTS)
    kept = np.isfinite(y)
    return x[kept] / curves.steps_per_epoch, y[kept]


def _colors(lines: dict[Key, tuple[Floats, Floats]], theme: Theme) -> dict[Key, str]:
    """Each part of the data has its own color; single steps a pale one."""
    parts = {"train": theme.series[0], "val": theme.series[1]}
    full = {key: parts.get(key.split, theme.series[2]) for key in lines}
    return {
        key: _mixed(color, theme.base) if key.per == "step" else color
        for key, color in full.items()
    }


def _mixed(color: str, ground: str, share: float = 0.35) -> str:
    mixed = [
        round(
            share * int(color[place : place + 2], 16)
            + (1 - share) * int(ground[place : place + 2], 16)
        )
        for place in (1, 3, 5)
    ]
    return "#" + "".join(f"{each:02x}" for each in mixed)


class _Frame:
    """Where values lie in one plot."""

    def __init__(self, lines: dict[Key, tuple[Floats, Floats]], top: float, whole_x: int) -> None:
        self.top = top
        values = np.concatenate([y for _, y in lines.values()]) if lines else np.array([0.0, 1.0])
        low, high = float(values.min()), float(values.max())
        self.ticks = ticks(low, high)
        self.low, self.high = min(low, self.ticks[0]), max(high, self.ticks[-1])
        if self.low == self.high:
            self.low, self.high = self.low - 0.5, self.high + 0.5
        self.right = max(float(whole_x), 1.0)

    def x(self, epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * epoch / self.right

    def y(self, value: float) -> float:
        return self.top + PLOT_HEIGHT * (1 - (value - self.low) / (self.high - self.low))


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`, at most seven, 1, 2 or 5 times a power of ten apart."""
    size = max(abs(low), abs(high))
    span = high - low if high - low > max(size * 1e-9, 1e-300) else size if size > 1e-300 else 1.0
    rough = span / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [index * step for index in range(first, last + 1)]


def _axes(frame: _Frame, theme: Theme) -> list[Shape]:
    shapes: list[Shape] = []
    for value in frame.ticks:
        y = frame.y(value)
        shapes.append(Line([(LEFT, y), (WIDTH - RIGHT, y)], theme.grid, 1.0))
        shapes.append(Words(LEFT - 8, y, _tick_words(value), theme.muted_text, SMALL, anchor="end"))
    bottom = frame.top + PLOT_HEIGHT
    for value in (
        each for each in ticks(0, frame.right) if each <= frame.right and each == int(each)
    ):
        x = frame.x(value)
        shapes.append(Line([(x, bottom), (x, bottom + 4)], theme.border, 1.0))
        shapes.append(Words(x, bottom + 14, f"{value:g}", theme.muted_text, SMALL, anchor="middle"))
    shapes.append(Line([(LEFT, bottom), (WIDTH - RIGHT, bottom)], theme.border, 1.0))
    shapes.append(
        Words(
            (LEFT + WIDTH - RIGHT) / 2,
            bottom + 31,
            "epoch",
            theme.muted_text,
            SMALL,
            anchor="middle",
        )
    )
    return shapes


def _tick_words(value: float) -> str:
    short = f"{value:.6g}"
    return short if len(short) <= 7 else number_words(value)
