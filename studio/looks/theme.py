"""The colours of the window, light and dark, as plain values that panels and canvas read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """One set of colours, all as "#rrggbb".

    Texts stand at 4.5:1 or more against `window`, `base`, `canvas` and `node` (a test checks it). Families of
    layers differ in hue and in lightness, so that they can be told apart without seeing red or green.
    """

    name: str
    dark: bool
    window: str
    base: str
    text: str
    muted_text: str
    border: str
    accent: str
    accent_text: str  # text on a filled accent
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
    category_colors: dict[str, str]  # by graphs.layer.CATEGORIES
    series: tuple[str, ...]  # lines of plots, in order


LIGHT = Theme(
    name="light",
    dark=False,
    window="#f0f2f5",
    base="#ffffff",
    text="#1c2128",
    muted_text="#57606a",
    border="#cbd2da",
    accent="#2461c4",
    accent_text="#ffffff",
    error="#b8261b",
    warning="#845306",
    ok="#16702f",
    canvas="#f7f8fa",
    grid="#e2e6eb",
    node="#ffffff",
    node_text="#1c2128",
    node_border="#b4bdc8",
    selection="#2461c4",
    wire="#6b7684",
    wire_text="#424a53",
    category_colors={
        "Data": "#0b7f63",
        "Linear": "#2461c4",
        "Convolution": "#1687b4",
        "Pooling": "#5f8aa6",
        "Normalization": "#7d62b3",
        "Activation": "#cf7a0a",
        "Dropout": "#858c96",
        "Shape": "#70763a",
        "Merge": "#a07d45",
        "Flow": "#4f7d3a",
        "Embedding": "#9b5fa5",
        "Recurrent": "#5146b4",
        "Attention": "#b83f86",
        "Loss": "#c23b22",
        "Metric": "#b59400",
        "Output": "#434c58",
    },
    series=("#2461c4", "#cf7a0a", "#0b7f63", "#b83f86", "#1687b4", "#7d62b3", "#70763a", "#c23b22"),
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#20242a",
    base="#181b20",
    text="#e4e7eb",
    muted_text="#a2acb8",
    border="#3a424d",
    accent="#6aa5f5",
    accent_text="#0d1522",
    error="#ff8278",
    warning="#e3b341",
    ok="#5fd47a",
    canvas="#15181c",
    grid="#22272e",
    node="#262c34",
    node_text="#e6e9ed",
    node_border="#4d5764",
    selection="#6aa5f5",
    wire="#8b95a1",
    wire_text="#b7c0ca",
    category_colors={
        "Data": "#2fb593",
        "Linear": "#5b93ec",
        "Convolution": "#45b4dd",
        "Pooling": "#86acc4",
        "Normalization": "#a48ad6",
        "Activation": "#eb9d3b",
        "Dropout": "#9da5b0",
        "Shape": "#a3aa62",
        "Merge": "#c6a56f",
        "Flow": "#8fbf6f",
        "Embedding": "#c08aca",
        "Recurrent": "#8b80ea",
        "Attention": "#e070b0",
        "Loss": "#ec7059",
        "Metric": "#d8bb3a",
        "Output": "#c3cad3",
    },
    series=("#6aa5f5", "#eb9d3b", "#2fb593", "#e070b0", "#45b4dd", "#a48ad6", "#a3aa62", "#ec7059"),
)
