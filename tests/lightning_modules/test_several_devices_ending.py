"""However a run on several devices ends, all of its processes end, and what it had learned can be gone on from."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace

import pytest
import torch

from graphs.content import EarlyStopping, Objective, Typed
from lightning_modules import crew
from lightning_modules.checkpoint import LAST, read_tensors
from lightning_modules.data import prepare
from lightning_modules.events import Completed, Failed, Paused, Steps, Stopped, WentOn
from lightning_modules.isolation import read_job, to_go_on, what_is_kept, write_job
from lightning_modules.job import Job
from lightning_modules.order import epoch_order
from lightning_modules.pausing import ask_pause, end_pause
from lightning_modules.run_folder import RunFolder, read_record
from tests.documents import digits_cnn, digits_mlp, document, node

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

ENDLESS = 1_000_000


def assert_all_gone(nursery):
    assert [each.code for each in nursery.children if each.poll() is None] == []


def weights(told):
    return read_tensors(told.folder, LAST)


def test_a_run_that_was_stopped_anywhere_goes_on_bit_for_bit_with_dropout_and_batch_norm(
    together, nursery
):
    described = digits_cnn(dropout=0.4, epochs=2)
    whole = together(described)
    asked = 0

    def should_stop():  # also while it validates
        nonlocal asked
        asked += 1
        return asked > 17

    half = together(described, should_stop=should_stop)
    rest = together(described, resume=half.folder)

    assert isinstance(half.outcome, Stopped)
    assert isinstance(rest.outcome, Completed)
    assert half.outcome.steps == 14 < whole.outcome.steps == 20
    assert half.losses + rest.losses == whole.losses
    assert rest.epochs[-1] == whole.epochs[-1], "metrics of the epoch, too, which was cut in two"
    assert all(torch.equal(each, weights(rest)[key]) for key, each in weights(whole).items())
    assert_all_gone(nursery)


def test_a_stop_ends_all_devices_within_one_step(together, nursery):
    steps = []

    def listen(event):
        if isinstance(event, Steps):
            steps.append(event.first + len(event.losses) - 1)

    told = together(digits_mlp(epochs=ENDLESS), on_event=listen, should_stop=lambda: bool(steps))

    assert isinstance(told.outcome, Stopped)
    assert told.outcome.steps == steps[0] == steps[-1]
    assert_all_gone(nursery)


def test_a_device_whose_process_is_killed_fails_the_run_in_a_sentence(together, nursery):
    heard = []

    def kill(event):
        if isinstance(event, Steps) and not heard:
            heard.append(event)
            os.kill(nursery.children[-1].pid, signal.SIGKILL)

    told = together(digits_mlp(epochs=ENDLESS), on_event=kill)

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        "The process of device 2 of 2 was killed (SIGKILL): by somebody, or by the system because memory "
        f"ran out. {what_is_kept(told.folder)}"
    )
    assert read_record(told.folder)["state"] == "failed"
    assert_all_gone(nursery)


def test_what_ends_one_device_is_told_as_it_says_it(together, nursery, tmp_path, monkeypatch):
    there = tmp_path / "there"
    there.mkdir()
    described = of_table(there / "table.csv", [f"{each},{each}" for each in range(40)])
    read = prepare(described, tmp_path)
    (there / "table.csv").unlink()
    monkeypatch.setattr("lightning_modules.run.prepare", lambda *_: read)  # in this process alone

    told = together(described)

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        f"The process of device 2 of 2 ended: There is no file {there / 'table.csv'}. "
        "Choose the CSV file again. It had not kept anything yet: start it again."
    )
    assert_all_gone(nursery)


def of_table(file, rows):
    file.write_text("\n".join(["number,goal", *rows, ""]), encoding="utf-8")
    columns = [
        {"name": "number", "role": "feature", "kind": "number"},
        {"name": "goal", "role": "target", "kind": "number"},
    ]
    schema = {"columns": columns, "rows": len(rows)}
    return document(
        {
            "table": node("CSVFile", path=str(file), schema=schema, normalize="none"),
            "line": node("Linear", out_features=1),
            "loss": "MSELoss",
        },
        [
            "table.features -> line.input",
            "line.output -> loss.input",
            "table.goal -> loss.target",
        ],
        epochs=1,
        batch_size=ENDLESS,
    )


def test_a_loss_that_is_no_number_on_another_device_is_explained_as_in_one_process(
    together, run, tmp_path
):
    rows = [f"{each},0" for each in range(40)]
    numbers = prepare(of_table(tmp_path / "a.csv", rows), tmp_path).splits["train"][
        "table.features"
    ]
    last = int(numbers[epoch_order(0, 0, len(numbers))[-1]])  # a sample of the second device
    rows[last] = "3e38,0"
    described = of_table(tmp_path / "b.csv", rows)

    one, several = run(described), together(described)

    assert isinstance(several.outcome, Failed)
    assert several.outcome.reason == one.outcome.reason
    assert (several.outcome.nodes, several.outcome.steps) == (one.outcome.nodes, 0)


@pytest.mark.slow
def test_early_stopping_ends_all_devices(together, nursery):
    stopping = EarlyStopping(patience=1, min_delta=100.0)

    told = together(digits_mlp(epochs=ENDLESS, early_stopping=stopping))

    assert isinstance(told.outcome, Completed)
    assert told.outcome.epochs == 2
    assert told.outcome.reason == "Stopped early: val_loss has not improved for 1 epochs."
    assert_all_gone(nursery)


@pytest.mark.slow
def test_all_devices_rest_and_go_on_together(together, tmp_path, run):
    folder, told = tmp_path / "resting", []

    def listen(event):
        if isinstance(event, Steps) and Steps not in told:
            ask_pause(folder)
        if isinstance(event, Paused):
            end_pause(folder)
        told.append(type(event))

    several = together(digits_mlp(epochs=8, batch_size=32), on_event=listen, folder=folder)
    one = run(digits_mlp(epochs=8, batch_size=64))

    assert Paused in told
    assert WentOn in told
    assert several.losses == pytest.approx(one.losses, rel=1e-3)


@pytest.mark.slow
def test_weights_that_ran_away_end_all_devices(together, nursery):
    wild = Objective(optimizer=Typed("SGD", {"lr": 1e38}))

    told = together(digits_mlp(wild, epochs=3))

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason.startswith("The loss became NaN (not a number) at step 2")
    assert_all_gone(nursery)


def test_a_run_goes_on_with_as_many_devices_alone(together, run):
    two = together(digits_mlp(epochs=1))

    told = together(digits_mlp(epochs=2), 3, resume=two.folder)

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        "That run learned on 2 devices and goes on with as many alone, but 3 are asked for. "
        "Ask for 2, or start a new run with its weights."
    )


def test_a_job_of_several_devices_is_the_same_in_another_process(tmp_path):
    job = Job(digits_mlp(), tmp_path, tmp_path / "run", devices=4)
    job.run_dir.mkdir()

    write_job(job)

    assert read_job(job.run_dir).devices == 4


def test_a_run_that_was_interrupted_goes_on_with_its_devices(tmp_path):
    folder = RunFolder.open(tmp_path / "run")
    folder.begin(digits_mlp(), {"devices": 3, "base": str(tmp_path)})
    folder.close()
    (tmp_path / "run" / "last.json").write_text('{"step": 5}', encoding="utf-8")

    assert to_go_on(tmp_path / "run").devices == 3


@pytest.mark.slow
def test_a_member_ends_when_the_first_one_is_gone_in_whatever_way(tmp_path):
    job = Job(digits_mlp(), tmp_path, tmp_path / "run", devices=2)
    (tmp_path / "team").mkdir()
    write_job(replace(job, run_dir=tmp_path / "team"))
    end, lifeline = os.pipe()
    member = crew.start_member(tmp_path / "team", 1, end)
    os.close(end)

    os.close(lifeline)  # as the system does with a process that was killed
    began = time.monotonic()
    while member.poll() is None and time.monotonic() - began < 60:
        time.sleep(0.02)

    assert member.poll() == crew.LEFT_ALONE
    assert not (tmp_path / "team").exists()
