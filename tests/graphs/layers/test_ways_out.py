"""Where layers propose other layers before an input, these mend it; and what they say of changing lengths."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from graphs.layer import LAYERS, call, infer
from graphs.size import length, value
from graphs.spec import Mismatch, Spec
from tests.graphs.layers.words import spec, wired

T = length("T")

CASES = [
    ("Add", ("64", "32"), ["Linear"]),
    ("Add", ("7x6", "7x5"), ["Linear"]),
    ("Add", ("3x8x8", "16x8x8"), ["Conv2d"]),
    ("Multiply", ("3x8x8", "16x8x8"), ["Conv2d"]),
    ("Add", ("3x8x8", "3x8x4"), []),
    ("Add", ("3x8x8", "16x8x4"), []),
    ("Add", ("T", "6"), []),
    ("Subtract", ("64", "32"), ["Linear"]),
    ("CrossEntropyLoss", ("64", "label 10"), ["Linear"]),
    ("CrossEntropyLoss", ("5x64", "labels 5 of 10"), ["Linear"]),
    ("CrossEntropyLoss", ("1x10x1", "label 10"), ["Flatten"]),
    ("CrossEntropyLoss", ("3x8x8", "label 10"), ["Flatten", "Linear"]),
    ("CrossEntropyLoss", ("10", "labels 5 of 10"), []),
    ("CrossEntropyLoss", ("5x4", "labels 6"), []),
    ("Accuracy", ("64", "label 10"), ["Linear"]),
    ("Accuracy", ("10x1", "label 10"), ["Flatten"]),
    ("BCEWithLogitsLoss", ("2", "label 2"), ["Linear"]),
    ("MSELoss", ("5", "1"), ["Linear"]),
    ("MSELoss", ("", "1"), ["Reshape"]),
    ("MSELoss", ("1", ""), ["Reshape"]),
    ("MSELoss", ("2x3", "3x2"), ["Reshape"]),
    ("MSELoss", ("3x8x8", "1"), ["Flatten", "Linear"]),
    ("MSELoss", ("4x6", "24"), ["Flatten"]),
    ("MSELoss", ("3x8x8", "1x8x8"), []),
    ("BatchNorm1d", ("3x8x8",), ["Flatten"]),
    ("Divide", ("64", "32"), ["Linear"]),
    ("BCELoss", ("1", "label 2"), ["Sigmoid"]),
    ("NLLLoss", ("64", "label 10"), ["Linear"]),
    ("FocalLoss", ("3x8x8", "label 10"), ["Flatten", "Linear"]),
    ("DistillationLoss", ("64", "10"), ["Linear"]),
    ("CTCLoss", ("8x5", "tokens 3 of 9"), ["Linear"]),
    ("Recall", ("64", "label 10"), ["Linear"]),
    ("TransformerDecoderLayer", ("5x8", "6x4"), ["Linear"]),
    ("ScaledDotProductAttention", ("5x8", "6x4", "6x8"), ["Linear"]),
]


@pytest.mark.parametrize(("type_id", "inputs", "steps"), CASES)
def test_what_is_proposed_mends_it(type_id, inputs, steps):
    layer, standing = LAYERS[type_id](), wired(type_id, inputs)
    with pytest.raises(Mismatch) as caught:
        infer(layer, standing)

    proposed = {hint.layer: hint for hint in caught.value.hints if hint.action == "insert"}

    assert set(proposed) == set(steps)
    port = caught.value.port
    for step in steps:
        inserted = LAYERS[step](**dict(proposed[step].params))
        standing[port] = infer(inserted, {"input": standing[port]})["output"]
    assert not steps or infer(layer, standing)


def test_inputs_that_could_be_joined_along_another_axis_propose_it():
    layer = LAYERS["Concatenate"]()
    with pytest.raises(Mismatch) as caught:
        infer(layer, wired("Concatenate", ("3x8x8", "3x8x4")))

    params = dict(caught.value.hints[0].params)

    assert params == {"axis": 2}
    joined = infer(LAYERS["Concatenate"](**params), wired("Concatenate", ("3x8x8", "3x8x4")))
    assert joined["output"].sizes == (3, 8, 12)


def test_tokens_joined_stay_tokens():
    joined = infer(
        LAYERS["Concatenate"](), wired("Concatenate", ("tokens 5 of 9", "tokens 3 of 9"))
    )

    assert (joined["output"].kind, joined["output"].of, joined["output"].sizes) == (
        "token",
        9,
        (8,),
    )


def test_probabilities_stay_known_as_such_until_something_changes_them():
    row = spec("10")

    assert LAYERS["Softmax"]().infer(row).kind == "probability"
    assert LAYERS["Softmax"]().infer(row).of == 10
    assert LAYERS["Softmax"](dim=1).infer(spec("3x8x8")).of is None
    assert LAYERS["Sigmoid"]().infer(row).kind == "probability"
    assert LAYERS["Linear"]().infer(LAYERS["Softmax"]().infer(row)).kind == "number"
    assert LAYERS["Flatten"]().infer(LAYERS["Softmax"]().infer(spec("2x5"))).kind == "probability"


CHANGING = [
    ("Linear", "Tx4", {"out_features": 3}),
    ("Conv1d", "4xT", {"out_channels": 3, "kernel_size": 3, "stride": 2}),
    ("MaxPool1d", "4xT", {"ceil_mode": True}),
    ("AvgPool1d", "4xT", {"kernel_size": 3, "stride": 2}),
    ("Add", ("Tx4", "Tx4"), {}),
    ("Concatenate", ("Tx4", "Tx4"), {}),
    ("Reshape", "Tx4", {"shape": (2, -1)}),
    ("Flatten", "Tx4", {}),
    ("GRU", "Tx4", {"hidden_size": 3}),
    ("LSTM", "Tx4", {"hidden_size": 3, "bidirectional": True}),
    ("MultiheadAttention", "Tx4", {"num_heads": 2}),
    ("TransformerEncoderLayer", "Tx4", {"nhead": 2, "dim_feedforward": 8}),
    ("AdaptiveAvgPool1d", "4xT", {"output_size": 2}),
    ("GlobalAveragePool", "4xT", {}),
    ("Select", "Tx4", {}),
    ("Permute", "Tx4", {}),
    ("LayerNorm", "Tx4", {}),
    ("ConvTranspose1d", "4xT", {"out_channels": 3, "stride": 3, "output_padding": 1}),
    ("LPPool1d", "4xT", {"kernel_size": 3}),
    ("AdaptiveMaxPool1d", "4xT", {"output_size": 2}),
    ("GlobalMaxPool", "4xT", {}),
    ("ConstantPad1d", "4xT", {"padding": (3, -1)}),
    ("ReflectionPad1d", "4xT", {"padding": (2, 1)}),
    ("InstanceNorm1d", "4xT", {}),
    ("RMSNorm", "Tx4", {}),
    ("GroupNorm", "4xT", {"num_groups": 2}),
    ("GLU", "Tx4", {"dim": -1}),
    ("Softmin", "Tx4", {"dim": 1}),
    ("Slice", "Tx4", {"start": 1, "end": -1, "step": 2}),
    ("Slice", "Tx4", {"start": -3}),
    ("Slice", "Tx4", {"end": 4}),
    ("Unsqueeze", "Tx4", {}),
    ("Unflatten", "Tx4", {"unflattened_size": (2, -1)}),
    ("Mean", "Tx4", {}),
    ("Sum", "Tx4", {"axes": (0,), "keepdim": True}),
    ("Max", "Tx4", {"axes": (-1,)}),
    ("Upsample", "4xT", {"scale_factor": 3, "mode": "linear"}),
    ("Stack", ("Tx4", "Tx4"), {}),
    ("MatMul", ("Tx4", "Tx4"), {"transpose_other": True}),
    ("Einsum", ("Tx4", "4x3"), {}),
    ("Bilinear", ("Tx4", "Tx3"), {"out_features": 2}),
    ("CosineSimilarity", ("Tx4", "Tx4"), {}),
    ("PositionalEmbedding", "Tx4", {}),
    ("RotaryEncoding", "Tx4", {}),
    ("TransformerDecoderLayer", ("Tx4", "5x4"), {"nhead": 2, "dim_feedforward": 8}),
    ("ScaledDotProductAttention", ("Tx4", "5x4", "5x4"), {}),
    ("Interpolate", ("4x5", "1xT"), {}),
]


@pytest.mark.parametrize(("type_id", "inputs", "params"), CHANGING)
@pytest.mark.parametrize("steps", [6, 9])
def test_shapes_of_changing_lengths_are_right_for_every_length(type_id, inputs, params, steps):
    layer, standing = LAYERS[type_id](**params), wired(type_id, inputs)
    promised = infer(layer, standing)
    module = call(layer, layer.build, standing)
    tensors = [
        torch.randn(2, *(value(size, {"T": steps}) for size in each.sizes))
        for each in standing.values()
    ]

    with FlopCounterMode(display=False) as counter:
        found = module(*tensors)

    outputs = found if isinstance(found, tuple) else (found,)
    for each, output in zip(promised.values(), outputs, strict=True):
        assert tuple(value(size, {"T": steps}) for size in each.sizes) == tuple(output.shape[1:])
    if type_id in ("Linear", "Conv1d"):
        flops = value(call(layer, layer.flops, standing), {"T": steps})
        assert 2 * flops == counter.get_total_flops()


def test_attention_grows_with_the_square_of_the_steps():
    layer = LAYERS["MultiheadAttention"](num_heads=2)

    flops = layer.flops(spec("Tx4"))

    assert flops == 16 * T * T + 128 * T
    assert layer.flops(spec("5x4")) == value(flops, {"T": 5})


@pytest.mark.parametrize(
    ("module", "shown"),
    [
        (LAYERS["Reshape"](shape=(2, -1)).build(spec("8")), "Reshape((2, -1))"),
        (LAYERS["Permute"]().build(spec("2x3")), "Permute((1, 0))"),
        (LAYERS["Select"]().build(spec("2x3")), "Select(axis=0, index=-1)"),
        (LAYERS["Concatenate"]().build(spec("8")), "Concatenate(axis=0)"),
    ],
)
def test_modules_of_our_own_print_their_settings(module, shown):
    assert repr(module) == shown


def test_an_axis_that_doubles_with_every_node_is_stopped():
    def doubled(wide: Spec, times: int) -> Spec:
        for _ in range(times):
            wide = infer(LAYERS["Concatenate"](), {"inputs.0": wide, "inputs.1": wide})["output"]
        return wide

    with pytest.raises(Mismatch) as caught:
        doubled(spec("2"), times=20_000)

    assert (
        caught.value.message == "makes an axis of more than 10^12 places, which no computer holds."
    )
    assert caught.value.code == "G205"
