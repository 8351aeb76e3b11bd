"""Tests of training, evaluating and predicting from the command line, in this process."""

from __future__ import annotations

import csv
import io
import json
import re
import signal

import pytest
import torch
from PIL import Image

from lightning_modules.events import Completed, EpochEnded, Evaluated, Started, from_json
from resources.templates import EXAMPLES
from studio.cli import main

pytestmark = pytest.mark.usefixtures("in_its_folder")


def test_a_run_says_how_it_goes_and_ends_a_line_an_epoch(file, capsys):
    assert main(["train", "digits.lamina", "--epochs", "2", "--run-dir", "run"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Training Digits MLP on cpu: 17,226 parameters, 1,258 samples, 2 epochs."
    assert lines[1].startswith("Epoch 1 of 2: training loss ")
    assert lines[2].startswith("Epoch 2 of 2: training loss ")
    assert ", accuracy " in lines[2]
    assert "; validation loss " in lines[2]
    assert lines[3].startswith("Note: The network does not beat a simple model: on the test part ")
    assert lines[4].startswith("Completed 2 epochs in ")
    assert lines[4].endswith("The best was epoch 2.")
    assert lines[5].startswith("Test accuracy ")
    assert lines[6] == "For comparison:"
    assert lines[7].startswith("  Most frequent class: accuracy 10.0 %, loss 2.30")
    assert lines[8].startswith("  Logistic regression: accuracy 97")
    assert lines[9].startswith("  Nearest neighbours: accuracy 9")
    assert lines[10:] == ["Kept in run"]


def test_a_run_stands_beside_the_file_by_default(file, capsys):
    main(["train", "digits.lamina", "--epochs", "1"])

    (run,) = (file.parent / "digits.runs").iterdir()
    assert capsys.readouterr().out.splitlines()[-1] == f"Kept in digits.runs/{run.name}"
    assert (run / "best.safetensors").exists()


def test_json_lines_are_the_events_of_the_run(file, capsys):
    assert main(["train", "digits.lamina", "--epochs", "2", "--run-dir", "run", "--json"]) == 0

    shown = capsys.readouterr().out
    events = [from_json(line) for line in shown.splitlines()]
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Completed)
    assert [each.epoch for each in events if isinstance(each, EpochEnded)] == [1, 2]
    assert shown == (file.parent / "run" / "events.jsonl").read_text()


def test_parameters_seed_and_epochs_are_set_for_the_run_alone(file, capsys):
    before = file.read_bytes()
    arguments = [
        "--epochs",
        "1",
        "--seed",
        "7",
        "--set",
        "linear.out_features=8",
        "--set",
        "digits.split=0.6,0.2,0.2",
    ]

    main(["train", "digits.lamina", "--run-dir", "run", "--json", *arguments])

    started = from_json(capsys.readouterr().out.splitlines()[0])
    assert (started.epochs, started.seed, started.parameters) == (
        1,
        7,
        64 * 8 + 8 + 8 * 64 + 64 + 650,
    )
    assert started.samples["train"] == 1078
    assert file.read_bytes() == before


def test_problems_are_named_and_nothing_is_trained(file, capsys):
    assert (
        main(["train", "digits.lamina", "--set", "linear_3.out_features=9", "--run-dir", "run"])
        == 1
    )

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "lamina: Cross entropy has 10 classes to choose from, but Scores gives 9 scores for them. "
        "Let the layer before it give 10 outputs.\n"
        "lamina: Accuracy has 10 classes to choose from, but Scores gives 9 scores for them. "
        "Let the layer before it give 10 outputs.\n"
    )
    assert not (file.parent / "run").exists()


def test_a_run_that_cannot_go_on_ends_in_one_sentence_and_exit_1(file, capsys):
    file.write_text(file.read_text().replace('"lr": 0.001', '"lr": -1'))

    assert main(["train", "digits.lamina", "--run-dir", "run"]) == 1

    shown = capsys.readouterr()
    assert shown.err.startswith("lamina: ")
    assert shown.err.count("\n") == 1


