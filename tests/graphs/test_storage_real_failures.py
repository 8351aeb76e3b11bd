"""Saves that the operating system itself lets fail: a limit, a full or read-only disk, a folder of someone else."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "resources" / "examples" / "digits_mlp.lamina"

PROGRAM = """
import ctypes, os, resource, sys
from dataclasses import replace
from pathlib import Path
from graphs.document import NotSaved, load, loads, save

NEW_USER, NEW_MOUNTS, READ_ONLY, AGAIN, ALL_PRIVATE = 0x10000000, 0x00020000, 1, 32, 0x44000
document = loads(Path(sys.argv[2]).read_bytes())
system = ctypes.CDLL(None, use_errno=True)

def mounted(folder, flags, options):
    return system.mount(b"none", os.fsencode(folder), b"tmpfs", flags, options) == 0

def attempt(how, path):
    if how in ("full", "read-only"):  # a small disk in memory, which ends with this process
        if system.unshare(NEW_MOUNTS) != 0 and system.unshare(NEW_USER | NEW_MOUNTS) != 0:
            return "not possible here"
        if system.mount(b"none", b"/", None, ALL_PRIVATE, None) != 0:  # or others would see the disk
            return "not possible here"
        if not mounted(path.parent, 0, b"size=64k"):
            return "not possible here"
    save(replace(document, title="First"), path)
    save(replace(document, title="Second"), path)
    if how == "full":
        with open(path.parent / "other", "wb", buffering=0) as other:
            try:
                while True:
                    other.write(bytes(512))
            except OSError:
                pass
    elif how == "read-only":
        mounted(path.parent, AGAIN | READ_ONLY, b"")
    elif how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    elif how == "handles":
        most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, most[1]))
    elif how == "closed":
        path.parent.chmod(0o555)
        if os.geteuid() == 0:
            os.setuid(65534)
    told = "saved"
    try:
        save(replace(document, title="Third"), path)
    except NotSaved as error:
        told = str(error)
    if how == "handles":
        resource.setrlimit(resource.RLIMIT_NOFILE, most)
    titles = load(path).title, load(path.with_name("a.lamina.bak")).title
    return told, titles, sorted(each.name for each in path.parent.iterdir())

for how in ("limit", "full", "read-only", "closed", "handles"):
    folder = Path(sys.argv[1]) / how
    folder.mkdir()
    sys.stdout.flush()
    if os.fork() == 0:
        print((how, attempt(how, folder / "a.lamina")))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""

SENTENCES = {
    "limit": "a.lamina was not saved: the disk does not take files of this size.",
    "full": "a.lamina was not saved: the disk is full.",
    "read-only": "a.lamina was not saved: the disk can only be read.",
    "closed": "a.lamina was not saved: permission is denied.",
    "handles": "a.lamina was not saved: too many open files.",
}


@pytest.mark.skipif(sys.platform != "linux", reason="these ways to make a disk fail are Linux's")
def test_a_save_that_the_system_lets_fail_is_said_in_a_sentence_and_loses_nothing():
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # pytest's own is closed to the nobody of "closed"
        Path(folder).chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder, str(EXAMPLE)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        Path(folder, "closed").chmod(0o755)

    found = dict(map(ast.literal_eval, done.stdout.splitlines()))
    assert found.keys() == SENTENCES.keys(), done.stderr
    for how, outcome in found.items():
        if how in ("full", "read-only") and outcome == "not possible here":
            continue  # no disk of one's own may be mounted here
        told, titles, names = outcome
        assert told == SENTENCES[how]
        assert titles[0] == "Second"
        assert titles[1] in ("First", "Second")
        assert names == ["a.lamina", "a.lamina.bak", *(["other"] if how == "full" else [])]
