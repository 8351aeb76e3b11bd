"""What a run will take before it runs: memory by mode and seconds an epoch, from a dry run in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from graphs.check import check
from graphs.document import dumps

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.content import Document

Mode: TypeAlias = Literal["train", "evaluate", "predict"]
MODES: tuple[Mode, ...] = ("train", "evaluate", "predict")

LOOK_EVERY_S = 0.05
GIBI, MEBI = 2**30, 2**20
NO_ANSWER = (
    "The forecast ended without an answer: the dry run crashed, most likely because memory ran out."
)


class NoForecast(ValueError):  # noqa: N818 - named after what is missing
    """A dry run that could not be made; the message is a sentence for people."""


@dataclass(frozen=True)
class Forecast:
    """What a dry run found. `memory` are bytes at the peak of each mode, on the device, over `program`.

    `program` are the bytes that the program itself takes there, `free` what can still be taken; both None where
    the system does not say, and `memory` is then empty. Of several `devices` each takes so much; what they tell
    each other in every step is not in the time.
    """

    device: str  # "cpu", "cuda:0 (NVIDIA ...)", "2 x cuda (NVIDIA ...)"
    epochs: int
    steps_per_epoch: int
    seconds_per_epoch: float  # validation included
    measured_steps: int
    memory: Mapping[Mode, int]
    program: int | None
    free: int | None
    devices: int = 1

    @property
    def fits(self) -> bool:
        """Whether training fits into what is free, as far as that is known; several processes on the CPU share it."""
        needed = self.memory.get("train", 0)
        if self.device.endswith("cpu"):
            needed += (self.devices - 1) * (needed + (self.program or 0))
        return self.free is None or needed <= self.free


def command() -> list[str]:
    """The program that makes a dry run of what it reads from standard input."""
    # -P: a file torch.py in the folder that the program happens to stand in must not be imported.
    return [sys.executable, "-P", "-m", "lightning_modules.forecast_process"]


def question(document: Document, base: Path, devices: int = 1) -> bytes:
    """What that program is asked; relative paths in the document start from `base`.

    Raises:
        NoForecast: the document has errors.
    """
    problems = check(document).problems
    if problems and problems[0].severity == "error":  # errors stand first
        raise NoForecast(problems[0].message)
    text = dumps(document).decode("utf-8")
    asked = {"base": str(base.resolve()), "document": text, "devices": devices}
    return json.dumps(asked).encode()


def answer(printed: bytes) -> Forecast:
    """What that program printed.

    Raises:
        NoForecast: it could not make the dry run, or crashed.
    """
    try:
        found: Any = json.loads(printed.decode("utf-8").strip().splitlines()[-1])
        if "reason" in found:
            raise NoForecast(str(found["reason"]))
        return Forecast(**found)
    except (IndexError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NoForecast(NO_ANSWER) from error


def forecast(
    document: Document,
    base: Path,
    should_stop: Callable[[], bool] = lambda: False,
    devices: int = 1,
) -> Forecast | None:
    """Make a dry run in a process of its own and wait for it; None if `should_stop` said so before.

    Nothing of this process is touched: no generator, no memory, no number of threads.

    Raises:
        NoForecast: the document cannot be trained, or the dry run crashed.
    """
    asked: bytes | None = question(document, base, devices)
    with subprocess.Popen(  # noqa: S603 - this Python, and no text of the document
        command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while True:
                try:
                    return answer(process.communicate(asked, timeout=LOOK_EVERY_S)[0])
                except subprocess.TimeoutExpired:
                    asked = None
                if should_stop():
                    return None
        finally:
            process.kill()


def to_json(found: Forecast) -> str:
    """One line."""
    return json.dumps(dataclasses.asdict(found))


def size_words(count: int) -> str:
    """Bytes as people read them: "640 MB", "3.2 GB", of 1024 to the next."""
    if count >= GIBI:
        return f"{count / GIBI:.1f} GB"
    return f"{max(1, round(count / MEBI))} MB"
