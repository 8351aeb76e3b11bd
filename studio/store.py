"""The one mutable cell of the window: the document, its report, its history and what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from graphs.check import Report, check
from graphs.content import MAIN, Document
from graphs.graph import Graph
from studio.commands import ReplaceDocument


class Store(QObject):
    """Views draw it and ask it for edits; it tells them facts.

    `changed(before, after)` is the only way a document reaches a view, whether it was opened, edited or
    undone; it comes after `report` is fresh. Compare parts by identity: what an edit did not touch is the
    very same object.
    """

    changed = Signal(object, object)  # Document before, Document after
    opened = (
        Signal()
    )  # another document stands here now (after `changed`): frame it, forget the selection
    selection_changed = Signal(object)  # frozenset of node ids
    edit_refused = Signal(str)  # the sentence that says why a read-only document was not edited
    file_changed = Signal()  # path, modified or read-only is another

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self.document = Document()
        self.report: Report = check(self.document)
        self.path: Path | None = None
        self.selection: frozenset[str] = frozenset()
        self._unsaved = (
            False  # content that never was in the file, such as a recovered or template document
        )
        self.history.cleanChanged.connect(self._tell_file)

    @property
    def graph(self) -> Graph:
        """The network on the canvas."""
        return self.document.main

    @property
    def modified(self) -> bool:
        """Whether there is something to save."""
        return self._unsaved or not self.history.isClean()

    def open(self, document: Document, path: Path | None = None, *, unsaved: bool = False) -> None:
        """Show another document; its history begins empty. `unsaved` marks it as having something to save."""
        self.history.clear()
        self.path, self._unsaved = path, unsaved
        self.select(())
        self._show(document)
        self.file_changed.emit()
        self.opened.emit()

    def edit(self, text: str, change: Callable[[Graph], Graph], merge_key: int = -1) -> None:
        """Make one undo step called `text`; a change that returns the same graph makes none.

        Steps with an equal `merge_key` other than -1 that follow each other fuse (one drag, one spin).
        """
        self.edit_document(
            text, lambda document: _with_graph(document, change(document.main)), merge_key
        )

    def edit_document(
        self, text: str, change: Callable[[Document], Document], merge_key: int = -1
    ) -> None:
        """The same for everything else in the document: title, run settings, objectives."""
        if self.document.read_only:  # its file is kept byte for byte, so an edit would be lost
            self.edit_refused.emit(self.document.read_only)
            return
        after = change(self.document)
        if after is self.document or after == self.document:
            return
        self.history.push(ReplaceDocument(text, self._show, self.document, after, merge_key))

    def select(self, nodes: Iterable[str]) -> None:
        """Select these nodes and no others."""
        chosen = frozenset(nodes)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit(chosen)

    def saved(self, path: Path) -> None:
        """The document, as it is now, stands in this file."""
        self.path, self._unsaved = path, False
        self.history.setClean()
        self._tell_file()

    def mark_unsaved(self) -> None:
        """No file holds what is shown any more: another program changed or removed it."""
        if not self._unsaved:
            self._unsaved = True
            self._tell_file()

    def _show(self, document: Document) -> None:
        before, self.document = self.document, document
        same = document.main.nodes is before.main.nodes and document.main.wires is before.main.wires
        if same and document.objectives is before.objectives and document.run is before.run:
            self.report = replace(self.report, document=document)  # things only moved
        else:
            self.report = check(document, MAIN, self.report)
        gone = self.selection - document.main.nodes.keys()
        self.changed.emit(before, document)
        if gone:
            self.select(self.selection - gone)

    def _tell_file(self) -> None:
        self.file_changed.emit()


def _with_graph(document: Document, graph: Graph) -> Document:
    return document if graph is document.main else document.with_graph(graph)
