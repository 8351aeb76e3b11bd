"""The colours of the window and the canvas, in light and in dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Theme:
    """Colours as "#rrggbb" texts, ready for QColor. Layer categories have colours by their name.

    The category colours keep apart in lightness as well as in hue, so that they can be told without
    red and green; nothing on screen is said by colour alone.
    """

    name: str
    dark: bool
    window: str
    base: str
    text: str
    muted_text: str
    border: str
    accent: str
    error: str
    warning: str
    ok: str
    canvas: str
    grid: str
    node: str
    node_text: str
    node_border: str
    selection: str
    wire: str
    wire_text: str
    category_colors: Mapping[str, str]


LIGHT = Theme(
    name="light",
    dark=False,
    window="#f3f4f6",
    base="#ffffff",
    text="#1b1f24",
    muted_text="#59626e",
    border="#c9ced6",
    accent="#1668c4",
    error="#c4320a",
    warning="#8a5a00",
    ok="#0b7a55",
    canvas="#eef0f3",
    grid="#dde1e7",
    node="#ffffff",
    node_text="#1b1f24",
    node_border="#aeb6c2",
    selection="#1668c4",
    wire="#78828f",
    wire_text="#39424d",
    category_colors={
        "Data": "#0072b2",
        "Linear": "#3a9bd9",
        "Convolution": "#e08e00",
        "Pooling": "#a5730a",
        "Normalization": "#8a8a3c",
        "Activation": "#009e73",
        "Dropout": "#8d939c",
        "Shape": "#5f6f8a",
        "Merge": "#454f63",
        "Embedding": "#c7b400",
        "Recurrent": "#c4649b",
        "Attention": "#8b3a8f",
        "Loss": "#d55e00",
        "Metric": "#3ba598",
        "Output": "#332288",
    },
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#1f2227",
    base="#17191d",
    text="#e6e9ee",
    muted_text="#a0a9b5",
    border="#3a4049",
    accent="#5aa9f5",
    error="#ff7a59",
    warning="#f0b429",
    ok="#3fc79a",
    canvas="#1a1c20",
    grid="#25282e",
    node="#2a2e35",
    node_text="#eceff3",
    node_border="#4d5561",
    selection="#5aa9f5",
    wire="#8b95a3",
    wire_text="#c6cdd6",
    category_colors={
        "Data": "#3b9ad9",
        "Linear": "#74c3f0",
        "Convolution": "#f0a830",
        "Pooling": "#c08f35",
        "Normalization": "#b0b060",
        "Activation": "#2bbd92",
        "Dropout": "#a3a9b2",
        "Shape": "#8798b5",
        "Merge": "#6a7690",
        "Embedding": "#e8d94a",
        "Recurrent": "#dd8fbb",
        "Attention": "#b56cba",
        "Loss": "#f0803c",
        "Metric": "#5cc4b8",
        "Output": "#9a8fe8",
    },
)
