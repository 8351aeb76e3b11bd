"""What layers beyond the first ones say, word for word, to an input that does not fit (after the node's name)."""

from __future__ import annotations

import pytest

from graphs.layer import LAYERS, infer
from graphs.spec import Mismatch
from tests.graphs.layers.words import wired

# A table reads best with one case a line.
# fmt: off
CASES = [
    # layer, what stands at its ports in order, its parameters, the whole sentence
    ("PReLU", ("",), {"each_channel": True},
     "needs an axis of channels, but gets a single number per sample."),
    ("Hardtanh", "3", {"min_val": 2.0, "max_val": 1.0},
     "has a Lower limit of 2 that is not below its Upper limit of 1. Make it smaller."),
    ("RReLU", "3", {"lower": 0.5, "upper": 0.1},
     "has a Lower of 0.5 that is larger than its Upper of 0.1. Swap both."),
    ("GLU", "3x5", {},
     ("needs an even size to halve, but gets 5 in 3x5 (T, E). Let the layer before it give an "
      "even number.")),
    ("GLU", ("",), {}, "needs at least one axis of features, but gets a single number per sample."),
    ("LogSoftmax", "3x8", {"dim": 0},
     ("cannot work along dim 0: 3x8 has dims 1 to 2 (or -1 to -2 from the end), and 0 is the "
      "batch. Set it to -1 for the last.")),
    ("Softmax2d", "7x6", {}, "needs an image (C, H, W), but gets 7x6 (T, E)."),
    ("Conv3d", "3x8x8", {}, "needs a volume (C, D, H, W), but gets 3x8x8 (C, H, W)."),
    ("Conv3d", "3x4x8x8", {"kernel_size": (3, 3)},
     "needs one or three numbers as its Kernel size (depth, height, width), but has 2."),
    ("Conv3d", "3x2x8x8", {},
     ("needs at least 3 px of depth for its kernel, but gets 2 px. Make the kernel smaller or "
      "the padding larger.")),
    ("ConvTranspose2d", "3x8x8", {"groups": 2},
     ("divides channels into 2 groups, but 2 does not divide the 3 channels of its input. Set "
      "Groups to a divisor of both numbers, such as 1.")),
    ("ConvTranspose2d", "3x8x8", {"output_padding": (2, 0)},
     ("adds 2 to one end, but only less than its Stride of 2 or Dilation of 1 can be open. Set "
      "Output padding to 0.")),
    ("ConvTranspose2d", "3x1x1", {"padding": (2, 2)},
     "cuts off more than it makes of a height of 1. Set Padding to 0."),
    ("ConvTranspose1d", "3x0", {}, "needs at least one value along the length, but gets 3x0."),
    ("ConvTranspose2d", "64", {}, "needs an image (C, H, W), but gets 64 (E)."),
    ("MaxPool3d", "3x8x8", {}, "needs a volume (C, D, H, W), but gets 3x8x8 (C, H, W)."),
    ("AvgPool3d", "3x1x8x8", {"padding": (1,)},
     ("takes means of windows of 2x2x2, which 3x1x8x8 does not fill even with padding. Set "
      "Kernel size to 1x2x2.")),
    ("GlobalMaxPool", "64", {},
     "needs channels and at least one more axis, (C, H, W) or (C, T), but gets 64 per sample."),
    ("AdaptiveAvgPool3d", "3x4x4x4", {"output_size": (1, 2)},
     "needs one or three numbers as its Output size (depth, height, width), but has 2."),
    ("ZeroPad2d", "3x8x8", {"padding": (1, 2)},
     "needs one number as its Padding, or 4 (left, right, top and bottom), but has 2."),
    ("ConstantPad1d", "3x8", {"padding": (1, 2, 3)},
     "needs one number as its Padding, or 2 (start and end), but has 3."),
    ("ZeroPad2d", "3x8x8", {"padding": (-4, -4, 0, 0)},
     "cuts off 8 of a width of 8, so that nothing is left. Set Padding to 0."),
    ("ReflectionPad2d", "3x8x8", {"padding": (8,)},
     "can add at most 7 places to a height of 8 (reflect), but adds 8. Set Padding to 0."),
    ("CircularPad2d", "3x8x8", {"padding": (9,)},
     "can add at most 8 places to a height of 8 (circular), but adds 9. Set Padding to 0."),
    ("ZeroPad3d", "3x4x8x8", {"padding": (1, 2)},
     ("needs one number as its Padding, or 6 (left, right, top, bottom, front and back), but has "
      "2.")),
    ("ReflectionPad3d", "3x2x8x8", {"padding": (2,)},
     "can add at most 1 places to a depth of 2 (reflect), but adds 2. Set Padding to 0."),
    ("InstanceNorm3d", "3x8x8", {}, "needs a volume (C, D, H, W), but gets 3x8x8 (C, H, W)."),
    ("LPPool3d", "3x4x4x4", {"stride": (1, 2)},
     "needs one or three numbers as its Stride (depth, height, width), but has 2."),
    ("ZeroPad2d", "64", {}, "needs an image (C, H, W), but gets 64 (E)."),
    ("BatchNorm3d", "3x8x8", {}, "needs a volume (C, D, H, W), but gets 3x8x8 (C, H, W)."),
    ("GroupNorm", "6x8x8", {"num_groups": 4},
     ("divides 6 channels into 4 groups, which leaves a rest. Set Num groups to a divisor of 6,"
      " such as 2.")),
    ("GroupNorm", ("",), {}, "needs an axis of channels, but gets a single number per sample."),
    ("InstanceNorm2d", "3x1x1", {},
     "needs at least two values in each channel, but gets 3x1x1 (C, H, W)."),
    ("RMSNorm", ("",), {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("LocalResponseNorm", "64", {},
     "needs channels and at least one more axis, (C, H, W) or (C, T), but gets 64 (E)."),
    ("LocalResponseNorm", "0x3", {}, "needs at least one value, but gets 0x3."),
    ("Normalize", ("",), {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("FeatureAlphaDropout", ("",), {},
     "needs an axis of channels, but gets a single number per sample."),
    ("Dropout3d", "3x8x8", {}, "needs a volume (C, D, H, W), but gets 3x8x8 (C, H, W)."),
    ("Bilinear", ("", "3"), {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("Bilinear", ("7x3", "6x4"), {},
     "needs inputs that agree in all axes but the last, but gets 7x3 and 6x4."),
    ("Unflatten", "64", {"unflattened_size": (0, 3)},
     "cannot split an axis into (0, 3). Give sizes of at least 1, and -1 at most once."),
    ("Unflatten", "64", {"unflattened_size": (5, -1)},
     "cannot split an axis of 64 into (5, -1): the sizes do not multiply to 64."),
    ("Unflatten", "64", {"unflattened_size": (5, 5)},
     "cannot split an axis of 64 into (5, 5): the sizes do not multiply to 64."),
    ("Unflatten", "3x8", {"dim": 0},
     ("cannot work along dim 0: 3x8 has dims 1 to 2 (or -1 to -2 from the end), and 0 is the "
      "batch. Set it to -1 for the last.")),
    ("Squeeze", "3x8", {},
     "drops an axis of size 1, but axis -1 of 3x8 has 8. Use Select step or Mean instead."),
    ("Squeeze", "1x8", {}, "drops an axis of size 1, but axis -1 of 1x8 has 8. Set Axis to 0."),
    ("Squeeze", "3x8", {"axis": 2}, "has no axis 2 to drop: 3x8 has axes 0 to 1."),
    ("Squeeze", ("",), {}, "needs at least one axis, but gets a single number per sample."),
    ("Unsqueeze", "3x8", {"axis": 4},
     "cannot put an axis at 4: 3x8 has room at 0 to 2, or -1 for the last."),
    ("Slice", "5x4", {"start": 5},
     ("keeps nothing: an axis of 5 has no places from 5 to the end. Set Start to 0 and End to "
      "none for all.")),
    ("Slice", "Tx4", {"start": 3, "end": 2},
     "keeps nothing: there are no places from 3 to 2. Set Start to 0 and End to none for all."),
    ("Slice", "5x4", {"axis": 3}, "has no axis 3 to slice: 5x4 has axes 0 to 1."),
    ("Mean", "3x8", {"axes": (2,)},
     ("cannot draw together along 2: 3x8 has axes 0 to 1, each to be named once. Set Axes to an"
      " empty list for all.")),
    ("Mean", "3x8", {"axes": (0, -2)},
     ("cannot draw together along 0, -2: 3x8 has axes 0 to 1, each to be named once. Set Axes "
      "to an empty list for all.")),
    ("Mean", ("",), {"axes": (0,)},
     ("cannot draw together along 0: a single number has no axes. Set Axes to an empty list for"
      " all.")),
    ("Max", "0x3", {}, "needs at least one value along its axes, but gets 0x3."),
    ("Upsample", "64", {},
     ("needs a sequence with channels first (C, T), an image (C, H, W) or a volume (C, D, H, "
      "W), but gets 64 (E).")),
    ("Upsample", "0x3", {}, "needs at least one value, but gets 0x3."),
    ("Interpolate", "3x8x8", {"size": (3, 3, 3)},
     "needs one number as its Size, or 2 for 3x8x8, but has 3."),
    ("Interpolate", ("3x8x8", "3x8"), {},
     "takes the sides of an input with as many axes as 3x8x8, but gets 3x8."),
    ("Interpolate", ("3x8x8", "3x0x8"), {}, "needs sides of at least 1, but gets 3x0x8."),
    ("PixelShuffle", "3x8x8", {},
     ("needs a multiple of 4 channels to make sides 2 times larger, but gets 3. Let the layer "
      "before it give 4 channels.")),
    ("PixelUnshuffle", "3x7x8", {},
     ("divides both sides by 2, but the height of 3x7x8 leaves a rest. Make it fit with "
      "Interpolate or padding.")),
    ("Stack", ("3", "3"), {"axis": 2},
     "cannot put an axis at 2: 3 has room at 0 to 1, or -1 for the last."),
    ("Stack", ("3", "4"), {}, "needs inputs of the same sizes, but gets 3 and 4."),
    ("Stack", ("", "label 3"), {},
     "needs inputs of one kind, but gets numbers and labels of 3 classes."),
    ("Stack", ("label 3", "label 4"), {},
     "needs inputs of one kind, but gets labels of 3 classes and labels of 4 classes."),
    ("MatMul", ("3", "3x4"), {}, "needs two axes or more to multiply as a matrix, but gets 3 (E)."),
    ("MatMul", ("3x4", "5x4"), {},
     ("multiplies rows of 4 with columns of 5, but both must be as long: it gets 3x4 and 5x4. "
      "Turn Transpose other on.")),
    ("MatMul", ("3x4", "5x6"), {},
     "multiplies rows of 4 with columns of 5, but both must be as long: it gets 3x4 and 5x6."),
    ("MatMul", ("3x4", "4x5"), {"transpose_other": True},
     ("multiplies rows of 4 with columns of 5, but both must be as long: it gets 3x4 and 4x5. "
      "Turn Transpose other off.")),
    ("MatMul", ("2x3x4", "5x4x3"), {},
     "needs inputs that agree in all axes but the last two, but gets 2x3x4 and 5x4x3."),
    ("Einsum", "3x4", {"equation": "ij,jk->ik"},
     'has an equation for 2 inputs, "ij,jk->ik", but gets 1.'),
    ("Einsum", ("3x4", "5x6"), {},
     'has the axis j twice in "ij,jk->ik", but it is 4 in one place and 5 in another.'),
    ("Einsum", ("3x4", "5"), {}, 'names 2 axes for it, "jk", but gets 5 (E).'),
    ("Einsum", "3x3", {"equation": "ii->i"},
     ('cannot read the equation "ii->i". Write small letters for the axes of each input and of '
      "the result, each once, as in ij,jk->ik.")),
    ("Einsum", "3x3", {"equation": "ij->ik"},
     ('cannot read the equation "ij->ik". Write small letters for the axes of each input and of'
      " the result, each once, as in ij,jk->ik.")),
    ("Einsum", "3x3", {"equation": "__import__('os')"},
     ("cannot read the equation \"__import__('os')\". Write small letters for the axes of each "
      "input and of the result, each once, as in ij,jk->ik.")),
    ("Divide", ("64", "32"), {},
     "needs inputs of the same size, but gets 64 and 32: 64 is not 32."),
    ("CosineSimilarity", ("", ""), {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("CosineSimilarity", ("3", "4"), {}, "compares inputs of the same sizes, but gets 3 and 4."),
    ("PairwiseDistance", ("0", "0"), {}, "needs at least one feature, but gets 0."),
    ("PositionalEmbedding", "9x4", {"max_length": 5},
     "knows 5 places, but gets 9 steps. Set Max length to 9."),
    ("RotaryEncoding", "5x6", {"num_heads": 2},
     ("turns pairs of features in 2 heads, but 6 features cannot be divided so. Let the layer "
      "before it give a multiple of 4.")),
    ("RotaryEncoding", "5x3", {},
     ("turns pairs of features in 1 head, but 3 features cannot be divided so. Let the layer "
      "before it give a multiple of 2.")),
    ("TransformerDecoderLayer", ("5x8", "6x4"), {},
     "needs as many features in the memory as in its input, but gets 4 and 8."),
    ("TransformerDecoderLayer", ("5x6", "6x6"), {},
     ("divides 6 features among 4 heads, which leaves a rest. Set Heads to 3, or let the layer "
      "before give a multiple of 4.")),
    ("TransformerDecoderLayer", ("5x8", "6x8", "mask 6"), {},
     "needs a mask with one place for each of 5 steps, but gets one of 6."),
    ("ScaledDotProductAttention", ("5x6", "5x6", "5x6"), {"num_heads": 4},
     "divides 6 features among 4 heads, which leaves a rest. Set Num heads to 1."),
    ("ScaledDotProductAttention", ("5x6", "5x4", "5x6"), {},
     "compares query and key, so they need as many features, but have 6 and 4."),
    ("ScaledDotProductAttention", ("5x6", "5x6", "4x6"), {},
     "needs as many steps in the value as in the key, but gets 4 and 5."),
    ("ScaledDotProductAttention", ("5x6", "4x6", "4x6"), {"is_causal": True},
     ("may look only at earlier steps, so key and query must have as many, but there are 4 and "
      "5. Turn Is causal off.")),
    ("Switch", {}, {},
     "has nothing to pick from. Wire at least one of its inputs train, evaluate and predict."),
    ("Switch", ("3", "4"), {},
     "picks one of its inputs, so they must be alike, but gets 3 (numbers) and 4 (numbers)."),
    ("Switch", {"train": "3", "predict": "label 3"}, {},
     ("picks one of its inputs, so they must be alike, but gets 3 (numbers) and a single number"
      " (labels of 3 classes).")),
    ("Reparameterize", ("3", "4"), {}, "needs one log variance for each mean, but gets 4 for 3."),
    ("PaddingMask", "64", {}, "needs tokens to find padding among, but gets numbers."),
    ("MaskedMean", ("5x4", "mask 4"), {}, "needs a mask with one place for each of 5 steps, but gets one of 4."),
]
# fmt: on


@pytest.mark.parametrize(("type_id", "inputs", "params", "sentence"), CASES)
def test_the_sentence_says_what_is_needed_and_what_came(type_id, inputs, params, sentence):
    layer = LAYERS[type_id](**params)

    with pytest.raises(Mismatch) as caught:
        infer(layer, wired(type_id, inputs) if inputs else {})

    assert caught.value.message == sentence
