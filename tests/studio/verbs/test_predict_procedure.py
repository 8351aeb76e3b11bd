"""`lamina predict --procedure`: what a document says to do with its network, from the command line."""

from __future__ import annotations

import pytest

from lightning_modules.job import Job
from lightning_modules.run import train
from studio.cli import main
from tests.documents import writer


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("write")
    train(Job(writer(), folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


def test_the_command_line_writes(run, capsys):
    assert (
        main(["predict", str(run), "--procedure", "write", "--start", "the ", "--seed", "3"]) == 0
    )

    assert capsys.readouterr().out.startswith("the ")


def test_the_command_line_refuses_a_procedure_with_files(run, capsys):
    assert main(["predict", str(run), "--procedure", "write", "--split", "test"]) == 2

    assert capsys.readouterr().err == (
        "lamina: A procedure takes no files and no --split: give it --start instead.\n"
    )


def test_the_command_line_refuses_no_steps(run, capsys):
    assert main(["predict", str(run), "--procedure", "write", "--steps", "0"]) == 2

    assert capsys.readouterr().err == "lamina: --steps must be at least 1, but is 0.\n"
