"""While a run goes on, Lightning says nothing by itself, and warnings of the run's thread become news of the run."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LOGGERS = ("pytorch_lightning", "lightning", "lightning_fabric", "lightning.pytorch")


@contextmanager
def quiet(tell: Callable[[str], None]) -> Iterator[None]:
    """Keep Lightning's log below warnings, and hand this thread's warnings, each once, to `tell`.

    Warnings of other threads go where they went before: `warnings.catch_warnings` would take theirs, too.
    """
    mine = threading.get_ident()
    heard: set[str] = set()

    def take(text: str) -> None:
        if text not in heard:
            heard.add(text)
            tell(text)

    def show(message: Any, category: Any, *rest: Any, **named: Any) -> None:
        if threading.get_ident() != mine:
            before(message, category, *rest, **named)
        elif not issubclass(category, (DeprecationWarning, FutureWarning)):
            take(_sentence(str(message)))

    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    before = warnings.showwarning
    warnings.showwarning = show
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        warnings.showwarning = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _sentence(text: str) -> str:
    return " ".join(text.split())[:300]
