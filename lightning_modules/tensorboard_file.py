"""What TensorBoard shows of a run: its losses, metrics, learning rates and gradient norms, beside events.jsonl.

The file is a row of TFRecords (https://www.tensorflow.org/tutorials/load_data/tfrecord), each with an `Event` of
TensorBoard's event.proto. Records of one curve are made all at once with NumPy: at thousands of steps per second a
record at a time would cost the run what it took to become fast. N records of B bytes.
"""

from __future__ import annotations

import math
import os
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lightning_modules.events import (
    EpochEnded,
    Evaluated,
    Event,
    Paused,
    Started,
    Steps,
    Warned,
    Watched,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    Bytes: TypeAlias = NDArray[np.uint8]
    Words: TypeAlias = NDArray[np.uint32]
    Points: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]
    """Wall times in s since 1970, steps and values."""

FOLDER = "tensorboard"
VERSION = b"brain.Event:2"
"""The first record of every such file; since this version a `START` takes back the steps from its own on."""

WRITE_EVERY_S = 2.0
POLYNOMIAL = 0x82F63B78  # of CRC-32C, bits reversed (RFC 3720)
MASK = 0xA282EAD8
"""A TFRecord holds its checksums turned by 15 bits plus this, so that checksums of checksums stay good ones."""

WALL_TIME, STEP, FILE_VERSION, SUMMARY, SESSION_LOG = b"\x09", b"\x10", b"\x1a", b"\x2a", b"\x3a"
VALUE, TAG, SIMPLE_VALUE = b"\x0a", b"\x0a", b"\x15"
START = b"\x08\x01"
"""Fields of event.proto and summary.proto: their number in three bits' distance, and how they are coded."""


def is_wanted() -> bool:
    """Whether TensorBoard is installed. It is not imported: only its presence says that somebody will look.

    A mere folder of that name, which every run here has, is found as well, but without a file that it begins with.
    """
    found = find_spec("tensorboard")
    return found is not None and found.origin is not None


class TensorBoardFile:
    """Hears the events of one run and writes what TensorBoard can draw; it never ends the run."""

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / FOLDER
        self._open = is_wanted()
        self._file: BinaryIO | None = None
        self._curves: dict[str, list[Points]] = {}
        self._step = 0
        self._written_at = -math.inf

    def take(self, event: Event) -> list[Warned]:
        """Note what an event says, and write now and then; a warning, once, if the file cannot be written."""
        if not self._open:
            return []
        if isinstance(event, Started):
            return self._begin(event.start_step)
        self._note(event)
        now = time.monotonic()
        if now - self._written_at < WRITE_EVERY_S and not isinstance(event, (Paused, Evaluated)):
            return []
        self._written_at = now
        return self._put(self._drain())

    def close(self) -> list[Warned]:
        """Write what is left, and let go of the file."""
        told = self._put(self._drain()) if self._open else []
        self._open = False
        if self._file is not None:
            self._file.close()
        return told

    def _begin(self, step: int) -> list[Warned]:
        """A run that goes on takes back what was drawn behind the step from which it goes on."""
        now = time.time()
        rows = [_record(_head(now, 0) + _field(FILE_VERSION, VERSION))]
        rows.append(_record(_head(now, step + 1) + _field(SESSION_LOG, START)))
        try:
            self._folder.mkdir(exist_ok=True)
            name = f"events.out.tfevents.{now:.0f}.lamina.{os.getpid()}"
            self._file = (self._folder / name).open("ab", buffering=0)
        except OSError as error:
            return self._give_up(error)
        return self._put(b"".join(rows))

    def _note(self, event: Event) -> None:
        if isinstance(event, Steps):
            self._step = event.first + len(event.losses) - 1
            self._add(f"loss_by_step/{event.objective}", event.losses, event.first)
            self._add(f"learning_rate/{event.objective}", (event.learning_rate,), self._step)
        elif isinstance(event, EpochEnded):
            self._step = event.step
            for name, value in event.values.items():
                self._add(f"epoch/{name}", (value,), event.step)
        elif isinstance(event, Watched):
            self._add(f"gradient_norm/{event.objective}", (event.gradient_norm,), event.step)
        elif isinstance(event, Evaluated):
            for name, value in event.values.items():
                self._add(f"evaluated/{name}", (value,), self._step)

    def _add(self, tag: str, values: Sequence[float], first: int) -> None:
        """Values of the step `first` and those that follow it; what is no finite number is no point."""
        values_N = np.array(values, np.float64)
        good_N = np.isfinite(values_N)
        steps_N = np.arange(first, first + len(values_N))[good_N]
        walls_N = np.full(len(steps_N), time.time())
        self._curves.setdefault(tag, []).append((walls_N, steps_N, values_N[good_N]))

    def _drain(self) -> bytes:
        curves, self._curves = self._curves, {}
        whole = {
            tag: tuple(map(np.concatenate, zip(*rows, strict=True))) for tag, rows in curves.items()
        }
        return b"".join(records(tag, *each) for tag, each in whole.items() if len(each[0]))

    def _put(self, content: bytes) -> list[Warned]:
        try:
            while content and self._file is not None:
                content = content[self._file.write(content) :]
        except OSError as error:
            return self._give_up(error)
        return []

    def _give_up(self, error: OSError) -> list[Warned]:
        self._open = False
        self._curves.clear()
        return [
            Warned(
                f'What TensorBoard shows cannot be written to "{self._folder}": {error.strerror}. '
                "The run goes on without it."
            )
        ]


