"""`lamina runs`: what it prints of runs, and where it finds them."""

import json

import pytest

from lightning_modules.run_label import RunLabel, write_label
from studio.cli import main
from tests.recorded_runs import COMPLETED, FAILED, digits, record_run, with_rate


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Two runs of digits.lamina, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits.lamina").touch()
    place = tmp_path / "digits.runs"
    record_run(place / "2026-11-21_10-00-00", outcome=COMPLETED)
    record_run(place / "2026-11-21_11-00-00", with_rate(digits(), 0.5), outcome=FAILED)
    return place


def test_each_run_has_a_line_with_its_score_and_what_differs(place, capsys):
    write_label(place / "2026-11-21_10-00-00", RunLabel("Plain"))

    assert main(["runs"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "RUN                                      STATE     VALIDATION  TEST    TOOK  DIFFERS IN",
        "digits.runs/2026-11-21_11-00-00          Failed    90.0 %      –       6 s   Learning rate 0.5",
        "digits.runs/2026-11-21_10-00-00 (Plain)  Finished  90.0 %      85.0 %  8 s   Learning rate 0.001",
    ]


@pytest.mark.parametrize("where", ["digits.lamina", "digits.runs"])
def test_a_file_and_a_folder_name_the_same_runs_as_json(place, where, capsys):
    assert main(["runs", where, "--json"]) == 0

    newest, oldest = json.loads(capsys.readouterr().out)
    assert (newest["state"], newest["reason"]) == ("failed", "The loss is not a number at step 9.")
    assert oldest["test"] == {"name": "test_accuracy", "value": pytest.approx(0.85)}
    assert (newest["settings"]["learn.lr"], oldest["settings"]["learn.lr"]) == ("0.5", "0.001")


def test_where_no_runs_are_it_says_how_to_make_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert main(["runs"]) == 0
    assert main(["runs", "--json"]) == 0

    assert capsys.readouterr().out == (
        "There are no runs in this folder. `lamina train FILE` makes one.\n[]\n"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("gone", "There is no folder gone. Give a folder of runs or a .lamina file."),
        ("gone.lamina", "There is no file gone.lamina."),
    ],
)
def test_a_place_that_is_not_there_is_named(given, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert main(["runs", given]) == 2

    assert capsys.readouterr().err == f"lamina: {sentence}\n"
