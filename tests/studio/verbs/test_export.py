"""`lamina export`: documents and runs as plain PyTorch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from graphs.compile import build
from graphs.document import load, save
from lightning_modules.checkpoint import BEST, write_checkpoint
from lightning_modules.run_folder import DOCUMENT, RECORD
from studio.cli import main
from tests.blocks import file
from tests.graphs.written import imported

EXAMPLE = Path(__file__).parents[3] / "resources" / "examples" / "digits_mlp.lamina"


def test_a_file_becomes_source_that_can_be_imported(tmp_path, capsys):
    out = tmp_path / "digits.py"

    code = main(["export", str(EXAMPLE), "--to", "python", str(out)])

    assert code == 0
    assert capsys.readouterr().out == f"{out} is Digits MLP as PyTorch.\n"
    module = imported(out.read_text(encoding="utf-8"), tmp_path).DigitsMLP()
    assert module(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_a_run_becomes_source_with_its_weights_beside_it(tmp_path, capsys):
    document = load(EXAMPLE)
    network = build(document)
    folder = tmp_path / "run"
    folder.mkdir()
    save(document, folder / DOCUMENT)
    (folder / RECORD).write_text('{"state": "completed"}', encoding="utf-8")
    write_checkpoint(folder, BEST, {}, weights=network.state_dict())
    out = tmp_path / "digits.py"

    code = main(["export", str(folder), "--to", "python", str(out)])

    assert code == 0
    assert capsys.readouterr().out == (
        f"{out} is the run as PyTorch, and digits.safetensors beside it holds what it learned.\n"
        'Load it with model.load_state_dict(safetensors.torch.load_file("digits.safetensors")).\n'
    )
    module = imported(out.read_text(encoding="utf-8"), tmp_path).DigitsMLP().eval()
    module.load_state_dict(load_file(tmp_path / "digits.safetensors"), strict=True)
    image = torch.randn(3, 1, 8, 8)
    expected = network.eval()({"image": image})["output"]
    torch.testing.assert_close(module(image), expected, rtol=1e-6, atol=1e-6)


def test_a_name_that_is_not_pythons_is_refused(tmp_path, capsys):
    code = main(["export", str(EXAMPLE), "--to", "python", str(tmp_path / "digits.txt")])

    assert code == 2
    assert "Python is written as .py, but its name is digits.txt." in capsys.readouterr().err


def test_a_file_with_problems_is_refused_with_their_sentence(tmp_path, capsys):
    file = tmp_path / "empty.lamina"
    shutil.copy(EXAMPLE, file)
    file.write_text('{"lamina": 1, "networks": {"main": {"nodes": {}, "wires": []}}}')

    code = main(["export", str(file), "--to", "python", str(tmp_path / "empty.py")])

    assert code == 2
    sentence = "The network has no output and no loss, so there is no code to write. Add an Output."
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "empty.py").exists()


@pytest.mark.parametrize("name", ["nowhere/digits.py"])
def test_a_place_that_is_not_there_is_said(tmp_path, capsys, name):
    code = main(["export", str(EXAMPLE), "--to", "python", str(tmp_path / name)])

    assert code == 2
    assert "cannot be written: no such file or directory." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("muted", "why"),
    [
        (False, "The network has no output, and its loss stands inside Judge"),
        (True, "The network has no output and no loss that is wired and not muted"),
    ],
)
def test_a_loss_that_gives_no_result_outside_is_called_what_it_is(tmp_path, capsys, muted, why):
    judge = {
        "face": {"inputs": ["scores", "label"], "outputs": []},
        "nodes": {"loss": {"layer": "CrossEntropyLoss"}},
        "wires": ["in.scores -> loss.logits", "in.label -> loss.target"],
    }
    inside = {"layer": "CrossEntropyLoss", "muted": True} if muted else {"network": "judge"}
    score, label = ("logits", "target") if muted else ("scores", "label")
    main_network = {
        "nodes": {
            "iris": {"layer": "Iris"},
            "scores": {"layer": "Linear", "params": {"out_features": 3}},
            "judge": inside,
        },
        "wires": [
            "iris.features -> scores.input",
            f"scores.output -> judge.{score}",
            f"iris.label -> judge.{label}",
        ],
    }
    path = tmp_path / "judged.lamina"
    save(file({"main": main_network, **({} if muted else {"judge": judge})}), path)

    code = main(["export", str(path), "--to", "python", str(tmp_path / "judged.py")])

    assert code == 2
    shown = capsys.readouterr().err
    assert f"{why}, so there is no code to write. Add an Output." in shown
