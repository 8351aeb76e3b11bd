"""Every call to the system that a save makes fails in turn: nothing is lost, and one sentence says what happened."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graphs.document import NotSaved, dumps, load, save
from tests.documents import digits_mlp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALLS = (
    "chmod", "close", "fchmod", "fstat", "fsync", "ftruncate", "link", "listdir", "lseek", "lstat", "mkdir", "open",
    "pwrite", "read", "readlink", "remove", "rename", "replace", "rmdir", "scandir", "sendfile", "stat", "symlink",
    "truncate", "unlink", "utime", "write",
)  # fmt: skip
"""Whatever of `os` touches files, whether or not saving uses it today."""

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EXDEV, errno.EMFILE)

FIRST, SECOND, THIRD = (replace(digits_mlp(), title=each) for each in ("First", "Second", "Third"))


class Failing:
    """Lets the call of one number among all calls fail, and writes down which it was."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int, error: int) -> None:
        self.seen: list[str] = []
        self._number, self._error = number, error
        for name in CALLS:
            if hasattr(os, name):
                patch.setattr(os, name, self._failing(name, getattr(os, name)))

    def _failing(self, name: str, call: Callable) -> Callable:
        def counted(*args, **kwargs):
            self.seen.append(name)
            if len(self.seen) == self._number:
                if name == "close":
                    call(*args, **kwargs)  # the system closes it even where it reports an error
                raise OSError(self._error, os.strerror(self._error))
            return call(*args, **kwargs)

        return counted


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "a.lamina"
    save(FIRST, path)
    save(SECOND, path)
    return path


def attempt(patch: pytest.MonkeyPatch, path: Path, number: int, error: int) -> tuple[str, str]:
    """Save the third version with that call failing: the call, and the sentence ("" where it was saved)."""
    with patch.context() as within:
        failing = Failing(within, number, error)
        try:
            save(THIRD, path)
        except NotSaved as refused:
            sentence = str(refused)
        else:
            sentence = ""
    return (failing.seen[number - 1] if len(failing.seen) >= number else ""), sentence


@pytest.mark.parametrize("error", ERRORS, ids=lambda number: errno.errorcode[number])
def test_each_call_of_a_save_fails_in_turn_and_nothing_is_lost(path, monkeypatch, error):
    backup = path.with_name("a.lamina.bak")
    told: dict[str, set[str]] = {}

    for number in range(1, 100):
        save(FIRST, path)
        save(SECOND, path)
        call, sentence = attempt(monkeypatch, path, number, error)
        if not call:
            break
        told.setdefault(call, set()).add(sentence)

        stands = path.read_bytes()
        written = not sentence or sentence.startswith("a.lamina was written, but ")
        assert stands == dumps(THIRD if written else SECOND), (number, call, sentence)
        assert backup.read_bytes() in (
            {dumps(SECOND)} if written else {dumps(FIRST), dumps(SECOND)}
        )
        assert len(sentence.splitlines()) <= 1
        assert load(path)
        if call != "unlink":  # what could not be removed stays
            assert {each.name for each in path.parent.iterdir()} == {"a.lamina", "a.lamina.bak"}
        for each in path.parent.glob(".lamina-*"):
            each.unlink()

    assert {"open", "write", "fsync", "fchmod", "link", "replace", "close"} <= told.keys()
    assert not call, "a save that never ends"


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        ("write", errno.ENOSPC, "a.lamina was not saved: the disk is full."),
        ("fsync", errno.EIO, "a.lamina was not saved: the disk reports an error."),
        ("open", errno.EACCES, "a.lamina was not saved: permission is denied."),
        ("replace", errno.EXDEV, "a.lamina was not saved: invalid cross-device link."),
        ("replace", errno.EBUSY, "a.lamina was not saved: device or resource busy."),
        ("fchmod", errno.EROFS, "a.lamina was not saved: the disk can only be read."),
        ("open", errno.EMFILE, "a.lamina was not saved: too many open files."),
    ],
)
def test_a_failed_call_is_said_in_one_sentence(path, monkeypatch, call, error, sentence):
    found = set()

    for number in range(1, 100):
        called, told = attempt(monkeypatch, path, number, error)
        if called == call:
            found.add(told)
        if not called:
            break

    assert sentence in found


def test_a_folder_that_cannot_be_flushed_is_said_and_the_new_file_stands(path, monkeypatch):
    fsync, seen = os.fsync, []

    def second_fails(handle):
        seen.append(handle)
        if len(seen) == 2:
            raise OSError(errno.EIO, "broken")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", second_fails)

    with pytest.raises(NotSaved) as told:
        save(THIRD, path)

    assert told.value.replaced
    assert str(told.value) == (
        "a.lamina was written, but may be lost if the computer stops now: the disk reports an error. "
        "Save it to another disk as well."
    )
    assert load(path).title == "Third"
    assert load(path.with_name("a.lamina.bak")).title == "Second"


@pytest.mark.parametrize("error", [errno.EINVAL, errno.ENOTSUP])
def test_a_disk_that_knows_no_flush_of_folders_is_no_trouble(path, monkeypatch, error):
    fsync = os.fsync

    def only_files(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112 - a link to what the handle is open on
            raise OSError(error, os.strerror(error))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)

    save(THIRD, path)

    assert load(path).title == "Third"


def test_a_folder_in_the_place_of_the_backup_is_named(tmp_path):
    path = tmp_path / "a.lamina"
    save(FIRST, path)
    (tmp_path / "a.lamina.bak").mkdir()

    with pytest.raises(NotSaved) as told:
        save(SECOND, path)

    assert str(told.value) == (
        "a.lamina was not saved: a.lamina.bak, which keeps the version before, is a folder."
    )
    assert load(path).title == "First"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.lamina", "a.lamina.bak"]
