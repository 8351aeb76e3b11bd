"""Help on one layer type: what it does, its ports, its parameters and their ranges, from the layer's own words."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from graphs.layer import LAYERS, Info
from graphs.param import Param
from studio.looks.theme import Theme
from studio.store import Store

EMPTY = "Select a layer on the canvas or in the library to read what it does."


class HelpPanel(QWidget):
    """Follows the selection; `show_layer` shows any other type, until the selection is another."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle("Help")
        self._store, self._theme, self._type = store, theme, ""
        self.text = QTextBrowser()
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(12)
        self.text.setAccessibleName("Help on the selected layer")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)
        store.selection_changed.connect(self._follow)
        store.opened.connect(self._begin)
        self._follow()

    @Slot(str)
    def show_layer(self, type_id: str) -> None:
        """Show this layer type; an unknown one shows how to choose."""
        self._type = type_id
        cls = LAYERS.get(type_id)
        self.text.setHtml(
            _page(cls.info, self._theme) if cls else _paragraph(EMPTY, self._theme.muted_text)
        )

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self.show_layer(self._type)

    @Slot()
    def _begin(self) -> None:
        self.show_layer("")  # what was selected in another document is no concern of this one
        self._follow()

    @Slot()
    def _follow(self) -> None:
        nodes = [
            self._store.graph.nodes[each]
            for each in self._store.selection
            if each in self._store.graph.nodes
        ]
        types = {node.type for node in nodes}
        if len(types) == 1:
            self.show_layer(types.pop())
        elif not self._type:
            self.show_layer("")


def _page(info: Info, theme: Theme) -> str:
    parts = [
        f"<h3 style='margin:0'>{escape(info.title)}</h3>",
        _paragraph(info.category, theme.category_colors[info.category]),
        _paragraph(info.doc),
    ]
    parts += [
        _paragraph(" ".join(each.split())) for each in info.help.split("\n\n") if each.strip()
    ]
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
        parts.append(_paragraph(f"Also called: {', '.join(info.also)}.", theme.muted_text))
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


def _paragraph(text: str, color: str = "") -> str:
    style = "margin:6px 0 0 0" + (f"; color:{color}" if color else "")
    return f"<p style='{style}'>{escape(text)}</p>"


def _term(name: str, html: str, theme: Theme) -> str:
    muted = f"<span style='color:{theme.muted_text}'>{html}</span>"
    return f"<p style='margin:6px 0 0 0'><b>{escape(name)}</b><br>{muted}</p>"
