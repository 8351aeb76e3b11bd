"""The inspector: a form for what is selected, made from the parameters that its layer declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graphs import edits
from graphs.content import Document
from graphs.graph import Node
from graphs.param import Param, Path
from studio.forms.param_row import ParamRow
from studio.forms.schema_form import SchemaForm
from studio.forms.schema_reading import SchemaReader, portable
from studio.looks.theme import Theme
from studio.node_facts import facts
from studio.store import Store


class NodeForm(QWidget):
    """The form of one node."""

    def __init__(
        self,
        store: Store,
        node: Node,
        theme: Theme,
        reader: SchemaReader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._id, self._theme = store, node.id, theme
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(8)
        self._name = QLineEdit()
        self._name.setAccessibleName("Name of the node")
        self._name.setToolTip("The name on the canvas. Leave it empty for the layer's own.")
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.editingFinished.connect(self._rename)
        rows.addWidget(self._name)
        info = node.info
        about = QLabel(
            f"{info.title} · {info.category}\n{info.doc}" if info else f"Unknown layer {node.type}"
        )
        about.setTextFormat(Qt.TextFormat.PlainText)
        about.setWordWrap(True)
        about.setStyleSheet(f"color: {theme.muted_text};")
        rows.addWidget(about)
        self._rows: list[ParamRow] = []
        shown = [param for param in (info.params.values() if info else ()) if not param.hidden]
        self._grid(rows, [param for param in shown if not param.advanced])
        rare = [param for param in shown if param.advanced]
        if rare:
            rows.addWidget(self._fold(rare, node))
        if not shown:
            rows.addWidget(_muted("It has no parameters.", theme))
        reads = info is not None and "schema" in info.params
        self._schema = SchemaForm(store, node, theme, reader) if reads else None
        if self._schema is not None:
            rows.addWidget(self._schema)
        self._frozen = self._mark("Frozen: training does not change its weights", self._freeze)
        self._muted = self._mark("Muted: passes its input through", self._mute)
        for box in (self._frozen, self._muted):
            rows.addWidget(box)
            box.setVisible(info is not None and info.role == "layer")
        self._facts = _muted("", theme)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(self._facts)
        rows.addStretch(1)
        self.sync(node)
        self.setEnabled(not store.document.read_only)

    def sync(self, node: Node) -> None:
        """Show the node as it is now."""
        if not self._name.hasFocus() or not self._name.isModified():
            self._name.setText(node.title)
        self._name.setPlaceholderText(replace(node, title="").name)
        for row in self._rows:
            row.show_value(dict(node.params))
        self._frozen.setChecked(node.marks.frozen)
        self._muted.setChecked(node.marks.muted)
        self._facts.setText("\n".join(facts(node, self._store.report)))
        if self._schema is not None:
            self._schema.sync(node)

    def _grid(self, rows: QVBoxLayout, params: list[Param]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 90)
        for index, param in enumerate(params):
            row = ParamRow(param, grid, 2 * index, self._theme, self)
            row.edited.connect(self._edit)
            row.reset.connect(self._reset)
            self._rows.append(row)
        rows.addLayout(grid)

    def _fold(self, params: list[Param], node: Node) -> QWidget:
        fold = QWidget()
        inside = QWidget(fold)
        inside_rows = QVBoxLayout(inside)
        inside_rows.setContentsMargins(0, 0, 0, 0)
        self._grid(inside_rows, params)
        button = QToolButton(fold)
        button.setText("More")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setAccessibleName("Show more parameters")
        button.toggled.connect(inside.setVisible)
        button.toggled.connect(self._turn_arrow)
        inside.setVisible(False)
        column = QVBoxLayout(fold)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(button)
        column.addWidget(inside)
        if any(param.name in node.params for param in params):
            button.setChecked(True)
        return fold

    def _turn_arrow(self, opened: bool) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)

    def _mark(self, words: str, slot: Callable[[bool], None]) -> QCheckBox:
        box = QCheckBox(words.partition(":")[0])
        box.setToolTip(words.partition(": ")[2].capitalize() + ".")
        box.clicked.connect(slot)
        return box

    def _node(self) -> Node:
        return self._store.graph.nodes[self._id]

    def _rename(self) -> None:
        title = self._name.text().strip()
        if title != self._node().title:
            self._store.edit(
                f"Rename {self._node().name}", lambda graph: edits.rename(graph, self._id, title)
            )

    def _edit(self, name: str, value: object) -> None:
        text = f"Set {self._node().info.params[name].title} of {self._node().name}"  # type: ignore[union-attr]
        if isinstance(value, Path):
            value = Path(portable(value, self._store))
        if self._node().params.get(name, _NOTHING) != value:
            self._store.edit(text, lambda graph: edits.set_params(graph, self._id, **{name: value}))

    def _reset(self, name: str) -> None:
        self._store.edit(
            f"Reset {name} of {self._node().name}",
            lambda graph: edits.reset_param(graph, self._id, name),
        )

    def _freeze(self, on: bool) -> None:
        self._set_marks("Freeze" if on else "Unfreeze", frozen=on)

    def _mute(self, on: bool) -> None:
        self._set_marks("Mute" if on else "Unmute", muted=on)

    def _set_marks(self, verb: str, **marks: bool) -> None:
        self._store.edit(
            f"{verb} {self._node().name}", lambda graph: edits.set_marks(graph, self._id, **marks)
        )


_NOTHING = object()


class DocumentForm(QWidget):
    """Title and description of the document, shown while nothing is selected."""

    def __init__(self, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._title = QLineEdit()
        self._title.setPlaceholderText("Untitled")
        self._title.setAccessibleName("Title of the document")
        self._title.editingFinished.connect(self._set_title)
        self._words = QPlainTextEdit()
        self._words.setPlaceholderText("What is this network for?")
        self._words.setAccessibleName("Description of the document")
        self._words.setTabChangesFocus(True)
        self._words.setMaximumHeight(160)
        self._words.installEventFilter(self)
        self._facts = _muted("", theme)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(6)
        for words, widget in (("Title", self._title), ("Description", self._words)):
            label = QLabel(words)
            label.setBuddy(widget)
            rows.addWidget(label)
            rows.addWidget(widget)
        rows.addWidget(self._facts)
        rows.addWidget(_muted("Select a node to see its parameters.", theme))
        rows.addStretch(1)
        self.sync()
        self.setEnabled(not store.document.read_only)

    def sync(self) -> None:
        """Show the document as it is now."""
        document = self._store.document
        if self._title.text() != document.title and not self._title.isModified():
            self._title.setText(document.title)
        if (
            self._words.toPlainText() != document.description
            and not self._words.document().isModified()
        ):
            self._words.setPlainText(document.description)
        nodes, wires = len(document.main.nodes), len(document.main.wires)
        self._facts.setText(
            f"{nodes} {'node' if nodes == 1 else 'nodes'}, {wires} {'wire' if wires == 1 else 'wires'}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An edit of the description ends when it loses the focus."""
        if watched is self._words and event.type() == QEvent.Type.FocusOut:
            self._set_words()
        return super().eventFilter(watched, event)

    def _set_title(self) -> None:
        self._title.setModified(False)
        self._change("Set the title", title=self._title.text().strip())

    def _set_words(self) -> None:
        self._words.document().setModified(False)
        self._change("Set the description", description=self._words.toPlainText())

    def _change(self, text: str, **values: str) -> None:
        def change(document: Document) -> Document:
            return replace(document, **values)

        self._store.edit_document(text, change)


