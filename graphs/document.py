"""The door to files: `load`, `loads`, `dumps`, `save`, and the Document itself.

Opening a file runs nothing, imports nothing that it names and reads no other file.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import graphs.layers  # noqa: F401 - registers all layer types, which reading must know
from graphs.content import VERSION, Document
from graphs.json_text import MAX_BYTES, Fault, parse
from graphs.migrations import migrated, version_of
from graphs.reading import read_document
from graphs.storage import NotSaved, read_whole, write_whole
from graphs.writing import written

__all__ = ["Document", "NotSaved", "UnreadableDocument", "dumps", "load", "loads", "save"]

MOST_UNKNOWN = 3
"""How many unknown things the sentence of a read-only document lists."""


class UnreadableDocument(ValueError):  # noqa: N818 - it is the news that a person gets
    """A file cannot be opened; the sentence names the file and what is wrong in it."""


def load(path: str | os.PathLike[str]) -> Document:
    """The document in a file.

    Raises:
        UnreadableDocument: there is no such file, or it is not a document that can be understood.
    """
    file = Path(path)
    try:
        data = read_whole(file, MAX_BYTES)
    except Fault as fault:
        raise _unreadable(file.name, fault) from None
    return loads(data, file.name)


def loads(data: bytes, name: str = "The document") -> Document:
    """The document in these bytes; `name` is what sentences call it.

    Raises:
        UnreadableDocument: it is not a document that can be understood.
    """
    try:
        values = migrated(parse(data))
        version = version_of(values)
    except Fault as fault:
        raise _unreadable(name, fault) from None
    try:
        document, unknown = read_document(values)
    except Fault as fault:
        newer = version > VERSION  # then it is not the file's mistake
        raise _unreadable(name, Fault(f"{_newer(version)}.") if newer else fault) from None
    if version > VERSION:
        return replace(
            document, read_only=f"{name} is read-only: {_newer(version)}.", original=data
        )
    if unknown:
        listed = ", ".join(unknown[:MOST_UNKNOWN])
        more = f" and {len(unknown) - MOST_UNKNOWN} more" if len(unknown) > MOST_UNKNOWN else ""
        sentence = (
            f"{name} is read-only: {listed}{more}, which this version of Lamina does not know."
        )
        return replace(document, read_only=sentence, original=data)
    return document


def dumps(document: Document) -> bytes:
    """The bytes of a document's file. One that is read-only keeps those that it was read from.

    Raises:
        NotSaved: it holds a value that no file can hold.
    """
    if document.read_only:
        return document.original
    try:
        data = written(document)
    except ValueError as error:
        raise NotSaved(f"The document was not saved: {error}") from error
    if len(data) > MAX_BYTES:
        raise NotSaved(
            f"The document was not saved: it has {len(data) / 2**20:,.0f} MB, "
            f"and files of more than {MAX_BYTES // 2**20} MB are not read again."
        )
    return data


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a document's file, whole or not at all; the version before stays beside it as NAME.bak.

    Where the file there has an older format, that one stays for good as NAME.format-N.bak.

    Raises:
        NotSaved: the file stands there as before; the sentence says why.
    """
    file = Path(path)
    data = dumps(document)
    before = _standing(file)
    if document.read_only:
        if before == data:
            raise NotSaved(
                f"{file.name} was not saved: {document.read_only} Save it under another name."
            )
    else:
        try:
            loads(data, file.name)
        except UnreadableDocument as error:
            raise NotSaved(
                f"{file.name} was not saved: it could not be read again. {error}"
            ) from error
    if before is not None and (old := _older_format(before)) is not None:
        kept = file.with_name(f"{file.name}.format-{old}.bak")
        if _standing(kept) is None:
            write_whole(kept, before)
    write_whole(file, data)


def _standing(file: Path) -> bytes | None:
    """What stands at a path now, None if nothing that can be read."""
    try:
        return read_whole(file, MAX_BYTES)
    except Fault:
        return None


def _older_format(data: bytes) -> int | None:
    try:
        version = version_of(parse(data))
    except Fault:
        return None
    return version if version < VERSION else None


def _newer(version: int) -> str:
    return (
        f"it was made by a newer version of Lamina (format {version}; this one knows up to {VERSION}). "
        "Update Lamina to change it"
    )


def _unreadable(name: str, fault: Fault) -> UnreadableDocument:
    return UnreadableDocument(f"{name} cannot be opened: {fault}")
