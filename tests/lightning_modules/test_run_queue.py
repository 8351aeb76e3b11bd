"""The queue of runs on disk: order, turns, and what becomes of a run that was going on when the program ended."""

import json

import pytest

from graphs.document import loads
from lightning_modules.go_on import CannotGoOn, job_to_go_on
from lightning_modules.isolation import LAST_NUMBERS
from lightning_modules.run_folder import RunFolder
from lightning_modules.run_queue import Queue, QueueError, new_entry
from lightning_modules.variants import BadGrid, rates_of, read_values, variants
from tests.recorded_runs import COMPLETED, FAILED, digits, record_run


@pytest.fixture
def queue(tmp_path):
    made = Queue(tmp_path / "queue")
    yield made
    made.end()


def entry(tmp_path, words="", **run):
    return new_entry(digits(**run), words, tmp_path, tmp_path / "digits.lamina")


def order(queue):
    return [each.words for each in queue.entries()]


def test_entries_keep_their_order_and_outlive_the_queue_that_made_them(tmp_path, queue):
    queue.add([entry(tmp_path, "a"), entry(tmp_path, "b")])
    queue.add([entry(tmp_path, "c")])
    queue.move(queue.entries()[2].id, -1)
    queue.move(queue.entries()[0].id, -1)
    queue.move("gone", 1)

    assert order(Queue(tmp_path / "queue")) == ["a", "c", "b"]


def test_the_first_that_waits_is_taken_with_its_document_and_a_folder_of_its_own(tmp_path, queue):
    queue.add([entry(tmp_path, "a", epochs=3), entry(tmp_path, "b")])

    taken, job = queue.take()

    assert (taken.words, taken.state, taken.run_dir) == ("a", "running", job.run_dir)
    assert (job.document, job.run_dir.parent) == (digits(epochs=3), tmp_path / "digits.runs")
    assert queue.entries()[0] == taken


def test_a_failed_entry_is_passed_over_and_an_empty_queue_gives_nothing(tmp_path, queue):
    queue.add([entry(tmp_path, "a")])
    taken, _ = queue.take()
    queue.write(type(taken)(**{**vars(taken), "state": "failed", "reason": "No."}))

    assert queue.take() is None
    assert queue.entries()[0].reason == "No."
    queue.remove([taken.id])
    queue.remove([taken.id])
    assert queue.entries() == ()


def test_a_run_that_was_killed_goes_on_where_it_was_and_a_completed_one_is_done(tmp_path, queue):
    queue.add([entry(tmp_path, "a"), entry(tmp_path, "b")])
    taken, job = queue.take()
    run = record_run(job.run_dir)
    (run / LAST_NUMBERS).write_text(json.dumps({"step": 16}), encoding="utf-8")

    _, again = queue.take()

    assert (again.run_dir, again.resume) == (run, run)
    RunFolder.open(run, goes_on=True).close()
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (run / "run.json").write_text(json.dumps({**record, "state": "completed"}), encoding="utf-8")
    following, _ = queue.take()
    assert following.words == "b"
    assert taken.id not in [each.id for each in queue.entries()]


def test_a_run_waits_with_its_devices_and_goes_on_with_those_that_it_had(tmp_path, queue):
    document = digits()
    queue.add([new_entry(document, "", tmp_path, tmp_path / "digits.lamina", devices=2)])
    taken, job = queue.take()
    run = record_run(job.run_dir)
    (run / LAST_NUMBERS).write_text(json.dumps({"step": 16}), encoding="utf-8")
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (run / "run.json").write_text(json.dumps({**record, "devices": 3}), encoding="utf-8")

    _, again = queue.take()

    assert (taken.devices, job.devices, again.devices) == (2, 2, 3)


def test_an_entry_of_a_version_that_knew_one_device_runs_on_one(tmp_path, queue):
    queue.add([entry(tmp_path, "a")])
    (file,) = (tmp_path / "queue").glob("*.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["devices"]
    file.write_text(json.dumps(content), encoding="utf-8")

    _, job = queue.take()

    assert job.devices == 1


def test_a_run_that_still_goes_on_elsewhere_is_left_alone(tmp_path, queue):
    queue.add([entry(tmp_path, "a"), entry(tmp_path, "b")])
    _, job = queue.take()
    lock = RunFolder.open(job.run_dir)

    following, _ = queue.take()
    lock.close()

    assert following.words == "b"


def test_two_windows_cannot_run_the_queue_at_once(tmp_path, queue):
    other = Queue(tmp_path / "queue")
    other.begin()

    with pytest.raises(QueueError) as refused:
        queue.begin()
    other.end()
    queue.begin()

    assert (
        str(refused.value) == "Another window is running the queue already. Pause it there first."
    )


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "queue").write_text("in the way", encoding="utf-8")

    with pytest.raises(QueueError) as refused:
        Queue(tmp_path / "queue").begin()

    assert str(refused.value) == (
        f'The queue cannot be used: its folder "{tmp_path / "queue"}" cannot be written to.'
    )


