"""`lamina predict` of a network whose weights ran away says that its answers are no numbers."""

from __future__ import annotations

import json

import pytest

from lightning_modules.checkpoint import read_tensors, write_checkpoint
from studio.cli import main
from tests.documents import digits_mlp
from tests.trained import trained


@pytest.fixture(scope="module")
def run_away(tmp_path_factory):
    """The folder of a run whose weights were then multiplied until scores are infinite."""
    folder = trained(digits_mlp(), tmp_path_factory.mktemp("wild")).run_dir
    weights = {key: each * 1e30 for key, each in read_tensors(folder, "best").items()}
    write_checkpoint(folder, "best", {"epoch": 1, "step": 20, "values": {}}, weights=weights)
    return str(folder)


def test_a_line_says_that_an_answer_is_no_number(run_away, capsys):
    assert main(["predict", run_away, "--split", "test"]) == 0

    assert capsys.readouterr().out.splitlines()[0] == "test 1: not a number, target 2"


def test_json_has_null_where_there_is_no_number(run_away, capsys):
    assert main(["predict", run_away, "--split", "test", "--json"]) == 0

    first = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)[0]
    assert first == {
        "sample": "test 1",
        "outputs": {"logits": None},
        "probability": {"logits": None},
        "target": {"logits": "2"},
    }


def test_an_evaluation_is_refused_with_the_reason(run_away, capsys):
    assert main(["evaluate", run_away]) == 2

    assert capsys.readouterr().err == (
        'lamina: The network gives scores on the part "test" that are no finite numbers, so they name no class: its '
        "weights ran away while it learned. Train it again with a smaller learning rate.\n"
    )