def test_a_run_is_resumed_from_its_folder(file, capsys):
    main(["train", "digits.lamina", "--epochs", "1", "--run-dir", "first"])
    capsys.readouterr()

    assert (
        main(
            [
                "train",
                "digits.lamina",
                "--epochs",
                "2",
                "--run-dir",
                "second",
                "--resume",
                "first",
                "--json",
            ]
        )
        == 0
    )

    started = from_json(capsys.readouterr().out.splitlines()[0])
    assert started.start_step == 40


def test_a_run_goes_on_with_its_own_seed(file, capsys):
    main(["train", "digits.lamina", "--epochs", "1", "--run-dir", "first", "--seed", "7"])
    go_on = ["train", "digits.lamina", "--epochs", "2", "--resume", "first"]
    capsys.readouterr()

    assert main([*go_on, "--run-dir", "second", "--json"]) == 0
    started = from_json(capsys.readouterr().out.splitlines()[0])
    assert main([*go_on, "--run-dir", "third", "--seed", "8"]) == 2

    assert (started.seed, started.start_step) == (7, 40)
    assert capsys.readouterr().err == (
        "lamina: The run first has the seed 7 and goes on with it alone, but --seed is 8. "
        "Leave --seed out, or train anew without --resume.\n"
    )
    assert not (file.parent / "third").exists()


def test_a_damaged_run_is_a_mistake_of_the_call(run, capsys):
    for part in run.glob("last*.safetensors"):
        part.write_bytes(b"no weights")

    assert main(["train", "digits.lamina", "--resume", "run", "--run-dir", "second"]) == 2

    assert capsys.readouterr().err.startswith("lamina: The checkpoint ")
    assert not (run.parent / "second").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card")
def test_a_device_that_is_not_there_leaves_no_folder(file, capsys):
    assert main(["train", "digits.lamina", "--device", "cuda", "--run-dir", "run"]) == 2

    assert capsys.readouterr().err == (
        "lamina: No CUDA graphics card can be used on this computer. Choose the device cpu or auto.\n"
    )
    assert not (file.parent / "run").exists()


def test_a_run_goes_on_in_its_own_folder(file, capsys):
    main(["train", "digits.lamina", "--epochs", "1", "--run-dir", "run"])
    capsys.readouterr()
    arguments = ["train", "digits.lamina", "--epochs", "2", "--run-dir", "run", "--resume", "run"]

    assert main(arguments) == 0

    assert capsys.readouterr().out.splitlines()[1].startswith("Epoch 2 of 2: ")


def test_ctrl_c_stops_after_the_step_and_keeps_what_was_learned(file, capsys, monkeypatch):
    """The signal is raised here when the second epoch ends, as the terminal would send it."""
    from studio.terminal import watching

    def press_once(watcher, event):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(watching.Watcher, "take", press_once)
    before = signal.getsignal(signal.SIGINT)  # a shell that works in the background ignores it

    assert main(["train", "digits.lamina", "--epochs", "1000", "--run-dir", "run"]) == 130

    shown = capsys.readouterr()
    words = (
        r"Stopped after \d+ epochs and (\d+) steps in (?:\d+ s|less than a second); "
        r"what was learned is kept\. The best was epoch \d+\.\n"
    )
    stopped = re.match(words, shown.out)
    assert stopped is not None
    assert 80 <= int(stopped[1]) < 1000
    assert shown.err == "\nStopping after this step; once more leaves at once.\n"
    assert main(["evaluate", "run"]) == 0
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def run(file, capsys):
    """The folder of a run of three epochs."""
    main(["train", "digits.lamina", "--epochs", "3", "--run-dir", "run"])
    capsys.readouterr()
    return file.parent / "run"


