"""The weights that are known without torch are those of the network that torch builds."""

from pathlib import Path

import pytest
from torch.nn.modules.batchnorm import _NormBase

from graphs.compile import build
from graphs.content import Objective
from graphs.document import load
from graphs.graph import Marks
from graphs.held_weights import held_weights
from graphs.planting import public_key
from resources.templates import EXAMPLES
from tests.documents import digits_cnn, digits_mlp, document, node

PROOFS = Path(__file__).parents[1] / "proofs" / "files"
BIG = {"resnet18"}  # its sibling for ten classes has the same keys
ALL = sorted((*EXAMPLES.glob("*.lamina"), *PROOFS.glob("*.lamina")))
FILES = [path for path in ALL if path.stem not in BIG]


def trained(network):
    """Shapes by key of what training changes: each parameter once, and what norms keep."""
    state = network.state_dict()
    statistics = {
        public_key(network, f"{path}.{name}")
        for path, module in network.named_modules()
        if isinstance(module, _NormBase)
        for name, _ in module.named_buffers(recurse=False)
    }
    owned = {public_key(network, name) for name, _ in network.named_parameters()}
    return {key: tuple(each.shape) for key, each in state.items() if key in owned | statistics}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_keys_and_shapes_are_those_that_torch_has(path):
    described = load(path)

    held = held_weights(described)

    assert {key: each.shape for key, each in held.items()} == trained(build(described))


def test_running_statistics_of_norms_are_held_with_their_weights():
    held = held_weights(digits_cnn())

    assert {each.weight: each.shape for each in held.values() if each.owner == "norm"} == {
        "weight": (6,),
        "bias": (6,),
        "running_mean": (6,),
        "running_var": (6,),
        "num_batches_tracked": (),
    }
    assert held["norm.weight"].title == "Norm"


def test_a_tied_weight_is_held_where_it_is_tied_to():
    described = document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "first": node("Linear", out_features=64),
            "second": node("Linear", Marks(tie={"weight": "first.weight"}), out_features=64),
            "scores": node("Linear", out_features=10),
            "loss": "CrossEntropyLoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> first.input",
            "first.output -> second.input",
            "second.output -> scores.input",
            "scores.output -> loss.logits",
            "digits.label -> loss.target",
        ],
        (Objective(),),
    )

    held = held_weights(described)

    assert [*held] == [
        "first.weight",
        "first.bias",
        "second.bias",
        "scores.weight",
        "scores.bias",
    ]


def test_class_weights_of_a_loss_are_no_weights():
    described = digits_mlp()
    nodes = dict(described.main.nodes)
    nodes["loss"] = nodes["loss"].with_params(weight=[1.0] * 10)
    weighted = described.with_graph(type(described.main)(nodes, described.main.wires))

    held = held_weights(weighted)

    assert "loss.weight" in build(weighted).state_dict()
    assert "loss.weight" not in held
