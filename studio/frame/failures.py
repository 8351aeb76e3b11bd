"""The notice of a run that failed or was interrupted: it stays until the next run or the next document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from lightning_modules.events import Failed, Outcome
from lightning_modules.job import Job
from studio.forms.isolation_row import interrupted_words
from studio.frame.notice import Notice, NoticeBar


class Failures(QObject):
    """Tells in the notice bar how a run ended badly, and takes it back when that is no longer news."""

    go_on_requested = Signal(object)  # Job

    def __init__(self, bar: NoticeBar, show_details: Callable[[], object]) -> None:
        super().__init__(bar)
        self._bar, self._show_details = bar, show_details
        self._told: Notice | None = None

    @Slot(str)
    def tell(self, words: str) -> None:
        """Show the sentence."""
        self._show(Notice(words))

    @Slot(object)
    def offer_details(self, outcome: Outcome) -> None:
        """Put a button beside the sentence that was told, if there is more to read about this end of a run."""
        if self._told is not None and isinstance(outcome, Failed) and outcome.details:
            self._show(Notice(self._told.text, (("Show details", self._show_details),)))

    @Slot(object, int)
    def offer_to_go_on(self, job: Job | None, steps: int) -> None:
        """Let a person go on with this run, which kept its state after so many steps; never in place of other news."""
        if job is None:
            return
        going_on = (("Go on", partial(self.go_on_requested.emit, job)),)
        if self._told is not None and self._bar.text == self._told.text:
            self._show(Notice(self._told.text, (*self._told.choices, *going_on)))
        elif not self._bar.text:
            self._show(Notice(interrupted_words(steps), going_on))

    def _show(self, notice: Notice) -> None:
        self._told = notice
        self._bar.show_notice(notice)

    @Slot()
    def clear(self) -> None:
        """Take it back, unless another notice has replaced it."""
        if self._told is not None and self._bar.text == self._told.text:
            self._bar.clear()
        self._told = None