class InspectorPanel(QWidget):
    """Shows the form of the selected node, of the document if nothing is, or how many are selected."""

    def __init__(
        self,
        store: Store,
        theme: Theme,
        reader: SchemaReader | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setWindowTitle("Inspector")
        self._store, self._theme, self._reader = store, theme, reader or SchemaReader(store)
        self._form: QWidget = QWidget()
        self._shown: tuple[str, str] | None = None  # id and type of the node in the form
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the keys
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._area)
        store.changed.connect(self._sync)
        store.selection_changed.connect(self._select)
        store.opened.connect(self._rebuild)
        self._rebuild()

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self._theme = theme
        self._rebuild()

    def focus_name(self) -> None:
        """Put the cursor into the name of the selected node, or the title."""
        name = self._form.findChild(QLineEdit)
        if name is not None:
            name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            name.selectAll()

    def _select(self, _chosen: object) -> None:
        self._rebuild()

    def _sync(self, _before: object, _after: object) -> None:
        node = self._one()
        if (
            isinstance(self._form, NodeForm)
            and node is not None
            and self._shown == (node.id, node.type)
        ):
            self._form.sync(node)
        elif isinstance(self._form, DocumentForm) and not self._store.selection:
            self._form.sync()
        else:
            self._rebuild()

    def _one(self) -> Node | None:
        if len(self._store.selection) != 1:
            return None
        return self._store.graph.nodes.get(next(iter(self._store.selection)))

    def _rebuild(self) -> None:
        node = self._one()
        self._shown = (node.id, node.type) if node else None
        if node is not None:
            self._form = NodeForm(self._store, node, self._theme, self._reader)
        elif self._store.selection:
            count = len(self._store.selection)
            self._form = _muted(
                f"{count} nodes are selected. Select one to see its parameters.", self._theme
            )
            self._form.setContentsMargins(10, 10, 10, 10)
        else:
            self._form = DocumentForm(self._store, self._theme)
        self._area.setWidget(self._form)


def _muted(words: str, theme: Theme) -> QLabel:
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setStyleSheet(f"color: {theme.muted_text};")
    return label
