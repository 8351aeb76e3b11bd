"""What layers say, word for word, to an input that does not fit (after the node's name)."""

from __future__ import annotations

import pytest

from graphs.layer import LAYERS, infer
from graphs.spec import Mismatch
from tests.graphs.layers.words import wired

# A table reads best with one case a line.
# fmt: off
CASES = [
    # layer, what stands at its ports in order, its parameters, the whole sentence
    ("Linear", "", {}, "needs at least one axis of features, but gets a single number per sample."),
    ("Linear", "tokens 5 of 50", {}, "needs decimal numbers, but gets tokens (int64)."),
    ("Linear", "6xT", {},
     ("needs the number of input features to be the same for every sample, but gets T in 6xT "
      "(T, E).")),
    ("Linear", "mask 5", {}, "needs decimal numbers, but gets a mask (bool)."),
    ("Linear", "0", {},
     "needs the number of input features to be at least 1, but gets 0 in 0 (E)."),
    ("Conv2d", "64", {}, "needs an image (C, H, W), but gets 64 (E)."),
    ("Conv2d", "50", {}, "needs an image (C, H, W), but gets 50 (E)."),
    ("Conv2d", "7x6", {}, "needs an image (C, H, W), but gets 7x6 (T, E)."),
    ("Conv2d", "", {}, "needs an image (C, H, W), but gets a single number per sample."),
    ("Conv2d", "Tx4", {}, "needs an image (C, H, W), but gets Tx4 (T, E)."),
    ("Conv1d", "Tx6", {},
     "needs the number of channels to be the same for every sample, but gets T in Tx6 (T, E)."),
    ("Conv1d", "64", {}, "needs a sequence with channels first (C, T), but gets 64 (E)."),
    ("Conv1d", "3x8x8", {},
     "needs a sequence with channels first (C, T), but gets 3x8x8 (C, H, W)."),
    ("Conv2d", "3x8x8", {"kernel_size": (11, 3), "padding": (1, 0)},
     ("needs at least 11 px of height for its kernel, but gets 8 px and 2 px of padding. Make "
      "the kernel smaller or the padding larger.")),
    ("Conv1d", "3x4", {"kernel_size": 3, "dilation": 2},
     ("needs at least 5 steps of length for its kernel, but gets 4 steps. Make the kernel "
      "smaller or the padding larger.")),
    ("Conv2d", "3x8x8", {"groups": 2},
     ("divides channels into 2 groups, but 2 does not divide the 3 channels of its input. Set "
      "Groups to a divisor of both numbers, such as 1.")),
    ("Conv2d", "3x8x8", {"groups": 3, "out_channels": 4},
     ("divides channels into 3 groups, but 3 does not divide the 4 Out channels. Set Groups to "
      "a divisor of both numbers, such as 1.")),
    ("Conv2d", "3x8x8", {"padding": (9, 0), "padding_mode": "circular"},
     ("cannot fill 9 places of padding with the values of a side of 8 (circular). Set the "
      "padding mode to zeros.")),
    ("Conv2d", "3x8x8", {"padding": (8, 0), "padding_mode": "reflect"},
     ("cannot fill 8 places of padding with the values of a side of 8 (reflect). Set the "
      "padding mode to zeros.")),
    ("MaxPool2d", "3x8x8", {"padding": (2, 0)},
     "may add at most half its kernel (2x2) as padding, but adds 2x0. Set Padding to 1x0."),
    ("MaxPool1d", "3x1", {},
     ("needs at least 2 steps of length for its kernel, but gets 1 step. Make the kernel "
      "smaller or the padding larger.")),
    ("AvgPool1d", "3xT", {"kernel_size": 2, "stride": 3, "ceil_mode": True},
     "cannot round up a length of T, which changes from sample to sample. Turn Ceil mode off."),
    ("GlobalAveragePool", "64", {},
     "needs channels and at least one more axis, (C, H, W) or (C, T), but gets 64 per sample."),
    ("AdaptiveAvgPool2d", "0x0x1", {}, "needs at least one value in each channel, but gets 0x0x1."),
    ("BatchNorm1d", "3x8x8", {},
     ("needs features (E) or a sequence with channels first (C, T), but gets 3x8x8 (C, H, W). "
      "For images, use Batch norm 2D.")),
    ("BatchNorm1d", "", {},
     ("needs features (E) or a sequence with channels first (C, T), but gets a single number "
      "per sample.")),
    ("BatchNorm2d", "7x6", {}, "needs an image (C, H, W), but gets 7x6 (T, E)."),
    ("BatchNorm1d", "Tx6", {},
     "needs the number of channels to be the same for every sample, but gets T in Tx6 (T, E)."),
    ("LayerNorm", "", {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("LayerNorm", "3x8x8", {"normalized_shape": (8, 4)},
     ("normalizes the last axes together if they are (8, 4), but gets 3x8x8. Set Normalized "
      "shape to none for the last axis alone.")),
    ("Dropout2d", "7x6", {}, "needs an image (C, H, W), but gets 7x6 (T, E)."),
    ("Dropout1d", "3x8x8", {},
     "needs a sequence with channels first (C, T), but gets 3x8x8 (C, H, W)."),
    ("Softmax", "", {}, "needs at least one axis of scores, but gets a single number per sample."),
    ("Softmax", "3x8x8", {"dim": 0},
     ("cannot work along dim 0: 3x8x8 has dims 1 to 3 (or -1 to -3 from the end), and 0 is the "
      "batch. Set it to -1 for the last.")),
    ("Softmax", "3x8x8", {"dim": 4},
     ("cannot work along dim 4: 3x8x8 has dims 1 to 3 (or -1 to -3 from the end), and 0 is the "
      "batch. Set it to -1 for the last.")),
    ("Flatten", "", {}, "needs at least one axis, but gets a single number per sample."),
    ("Flatten", "3x8x8", {"start_dim": 5},
     ("cannot work with Start dim 5: 3x8x8 has dims 1 to 3 (or -1 to -3 from the end), and 0 is"
      " the batch.")),
    ("Flatten", "3x8x8", {"end_dim": 0},
     ("cannot work with End dim 0: 3x8x8 has dims 1 to 3 (or -1 to -3 from the end), and 0 is "
      "the batch.")),
    ("Flatten", "3x8x8", {"start_dim": 3, "end_dim": 1},
     "starts at dim 3 but ends before it, at dim 1. Set End dim to -1 for the last."),
    ("Reshape", "3x8x8", {"shape": (-1, -1)},
     "has -1 more than once in its shape (-1, -1). Only one size can be what remains."),
    ("Reshape", "3x8x8", {"shape": (0, -1)},
     "has a 0 in its shape (0, -1). Every size is at least 1, or -1 for what remains."),
    ("Reshape", "3x8x8", {"shape": (5, -1)},
     "cannot make (5, -1) of 3x8x8: that is 192 numbers, which cannot be divided by 5."),
    ("Reshape", "3x8x8", {"shape": (5, 5)},
     "cannot make (5, 5) of 3x8x8: that is 192 numbers, not 25."),
    ("Reshape", "Tx6", {"shape": (5, 5)},
     ("cannot make (5, 5) of Tx6: that is 6*T numbers, which changes from sample to sample, so "
      "one size must be -1.")),
    ("Reshape", "Tx6", {"shape": (5, -1)},
     "cannot make (5, -1) of Tx6: that is 6*T numbers, which cannot be divided by 5."),
    ("Reshape", "", {"shape": (2,)},
     "cannot make (2) of a single number: that is 1 number, not 2."),
    ("Permute", "3x8x8", {},
     "cannot put the axes of 3x8x8 into the order (1, 0). Name each of (0, 1, 2) once."),
    ("Permute", "", {"axes": (0,)},
     "cannot put the axes of a single number into the order (0). There are no axes to order."),
    ("Permute", "3x8x8", {"axes": ()},
     "cannot put the axes of 3x8x8 into the order (). Name each of (0, 1, 2) once."),
    ("Select", "", {}, "needs at least one axis, but gets a single number per sample."),
    ("Select", "7x6", {"axis": 2}, "has no axis 2 to select from: 7x6 has axes 0 to 1."),
    ("Select", "7x6", {"index": 7}, "cannot keep place 7 of an axis of 7. The last is 6 or -1."),
    ("Add", ("7x6", "64"), {}, "needs inputs with the same axes, but gets 7x6 and 64."),
    ("Add", ("64", "32"), {}, "needs inputs of the same size, but gets 64 and 32: 64 is not 32."),
    ("Add", ("3x8x8", "16x8x8"), {},
     "needs inputs of the same size, but gets 3x8x8 and 16x8x8: 3 is not 16 along axis 0."),
    ("Add", ("3x8x8", "3x8x4"), {},
     "needs inputs of the same size, but gets 3x8x8 and 3x8x4: 8 is not 4 along axis 2."),
    ("Add", ("7x6", "label 10"), {}, "needs decimal numbers, but gets class labels (int64)."),
    ("Subtract", ("7x6", "64"), {}, "needs inputs with the same axes, but gets 7x6 and 64."),
    ("Concatenate", ("", ""), {},
     "needs at least one axis to join along, but gets a single number per sample."),
    ("Concatenate", "3x8x8", {"axis": 3}, "has no axis 3 to join along: 3x8x8 has axes 0 to 2."),
    ("Concatenate", ("64", "label 10"), {},
     "needs inputs of one kind, but gets numbers and labels of 10 classes."),
    ("Concatenate", ("64", "7x6"), {},
     "needs inputs with the same number of axes, but gets 64 and 7x6."),
    ("Concatenate", ("3x8x8", "3x8x4"), {},
     "joins along axis 0, so all other sizes must agree, but gets 3x8x8 and 3x8x4: 8 is not 4 along axis 2."),
    ("Concatenate", ("3x8x8", "1x4x4"), {},
     "joins along axis 0, so all other sizes must agree, but gets 3x8x8 and 1x4x4: 8 is not 4 along axis 1."),
    ("Embedding", "64", {}, "needs tokens or class labels, but gets numbers. For numbers, use Linear."),
    ("Embedding", "tokens 4", {}, "cannot know how many tokens there are. Set Num embeddings."),
    ("Embedding", "tokens 5 of 50", {"num_embeddings": 9},
     ("has rows for 9 tokens, but gets 50 different ones. Set Num embeddings to none to follow "
      "the data.")),
    ("Embedding", "tokens 5 of 50", {"padding_idx": 50},
     "has rows 0 to 49, so its Padding idx cannot be 50. Set it to none."),
    ("GRU", "3x8x8", {}, "needs a sequence (T, E), but gets 3x8x8 (C, H, W)."),
    ("GRU", "64", {}, "needs a sequence (T, E), but gets 64 (E)."),
    ("GRU", "", {}, "needs a sequence (T, E), but gets a single number per sample."),
    ("GRU", "0x3", {}, "needs at least one step, but gets an empty sequence."),
    ("GRU", ("7x6", "2x64"), {},
     ("starts from a state h of 1x64 (layers and directions, numbers), but gets 2x64 per "
      "sample.")),
    ("LSTM", "7x6", {"proj_size": 64},
     ("can only bring results to less than its Hidden size of 64, but Proj size is 64. Set it "
      "to 0 for none.")),
    ("GRU", "6xT", {},
     "needs the number of features to be the same for every sample, but gets T in 6xT (T, E)."),
    ("MultiheadAttention", "7x6", {"num_heads": 4},
     ("divides 6 features among 4 heads, which leaves a rest. Set Num heads to 3, or let the "
      "layer before give a multiple of 4.")),
    ("MultiheadAttention", "64", {}, "needs a sequence (T, E), but gets 64 (E)."),
    ("MultiheadAttention", {"query": "5x8", "value": "5x8"}, {},
     "has a value but no key to find it by. Wire a key too."),
    ("MultiheadAttention", ("5x8", "5x8", "6x8"), {},
     "needs as many steps in the value as in the key, but gets 6 and 5."),
    ("MultiheadAttention", ("5x8", "6x8"), {"is_causal": True},
     ("may look only at earlier steps, so key and query must have as many, but there are 6 and "
      "5. Turn Is causal off.")),
    ("MultiheadAttention", {"query": "5x8", "key_padding_mask": "5"}, {},
     "needs a mask that says where not to look, but gets numbers."),
    ("MultiheadAttention", {"query": "4x8", "key_padding_mask": "mask 5"}, {},
     "needs a mask with one place for each of 4 steps, but gets one of 5."),
    ("TransformerEncoderLayer", "7x6", {},
     ("divides 6 features among 4 heads, which leaves a rest. Set Heads to 3, or let the layer "
      "before give a multiple of 4.")),
    ("TransformerEncoderLayer", "tokens 5 of 50", {},
     "needs decimal numbers, but gets tokens (int64)."),
    ("TransformerEncoderLayer", ("4x8", "mask 5"), {},
     "needs a mask with one place for each of 4 steps, but gets one of 5."),
]
# fmt: on


@pytest.mark.parametrize(("type_id", "inputs", "params", "sentence"), CASES)
def test_the_sentence_says_what_is_needed_and_what_came(type_id, inputs, params, sentence):
    layer = LAYERS[type_id](**params)

    with pytest.raises(Mismatch) as caught:
        infer(layer, wired(type_id, inputs))

    assert str(caught.value) == caught.value.message == sentence
