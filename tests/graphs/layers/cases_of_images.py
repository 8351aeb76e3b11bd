"""Inputs for convolutions, poolings, padding, activations, normalization and dropout beyond the first ones."""

from __future__ import annotations

from hypothesis import strategies as st

from graphs.spec import Spec
from tests.graphs.layers.cases import (
    INPUTS,
    Inputs,
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
for _type in (
    "Conv3d", "ConvTranspose3d", "MaxPool3d", "AvgPool3d", "AdaptiveAvgPool3d", "AdaptiveMaxPool3d", "LPPool3d",
    "ZeroPad3d", "ConstantPad3d", "ReflectionPad3d", "ReplicationPad3d", "CircularPad3d", "InstanceNorm3d",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(volumes())
INPUTS["GlobalMaxPool"] = lambda _: only(st.one_of(channels_first(), images(), volumes()))

for _type in (
    "AlphaDropout", "GaussianNoise", "FeatureAlphaDropout", "Identity", "RMSNorm", "LocalResponseNorm", "GroupNorm",
    "Normalize", "Unflatten", "Squeeze", "Unsqueeze", "Slice", "Mean", "Sum", "Max", "Min", "Norm",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(anything)
for _type in (
    "ZeroPad2d", "ConstantPad2d", "ReflectionPad2d", "ReplicationPad2d", "CircularPad2d", "InstanceNorm2d",
    "PixelShuffle", "PixelUnshuffle", "RandomHorizontalFlip", "RandomCrop",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(images())
for _type in (
    "ZeroPad1d", "ConstantPad1d", "ReflectionPad1d", "ReplicationPad1d", "CircularPad1d", "InstanceNorm1d",
):  # fmt: skip
    INPUTS[_type] = lambda _: only(channels_first())
for _type in ("BatchNorm3d", "Dropout3d"):
    INPUTS[_type] = lambda _: only(volumes())
INPUTS["Upsample"] = lambda _: only(st.one_of(channels_first(), images(), volumes()))


@st.composite
def resized(draw: st.DrawFn) -> Inputs:
    """An input, and perhaps another whose sides it takes."""
    spec = draw(st.one_of(channels_first(), images()))
    like = spec.with_axes(*(draw(small) for _ in spec.sizes))
    return {"input": spec, "like": like} if draw(st.booleans()) else {"input": spec}


@st.composite
def two_rows(draw: st.DrawFn) -> Inputs:
    """Two inputs that agree in all axes but the last."""
    spec = draw(anything)
    other = spec.with_axes(*spec.sizes[:-1], draw(size)) if spec.dims else spec
    return {"input1": spec, "input2": other}


INPUTS["Interpolate"] = lambda _: resized()
INPUTS["Bilinear"] = lambda _: two_rows()
