"""Every layer says how it stands in Python source, and that source computes what the layer computes."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from graphs.codegen import network_source
from graphs.graph import FACE_IN, FACE_OUT, End, Face, Graph, Node, Wire
from graphs.layer import LAYERS
from graphs.spec import Axis, Spec
from graphs.torch_signatures import REQUIRED, SIGNATURES
from tests.graphs.layers import cases_of_branches, cases_of_images  # noqa: F401 - they fill INPUTS
from tests.graphs.layers.test_contract import a_case, a_tensor, accepted, built
from tests.graphs.written import complaints, imported

WRITTEN = sorted(each for each, cls in LAYERS.items() if cls.info.role in ("layer", "loss"))


def alone(layer: Any, inputs: dict[str, Any]) -> Graph:
    """A network of this layer alone, wired to its face."""
    ports = {port: port.replace(".", "_") for port in inputs}
    params = {name: getattr(layer, name) for name in layer.info.params}
    wires = [Wire(End(FACE_IN, face), End("it", port)) for port, face in ports.items()]
    wires += [Wire(End("it", port), End(FACE_OUT, port)) for port in layer.outputs()]
    face = Face(tuple(ports.values()), tuple(layer.outputs()))
    return Graph({"it": Node("it", layer.info.type, params)}, tuple(wires), face)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all sources, told apart by name: a new folder for each would be numbered by looking at all before."""
    return tmp_path_factory.mktemp("code")


@pytest.mark.parametrize("type_id", WRITTEN)
@given(data=st.data())
def test_written_layers_compute_what_built_ones_do(type_id, data, folder):
    layer, inputs = data.draw(a_case(type_id))
    if type_id == "Switch" or accepted(layer, inputs) is None:
        return
    graph = alone(layer, inputs)
    text = network_source(graph, {port.replace(".", "_"): spec for port, spec in inputs.items()})

    made = imported(text.text, folder)
    written = getattr(made, text.name)()
    module = built(layer, inputs)
    written.load_state_dict({f"it.{key}": value for key, value in module.state_dict().items()})
    tensors = {port: a_tensor(spec) for port, spec in inputs.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = [run(one, layer, tensors) for one in (module, written)]

    for expected, got in zip(*results, strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-6, atol=1e-6, equal_nan=True)


def run(
    module: nn.Module, layer: Any, tensors: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """What a module gives, with the same random numbers each time."""
    torch.manual_seed(0)
    row: list[Any] = list(tensors.values())
    ports = layer.info.inputs
    if type(module).__module__.startswith("graphs") or type(module).__module__.startswith("torch"):
        row = row if ports[0].many else [tensors.get(each.name) for each in ports]
    result = module(*row)
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("type_id", [each for each in WRITTEN if each != "Switch"])
@given(data=st.data())
@settings(deadline=None, max_examples=2)
def test_written_layers_are_as_ruff_would_write_them(type_id, data, folder):
    layer, inputs = data.draw(a_case(type_id))
    if accepted(layer, inputs) is None:
        return
    face = {port.replace(".", "_"): spec for port, spec in inputs.items()}
    (folder / "alone").mkdir(exist_ok=True)

    text = network_source(alone(layer, inputs), face).text

    assert complaints(text, folder / "alone") == ""


def test_an_attention_too_long_for_one_line_is_unpacked(folder):
    layer = LAYERS["MultiheadAttention"](num_heads=4)
    inputs = {
        "query": Spec((Axis("T", 1), Axis("E", 4))),
        "key_padding_mask": Spec((Axis("T", 1),), dtype="bool", kind="mask"),
    }
    (folder / "attention").mkdir()

    text = network_source(alone(layer, inputs), inputs).text

    assert "        output, _ = self.it(\n" in text
    assert text.endswith("        return output\n")
    assert complaints(text, folder / "attention") == ""


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_the_defaults_that_code_leaves_out_are_those_of_torch(name):
    real = inspect.signature(getattr(nn, name)).parameters
    if name in ("RNN", "GRU", "LSTM"):  # torch takes any arguments there and sorts them out
        real = inspect.signature(nn.RNNBase).parameters

    for each, default in SIGNATURES[name].items():
        if each not in real:
            assert name in ("RNN", "GRU", "LSTM", "Tanh")
            continue
        there = real[each].default
        there = there.__name__ if callable(there) and not isinstance(there, type) else there
        assert (REQUIRED if there is inspect.Parameter.empty else there) == default


def test_only_what_differs_from_torch_is_written():
    layer = LAYERS["Conv2d"](out_channels=8, stride=(2, 2))
    image = Spec((Axis("C", 3), Axis("H", 9), Axis("W", 9)))

    text = network_source(alone(layer, {"input": image}), {"input": image}).text

    assert "self.it = nn.Conv2d(3, 8, 3, stride=2)\n" in text
    assert "return self.it(input)  # (B, 8, 4, 4)\n" in text
