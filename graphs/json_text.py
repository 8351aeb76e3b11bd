"""Strict JSON text: bytes to plain values, or one sentence that says what stands there instead.

Python's own reader takes duplicate keys, NaN, and whole numbers of any length; this one takes none.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from graphs.json_place import Place, place_of, place_of_twin

MAX_BYTES = 32 * 2**20
"""Checked before parsing: a text of this size holds the interpreter for about two seconds."""

MAX_OBJECTS = 500_000
"""Counted before parsing, as braces: five for each of the nodes that one network may have."""

MAX_VALUES = 2_000_000
"""Counted before parsing, as commas."""

MAX_DIGITS = 25

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "it is a git-lfs pointer: run `git lfs pull` to get the file"),
    (b"PK\x03\x04", "it is a zip archive: unpack it first"),
    (b"\x1f\x8b", "it is a gzip archive: unpack it first"),
    (b"\x89PNG", "it is a PNG picture"),
    (b"\xff\xd8\xff", "it is a JPEG picture"),
    (b"GIF8", "it is a GIF picture"),
    (b"RIFF", "it is a WebP picture, a sound or a film"),
    (b"BM", "it is a BMP picture"),
    (b"II*\0", "it is a TIFF picture"),
    (b"MM\0*", "it is a TIFF picture"),
    (b"\xfd7zXZ", "it is an xz archive: unpack it first"),
    (b"7z\xbc\xaf", "it is a 7z archive: unpack it first"),
    (b"BZh", "it is a bzip2 archive: unpack it first"),
    (b"Rar!", "it is a RAR archive: unpack it first"),
    (b"%PDF", "it is a PDF file"),
    (b"\x89HDF", "it is an HDF5 file"),
    (b"\x7fELF", "it is a program"),
    (b"SQLite format 3", "it is a database"),
)
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--|!doctype)", re.IGNORECASE)
_CONFLICT = re.compile(rb"^<{7} .*$", re.MULTILINE)


class Fault(ValueError):  # noqa: N818 - the sentence's second half; the door puts the file's name before it
    """What is wrong with a text or a value in it, as the rest of a sentence after the file's name."""


class _Refused(Fault):
    """A value of the text is not taken: the words behind what holds it, and the value as the text has it."""

    def __init__(self, words: str, value: str) -> None:
        super().__init__(words)
        self.words, self.value = words, value


class _Twin(Fault):
    """A name stands twice in one object."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def parse(data: bytes) -> Any:
    """The value of a JSON text in UTF-8, with or without a byte order mark.

    Raises:
        Fault: it is anything else, larger than MAX_BYTES, or holds too many values.
    """
    if len(data) > MAX_BYTES:
        raise Fault(too_large(len(data)))
    _refuse_others(data)
    _refuse_many(data)
    text = _decode(data.removeprefix(b"\xef\xbb\xbf"))
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        _explain(data, text, error)
    except RecursionError:
        raise Fault("its brackets are nested too deep.") from None
    except _Refused as refused:
        where = _there(place_of(text, refused.value), "it")
        raise Fault(f"{where} holds {refused.words}") from None
    except _Twin as twin:
        words = f"the name {_cut(twin.name)} stands twice in "
        where = _there(place_of_twin(text, twin.name), "one object", words)
        raise Fault(f"{where}. Rename or remove one of them.") from None


def _there(place: Place | None, unknown: str, words: str = "") -> str:
    """Words, and what holds a value, with line and column before them; or what to say where the place is not known."""
    return f"{place.here}: {words}{place.holder}" if place is not None else f"{words}{unknown}"


def too_large(size: int) -> str:
    """The rest of the sentence for a file of that many bytes."""
    return f"it has {size / 2**20:,.0f} MB, and the most that is read is {MAX_BYTES // 2**20} MB."


def _refuse_others(data: bytes) -> None:
    if not data:
        raise Fault("it is empty.")
    if not data.strip(b"\0"):
        raise Fault("it holds nothing but zero bytes, as after a crash of the computer.")
    if not data.strip():
        raise Fault("it holds nothing but blanks.")
    for start, words in _SIGNS:
        if data.startswith(start):
            raise Fault(f"{words}.")
    if _PAGE.match(data):
        raise Fault(
            "it is a web page (HTML): download the file itself instead of the page about it."
        )
    if _MARKUP.match(data):
        raise Fault("it is an XML file, such as an SVG picture or a web page.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise Fault("it is written in UTF-16 or UTF-32: save it as UTF-8.")
    if data[:1] == b"\x80":
        raise Fault("it is not text. If it is a Python pickle: Lamina never opens those.")


def _refuse_many(data: bytes) -> None:
    """A million nodes fit into MAX_BYTES, and reading them only to refuse them would take many seconds."""
    for sign, most, things in (
        (b"{", MAX_OBJECTS, "objects in braces"),
        (b",", MAX_VALUES, "commas"),
    ):
        count = data.count(sign)
        if count > most:
            raise Fault(f"it holds {count:,} {things}, and the most that is read is {most:,}.")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        byte = data[error.start]
        raise Fault(
            f"line {line}, column {column} is not UTF-8 (byte 0x{byte:02x}): save it as UTF-8."
        ) from None


def _explain(data: bytes, text: str, error: json.JSONDecodeError) -> NoReturn:
    conflict = _CONFLICT.search(data)
    if conflict:
        line = data.count(b"\n", 0, conflict.start()) + 1
        raise Fault(
            f"line {line} has a mark of an unfinished merge ({conflict[0].decode(errors='replace')[:40]}): "
            "finish the merge first."
        )
    here = f"line {error.lineno}, column {error.colno}"
    rest, before = text[error.pos :].lstrip(), text[: error.pos].rstrip()
    if "Extra data" in error.msg:
        raise Fault(f"{here}: there is text after the end of the document: {_cut(rest)}.")
    if not rest or "Unterminated string" in error.msg:
        raise Fault(
            f"it ends in the middle, at {here}: a part of it is missing. "
            "If a file of the same name and .bak stands beside it, open that."
        )
    if rest[0] in "}]" and before.endswith(","):
        raise Fault(f"{here}: there is a comma before a closing bracket. Remove the comma.")
    if "trailing comma" in error.msg:  # Python 3.13 points at the comma itself
        raise Fault(f"{here}: there is a comma before a closing bracket. Remove the comma.")
    if "control character" in error.msg:
        raise Fault(f"{here}: there is a line break or another control character inside a text.")
    raise Fault(f"{here} is not JSON: it does not make sense from {_cut(rest)} on.")


def _cut(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    shown = "".join(each if each.isprintable() else "?" for each in line[:20])
    return f'"{shown}"'


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Twin(twice)
    return made


def _constant(word: str) -> NoReturn:
    raise _Refused(f"{word}, which is not a number that JSON knows.", word)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        words = f"a whole number of {len(text):,} digits ({text[:8]}...); the most that is read is {MAX_DIGITS}."
        raise _Refused(words, text)
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused(f"the number {text[:20]}, which is too large.", text)
    return number
