"""The journal: what a killed window leaves, what comes back, and what is thrown away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graphs import edits
from graphs.content import Document
from graphs.document import dumps, load, save
from studio.app import _recover
from studio.documents.disk_watch import digest
from studio.documents.recovery import WRITE_AFTER_MS, Journal, leftovers
from studio.store import Store

EDITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from graphs import edits
from graphs.document import load
from studio.documents.disk_watch import digest
from studio.documents.recovery import Journal
from studio.store import Store

application = QCoreApplication([])
store = Store()
path = Path(sys.argv[2])
journal = Journal(store, Path(sys.argv[1]), lambda: digest(path))
store.open(load(path), path)
steps = []
def edit():
    steps.append(1)
    store.edit("Add Linear", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])
    print(len(steps), flush=True)
timer = QTimer()
timer.timeout.connect(edit)
timer.start(100)
application.exec()
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def store(qapp) -> Store:
    return Store()


@pytest.fixture
def journal(store, folder):
    journal = Journal(store, folder, lambda: None)
    yield journal
    journal.close()
    journal.deleteLater()


def _add(store: Store) -> None:
    store.edit("Add Linear", lambda graph: edits.add_node(graph, "Linear", (0, 0))[0])


def _left_by_a_killed_one(folder: Path, document: Document, path: Path | None = None) -> Path:
    """A journal as a process leaves it that is gone: written, and its lock given up."""
    store = Store()
    journal = Journal(store, folder, lambda: digest(path) if path else None)
    store.open(document, path, unsaved=True)
    journal.write()
    file = next(folder.glob("*.journal"))
    kept = file.read_bytes()
    journal.close()
    file.write_bytes(kept)
    return file


def test_an_edit_is_written_within_two_seconds(qtbot, store, journal, folder):
    _add(store)

    qtbot.waitUntil(lambda: any(folder.glob("*.journal")), timeout=2_000)

    assert WRITE_AFTER_MS < 2_000


def test_steady_editing_is_written_too(qtbot, store, journal, folder):
    for _ in range(WRITE_AFTER_MS // 100 + 10):
        _add(store)
        qtbot.wait(100)
        if any(folder.glob("*.journal")):
            return
    pytest.fail("edits that follow each other put the journal off for ever")


def test_a_save_removes_the_journal(store, journal, folder, tmp_path):
    _add(store)
    journal.write()
    written = list(folder.glob("*.journal"))

    store.saved(tmp_path / "a.lamina")

    assert len(written) == 1
    assert not list(folder.glob("*.journal"))


def test_a_clean_exit_removes_the_journal(store, journal, folder):
    _add(store)
    journal.write()

    journal.close()

    assert not list(folder.glob("*"))


def test_a_journal_in_use_is_no_leftover(store, journal, folder):
    _add(store)
    journal.write()

    assert leftovers(folder) == []
    assert len(list(folder.glob("*.journal"))) == 1


def test_a_leftover_holds_the_document_and_its_file(store, folder, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    _left_by_a_killed_one(folder, Document(title="Palace"), path)

    (found,) = leftovers(folder)

    assert found.document == Document(title="Palace")
    assert found.path == path
    assert found.file_unchanged
    assert found.name == "house.lamina"


def test_a_leftover_knows_that_its_file_was_changed_since(store, folder, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    _left_by_a_killed_one(folder, Document(title="Palace"), path)

    save(Document(title="Castle"), path)
    (found,) = leftovers(folder)

    assert not found.file_unchanged


def test_a_leftover_that_equals_its_file_is_removed(store, folder, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="Palace"), path)
    _left_by_a_killed_one(folder, Document(title="Palace"), path)

    found = leftovers(folder)

    assert found == []
    assert not list(folder.glob("*.journal"))


@pytest.mark.may_log("could not be read and was put aside")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"{}\n{}",
        b'{"path": null, "digest": null}\n',
        b'{"path": 7, "digest": null}\n' + dumps(Document()),
        b"[" * 100_000,
        b'{"path": null, "digest": null}\n' + dumps(Document(title="cut"))[:-20],
    ],
)
def test_a_bad_journal_is_put_aside_and_in_nobodys_way(qapp, folder, content):
    folder.mkdir()
    bad = folder / "bad.journal"
    bad.write_bytes(content)

    found = leftovers(folder)

    assert found == []
    assert not bad.exists()
    assert (folder / "bad.unreadable").read_bytes() == content


def test_recovered_changes_are_unsaved_and_belong_to_their_file(window, answers, folder, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    _left_by_a_killed_one(folder, Document(title="Palace"), path)

    recovered = _recover(window, folder)

    assert recovered
    assert answers.asked == ["recover house.lamina: Lamina ended before they were saved."]
    assert window.store.document.title == "Palace"
    assert window.store.path == path
    assert window.isWindowModified()
    assert not list(folder.glob("*.journal"))


def test_what_was_changed_on_disk_since_comes_back_without_a_name(
    window, answers, folder, tmp_path
):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    _left_by_a_killed_one(folder, Document(title="Palace"), path)
    save(Document(title="Castle"), path)

    _recover(window, folder)

    assert answers.asked == [
        (
            "recover house.lamina: Lamina ended before they were saved. The file was changed since then, "
            "so they open as a copy without a name."
        )
    ]
    assert window.store.path is None
    assert load(path).title == "Castle"


def test_a_file_that_another_window_saved_between_two_edits_is_not_written_over_after_a_kill(
    window, folder, tmp_path
):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    window.files.open(path)
    journal = Journal(window.store, folder, lambda: window.files.known)
    _add(window.store)
    save(Document(title="Castle"), path)
    _add(window.store)
    journal.write()
    kept = {each: each.read_bytes() for each in folder.glob("*.journal")}
    journal.close()
    for each, content in kept.items():
        each.write_bytes(content)

    _recover(window, folder)

    assert len(window.store.graph.nodes) == 2
    assert window.store.path is None
    assert load(path).title == "Castle"


def test_discarded_changes_do_not_come_back(window, answers, folder):
    _left_by_a_killed_one(folder, Document(title="Palace"))
    answers.recovering = False

    recovered = _recover(window, folder)

    assert not recovered
    assert answers.asked == ["recover Palace: Lamina ended before they were saved."]
    assert leftovers(folder) == []
    assert window.welcome.isVisible()


@pytest.mark.skipif(os.name != "posix", reason="kills with a POSIX signal")
def test_a_killed_editor_loses_at_most_two_seconds_of_edits(folder, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    editor = subprocess.Popen(
        [sys.executable, "-c", EDITOR, str(folder), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert editor.stdout is not None
    for line in editor.stdout:
        made = int(line)
        if made == 25:  # 2.5 s of edits, one in 100 ms
            break

    editor.send_signal(signal.SIGKILL)
    editor.wait()
    editor.stdout.close()
    (found,) = leftovers(folder)

    assert made - len(found.document.main.nodes) <= 20
