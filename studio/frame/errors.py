"""What happens to an error that nobody foresaw: one message with a fold of details, and a line in the log file."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.dialogs.questions import Questions

LOG_BYTES, LOG_FILES = 2**20, 3
MESSAGE = "Lamina met an error of its own. Your work is still here: save it, under another name if you like."

log = logging.getLogger("lamina")


def log_to(folder: Path) -> Path | None:
    """Write the program's log into this folder; the file, None if it cannot be written."""
    file = folder / "lamina.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return file


class Errors(QObject):
    """The excepthook of the program and of its threads. An error is shown in the GUI thread, one box at a time."""

    caught = Signal(str)  # the traceback, from any thread

    def __init__(
        self, questions: Questions, log_file: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._questions, self._log_file, self._showing = questions, log_file, False
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over from Python's own hooks."""
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error

    def _on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("An error that nobody foresaw:\n%s", details)
        self.caught.emit(details)

    def _on_thread_error(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_error(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot(str)
    def _show(self, details: str) -> None:
        if (
            self._showing
        ):  # an error in a paint event comes again with every frame: one box is enough
            return
        self._showing = True
        more = f"It was written to {self._log_file}." if self._log_file else ""
        self._questions.tell(MESSAGE, more, details)
        self._showing = False
