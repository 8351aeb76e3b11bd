"""Files as bytes: read only if they are plain and not too large; written whole or not at all.

After `write_whole` the old or the new file stands there, complete, whatever happens in between: a
temporary file in the same folder is filled, flushed to the disk and put in the place of the old one. What a
killed save leaves of it is swept by a later one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

from graphs.json_text import Fault, too_large
from graphs.parts import part_of, sweep

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EFBIG: "the disk does not take files of this size",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "the folder does not exist",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EIO: "the disk reports an error",
    errno.ELOOP: "its links go round in a circle",
}


class NotSaved(ValueError):  # noqa: N818 - it is the news that a person gets
    """The file could not be written; what stood there before stands there still.

    Unless it is `replaced`: then the new file stands there, but a power cut might bring the old one back.
    """

    def __init__(self, sentence: str, *, replaced: bool = False) -> None:
        super().__init__(sentence)
        self.replaced = replaced


def read_whole(path: Path, most: int) -> bytes:
    """The bytes of a plain file.

    Raises:
        Fault: there is none, it is a folder or a device, may not be read or has more bytes than `most`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)  # without O_NONBLOCK a named pipe would hold us for ever
    except FileNotFoundError:
        raise Fault("there is no such file.") from None
    except (OSError, ValueError) as error:
        raise Fault(f"{_reason(error)}.") from None
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise Fault("it is a folder.")
        if not stat.S_ISREG(status.st_mode):
            raise Fault("it is a pipe or a device, not a file.")
        if status.st_size > most:
            raise Fault(too_large(status.st_size))
        with open(handle, "rb", closefd=False) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise Fault(f"{_reason(error)}.") from None
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)  # all that was wanted has been read
    if len(data) > most:
        raise Fault(too_large(len(data)))
    return data


def write_whole(path: Path, data: bytes, keep: Path | None = None) -> None:
    """Put a file with these bytes in the place of the one at `path`, through links, and flush it to the disk.

    Permissions are kept. The version before stays as `keep` (by default the name with .bak after it).

    Raises:
        NotSaved: it was not possible; the old file stands there unchanged, or the new one, but not for certain.
    """
    try:
        target = Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise NotSaved(f"{path.name} was not saved: {_reason(error)}.") from error
    backup = keep or target.with_name(target.name + ".bak")
    part = part_of(target, ".part")
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder")
        if target.exists() and not target.is_file():  # who is root could replace /dev/zero
            raise OSError(0, "a pipe or a device stands there")
        if backup.is_dir():
            raise OSError(0, f"{backup.name}, which keeps the version before, is a folder")
        _fill(part, data, like=target)
        if target.exists():
            _keep(target, backup)
        part.replace(target)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise NotSaved(f"{target.name} was not saved: {_reason(error)}.") from error
    try:
        _flush_folder(target.parent)
    except OSError as error:
        sentence = (
            f"{target.name} was written, but may be lost if the computer stops now: {_reason(error)}. "
            "Save it to another disk as well."
        )
        raise NotSaved(sentence, replaced=True) from error
    sweep(target)


def _fill(part: Path, data: bytes, like: Path) -> None:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[
                os.write(handle, rest) :
            ]  # a full disk may take a part and say so only at the next
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(like.stat().st_mode)
            if hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep(target: Path, backup: Path) -> None:
    """Give the file a second name, so that the next one can take the first."""
    link = part_of(target, ".bak")
    try:
        try:
            os.link(target, link)
        except OSError:  # not every file system has hard links
            shutil.copy2(target, link)
            with link.open("rb+") as copy:
                os.fsync(copy.fileno())
        link.replace(backup)
    finally:
        with contextlib.suppress(OSError):
            link.unlink()  # it stays behind where `backup` was the same file already


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle for this
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return  # one may write into a folder that one may not read
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks cannot
            raise
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return "its name is not possible"
    if not error.errno:
        return error.strerror or "the system refuses"
    return _WORDS.get(error.errno, (error.strerror or "the system refuses").lower())
