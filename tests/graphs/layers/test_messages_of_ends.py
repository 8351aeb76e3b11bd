"""What losses and metrics say, word for word, to an input that does not fit (after the node's name)."""

from __future__ import annotations

import pytest

from graphs.layer import LAYERS, infer
from graphs.spec import Mismatch
from tests.graphs.layers.words import wired

# A table reads best with one case a line.
# fmt: off
CASES = [
    # layer, what stands at its ports in order, its parameters, the whole sentence
    ("CrossEntropyLoss", ("", "label 10"), {},
     "needs one score for each class, but gets a single number per sample."),
    ("CrossEntropyLoss", ("tokens 5 of 50", "label 10"), {},
     "needs decimal numbers, but gets tokens (int64)."),
    ("CrossEntropyLoss", ("64", "1"), {},
     ("needs class labels as its target, but gets numbers. For numbers, use Mean squared error "
      "instead.")),
    ("CrossEntropyLoss", ("64", "label 10"), {},
     ("has 10 classes to choose from, but gets 64 scores for them. Let the layer before it give"
      " 10 outputs.")),
    ("CrossEntropyLoss", ("3x8x8", "label 10"), {},
     ("needs one row of 10 scores for each label, but gets scores of 3x8x8 for one label per "
      "sample.")),
    ("CrossEntropyLoss", ("1", "label 10"), {},
     ("has 10 classes to choose from, but gets 1 score for them. Let the layer before it give "
      "10 outputs.")),
    ("CrossEntropyLoss", ("5x10", "label 10"), {},
     ("needs one row of 10 scores for each label, but gets scores of 5x10 for one label per "
      "sample.")),
    ("CrossEntropyLoss", ("10", "labels 5 of 10"), {},
     ("needs one row of 10 scores for each label, but gets scores of 10 for labels of 5 per "
      "sample.")),
    ("CrossEntropyLoss", ("10", "label 10"), {"weight": (1.0,)},
     "has 1 class weight for 10 classes. Give one for each, or none."),
    ("CrossEntropyLoss", ("10", "tokens 5 of 50"), {},
     ("needs one row of 50 scores for each label, but gets scores of 10 for labels of 5 per "
      "sample.")),
    ("BCEWithLogitsLoss", ("1", "label 3"), {},
     "needs a target of two classes, but gets one of 3. Use Cross entropy for more classes."),
    ("BCEWithLogitsLoss", ("2", "label 2"), {},
     ("needs one score for each label, but gets 2 per sample. Let the layer before it give 1 "
      "output, or use Cross entropy.")),
    ("BCEWithLogitsLoss", ("3x8x8", "label 2"), {},
     ("needs one score for each label, but gets 3x8x8 per sample. Let the layer before it give "
      "1 output, or use Cross entropy.")),
    ("BCEWithLogitsLoss", ("1", "tokens 5 of 50"), {},
     "needs labels of two classes or numbers of 0 and 1, but gets tokens."),
    ("BCEWithLogitsLoss", ("1", ""), {},
     "compares number with number, but gets 1 against a target of a single number per sample."),
    ("BCEWithLogitsLoss", ("5", "1"), {},
     "compares number with number, but gets 5 against a target of 1 per sample."),
    ("BCEWithLogitsLoss", ("tokens 5 of 50", "label 2"), {},
     "needs decimal numbers, but gets tokens (int64)."),
    ("BCEWithLogitsLoss", ("", "labels 3 of 2"), {},
     ("needs one score for each label, but gets a single number per sample. Let the layer "
      "before it give 1 output, or use Cross entropy.")),
    ("MSELoss", ("5", "1"), {},
     "compares number with number, but gets 5 against a target of 1 per sample."),
    ("MSELoss", ("", "1"), {},
     "compares number with number, but gets a single number against a target of 1 per sample."),
    ("MSELoss", ("3x8x8", "1"), {},
     "compares number with number, but gets 3x8x8 against a target of 1 per sample."),
    ("MSELoss", ("1", "label 10"), {},
     ("needs numbers as its target, but gets labels of 10 classes. For labels, use Cross "
      "entropy.")),
    ("MSELoss", ("label 10", "1"), {}, "needs decimal numbers, but gets class labels (int64)."),
    ("MSELoss", ("7x5", "1"), {},
     "compares number with number, but gets 7x5 against a target of 1 per sample."),
    ("MSELoss", ("3x8x8", "1x8x8"), {},
     "compares number with number, but gets 3x8x8 against a target of 1x8x8 per sample."),
    ("MSELoss", ("1", ""), {},
     "compares number with number, but gets 1 against a target of a single number per sample."),
    ("Accuracy", ("64", "1"), {}, "needs class labels as its target, but gets numbers."),
    ("Accuracy", ("64", "label 10"), {},
     ("has 10 classes to choose from, but gets 64 scores for them. Let the layer before it give"
      " 10 outputs.")),
    ("Accuracy", ("3x8x8", "label 10"), {},
     "needs one row of 10 scores for each label, but gets 3x8x8 per sample."),
    ("Accuracy", ("1", "label 10"), {},
     ("has 10 classes to choose from, but gets 1 score for them. Let the layer before it give "
      "10 outputs.")),
    ("Accuracy", ("label 10", "label 10"), {},
     "needs decimal numbers, but gets class labels (int64)."),
    ("Accuracy", ("10", "label 10"), {"top_k": 11},
     "looks at the 11 highest scores, but gets 10 per sample. Set Top k to 1."),
    ("Accuracy", ("1", "label 1"), {},
     "needs two classes or more to choose from, but gets 1 score for 1 class."),
    ("Accuracy", ("", "label 10"), {},
     "needs one row of 10 scores for each label, but gets a single number per sample."),
    ("R2Score", ("64", "1"), {},
     "compares number with number, but gets 64 against a target of 1 per sample."),
    ("R2Score", ("64", "label 10"), {},
     "needs numbers as its target, but gets labels of 10 classes."),
]
# fmt: on


@pytest.mark.parametrize(("type_id", "inputs", "params", "sentence"), CASES)
def test_the_sentence_says_what_is_needed_and_what_came(type_id, inputs, params, sentence):
    layer = LAYERS[type_id](**params)

    with pytest.raises(Mismatch) as caught:
        infer(layer, wired(type_id, inputs))

    assert str(caught.value) == caught.value.message == sentence
