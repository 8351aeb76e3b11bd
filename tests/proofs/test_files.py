"""Documents written by hand: each checks clean, equals a module written by hand, trains, and is saved as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from graphs.check import check
from graphs.compile import build
from graphs.document import dumps, load
from graphs.summary import summary
from studio.cli import main
from tests.proofs import by_hand

if TYPE_CHECKING:
    from torch import nn

FOLDER = Path(__file__).parent / "files"
FILES = sorted(FOLDER.glob("*.lamina"))

PAIRS = {
    "resnet18": (lambda: by_hand.ResNet18(1000), {"value": (2, 3, 224, 224)}, 11_689_512),
    "resnet18_small": (lambda: by_hand.ResNet18(10), {"value": (2, 3, 64, 64)}, 11_181_642),
    "siamese": (by_hand.Siamese, {"image1": (5, 1, 8, 8), "image2": (5, 1, 8, 8)}, 8_450),
    "gan_ring": (by_hand.Gan, {"point": (5, 2)}, 34_947),
    "gpt": (lambda: by_hand.Gpt(28), {"text": (5, 64)}, 205_952),
    "diffusion_ring": (by_hand.Diffusion, {"point": (5, 2)}, 75_266),
    "vae": (by_hand.Vae, {"image": (5, 1, 8, 8)}, 8_772),
    "cell": (by_hand.Recurrent, {"sequence": (5, 32, 1)}, 321),
    "distillation": (by_hand.Distilled, {"image": (5, 1, 8, 8)}, 20_420),
    "image_and_table": (by_hand.ImageAndTable, {"image": (5, 1, 8, 8), "value": (5, 6)}, 3_106),
}

LONG = {"gpt", "resnet18_small"}
TRAINED = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in LONG else [])
    for path in FILES
    if path.stem != "resnet18"  # 224 px: minutes on a processor
]


def copied(by_hand_: nn.Module, keys: list[str]) -> dict[str, torch.Tensor]:
    """The weights of the hand-written module under the keys of the document, both in their order."""
    return dict(zip(keys, by_hand_.state_dict().values(), strict=True))


def test_every_file_has_a_pair():
    assert {path.stem for path in FILES} == set(PAIRS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_checks_clean_and_saves_to_the_same_bytes(path):
    document = load(path)

    assert check(document).problems == ()
    assert dumps(document) == path.read_bytes()


@pytest.mark.parametrize("name", PAIRS)
def test_a_file_equals_the_module_written_by_hand(name):
    write, shapes, count = PAIRS[name]
    document = load(FOLDER / f"{name}.lamina")
    torch.manual_seed(1)
    theirs = write().eval()
    ours = build(document).eval()
    columns = {
        port: torch.randint(28, shape) if port == "text" else torch.randn(shape)
        for port, shape in shapes.items()
    }

    ours.load_state_dict(copied(theirs, list(ours.state_dict())))

    torch.manual_seed(2)
    found = ours(columns)
    torch.manual_seed(2)
    wanted = theirs(*columns.values())
    assert found.keys() == wanted.keys()
    for output in wanted:
        torch.testing.assert_close(found[output], wanted[output], rtol=1e-5, atol=1e-5)
    assert sum(each.numel() for each in ours.parameters()) == count
    assert sum(each.numel() for each in theirs.parameters()) == count
    assert summary(check(document))["parameters"] == count


@pytest.mark.parametrize("path", TRAINED)
def test_a_file_trains_and_is_kept_as_it_was(path, tmp_path, capsys):
    run = tmp_path / "run"

    code = main(["train", str(path), "--epochs", "1", "--device", "cpu", "--run-dir", str(run)])

    assert code == 0, capsys.readouterr().err
    assert (run / "last.safetensors").exists()
    assert main(["evaluate", str(run)]) == 0
    assert main(["predict", str(run), "--split", "test"]) == 0
    assert load(run / "document.lamina").networks == load(path).networks


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_can_be_shown(path, tmp_path):
    assert main(["show", str(path), "-o", str(tmp_path / "graph.svg")]) == 0


def test_the_scanned_cell_equals_the_recurrent_layer_of_torch():
    network = build(load(FOLDER / "cell.lamina"))
    rnn = torch.nn.RNN(1, 16, batch_first=True)
    state = network.state_dict()
    for ours, theirs in (("from_input", "ih_l0"), ("from_state", "hh_l0")):
        for kind in ("weight", "bias"):
            state[f"rnn.{ours}.{kind}"] = getattr(rnn, f"{kind}_{theirs}").data
    network.load_state_dict(state)
    sequence = torch.randn(5, 32, 1)

    every, _ = rnn(sequence)

    torch.testing.assert_close(network({"sequence": sequence})["every"], every)