def test_a_damaged_entry_is_left_alone_and_one_with_a_damaged_document_fails(tmp_path, queue):
    queue.add([entry(tmp_path, "a")])
    (tmp_path / "queue" / "odd.json").write_text("{}", encoding="utf-8")
    (only,) = queue.entries()
    queue.write(type(only)(**{**vars(only), "document": b"{"}))

    assert queue.take() is None
    assert queue.entries()[0].state == "failed"
    assert queue.entries()[0].reason.startswith("queue ")
    assert (tmp_path / "queue" / "odd.json").exists()


def test_a_grid_has_every_combination_with_words_for_what_varies():
    found = variants(
        digits(), {"epochs": (5,), "lr": (0.1, 0.01), "batch_size": (32,), "seed": (1, 2)}
    )

    assert [each.words for each in found] == [
        "epochs 5, learning rate 0.1, seed 1",
        "epochs 5, learning rate 0.1, seed 2",
        "epochs 5, learning rate 0.01, seed 1",
        "epochs 5, learning rate 0.01, seed 2",
    ]
    last = found[-1].document
    assert (last.run.epochs, last.run.seed, rates_of(last)) == (5, 2, (0.01,))
    assert loads(new_entry(last, "", None, None).document, "x") == last


def test_no_values_leave_the_document_as_it_is():
    (only,) = variants(digits(), {"epochs": (), "seed": ()})

    assert only.words == ""
    assert only.document == digits()


def test_rows_of_values_take_lists_and_ranges():
    assert read_values("seed", "1, 4-6,4,") == (1, 4, 5, 6)
    assert read_values("lr", "1e-3, 0.1") == (0.001, 0.1)
    assert read_values("epochs", " ") == ()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("epochs", "many", "Epochs must be a whole number, but is many."),
        ("epochs", "0", "Epochs must be at least 1 and at most 1,000,000, but is 0."),
        ("lr", "fast", "Learning rate must be a number, but is fast."),
        ("lr", "-1", "Learning rate must be at least 0, but is -1.0."),
        ("lr", "nan", "Learning rate must be a finite number, but is nan."),
        ("seed", "0-5000", "Seed: 0-5000 are too many values; 1,000 are the most."),
    ],
)
def test_a_value_that_cannot_stand_there_is_said(name, text, sentence):
    with pytest.raises(BadGrid) as refused:
        read_values(name, text)

    assert str(refused.value) == sentence


def test_too_many_runs_are_refused():
    with pytest.raises(BadGrid) as refused:
        variants(digits(), {"epochs": range(1, 101), "seed": range(11)})

    assert str(refused.value) == "These are 1,100 runs; 1,000 at once are the most."


def test_what_cannot_go_on_says_why(tmp_path):
    told = {}
    for name, outcome in (("completed", COMPLETED), ("failed", FAILED), ("killed", None)):
        run = record_run(tmp_path / name, outcome=outcome)
        with pytest.raises(CannotGoOn) as refused:
            job_to_go_on(run)
        told[name] = str(refused.value)
    lock = RunFolder.open(tmp_path / "killed", goes_on=True)
    with pytest.raises(CannotGoOn) as refused:
        job_to_go_on(tmp_path / "killed")
    lock.close()

    assert told == {
        "completed": "Only a run that was stopped or interrupted can go on.",
        "failed": "Only a run that was stopped or interrupted can go on.",
        "killed": "This run had kept nothing yet. Train its graph again instead.",
    }
    assert str(refused.value) == "This run is still going on."


def test_a_killed_run_goes_on_in_its_own_folder(tmp_path):
    run = record_run(tmp_path / "killed", base=tmp_path)
    (run / LAST_NUMBERS).write_text(json.dumps({"step": 16}), encoding="utf-8")

    job = job_to_go_on(run)

    assert (job.run_dir, job.resume, job.base, job.document) == (run, run, tmp_path, digits())
