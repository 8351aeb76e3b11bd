"""`lamina predict --procedure`: what a document says to do with its network, from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from graphs.document import load
from lightning_modules.job import Job
from lightning_modules.run import train
from studio.cli import main
from tests.documents import writer

PROOFS = Path(__file__).parents[2] / "proofs" / "files"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("write")
    train(Job(writer(), folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


@pytest.fixture(scope="module")
def vae(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vae")
    document = load(PROOFS / "vae.lamina")
    short = replace(document, run=replace(document.run, epochs=1))
    train(Job(short, folder, folder / "run"), lambda _event: None, lambda: False)
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


def test_it_writes_several_texts_into_a_file(run, tmp_path, capsys):
    texts, rows = tmp_path / "tales.txt", tmp_path / "tales.csv"
    asked = ["predict", str(run), "--procedure", "write", "--start", "a ", "--count", "2"]

    assert main([*asked, "--steps", "4", "-o", str(texts)]) == 0
    assert main([*asked, "--steps", "4", "-o", str(rows)]) == 0

    written = texts.read_text(encoding="utf-8")
    assert written.count("a ") >= 2
    assert rows.read_text(encoding="utf-8").startswith("start,text\na ,")
    assert capsys.readouterr().out == (
        f"{texts} holds what the procedure made.\n{rows} holds what the procedure made.\n"
    )


def test_it_prints_json(run, capsys):
    assert main(["predict", str(run), "--procedure", "write", "--steps", "3", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["procedure"], found["shape"]) == ("write", "text")
    assert [len(each) for each in found["made"]] == [3]


def test_it_writes_images_as_a_grid(vae, tmp_path, capsys):
    out = tmp_path / "digits.png"

    assert (
        main(["predict", str(vae), "--procedure", "sample", "--count", "10", "-o", str(out)]) == 0
    )

    with Image.open(out) as picture:
        assert picture.size == (8 * 9 - 1, 2 * 9 - 1)  # eight in a row, a pixel between
    assert capsys.readouterr().out == f"{out} holds what the procedure made.\n"


def test_a_way_stands_in_one_row_of_the_grid(vae, tmp_path):
    out = tmp_path / "walk.png"

    asked = ["predict", str(vae), "--procedure", "walk", "--count", "2", "--steps", "5"]
    assert main([*asked, "-o", str(out)]) == 0

    with Image.open(out) as picture:
        assert picture.size == (5 * 9 - 1, 2 * 9 - 1)


def test_of_images_it_says_how_many_there_are(vae, capsys):
    assert main(["predict", str(vae), "--procedure", "sample", "--count", "3"]) == 0

    assert capsys.readouterr().out == "3 images of 1 x 8 x 8; write them with -o NAME.png.\n"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--count", "0"], "--count must be at least 1, but is 0."),
        (["--count", "10001"], 'Procedure "write" can make 1 to 10,000 results at once, but is asked for 10001.'),
        (["--steps", "100001"], 'Procedure "write" must make 1 to 100,000 steps, but is to make 100001.'),
        (["--csv"], "A procedure prints no CSV: give a file such as -o results.csv."),
        (
            ["-o", "tale.gif"],
            "Results are written as .csv, .json, .png or .txt, but the name is tale.gif.",
        ),
        (["-o", "tale.png"], "A text is not written as .png; take .txt or .csv or .json for tale.png."),
        (["-o", "/nowhere/tale.txt"], "/nowhere/tale.txt cannot be written: no such file or directory."),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_procedure_in_vain_is_said(run, capsys, asked, sentence):
    assert main(["predict", str(run), "--procedure", "write", "--steps", "2", *asked]) == 2

    assert capsys.readouterr().err == f"lamina: {sentence}\n"


def test_images_are_not_written_as_a_text(vae, capsys):
    assert main(["predict", str(vae), "--procedure", "sample", "-o", "digits.txt"]) == 2

    assert capsys.readouterr().err == (
        "lamina: Images are not written as .txt; take .png or .json for digits.txt.\n"
    )


def test_a_start_is_for_what_writes(vae, capsys):
    assert main(["predict", str(vae), "--procedure", "sample", "--start", "seven"]) == 2

    assert capsys.readouterr().err == (
        'lamina: Procedure "sample" writes no text, so it cannot begin with one.\n'
    )


@pytest.mark.parametrize("option", ["start", "count", "steps", "seed"])
def test_options_of_procedures_need_one(run, capsys, option):
    assert main(["predict", str(run), "--split", "test", f"--{option}", "3"]) == 2

    assert capsys.readouterr().err == (
        f"lamina: --{option} only has a meaning with --procedure NAME.\n"
    )
