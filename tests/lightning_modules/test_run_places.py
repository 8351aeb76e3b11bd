"""Runs lie beside their document, each in a folder of its own."""

from datetime import datetime
from pathlib import Path

import platformdirs
import pytest

from lightning_modules.events import Completed, Warned, to_json
from lightning_modules.run_places import (
    LARGEST_BYTES,
    keep_also_in,
    last_runs,
    new_run_dir,
    read_events,
    runs_folder,
)

NOON = datetime(2026, 5, 4, 12, 0, 1)  # noqa: DTZ001 - people read it as their own time


def test_runs_of_a_saved_document_lie_beside_it(tmp_path):
    assert runs_folder(tmp_path / "digits.lamina") == tmp_path / "digits.runs"


def test_runs_of_an_unsaved_document_lie_among_the_users_data():
    assert (
        runs_folder(None)
        == Path(platformdirs.user_data_dir("lamina", appauthor=False)) / "runs" / "untitled.runs"
    )


def test_runs_go_to_the_users_data_where_the_documents_folder_is_not_there():
    place = runs_folder(Path("/no/such/folder/digits.lamina"))

    assert (
        place
        == Path(platformdirs.user_data_dir("lamina", appauthor=False)) / "runs" / "digits.runs"
    )


def test_two_runs_of_one_second_have_folders_of_their_own(tmp_path):
    document = tmp_path / "digits.lamina"
    names = []
    for _ in range(3):
        path = new_run_dir(document, NOON)
        path.mkdir(parents=True)
        names.append(path.name)

    assert names == ["2026-05-04_12-00-01", "2026-05-04_12-00-01_2", "2026-05-04_12-00-01_3"]


def test_the_last_runs_are_the_newest_that_hold_events(tmp_path):
    for day in (1, 2, 3, 4):
        (tmp_path / "digits.runs" / f"2026-05-0{day}_12-00-00").mkdir(parents=True)
    for day in (1, 2, 4):
        (tmp_path / "digits.runs" / f"2026-05-0{day}_12-00-00" / "events.jsonl").touch()

    found = last_runs(tmp_path / "digits.lamina", 2)

    assert [path.name for path in found] == ["2026-05-04_12-00-00", "2026-05-02_12-00-00"]
    assert last_runs(tmp_path / "other.lamina", 2) == []


def test_events_are_read_up_to_a_line_that_was_cut(tmp_path):
    lines = [to_json(Warned("Look out.")), to_json(Completed(1, 2, 1, 0.5)), '{"event": "Ste']
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")

    assert read_events(tmp_path) == [Warned("Look out."), Completed(1, 2, 1, 0.5)]


@pytest.mark.parametrize("content", [None, "x" * (LARGEST_BYTES + 1)], ids=["gone", "huge"])
def test_records_that_are_gone_or_huge_give_no_events(tmp_path, content):
    if content is not None:
        (tmp_path / "events.jsonl").write_text(content, encoding="utf-8")

    assert read_events(tmp_path) == []


def test_a_run_is_kept_in_another_folder_once_and_what_stands_there_stays(tmp_path):
    run, place = tmp_path / "old" / "one", tmp_path / "new"
    run.mkdir(parents=True)
    (run / "run.lock").touch()
    for name in ("run.json", "best.safetensors"):
        (run / name).write_text("first")

    keep_also_in(run, place)
    (place / "one" / "run.json").write_text("noted since")
    keep_also_in(run, place)
    keep_also_in(tmp_path / "old" / "gone", place)

    assert [each.name for each in place.iterdir()] == ["one"]
    assert sorted(each.name for each in (place / "one").iterdir()) == [
        "best.safetensors",
        "run.json",
    ]
    assert (place / "one" / "run.json").read_text() == "noted since"
    assert (run / "run.json").read_text() == "first"


def test_a_run_that_cannot_be_kept_leaves_no_half_of_it(tmp_path):
    run, place = tmp_path / "old" / "one", tmp_path / "new"
    run.mkdir(parents=True)
    (run / "run.json").symlink_to("/no/such/file")

    with pytest.raises(OSError, match="No such file"):
        keep_also_in(run, place)

    assert list(place.iterdir()) == []
