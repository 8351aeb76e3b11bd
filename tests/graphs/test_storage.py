"""After every save, failed or killed, the old file or the new one stands there whole."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from graphs.parts import part_of
from graphs.storage import NotSaved, write_whole

OLD, NEW = b"old" * 1000, b"new" * 5000


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.lamina"
    path.write_bytes(OLD)
    return path


def failing(number: int):
    """A system call that fails with this error."""

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["open", "write", "fsync", "fchmod", "replace"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your share of the disk is full"),
        (errno.EACCES, "permission is denied"),
        (errno.EROFS, "the disk can only be read"),
        (errno.EIO, "the disk reports an error"),
        (errno.ENOTEMPTY, "directory not empty"),
    ],
    ids=["full", "quota", "denied", "read-only", "broken", "other"],
)
def test_a_failing_system_call_leaves_the_old_file_whole(path, monkeypatch, call, number, words):
    monkeypatch.setattr(os, call, failing(number))

    with pytest.raises(NotSaved) as refused:
        write_whole(path, NEW)

    monkeypatch.undo()
    assert str(refused.value) == f"a.lamina was not saved: {words}."
    assert path.read_bytes() == OLD
    assert {each.name for each in path.parent.iterdir()} <= {"a.lamina", "a.lamina.bak"}


def test_a_write_that_falls_short_is_continued(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:1000]))

    write_whole(path, NEW)

    assert path.read_bytes() == NEW


def test_a_disk_that_fills_up_in_the_middle_leaves_the_old_file_whole(path, monkeypatch):
    write, left = os.write, [2000]

    def fill(handle, data):
        taken = min(left[0], len(data))
        left[0] -= taken
        if not taken:
            raise OSError(errno.ENOSPC, "full")
        return write(handle, data[:taken])

    monkeypatch.setattr(os, "write", fill)

    with pytest.raises(NotSaved, match=r"a\.lamina was not saved: the disk is full\."):
        write_whole(path, NEW)

    assert path.read_bytes() == OLD
    assert list(path.parent.iterdir()) == [path]


def test_the_version_before_is_kept_as_a_second_name(path):
    write_whole(path, NEW)
    write_whole(path, b"third")

    assert path.read_bytes() == b"third"
    assert path.with_name("a.lamina.bak").read_bytes() == NEW
    assert len(list(path.parent.iterdir())) == 2


def test_a_backup_that_is_the_same_file_already_is_no_trouble(path):
    os.link(path, path.with_name("a.lamina.bak"))

    write_whole(path, NEW)

    assert path.read_bytes() == NEW
    assert path.with_name("a.lamina.bak").read_bytes() == OLD
    assert len(list(path.parent.iterdir())) == 2


def test_a_file_system_without_hard_links_gets_a_copy(path, monkeypatch):
    monkeypatch.setattr(os, "link", failing(errno.EPERM))

    write_whole(path, NEW)

    assert path.read_bytes() == NEW
    assert path.with_name("a.lamina.bak").read_bytes() == OLD
    assert len(list(path.parent.iterdir())) == 2


def test_permissions_are_kept(path):
    path.chmod(0o640)

    write_whole(path, NEW)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path):
    usual, ours = tmp_path / "usual", tmp_path / "ours"
    usual.write_bytes(b"")

    write_whole(ours, NEW)

    assert ours.stat().st_mode == usual.stat().st_mode


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(path, tmp_path):
    link = tmp_path / "link.lamina"
    link.symlink_to(path)

    write_whole(link, NEW)

    assert link.is_symlink()
    assert path.read_bytes() == NEW


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/a.lamina", "a.lamina was not saved: the folder does not exist."),
        ("a.lamina/b.lamina", "b.lamina was not saved: the folder does not exist."),
        ("folder", "folder was not saved: there is a folder of that name."),
        ("pipe", "pipe was not saved: a pipe or a device stands there."),
        (f"{'x' * 300}", f"{'x' * 300} was not saved: the name is too long."),
        ("a\0b", "a\0b was not saved: its name is not possible."),
    ],
    ids=["no folder", "file as folder", "folder", "pipe", "long", "zero"],
)
def test_where_no_file_can_stand_a_sentence_says_so(path, name, words):
    (path.parent / "folder").mkdir()
    os.mkfifo(path.parent / "pipe")

    with pytest.raises(NotSaved) as refused:
        write_whole(path.parent / name, NEW)

    assert str(refused.value) == words
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.lamina", "folder", "pipe"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(path):
    path.parent.chmod(0o500)

    with pytest.raises(NotSaved, match=r"a\.lamina was not saved: permission is denied\."):
        write_whole(path, NEW)

    path.parent.chmod(0o700)
    assert path.read_bytes() == OLD


SAVER = """
import sys
from pathlib import Path
from graphs.parts import part_of
from graphs.storage import write_whole
path, number = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    number += 1
    write_whole(path, (b"%08d" % number) * 20_000)
"""


def killed_saves(path: Path, times: int) -> None:
    """Kill a process that saves without end, at any instant, and look at what stands there."""
    for round_ in range(times):
        process = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.005 + 0.007 * (round_ % 17))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for each in (path, path.with_name(path.name + ".bak")):
            if each.exists():
                data = each.read_bytes()
                assert data == OLD or (len(data) == 160_000 and data == data[:8] * 20_000)
        assert path.exists()


def test_killed_saves_lose_nothing(path):
    killed_saves(path, 5)


def test_the_next_save_sweeps_what_killed_ones_left_long_ago(path):
    names = {"a.lamina", "a.lamina.bak"}
    for _ in range(30):  # until one was killed in the middle
        killed_saves(path, 1)
        left = [each for each in path.parent.iterdir() if each.name not in names]
        if left:
            break
    others = [path.with_name(".lamina-notes.part"), part_of(path.with_name("b.lamina"), ".part")]
    mine = part_of(path, ".part")
    for each in (*others, mine, *left):
        each.touch()
        os.utime(each, (0, 0))

    write_whole(path, NEW)

    assert left
    assert {each.name for each in path.parent.iterdir()} == names | {
        each.name
        for each in (*others, mine)  # of another file, and of a process that lives
    }


def test_what_a_killed_save_left_a_moment_ago_stays_for_now(path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    fresh = path.with_name(part_of(path, ".part").name.replace(str(os.getpid()), str(dead.pid)))
    fresh.touch()

    write_whole(path, NEW)
    stayed = fresh.exists()
    os.utime(fresh, (0, 0))
    write_whole(path, NEW)

    assert stayed
    assert not fresh.exists()


@pytest.mark.slow
def test_five_hundred_killed_saves_lose_nothing(path):
    killed_saves(path, 500)
