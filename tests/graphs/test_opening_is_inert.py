"""Opening and checking any file runs nothing, imports nothing, asks no network and touches no other file.

Python's audit hook watches a process that opens the corpus, the hostile files, the examples and the proofs. It tells
of each eval, exec, compile, import, pickle, socket, process, and of each file or folder that is opened, listed, made
or removed; the only thing that it may tell is the opening of the very file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.graphs.hostile import NOT_DOCUMENTS, WRONG_DOCUMENTS
from tests.graphs.hostile_opened import OPENED
from tests.graphs.opening_watched import PLANTED

ROOT = Path(__file__).parents[2]
KEPT = sorted(
    path
    for folder in (
        "tests/graphs/corpus",
        "tests/graphs/files",
        "tests/proofs/files",
        "resources/examples",
    )
    for path in (ROOT / folder).glob("*.lamina")
)

ALLOWED = {"builtins.id"}
"""Events without any effect: the number of an object, asked for by dataclasses and by copying."""

LARGE = 200_000
"""Bytes: documents of 20,000 nodes take a second each."""


def watched(*files: tuple[Path, str]) -> list[dict[str, Any]]:
    """For every file, with what is planted, what the audit hook saw while a process of its own opened it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.graphs.opening_watched"],
        input=json.dumps([(str(path), planted) for path, planted in files]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout)


def forbidden(found: dict[str, Any]) -> list[list[str]]:
    """What was seen beside what is allowed: ALLOWED, and the opening of the very file, which comes first.

    That is opened by its name, through the system, and then by the number of its handle, by Python's reader.
    """
    assert found["events"][:1] == [["open", found["path"]]]
    return [
        [event, first]
        for event, first in found["events"][1:]
        if event not in ALLOWED and not (event == "open" and first.isdigit())
    ]


def test_of_all_kept_files_only_the_file_itself_is_opened():
    assert len(KEPT) > 80

    for found in watched(*((each, "nothing") for each in KEPT)):
        assert forbidden(found) == [], found["path"]
        assert found["modules"] == [], found["path"]


def test_of_all_hostile_files_only_the_file_itself_is_opened(tmp_path):
    rows = {**NOT_DOCUMENTS, **WRONG_DOCUMENTS, **OPENED}
    paths = []
    for number, (data, _) in enumerate(rows.values()):
        if len(data) < LARGE or number < len(NOT_DOCUMENTS) + len(WRONG_DOCUMENTS):
            paths.append(tmp_path / f"hostile_{number}.lamina")
            paths[-1].write_bytes(data)
    (tmp_path / "folder.lamina").mkdir()
    os.mkfifo(tmp_path / "pipe.lamina")
    (tmp_path / "device.lamina").symlink_to("/dev/zero")
    paths += [tmp_path / f"{name}.lamina" for name in ("folder", "pipe", "device", "missing")]
    before = {each: each.lstat() for each in tmp_path.iterdir()}

    for found in watched(*((each, "nothing") for each in paths)):
        assert forbidden(found) == [], found["path"]
        assert found["modules"] == [], found["path"]
    after = {each: each.lstat() for each in tmp_path.iterdir()}
    assert [(each, s.st_size, s.st_mtime_ns) for each, s in after.items()] == [
        (each, s.st_size, s.st_mtime_ns) for each, s in before.items()
    ]


SEEN = {
    "nothing": set(),
    "eval": {"compile", "exec"},
    "exec": {"compile", "exec"},
    "compile": {"compile"},
    "import": {"import"},
    "pickle": {"pickle.find_class"},
    "socket": {"socket.__new__"},
    "subprocess": {"subprocess.Popen"},
    "system": {"os.system"},
    "other file": {"open"},
    "writing": {"open"},
    "listing": {"os.listdir"},
    "removing": {"os.remove"},
}


def test_the_watch_sees_whatever_else_would_be_done(tmp_path):
    path = tmp_path / "a.lamina"
    path.write_bytes(KEPT[0].read_bytes())

    found = watched(*((path, planted) for planted in PLANTED))

    for each in found:
        events = {event for event, _ in forbidden(each)}
        assert events >= SEEN[each["planted"]], each["planted"]
        assert bool(events) == bool(SEEN[each["planted"]]), each["planted"]
    assert [each["planted"] for each in found] == list(SEEN)
