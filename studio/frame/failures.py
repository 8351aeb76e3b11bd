"""The notice of a run that failed: it stays until the next run or the next document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from lightning_modules.events import Failed, Outcome
from studio.frame.notice import Notice, NoticeBar


class Failures(QObject):
    """Tells in the notice bar that a run failed, and takes it back when that is no longer news."""

    def __init__(self, bar: NoticeBar, show_details: Callable[[], object]) -> None:
        super().__init__(bar)
        self._bar, self._show_details = bar, show_details
        self._told: Notice | None = None

    @Slot(str)
    def tell(self, words: str) -> None:
        """Show the sentence."""
        self._told = Notice(words)
        self._bar.show_notice(self._told)

    @Slot(object)
    def offer_details(self, outcome: Outcome) -> None:
        """Put a button beside the sentence that was told, if there is more to read about this end of a run."""
        told = self._told
        if told is not None and isinstance(outcome, Failed) and outcome.details:
            self.clear()
            self._told = Notice(told.text, (("Show details", self._show_details),))
            self._bar.show_notice(self._told)

    @Slot()
    def clear(self) -> None:
        """Take it back, unless another notice has replaced it."""
        if self._told is not None and self._bar.text == self._told.text:
            self._bar.clear()
        self._told = None
