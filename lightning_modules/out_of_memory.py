"""What to say and to try where memory ran out: what was asked for, what is free, and which batch size fits."""

from __future__ import annotations

import gc
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import OutOfMemoryError

from lightning_modules.forecast import size_words
from lightning_modules.learner import NotFinite
from lightning_modules.memory import free_bytes

if TYPE_CHECKING:
    from lightning_modules.course import Course

WORDS = ("out of memory", "can't allocate memory", "unable to allocate", "not enough memory")
UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
ASKED = re.compile(r"allocate ([0-9.]+) (bytes|[KMGT]iB)", re.IGNORECASE)
"""As torch says it on the CPU and on a card, and NumPy."""

TRIAL_STEPS = 2
"""The first one makes what the optimizer remembers, the second has it beside itself."""


class NoMemory(ValueError):  # noqa: N818 - named after what is missing
    """A run that does not fit into memory; the message is a sentence for people.

    `batch_size` is one that was tried and fits, 0 if none does.
    """

    def __init__(self, sentence: str, batch_size: int) -> None:
        super().__init__(sentence)
        self.batch_size = batch_size


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: torch on the CPU has no class for it."""
    if isinstance(error, (MemoryError, OutOfMemoryError)):
        return True
    what = str(error).lower()
    return isinstance(error, RuntimeError) and any(each in what for each in WORDS)


def asked_bytes(error: BaseException) -> int | None:
    """How much was asked for at once, if the error says so."""
    found = ASKED.search(str(error))
    return round(float(found[1]) * UNITS[found[2].lower()]) if found else None


@contextmanager
def way_out(course: Course) -> Iterator[None]:
    """Where memory runs out while this course learns, find the batch size that fits; the course is spent then.

    Raises:
        NoMemory: memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        asked, free = asked_bytes(error), free_bytes(course.device)
        traceback.clear_frames(error.__traceback__)  # which hold the results of the step
        size = course.document.run.batch_size
        fits = fitting_batch(course)
        on_card = course.device.type != "cpu"
        raise NoMemory(sentence(size, fits, asked, free, on_card=on_card), fits) from error


def fitting_batch(course: Course) -> int:
    """The largest power of two, below the batch size, that a few steps with it fit into memory for; 0 if none does."""
    size = min(course.document.run.batch_size, course.batches.total)
    while size > 1:
        size = 1 << ((size - 1).bit_length() - 1)
        if _fits(course, size):
            return size
    return 0


def sentence(size: int, fits: int, asked: int | None, free: int | None, *, on_card: bool) -> str:
    """What a person reads."""
    where = "The graphics card" if on_card else "The computer"
    known = [
        f"{size_words(asked)} were asked for at once" if asked is not None else "",
        f"{size_words(free)} were free" if free is not None else "",
    ]
    facts = ", ".join(filter(None, known))
    begin = (
        f"{where} has not enough memory for a batch size of {size:,}{': ' if facts else ''}{facts}."
    )
    if fits:
        return f"{begin} A batch size of {fits:,} fits: train with that."
    if size > 1:
        return f"{begin} No smaller one fits either: try a smaller network."
    return f"{begin} Try a smaller network."


def _fits(course: Course, size: int) -> bool:
    gc.collect()
    if course.device.type == "cuda":
        torch.cuda.empty_cache()
    position = course.position
    for learner in course.learners:
        learner.optimizer.state.clear()  # memory may have run out while it was made: half of it misleads
    try:
        for parameter in course.network.parameters():
            parameter.grad = None
        batch = course.batches.first(size)
        for _ in range(TRIAL_STEPS):
            for learner in course.learners:
                learner.step(batch, position.epoch, position.step)
    except NotFinite:  # it fits
        return True
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        return False
    except ValueError:  # one sample cannot be normalised
        return False
    return True
