"""`lamina evaluate` and `predict` print all numbers and write the same into files."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from studio.cli import main
from studio.verbs.evaluate import _measured
from tests.documents import diabetes_line, digits_mlp
from tests.trained import trained


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return trained(digits_mlp(), tmp_path_factory.mktemp("digits"), epochs=2).run_dir


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory):
    return trained(diabetes_line(), tmp_path_factory.mktemp("diabetes"), epochs=2).run_dir


def test_the_scores_of_each_class_stand_below_the_sentence(digits, capsys):
    assert main(["evaluate", str(digits)]) == 0

    lines = capsys.readouterr().out.splitlines()
    heading = next(index for index, line in enumerate(lines) if line.startswith("Class"))
    assert lines[heading].split() == [
        "Class",
        "Precision",
        "Recall",
        "F1",
        "ROC",
        "area",
        "Avg.",
        "precision",
        "Samples",
    ]
    assert [line.split()[0] for line in lines[heading + 1 :]] == list("0123456789")
    assert any(line.startswith("Area under ROC") for line in lines)


def test_json_holds_what_the_predictions_amount_to(digits, capsys):
    main(["predict", str(digits), "--split", "test", "--json"])
    answers = json.loads(capsys.readouterr().out)

    assert main(["evaluate", str(digits), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)["assessment"]
    truth = [each["target"]["logits"] for each in answers]
    guess = [each["outputs"]["logits"] for each in answers]
    wanted = f1_score(truth, guess, average=None)
    assert [each["f1"] for each in found["by_class"]] == pytest.approx(wanted)
    chances = np.array([list(each["probabilities"]["logits"].values()) for each in answers])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert guess == [str(place) for place in chances.argmax(axis=1)]


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_the_same_numbers_are_written(suffix, digits, tmp_path, capsys):
    out = tmp_path / f"numbers{suffix}"
    main(["evaluate", str(digits), "--json"])
    whole = json.loads(capsys.readouterr().out)

    assert main(["evaluate", str(digits), "-o", str(out)]) == 0

    assert capsys.readouterr().out.endswith(f"{out} holds all numbers.\n")
    if suffix == ".json":
        assert json.loads(out.read_text()) == whole
        return
    rows = list(csv.reader(out.read_text().splitlines()))
    start = rows.index(["measure", "value"])
    ece = dict(rows[start + 1 : rows.index([], start)])["Calibration error (ECE)"]
    assert float(ece) == whole["assessment"]["measures"]["calibration_error"]
    first = rows[next(i for i, row in enumerate(rows) if row[:1] == ["class"]) + 1]
    assert float(first[1]) == whole["assessment"]["by_class"][0]["precision"]


def test_errors_of_numbers_are_printed(diabetes, capsys):
    assert main(["evaluate", str(diabetes)]) == 0

    words = capsys.readouterr().out
    assert "Root mean squared error" in words
    assert "Class" not in words


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_answers_are_written(suffix, digits, tmp_path, capsys):
    out = tmp_path / f"answers{suffix}"

    assert main(["predict", str(digits), "--split", "test", "-o", str(out)]) == 0

    assert capsys.readouterr().out == f"{out} holds 269 answers.\n"
    rows = (
        json.loads(out.read_text())
        if suffix == ".json"
        else list(csv.DictReader(out.read_text().splitlines()))
    )
    assert len(rows) == 269
    assert rows[0]["sample"] == "test 1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["evaluate"],
            "{out}.txt must end in .csv or .json, the forms that numbers are written in.",
        ),
        (
            ["predict", "--split", "test"],
            "{out}.txt must end in .csv or .json, the forms that answers are written in.",
        ),
    ],
)
def test_other_forms_are_refused(arguments, message, digits, tmp_path, capsys):
    verb, *more = arguments
    out = tmp_path / "x"

    assert main([verb, str(digits), *more, "-o", f"{out}.txt"]) == 2

    assert capsys.readouterr().err == f"lamina: {message.format(out=out)}\n"


@pytest.mark.parametrize("arguments", [["evaluate"], ["predict", "--split", "test"]])
def test_a_file_that_cannot_be_written_is_named(arguments, digits, tmp_path, capsys):
    verb, *more = arguments
    out = tmp_path / "gone" / "x.csv"

    assert main([verb, str(digits), *more, "-o", str(out)]) == 2

    assert capsys.readouterr().err == (
        f"lamina: {out} cannot be written: no such file or directory.\n"
    )


def test_of_many_classes_those_with_the_lowest_f1_are_shown():
    from lightning_modules.assessment import Assessment
    from lightning_modules.class_scores import ClassScore

    scores = tuple(ClassScore(f"c{i}", 1.0, 1.0, i / 100, 3) for i in range(40))

    lines = _measured(Assessment("test", "class", 120, {"accuracy": 0.5}, by_class=scores))

    assert lines[-2].startswith("c29 ")
    assert lines[-1] == "and 10 more with a higher F1; -o OUT.csv writes them all"
