"""The one undo command: documents are values, so every edit is a `before` and an `after`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from graphs.content import Document


class ReplaceDocument(QUndoCommand):
    """Show `after` on redo and `before` on undo; equal merge keys fuse into one step."""

    def __init__(
        self,
        text: str,
        show: Callable[[Document], None],
        before: Document,
        after: Document,
        merge_key: int = -1,
    ) -> None:
        super().__init__(text)
        self._show, self._before, self._after = show, before, after
        self._merge_key = merge_key

    def redo(self) -> None:
        """Show the document after the edit."""
        self._show(self._after)

    def undo(self) -> None:
        """Show the document before the edit."""
        self._show(self._before)

    def id(self) -> int:
        """Qt offers for merging only commands with an equal id other than -1."""
        return self._merge_key

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the later command's `after`."""
        assert isinstance(other, ReplaceDocument)
        self._after = other._after  # noqa: SLF001 - of the same class
        return True
