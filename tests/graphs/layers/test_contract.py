"""Every layer keeps its word: what it says of shapes, weights and FLOPs is what torch does."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, note
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from graphs.layer import LAYERS, DataLayer, Layer, call, infer
from graphs.shapes import missing_ports
from graphs.size import Symbolic, value
from graphs.spec import SCALAR, Mismatch, Spec
from tests.graphs.layers import (  # noqa: F401 - they fill INPUTS
    cases_of_branches,
    cases_of_ends,
    cases_of_images,
)
from tests.graphs.layers.cases import INPUTS, Inputs, layers_of, specs_of_all_kinds

pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")

BATCH = 3
DTYPES = {"float32": torch.float32, "int64": torch.int64, "bool": torch.bool}
BUILT = sorted(each for each, cls in LAYERS.items() if not issubclass(cls, DataLayer))
UNCOUNTED = {
    "Bilinear": "its kernel is one of a kind, which the counter does not know",
    "Einsum": "where a size is 1, torch takes ways without a matrix product",
}
COMPUTED = [each for each in BUILT if LAYERS[each].info.role in ("layer", "loss", "output")]


def a_tensor(spec: Spec) -> Tensor:
    """Numbers that a tensor of this Spec could hold, for a batch."""
    shape = (BATCH, *(value(size, {}) for size in spec.sizes))
    if spec.kind == "probability":
        return torch.rand(shape)
    if spec.dtype == "float32":
        return torch.randn(shape)
    if spec.dtype == "bool":
        return torch.zeros(shape, dtype=torch.bool)
    return torch.randint(0, spec.of or 1, shape)


def built(layer: Layer, inputs: Inputs) -> nn.Module:
    return call(layer, layer.build, inputs)


def run(module: nn.Module, layer: Layer, inputs: Inputs) -> tuple[Tensor, ...]:
    """What the module gives, ports in order, optional ones that are not wired as None."""
    tensors = {port: a_tensor(spec) for port, spec in inputs.items()}
    ports = layer.info.inputs
    row: list[Any] = (
        list(tensors.values())
        if ports and ports[0].many
        else [tensors.get(each.name) for each in ports]
    )
    result = module(*row)
    return result if isinstance(result, tuple) else (result,)


def a_case(type_id: str) -> st.SearchStrategy[tuple[Layer, Inputs]]:
    return layers_of(type_id).flatmap(
        lambda layer: st.tuples(st.just(layer), INPUTS[type_id](layer))
    )


def accepted(layer: Layer, inputs: Inputs) -> dict[str, Spec] | None:
    try:
        return infer(layer, inputs)
    except Mismatch as mismatch:
        note(f"refused: {mismatch}")
        return None


def accepted_or_why(layer: Layer, inputs: Inputs) -> str:
    try:
        infer(layer, inputs)
    except Mismatch as mismatch:
        return mismatch.message
    return ""


def test_every_layer_has_cases():
    assert set(INPUTS) == set(LAYERS)


@pytest.mark.parametrize("type_id", COMPUTED)
@given(data=st.data())
def test_shapes_and_types_are_those_that_torch_computes(type_id, data):
    layer, inputs = data.draw(a_case(type_id))
    promised = accepted(layer, inputs)
    if promised is None:
        return

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        outputs = run(built(layer, inputs), layer, inputs)

    assert tuple(promised) == layer.outputs()
    for spec, output in zip(promised.values(), outputs, strict=True):
        batch = (BATCH,) if spec.batched else ()
        assert tuple(output.shape) == (*batch, *spec.sizes)
        assert output.dtype == DTYPES[spec.dtype]


@pytest.mark.parametrize("type_id", BUILT)
@given(data=st.data())
def test_weights_are_those_of_the_module(type_id, data):
    layer, inputs = data.draw(a_case(type_id))
    if accepted(layer, inputs) is None:
        return

    promised = call(layer, layer.weights, inputs)

    module = built(layer, inputs)
    real = {name: tuple(weight.shape) for name, weight in module.named_parameters()}
    assert dict(promised) == real
    if LAYERS[type_id].info.role != "metric":
        assert set(promised) <= set(module.state_dict())


@pytest.mark.parametrize(
    "type_id",
    [each for each in BUILT if LAYERS[each].info.role == "layer" and each not in UNCOUNTED],
)
@given(data=st.data())
def test_flops_are_those_that_torch_counts(type_id, data):
    layer, inputs = data.draw(a_case(type_id))
    if accepted(layer, inputs) is None:
        return
    module = built(layer, inputs)

    # Fused kernels are no matrix products to the counter: the same mathematics without them.
    with (
        torch.backends.mkldnn.flags(enabled=False),
        sdpa_kernel(SDPBackend.MATH),
        FlopCounterMode(display=False) as counter,
    ):
        run(module.train(), layer, inputs)

    assert call(layer, layer.flops, inputs) * BATCH == counter.get_total_flops()


@pytest.mark.parametrize("type_id", sorted(LAYERS))
@given(data=st.data())
def test_inputs_of_any_kind_are_taken_or_refused_in_words(type_id, data):
    layer = data.draw(layers_of(type_id))
    ports = [f"{each.name}.0" if each.many else each.name for each in layer.info.inputs]
    if layer.info.inputs and layer.info.inputs[0].many:
        ports.append(f"{layer.info.inputs[0].name}.1")
    inputs = {port: data.draw(specs_of_all_kinds()) for port in ports if data.draw(st.booleans())}
    if missing_ports(layer, inputs):
        return

    try:
        outputs = infer(layer, inputs)
    except Mismatch as mismatch:
        assert mismatch.message.endswith("."), mismatch.message
        assert mismatch.port in ("", *inputs)
        assert all(hint.port in ("", *inputs) for hint in mismatch.hints)
    else:
        call(layer, layer.weights, inputs)
        assert isinstance(call(layer, layer.flops, inputs), int | Symbolic)
        assert tuple(outputs) == layer.outputs()


@pytest.mark.parametrize("type_id", sorted(LAYERS))
@given(data=st.data())
def test_a_proposed_setting_is_one_that_the_layer_takes_and_mends_what_it_is_for(type_id, data):
    layer, inputs = data.draw(a_case(type_id))
    try:
        infer(layer, inputs)
    except Mismatch as mismatch:
        for hint in mismatch.hints:
            if hint.action == "before":
                assert dict(hint.params)["size"] > min(inputs[mismatch.port].sizes)
                continue
            params = (LAYERS[hint.layer] if hint.layer else type(layer)).info.params
            for name, proposed in hint.params:
                assert params[name].read(proposed) == proposed
            if hint.action == "set":
                mended = accepted_or_why(replace(layer, **dict(hint.params)), inputs)
                assert mended != mismatch.message


@pytest.mark.parametrize("type_id", sorted(LAYERS))
def test_its_words_are_there(type_id):
    info = LAYERS[type_id].info

    assert info.doc.endswith((".", ")"))
    assert len(info.help) > 40
    assert all(word == word.strip() and word for word in info.also)
    for param in info.params.values():
        assert param.doc.endswith(".")
        assert param.read(param.default) == param.default
    if info.role in ("layer", "loss", "metric"):
        assert "Source: " in info.help


@pytest.mark.parametrize(
    "type_id", [each for each in BUILT if LAYERS[each].info.role in ("loss", "metric")]
)
@given(data=st.data())
def test_losses_and_metrics_end_in_one_number(type_id, data):
    layer, inputs = data.draw(a_case(type_id))
    if accepted(layer, inputs) is None:
        return
    assert infer(layer, inputs) == {"output": SCALAR}

    module = built(layer, inputs)
    result = run(module, layer, inputs)[0]
    if layer.info.role == "metric":
        result = module.compute()

    assert result.shape == ()
    assert result.dtype == torch.float32
