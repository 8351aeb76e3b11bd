"""What goes wrong in a run ends in one sentence, with the traceback in the fold and what was learned kept."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import OutOfMemoryError

from graphs.content import Objective, Typed
from lightning_modules import course
from lightning_modules.checkpoint import read_tensors
from lightning_modules.data import prepare
from lightning_modules.dataset import DataError
from lightning_modules.events import Failed, Started, Stopped
from lightning_modules.explain import explain
from lightning_modules.job import Job
from lightning_modules.run import train
from lightning_modules.run_folder import RunFolder, read_record
from tests.documents import digits_cnn, digits_mlp, document, node

NO_ROOM = (
    ", so the run could not write its files. Free some space; "
    "then it can go on from what it had kept."
)


@pytest.fixture
def with_data(monkeypatch):
    """Change the training part before a run gets it."""

    def go(change):
        def read(described, base):
            prepared = prepare(described, base)
            change(prepared.splits["train"])
            return prepared

        monkeypatch.setattr("lightning_modules.run.prepare", read)

    return go


def test_a_value_in_the_data_that_is_not_finite_is_found_there(run, with_data):
    def spoil(columns):
        columns["digits.image"][:] = float("inf")

    with_data(spoil)
    told = run(digits_mlp(epochs=3))

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        "The loss became NaN (not a number) at step 1: the column image of Digits holds a value that is not a "
        "finite number. Clean the data."
    )
    assert (told.outcome.nodes, told.outcome.steps) == (("digits",), 0)
    assert read_record(told.folder)["state"] == "failed"


def test_the_layer_where_it_began_is_named(run, with_data):
    def spoil(columns):
        columns["digits.image"][:] = 3e38

    with_data(spoil)
    told = run(digits_mlp(epochs=3))

    assert told.outcome.reason == (
        "The loss became NaN (not a number) at step 1; it began in Hidden (Linear). "
        "Try a smaller learning rate, or look at its inputs."
    )
    assert told.outcome.nodes == ("hidden",)


def test_weights_that_ran_away_are_named_with_their_layer(run, with_data):
    def stretch(columns):
        columns["digits.image"] *= 1000

    with_data(stretch)
    wild = Objective(optimizer=Typed("SGD", {"lr": 1e38}))

    told = run(digits_mlp(wild, epochs=3))

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        "The loss became NaN (not a number) at step 2, because the weights of Hidden (Linear) are no finite numbers "
        "since the step before. Try a smaller learning rate, or limit the gradient."
    )
    assert told.outcome.nodes == ("hidden",)
    assert not (told.folder / "last.safetensors").exists()


def test_weights_and_statistics_stay_those_of_before_the_step_that_failed(
    run, with_data, monkeypatch
):
    described = digits_cnn(epochs=3)
    good = run(described, stop_after=25)
    plain = course.epoch_order

    def spoil(columns):
        bad = columns["digits.image"][:1] * float("nan")
        columns["digits.image"] = torch.cat([columns["digits.image"], bad])
        columns["digits.label"] = torch.cat([columns["digits.label"], columns["digits.label"][:1]])

    def order(seed, epoch, count):
        clean = plain(seed, epoch, count - 1)
        sixth = 5 * described.run.batch_size
        return (
            clean
            if epoch == 0
            else torch.cat([clean[:sixth], torch.tensor([count - 1]), clean[sixth:]])
        )

    with_data(spoil)
    monkeypatch.setattr(course, "epoch_order", order)
    told = run(described)

    assert told.outcome.reason == (
        "The loss became NaN (not a number) at step 26: the column image of Digits holds a value that is not a "
        "finite number. Clean the data."
    )
    assert told.losses == good.losses
    wanted, kept = (read_tensors(each.folder, "last") for each in (good, told))
    assert all(torch.equal(kept[key], wanted[key]) for key in wanted)


def test_a_gradient_that_is_not_finite_is_told_where_gradients_are_limited(run, with_data):
    described = document(
        {"diabetes": "Diabetes", "guess": node("Linear", out_features=1), "loss": "MSELoss"},
        [
            "diabetes.features -> guess.input",
            "guess.output -> loss.input",
            "diabetes.target -> loss.target",
        ],
        objectives=(Objective(clip=1.0),),
        epochs=1,
    )

    def spoil(columns):
        columns["diabetes.target"][:] = 0.0
        columns["diabetes.features"][:] = 1.5e19

    with_data(spoil)
    told = run(described)

    assert told.outcome.reason == (
        "The gradient became infinite at step 1. Try a smaller learning rate, or scale the data."
    )


def test_out_of_memory_is_told_in_plain_words(run, monkeypatch):
    def no_room(*_):
        raise OutOfMemoryError("CUDA out of memory. Tried to allocate 12.00 GiB")

    monkeypatch.setattr("lightning_modules.run.build", no_room)
    told = run(digits_mlp(epochs=1))

    assert told.outcome.reason == (
        "The graphics card has not enough memory for this run. Try a smaller batch size, a smaller network, "
        "or the device cpu."
    )
    assert "Tried to allocate 12.00 GiB" in told.outcome.details
    assert "Traceback" in told.outcome.details


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            MemoryError(),
            "The computer has not enough memory for this run. Try a smaller batch size or a smaller network.",
        ),
        (
            RuntimeError(
                "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried"
            ),
            "The computer has not enough memory for this run. Try a smaller batch size or a smaller network.",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "houses.csv"),
            'The file "houses.csv" is not there. Put it back, or choose another in the data layer.',
        ),
        (
            OSError(28, "No space left on device", "last.safetensors.new"),
            f"The disk is full{NO_ROOM}",
        ),
        (
            OSError(122, "Disk quota exceeded"),
            f"No more of the disk is allotted to you{NO_ROOM}",
        ),
        (
            OSError(5, "Input/output error", "last.safetensors.new"),
            'The run could not read or write its files "last.safetensors.new": Input/output error.',
        ),
        (
            OSError(5, "Input/output error"),
            "The run could not read or write its files: Input/output error.",
        ),
        (
            RuntimeError("mat1 and mat2 shapes cannot be multiplied (64x32 and 16x10)"),
            "The data do not fit the network: mat1 and mat2 shapes cannot be multiplied (64x32 and 16x10).",
        ),
        (
            ZeroDivisionError("division by zero"),
            "The run ended because of an unexpected error (ZeroDivisionError): division by zero.",
        ),
        (KeyError(), "The run ended because of an unexpected error (KeyError): no message."),
        (DataError("The table has no rows."), "The table has no rows."),
    ],
)
def test_errors_are_explained_in_one_sentence(error, sentence):
    assert explain(error) == sentence


def test_a_missing_data_file_ends_in_a_sentence(run, tmp_path):
    columns = [
        {"name": "size", "role": "feature", "dtype": "number"},
        {"name": "price", "role": "target", "dtype": "number"},
    ]
    described = document(
        {
            "table": node("CSVFile", path="nowhere.csv", schema={"columns": columns, "rows": 10}),
            "guess": node("Linear", out_features=1),
            "loss": "MSELoss",
        },
        [
            "table.features -> guess.input",
            "guess.output -> loss.input",
            "table.price -> loss.target",
        ],
    )

    told = run(described)

    assert isinstance(told.outcome, Failed)
    assert (
        told.outcome.reason
        == f"There is no file {tmp_path / 'nowhere.csv'}. Choose the CSV file again."
    )


def test_two_runs_cannot_use_one_folder_at_once(tmp_path):
    folder = RunFolder.open(tmp_path / "run")

    outcome = train(Job(digits_mlp(), tmp_path, tmp_path / "run"), [].append, lambda: False)
    folder.close()

    assert outcome.reason == (
        f'Another run is using the folder "{tmp_path / "run"}". Wait until it ends, or take another.'
    )
    assert outcome.details == ""


def test_a_folder_that_holds_a_run_is_not_used_for_another(run):
    first = run(digits_mlp(epochs=1))

    second = run(digits_mlp(epochs=1), folder=first.folder)

    assert (
        second.outcome.reason
        == f'There already is a run in the folder "{first.folder}". Take another folder.'
    )
    assert read_record(first.folder)["state"] == "completed"


def test_a_folder_that_cannot_be_made_ends_in_a_sentence(run, tmp_path):
    (tmp_path / "file").write_text("")

    told = run(digits_mlp(), folder=tmp_path / "file" / "run")

    assert (
        told.outcome.reason
        == f'The run folder "{tmp_path / "file" / "run"}" cannot be made: Not a directory.'
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_device_that_is_not_there_ends_in_a_sentence(run):
    told = run(digits_mlp(device="cuda"))

    assert told.outcome.reason == (
        "No CUDA graphics card can be used on this computer. Choose the device cpu or auto."
    )


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="there is Metal")
def test_metal_that_is_not_there_ends_in_a_sentence(run):
    told = run(digits_mlp(device="mps"))

    assert told.outcome.reason == (
        "Metal (mps) cannot be used on this computer. Choose the device cpu or auto."
    )


def test_nothing_is_printed_when_a_run_fails_in_a_thread(tmp_path, capfd, monkeypatch):
    def broken(*_):
        raise RuntimeError("expected scalar type Long but found Float")

    monkeypatch.setattr("lightning_modules.learner.Learner.step", broken)
    outcomes = []

    thread = threading.Thread(
        target=lambda: outcomes.append(
            train(Job(digits_mlp(), tmp_path, tmp_path / "run"), [].append, lambda: False)
        )
    )
    thread.start()
    thread.join()

    assert isinstance(outcomes[0], Failed)
    assert capfd.readouterr() == ("", "")


def test_a_listener_that_breaks_ends_the_run_as_failed(tmp_path):
    def broken(event):
        if type(event) is not Started:
            raise RuntimeError("the listener broke")

    outcome = train(Job(digits_mlp(), tmp_path, tmp_path / "run"), broken, lambda: False)

    assert (
        outcome.reason
        == "The run ended because of an unexpected error (RuntimeError): the listener broke."
    )
    assert read_record(tmp_path / "run")["state"] == "failed"


def test_a_stop_asked_for_by_another_thread_ends_an_endless_run(tmp_path):
    stop, started, outcomes = threading.Event(), threading.Event(), []

    def listen(event):
        started.set()

    thread = threading.Thread(
        target=lambda: outcomes.append(
            train(Job(digits_mlp(epochs=100_000), tmp_path, tmp_path / "run"), listen, stop.is_set)
        )
    )
    thread.start()
    assert started.wait(240)
    stop.set()
    thread.join(240)

    assert not thread.is_alive()
    assert isinstance(outcomes[0], Stopped)
