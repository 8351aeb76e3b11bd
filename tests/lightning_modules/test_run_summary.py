"""Runs at a glance: what is read of their folders, and how often."""

import time
from dataclasses import replace

import pytest

from lightning_modules.events import EpochEnded, Stopped, to_json
from lightning_modules.run_folder import EVENTS, RunFolder
from lightning_modules.run_label import RunLabel, read_label, write_label
from lightning_modules.run_settings import differing, settings_of, title_in, value_in
from lightning_modules.run_summary import Summaries, epochs_of
from tests.documents import changed
from tests.recorded_runs import COMPLETED, FAILED, digits, events_of, record_run, with_rate

NAME = "2026-11-21_10-00-00"


@pytest.fixture
def summaries():
    return Summaries()


def test_a_completed_run_tells_state_score_duration_and_when_it_began(tmp_path, summaries):
    record_run(tmp_path / NAME, outcome=COMPLETED)

    (run,) = summaries.of_place(tmp_path)

    assert (run.state, run.seconds, run.epoch, run.epochs, run.best_epoch) == (
        "completed", 7.5, 3, 3, 2,
    )  # fmt: skip
    assert (run.name, f"{run.began:%H:%M}") == ("2026-11-21 10:00:00", "10:00")
    assert (run.validation.title, run.validation.value, run.validation.percent) == (
        "Accuracy", 0.9, True,
    )  # fmt: skip
    assert run.test.name == "test_accuracy"
    assert run.test.value == pytest.approx(0.85)


def test_a_loss_of_its_own_name_is_no_score_where_there_is_a_metric(tmp_path, summaries):
    margin = replace(digits().main.nodes["cross_entropy_loss"], id="margin")
    values = {"val_loss": 0.5, "val_margin": 0.1, "val_accuracy": 0.9}
    told = EpochEnded(1, 8, values, best=True, seconds=1.0)
    record_run(tmp_path / NAME, changed(digits(), margin=margin), events=[told])

    (run,) = summaries.of_place(tmp_path)

    assert run.validation.name == "val_accuracy"


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (None, "interrupted", ""),
        (Stopped(3, 24, 2, 7.0), "stopped", ""),
        (FAILED, "failed", "The loss is not a number at step 9."),
    ],
)
def test_a_run_that_did_not_complete_says_so(tmp_path, summaries, outcome, state, reason):
    record_run(tmp_path / NAME, outcome=outcome)

    (run,) = summaries.of_place(tmp_path)

    assert (run.state, run.reason) == (state, reason)
    assert run.can_go_on == (state != "failed")


def test_a_run_is_running_while_its_folder_is_locked_and_interrupted_after(tmp_path, summaries):
    folder = record_run(tmp_path / NAME)
    lock = RunFolder.open(folder, goes_on=True)

    while_locked = summaries.of_run(folder).state
    lock.close()

    assert while_locked == "running"
    assert summaries.of_run(folder).state == "interrupted"


def test_what_a_run_that_goes_on_adds_is_read_without_reading_the_rest_again(tmp_path, summaries):
    folder = record_run(tmp_path / NAME, events=list(events_of())[:2])
    first = summaries.of_run(folder)
    with (folder / EVENTS).open("a", encoding="utf-8") as file:
        file.writelines(to_json(each) + "\n" for each in list(events_of())[2:])
        file.write('{"event": "EpochEnded", "epo')

    second = summaries.of_run(folder)

    assert (first.epoch, second.epoch, second.seconds) == (1, 3, 6.0)


def test_a_run_that_did_not_change_is_the_very_same_value(tmp_path, summaries):
    folder = record_run(tmp_path / NAME, outcome=COMPLETED)

    assert summaries.of_run(folder) is summaries.of_run(folder)


def test_folders_that_are_no_runs_and_damaged_records_are_passed_over(tmp_path, summaries):
    (tmp_path / "notes").mkdir()
    damaged = record_run(tmp_path / NAME, outcome=COMPLETED)
    (damaged / "run.json").write_text("{", encoding="utf-8")

    assert summaries.of_place(tmp_path) == ()
    assert summaries.of_place(tmp_path / "none") == ()


def test_runs_stand_in_the_order_in_which_they_began_the_newest_first(tmp_path, summaries):
    names = [NAME, f"{NAME}_2", f"{NAME}_10", "2026-11-20_09-00-00"]
    for each in names:
        record_run(tmp_path / each, outcome=COMPLETED)

    found = [each.path.name for each in summaries.of_place(tmp_path)]

    assert found == [f"{NAME}_10", f"{NAME}_2", NAME, "2026-11-20_09-00-00"]


def test_500_runs_are_read_in_seconds_and_again_in_a_moment(tmp_path, summaries):
    first = record_run(tmp_path / "run", outcome=COMPLETED)
    files = {each.name: each.read_bytes() for each in first.iterdir()}
    for number in range(499):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    some: list[int] = []

    def hear(found):
        some.append(len(found))
        return True

    assert len(summaries.of_place(tmp_path, hear)) == 500
    began = time.process_time()
    summaries.of_place(tmp_path)

    assert time.process_time() - began < 5, "of the processor: a busy machine is no slow reader"
    assert some
    assert some[0] < 60


def test_settings_in_which_runs_differ_are_named_as_on_screen():
    document = digits()
    runs = [settings_of(each) for each in (document, with_rate(digits(epochs=5), 0.5))]

    keys = differing(runs)

    told = [(title_in(runs, key), *(value_in(each, key) for each in runs)) for key in keys]
    assert told == [("Epochs", "30", "5"), ("Learning rate", "0.001", "0.5")]


def test_a_layer_that_only_one_run_has_is_a_difference():
    document = digits()
    graph = document.main
    without = document.with_graph(
        type(graph)({k: v for k, v in graph.nodes.items() if k != "relu"})
    )
    runs = [settings_of(document), settings_of(without)]

    told = {key: [value_in(each, key) for each in runs] for key in differing(runs)}

    assert told["relu"] == ["ReLU", "none"]
    assert "wires" in told


def test_a_label_stands_on_the_run_until_it_is_empty(tmp_path, summaries):
    folder = record_run(tmp_path / NAME, outcome=COMPLETED)

    write_label(folder, RunLabel("Wide", "tried 128"))
    named = summaries.of_run(folder)
    write_label(folder, RunLabel())

    assert (named.name, named.label.note) == ("Wide", "tried 128")
    assert read_label(folder) == RunLabel()
    assert summaries.of_run(folder).name == "2026-11-21 10:00:00"


def test_the_epochs_of_a_run_are_read_without_its_steps(tmp_path):
    folder = record_run(tmp_path / NAME, outcome=COMPLETED)

    assert [type(each).__name__ for each in epochs_of(folder)] == [
        "Started", "EpochEnded", "EpochEnded", "EpochEnded", "Evaluated", "Completed",
    ]  # fmt: skip
