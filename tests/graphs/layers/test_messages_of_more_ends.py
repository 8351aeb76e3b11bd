"""What more losses, metrics and data say, word for word, to an input that does not fit (after the node's name)."""

from __future__ import annotations

import pytest

from graphs.layer import LAYERS, infer
from graphs.spec import Mismatch
from tests.graphs.layers.words import wired

# A table reads best with one case a line.
# fmt: off
CASES = [
    # layer, what stands at its ports in order, its parameters, the whole sentence
    ("NLLLoss", ("10", "label 10"), {"weight": (1.0,)},
     "has 1 class weight for 10 classes. Give one for each, or none."),
    ("NLLLoss", ("5", "label 10"), {},
     ("has 10 classes to choose from, but gets 5 scores for them. Let the layer before it give "
      "10 outputs.")),
    ("NLLLoss", ("1", "1"), {},
     ("needs class labels as its target, but gets numbers. For numbers, use Mean squared error "
      "instead.")),
    ("BCELoss", ("1", "label 2"), {},
     ("needs probabilities from 0 to 1, but gets numbers. Put a Sigmoid before it, or use "
      "Binary cross entropy, which takes raw scores.")),
    ("KLDivLoss", ("", ""), {},
     "needs one log probability for each class, but gets a single number per sample."),
    ("KLDivLoss", ("3", "label 3"), {},
     ("needs a distribution as its target, but gets labels of 3 classes. For labels, use Cross "
      "entropy.")),
    ("KLDivLoss", ("3", "4"), {},
     "compares number with number, but gets 3 against a target of 4 per sample."),
    ("GaussianKL", ("3", "4"), {}, "needs one log variance for each mean, but gets 4 for 3."),
    ("GaussianNLLLoss", ("3", "3", "4"), {},
     "needs one log variance for each mean, but gets 4 for 3."),
    ("GaussianNLLLoss", ("3", "label 3", "3"), {},
     ("needs numbers as its target, but gets labels of 3 classes. For labels, use Cross "
      "entropy.")),
    ("HingeEmbeddingLoss", ("1", "label 3"), {},
     "needs a target of two classes, no (0) and yes (1), but gets one of 3."),
    ("HingeEmbeddingLoss", ("1", "tokens 5 of 9"), {},
     "needs labels of two classes or numbers of 1 and -1, but gets tokens."),
    ("HingeEmbeddingLoss", ("3", "4"), {}, "needs a target of 3 per sample, but gets 4."),
    ("SoftMarginLoss", ("", "4"), {}, "needs a target of a single number per sample, but gets 4."),
    ("MarginRankingLoss", ("3", "4", "3"), {}, "compares score with score, but gets 3 and 4."),
    ("MultiMarginLoss", ("5", "label 10"), {},
     ("has 10 classes to choose from, but gets 5 scores for them. Let the layer before it give "
      "10 outputs.")),
    ("CosineEmbeddingLoss", ("3", "4", "label 2"), {},
     "compares embeddings of the same sizes, but gets 3 and 4."),
    ("ContrastiveLoss", ("", "", "label 2"), {},
     "needs at least one axis of features, but gets a single number per sample."),
    ("ContrastiveLoss", ("0", "0", "label 2"), {}, "needs at least one feature, but gets 0."),
    ("ContrastiveLoss", ("8", "8", "label 10"), {},
     "needs a target of two classes, no (0) and yes (1), but gets one of 10."),
    ("TripletMarginLoss", ("3", "3", "4"), {},
     "compares embeddings of the same sizes, but gets 3 and 4."),
    ("InfoNCELoss", ("3x8", "3x8"), {},
     "needs one row of features (E) per sample, but gets 3x8 (T, E)."),
    ("ConfusionMatrix", ("5000", "label 5000"), {},
     ("counts every class against every other, which ends at 1,000 classes, but gets 5,000. Use "
      "Accuracy with a Top k instead.")),
    ("FocalLoss", ("5", "label 10"), {},
     ("has 10 classes to choose from, but gets 5 scores for them. Let the layer before it give "
      "10 outputs.")),
    ("DiceLoss", ("5", "3"), {},
     ("needs class labels as its target, but gets numbers. For numbers, use Mean squared error "
      "instead.")),
    ("AdversarialLoss", ("0",), {}, "needs at least one score, but gets 0."),
    ("AdversarialLoss", ("label 2",), {}, "needs decimal numbers, but gets class labels (int64)."),
    ("DistillationLoss", ("", ""), {},
     "needs one score for each class, but gets a single number per sample."),
    ("DistillationLoss", ("10", "5"), {},
     "compares number with number, but gets 10 against a target of 5 per sample."),
    ("CTCLoss", ("64", "tokens 3 of 5"), {}, "needs scores of every step (T, K), but gets 64 (E)."),
    ("CTCLoss", ("0x5", "tokens 3 of 5"), {},
     "needs at least one step, but gets an empty sequence."),
    ("CTCLoss", ("8x5", "3"), {}, "needs tokens as its target, but gets numbers."),
    ("CTCLoss", ("8x5", "label 5"), {},
     "needs a row of tokens (S) as its target, but gets a single number per sample."),
    ("CTCLoss", ("8x5", "tokens 3 of 9"), {},
     ("has 9 tokens to choose from, but gets 5 scores for them. Let the layer before it give 9 "
      "outputs.")),
    ("CTCLoss", ("8x5", "tokens 3 of 5"), {"blank": 5},
     "has classes 0 to 4, so Blank cannot be 5. Set it to 0."),
    ("Precision", ("4", "label 4"), {"average": "positive"},
     ("measures class 1 alone only where there are two classes, but gets 4. Set Average to "
      "macro.")),
    ("Recall", ("64", "1"), {}, "needs class labels as its target, but gets numbers."),
    ("AUROC", ("3", "label 4"), {},
     ("has 4 classes to choose from, but gets 3 scores for them. Let the layer before it give 4"
      " outputs.")),
    ("Perplexity", ("5x7", "tokens 5 of 9"), {},
     ("has 9 classes to choose from, but gets 7 scores for them. Let the layer before it give 9"
      " outputs.")),
    ("MeanSquaredError", ("3", "4"), {},
     "compares number with number, but gets 3 against a target of 4 per sample."),
    ("Noise", (), {"size": (1, 1, 1, 1, 1)},
     "makes samples of at most 4 axes, but its Size has 5."),
    ("RandomTensors", (), {"size": (1000, 1000, 1000)},
     ("would make 256,000,000,000 numbers, which is more than the 1,000,000,000 that it may. "
      "Make Samples or Size smaller.")),
]
# fmt: on


@pytest.mark.parametrize(("type_id", "inputs", "params", "sentence"), CASES)
def test_the_sentence_says_what_is_needed_and_what_came(type_id, inputs, params, sentence):
    layer = LAYERS[type_id](**params)

    with pytest.raises(Mismatch) as caught:
        infer(layer, wired(type_id, inputs) if inputs else {})

    assert caught.value.message == sentence