def test_a_run_is_evaluated_to_the_same_numbers(run, capsys):
    ended = [from_json(line) for line in (run / "events.jsonl").read_text().splitlines()]
    told = next(each for each in ended if isinstance(each, Evaluated))

    assert main(["evaluate", "run", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assessment = found.pop("assessment")
    assert from_json(json.dumps(found)) == told
    assert assessment["measures"]["accuracy"] == pytest.approx(told.values["test_accuracy"])


def test_evaluation_says_what_its_numbers_mean(run, capsys):
    assert main(["evaluate", "run", "--split", "val"]) == 0

    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("Validation accuracy ")
    assert second.startswith("Of 270 samples of the validation part, it named the right class for ")


def test_predictions_for_a_part_agree_with_its_accuracy(run, capsys):
    main(["evaluate", "run", "--json"])
    accuracy = json.loads(capsys.readouterr().out)["values"]["test_accuracy"]

    assert main(["predict", "run", "--split", "test", "--json"]) == 0

    answers = json.loads(capsys.readouterr().out)
    right = sum(each["outputs"]["output"] == each["target"]["output"] for each in answers)
    assert right / len(answers) == pytest.approx(accuracy)
    assert all(0.1 <= each["probability"]["output"] <= 1 for each in answers)


def test_predictions_for_images_need_no_data(run, capsys, tmp_path):
    for name in ("a.png", "b.png"):
        Image.new("L", (16, 16)).save(tmp_path / name)

    assert main(["predict", "run", "a.png", "b.png"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["a.png", "b.png"]
    assert all(line.endswith("%)") for line in lines)


def test_predictions_as_a_table(run, capsys):
    assert main(["predict", "run", "--split", "val", "--csv"]) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 270
    assert list(rows[0]) == ["sample", "output", "output probability", "output target"]
    assert {row["output"] for row in rows} <= set("0123456789")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.png"], "There is no file gone.png."),
        (
            ["digits.lamina"],
            "digits.lamina cannot be read as an image. Use a PNG or JPEG image in its place.",
        ),
    ],
)
def test_files_that_cannot_be_predicted_are_named(arguments, message, run, capsys):
    assert main(["predict", "run", *arguments]) == 2

    assert capsys.readouterr().err == f"lamina: {message}\n"


def test_numbers_are_predicted_in_the_unit_of_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.lamina").write_bytes((EXAMPLES / "diabetes_regression.lamina").read_bytes())
    main(["train", "d.lamina", "--epochs", "5", "--run-dir", "run"])
    capsys.readouterr()

    assert main(["predict", "run", "--split", "test", "--json"]) == 0

    answers = json.loads(capsys.readouterr().out)
    assert all(25 <= each["target"]["output"] <= 346 for each in answers)
    assert 80 < sum(each["outputs"]["output"] for each in answers) / len(answers) < 220


def test_a_table_is_trained_and_asked(tmp_path, monkeypatch, capsys):
    """From a CSV file beside the document to answers for new rows, as a person does it."""
    monkeypatch.chdir(tmp_path)
    rows = (
        f"{x},{'red' if x % 2 else 'blue'},{'high' if x > 60 else 'low'}" for x in range(0, 120, 3)
    )
    (tmp_path / "points.csv").write_text("\n".join(("x,color,level", *rows)))
    text = (EXAMPLES / "iris_classifier.lamina").read_text()
    for old, new in {
        '"Iris", "params": {"split": [0.6, 0.2, 0.2]}': '"CSVFile", "params": {"path": "points.csv"}',
        "iris.label": "iris.level",
        '"out_features": 3': '"out_features": 2',
    }.items():
        text = text.replace(old, new)
    (tmp_path / "points.lamina").write_text(text)

    assert main(["train", "points.lamina", "--run-dir", "run"]) == 0
    capsys.readouterr()
    (tmp_path / "points.csv").unlink()
    (tmp_path / "new.csv").write_text("color,x\nred,3\nblue,110\n")
    assert main(["predict", "run", "new.csv"]) == 0

    answers = [line.partition(" (")[0] for line in capsys.readouterr().out.splitlines()]
    assert answers == ["new.csv row 2: low", "new.csv row 3: high"]


def test_a_table_that_cannot_be_read_is_a_mistake_of_the_call(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (EXAMPLES / "iris_classifier.lamina").read_text()
    old = '"Iris", "params": {"split": [0.6, 0.2, 0.2]}'
    (tmp_path / "points.lamina").write_text(
        text.replace(old, '"CSVFile", "params": {"path": "points.csv"}')
    )

    assert main(["train", "points.lamina", "--run-dir", "run"]) == 2

    where = tmp_path / "points.csv"
    assert capsys.readouterr().err == (
        f"lamina: Iris (CSV file) cannot be read: There is no file {where}. Choose the CSV file again.\n"
    )