def records(
    tag: str,
    walls_N: NDArray[np.float64],
    steps_N: NDArray[np.int64],
    values_N: NDArray[np.float64],
) -> bytes:
    """The records of one curve: wall times in s since 1970, steps and values."""
    value = _field(TAG, tag.encode()) + SIMPLE_VALUE + bytes(4)
    summary = _field(SUMMARY, _field(VALUE, value))
    width = max(1, -(-int(steps_N.max()).bit_length() // 7))
    head = WALL_TIME + bytes(8) + STEP + bytes(width)
    data_NB = np.tile(np.frombuffer(head + summary, np.uint8), (len(steps_N), 1))
    data_NB[:, 1:9] = _bytes_of(walls_N)
    for place in range(width):  # seven bits a byte; all but the last say that there are more
        more = 0x80 if place < width - 1 else 0
        data_NB[:, 10 + place] = (steps_N >> 7 * place) & 0x7F | more
    with np.errstate(over="ignore"):  # beyond 3.4e38 it is infinite there
        data_NB[:, -4:] = _bytes_of(values_N.astype(np.float32))
    return _framed(data_NB)


def _record(data: bytes) -> bytes:
    return _framed(np.frombuffer(data, np.uint8)[None])


def _framed(data_NB: Bytes) -> bytes:
    """TFRecords: the length, its checksum, the data, their checksum."""
    count, length = data_NB.shape
    size = np.frombuffer(length.to_bytes(8, "little"), np.uint8)[None]
    head = np.concatenate([size, _bytes_of(_masked(checksums(size)))], 1)
    tail_N4 = _bytes_of(_masked(checksums(data_NB)))
    return np.concatenate([np.tile(head, (count, 1)), data_NB, tail_N4], 1).tobytes()


def checksums(data_NB: Bytes) -> Words:
    """The CRC-32C of every row."""
    ones, eight = np.uint32(0xFFFFFFFF), np.uint32(8)
    found_N = np.full(len(data_NB), ones)
    for column_N in np.ascontiguousarray(data_NB.T):
        found_N = _TABLE[(found_N ^ column_N) & 0xFF] ^ (found_N >> eight)
    return found_N ^ ones


def _table() -> Words:
    found = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        found = np.where(found & 1, (found >> 1) ^ np.uint32(POLYNOMIAL), found >> 1)
    return found.astype(np.uint32)


_TABLE = _table()


def _masked(sums_N: Words) -> Words:
    right, left = np.uint32(15), np.uint32(17)
    return (sums_N >> right | sums_N << left) + np.uint32(MASK)


def _bytes_of(values_N: NDArray[np.generic]) -> Bytes:
    little = values_N.astype(values_N.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(values_N), -1)


def _head(wall_time: float, step: int) -> bytes:
    return WALL_TIME + np.float64(wall_time).astype("<f8").tobytes() + STEP + _varint(step)


def _field(key: bytes, content: bytes) -> bytes:
    return key + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
