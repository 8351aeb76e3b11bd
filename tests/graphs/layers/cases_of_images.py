"""Inputs for convolutions, poolings, padding, activations, normalization and dropout beyond the first ones."""

from __future__ import annotations

from hypothesis import strategies as st

from graphs.spec import Spec
from tests.graphs.layers.cases import (
    INPUTS,
    anything,
    channels_first,
    images,
    number,
    only,
    size,
)

small = st.integers(1, 5)


@st.composite
def volumes(draw: st.DrawFn) -> Spec:
    return number(("C", draw(size)), ("D", draw(small)), ("H", draw(small)), ("W", draw(small)))


for _type in (
    "ReLU6", "SELU", "CELU", "Mish", "RReLU", "Threshold", "PReLU", "Hardtanh", "Hardsigmoid", "Hardswish",
    "LogSigmoid", "Softsign", "Tanhshrink", "Softshrink", "Hardshrink", "Softmin", "LogSoftmax", "GLU",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(anything)
for _type in ("Softmax2d", "ConvTranspose2d", "LPPool2d"):
    INPUTS[_type] = lambda _: only(images())
for _type in ("ConvTranspose1d", "LPPool1d", "AdaptiveMaxPool1d"):
    INPUTS[_type] = lambda _: only(channels_first())
for _type in ("Conv3d", "ConvTranspose3d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d"):
    INPUTS[_type] = lambda _: only(volumes())
INPUTS["GlobalMaxPool"] = lambda _: only(st.one_of(channels_first(), images(), volumes()))
