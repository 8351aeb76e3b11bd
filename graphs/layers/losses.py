"""Losses: one number that training makes small. Axes per sample: any places, then K classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphs.code import Code, of_torch, tensor
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import Difference, check_class_scores, same_sizes
from graphs.spec import SCALAR, Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn


@layer(
    "CrossEntropyLoss",
    title="Cross entropy",
    category="Loss",
    also=("log loss", "softmax loss", "negative log likelihood", "classification loss"),
    role="loss",
    follows={"Linear": 2},
    usual_for="class",
    applies="softmax",
)
class CrossEntropyLoss(Layer):
    """How surprised the network is by the right class, in nats: logits (..., K), classes (...) -> a number.

    The usual loss for choosing one of K classes (or the next token). It takes raw scores: no Softmax before
    it. It starts near ln(K), 2.3 for ten classes.
    Source: torch.nn.CrossEntropyLoss, with the classes on the last axis.
    """

    label_smoothing: float = param(
        0.0, ge=0, lt=1, doc="Share of the target that is spread over all classes."
    )
    weight: tuple[float, ...] | None = param(
        None,
        ge=0,
        doc="How much each class counts, one number per class; none counts all the same.",
        advanced=True,
    )
    ignore_index: int = param(-100, doc="Targets with this value do not count.", advanced=True)

    def infer(self, logits: Spec, target: Spec) -> Spec:
        if target.kind == "probability" and logits.expect_float().sizes == target.sizes:
            if logits.dims:
                return SCALAR
            logits.fail("needs one score for each class, but gets a single number per sample.")
        classes = check_class_scores(logits, target)
        if self.weight is not None and len(self.weight) != classes:
            logits.fail(
                f"has {counted(len(self.weight), 'class weight')} for "
                f"{counted(classes, 'class', 'classes')}. Give one for each, or none.",
                code="G205",
                hints=(Hint("set", params=(("weight", None),)),),
            )
        return SCALAR

    def build(self, logits: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import ClassLastCrossEntropy, weight_tensor

        return ClassLastCrossEntropy(
            weight_tensor(self.weight),
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )

    def code(self, logits: Spec, target: Spec) -> Code:
        values: dict[str, Any] = {
            "label_smoothing": self.label_smoothing,
            "ignore_index": self.ignore_index,
        }
        if self.weight is not None:
            values["weight"] = tensor(self.weight)
        if logits.rank == 1:  # torch wants the classes second, where they are
            return of_torch("CrossEntropyLoss", logits, values)
        spread = ".movedim(-1, 1)" if target.rank == logits.rank else ""
        call = f"{{self}}({{logits}}.movedim(-1, 1), {{target}}{spread})"
        return of_torch("CrossEntropyLoss", logits, values, call)


@layer(
    "BCEWithLogitsLoss",
    title="Binary cross entropy",
    category="Loss",
    also=("bce", "logistic loss", "sigmoid loss", "multi-label loss", "yes or no"),
    role="loss",
    usual_for="mask",
    applies="sigmoid",
)
class BCEWithLogitsLoss(Layer):
    """How surprised the network is by the right yes-or-no answers, in nats: logits (...), target (...) -> a number.

    For two classes, end the network with a Linear of 1 output: the score says how likely class 1 is, and
    the target is the class label as the data give it. For several answers at once, one score and one target
    number (0 or 1) each. It takes raw scores: no Sigmoid before it. Source: torch.nn.BCEWithLogitsLoss.
    """

    pos_weight: float | None = param(
        None,
        gt=0,
        doc="How much more a yes counts than a no; use it if yes is rare. None counts both the same.",
    )

    def infer(self, logits: Spec, target: Spec) -> Spec:
        logits.expect_float()
        if target.kind == "class":
            if target.of not in (None, 2):
                target.fail(
                    f"needs a target of two classes, but gets one of {target.of}. Use Cross entropy for more classes.",
                    code="G203",
                )
            if logits.sizes not in (target.sizes, (*target.sizes, 1)):
                logits.fail(
                    f"needs one score for each label, but gets {logits} per sample. "
                    "Let the layer before it give 1 output, or use Cross entropy.",
                    hints=(Hint("insert", logits.port, "Linear", (("out_features", 1),)),)
                    if logits.dims
                    else (),
                )
            return SCALAR
        if target.kind not in ("number", "mask", "probability"):
            target.fail(
                f"needs labels of two classes or numbers of 0 and 1, but gets {target.words}.",
                code="G202",
            )
        same_sizes(logits, target)
        return SCALAR

    def build(self, logits: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import LabelBCEWithLogits, weight_tensor

        return LabelBCEWithLogits(
            pos_weight=weight_tensor(None if self.pos_weight is None else (self.pos_weight,))
        )

    def code(self, logits: Spec, target: Spec) -> Code:
        weight = None if self.pos_weight is None else tensor((self.pos_weight,))
        values = {} if weight is None else {"pos_weight": weight}
        same = target.dtype == "float32" and target.sizes == logits.sizes
        target_ = "{target}" if same else "{target}.float().reshape({logits}.shape)"
        return of_torch("BCEWithLogitsLoss", logits, values, f"{{self}}({{logits}}, {target_})")


@layer(
    "MSELoss",
    title="Mean squared error",
    category="Loss",
    also=("mse", "l2 loss", "squared error", "regression loss"),
    role="loss",
    follows={"Linear": 6},
    usual_for="number",
)
class MSELoss(Difference):
    """The mean of the squared differences: input (...), target (...) of the same sizes -> a number.

    The usual loss for predicting numbers. Large mistakes count much more than small ones, so that a few
    outliers can rule it: then use Huber or Mean absolute error. Source: torch.nn.MSELoss.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from torch import nn

        return nn.MSELoss()


@layer(
    "L1Loss",
    title="Absolute error",
    category="Loss",
    also=("l1 loss", "mae loss", "mean absolute error", "regression loss"),
    role="loss",
)
class L1Loss(Difference):
    """The mean of the differences without their sign: input (...), target (...) of the same sizes -> a number.

    For predicting numbers where outliers should not rule; it learns the median. Source: torch.nn.L1Loss.
    """

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from torch import nn

        return nn.L1Loss()


@layer(
    "SmoothL1Loss",
    title="Smooth L1",
    category="Loss",
    also=("huber", "robust loss", "regression loss", "boxes"),
    role="loss",
)
class SmoothL1Loss(Difference):
    """Squared for small differences and absolute for large ones: input (...), target (...) -> a number.

    Huber divided by its bend, so that large differences count the same whatever it is: usual for the boxes of
    detectors. Source: Girshick 2015; torch.nn.SmoothL1Loss.
    """

    beta: float = param(1.0, gt=0, doc="The difference from which on it grows in a straight line.")

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from torch import nn

        return nn.SmoothL1Loss(beta=self.beta)


@layer(
    "HuberLoss",
    title="Huber",
    category="Loss",
    also=("robust loss", "regression loss", "outliers"),
    role="loss",
)
class HuberLoss(Difference):
    """Squared for small differences and absolute for large ones: input (...), target (...) -> a number.

    For predicting numbers with some outliers: smooth near the goal, calm far from it.
    Source: Huber 1964; torch.nn.HuberLoss.
    """

    delta: float = param(1.0, gt=0, doc="The difference from which on it grows in a straight line.")

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from torch import nn

        return nn.HuberLoss(delta=self.delta)
