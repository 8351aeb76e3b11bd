"""The page on one layer type, as simple HTML from the layer's own words: for help and library."""

from __future__ import annotations

from html import escape

from graphs.layer import Info
from graphs.param import Param
from studio.looks.theme import Theme


def page(info: Info, theme: Theme) -> str:
    """What it does, its ports, its parameters with their ranges, and its other names."""
    parts = [
        f"<h3 style='margin:0'>{escape(info.title)}</h3>",
        paragraph(info.category, theme.category_colors[info.category]),
        paragraph(info.doc),
    ]
    parts += [paragraph(" ".join(each.split())) for each in info.help.split("\n\n") if each.strip()]
    if info.inputs:
        ports = ", ".join(
            f"{port.name}{' (optional)' if port.optional else ' (any number)' if port.many else ''}"
            for port in info.inputs
        )
        parts.append(_term("Inputs", escape(ports), theme))
    if info.outputs:
        parts.append(_term("Outputs", escape(", ".join(info.outputs)), theme))
    shown = [each for each in info.params.values() if not each.hidden]
    if shown:
        parts.append("<h4 style='margin:12px 0 0 0'>Parameters</h4>")
        parts += [_term(each.title, _param_words(each), theme) for each in shown]
    if info.also:
        parts.append(paragraph(f"Also called: {', '.join(info.also)}.", theme.muted_text))
    return "".join(parts)


def _param_words(param: Param) -> str:
    facts = [param.range_words, f"in {param.unit}" if param.unit else ""]
    if param.choices:
        facts.append("one of " + ", ".join(str(each) for each in param.choices))
    default = param.default
    if isinstance(default, (bool, int, float, str)) and default != "":
        facts.append(
            f"at first {'yes' if default is True else 'no' if default is False else default}"
        )
    tail = "; ".join(each for each in facts if each)
    return escape(param.doc) + (f" <i>({escape(tail)})</i>" if tail else "")


def paragraph(text: str, color: str = "") -> str:
    """A text, as it is, in a colour."""
    style = "margin:6px 0 0 0" + (f"; color:{color}" if color else "")
    return f"<p style='{style}'>{escape(text)}</p>"


def _term(name: str, html: str, theme: Theme) -> str:
    muted = f"<span style='color:{theme.muted_text}'>{html}</span>"
    return f"<p style='margin:6px 0 0 0'><b>{escape(name)}</b><br>{muted}</p>"
