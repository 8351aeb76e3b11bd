"""Losses of probability: how unlikely the target is under what the network says. Axes per sample: any places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from graphs.code import Code, adapted, expression, of_torch, tensor
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import Difference, check_class_scores, same_sizes
from graphs.spec import SCALAR, Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn


@layer(
    "NLLLoss",
    title="Negative log likelihood",
    category="Loss",
    also=("nll", "log likelihood", "classification loss"),
    role="loss",
)
class NLLLoss(Layer):
    """The negated log probability of the right class: log probabilities (..., K), classes (...) -> a number.

    It takes logarithms of probabilities: put Log softmax before it, or take Cross entropy, which does both.
    Source: torch.nn.NLLLoss, with the classes on the last axis.
    """

    weight: tuple[float, ...] | None = param(
        None,
        ge=0,
        doc="How much each class counts, one number per class; none counts all the same.",
        advanced=True,
    )
    ignore_index: int = param(-100, doc="Targets with this value do not count.", advanced=True)

    def infer(self, input: Spec, target: Spec) -> Spec:
        classes = check_class_scores(input, target)
        if self.weight is not None and len(self.weight) != classes:
            input.fail(
                f"has {counted(len(self.weight), 'class weight')} for "
                f"{counted(classes, 'class', 'classes')}. Give one for each, or none.",
                code="G205",
                hints=(Hint("set", params=(("weight", None),)),),
            )
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import ClassLastNLL, weight_tensor

        return ClassLastNLL(weight_tensor(self.weight), ignore_index=self.ignore_index)

    def code(self, input: Spec, target: Spec) -> Code:
        values: dict[str, Any] = {"ignore_index": self.ignore_index}
        if self.weight is not None:
            values["weight"] = tensor(self.weight)
        rows = "{input}" if input.rank == 1 else "{input}.movedim(-1, 1)"
        return of_torch("NLLLoss", input, values, f"{{self}}({rows}, {{target}})")


@layer(
    "BCELoss",
    title="Binary cross entropy of probabilities",
    category="Loss",
    also=("bce", "sigmoid", "logistic loss", "reconstruction", "autoencoder"),
    role="loss",
)
class BCELoss(Layer):
    """How surprised the network is by the right yes-or-no answers: probabilities (...), target (...) -> a number.

    It takes probabilities, as of a Sigmoid; Binary cross entropy takes raw scores and is steadier. Used for images
    whose pixels lie between 0 and 1. Source: torch.nn.BCELoss.
    """

    def infer(self, input: Spec, target: Spec) -> Spec:
        if input.expect_float().kind != "probability":
            input.fail(
                "needs probabilities from 0 to 1, but gets numbers. Put a Sigmoid before it, or use Binary cross "
                "entropy, which takes raw scores.",
                code="G202",
                hints=(Hint("insert", input.port, "Sigmoid"),),
            )
        if target.kind == "class" and target.of in (None, 2):
            if input.sizes not in (target.sizes, (*target.sizes, 1)):
                input.fail(f"needs one probability for each label, but gets {input} per sample.")
            return SCALAR
        if target.kind not in ("number", "mask", "probability"):
            target.fail(
                f"needs labels of two classes or numbers from 0 to 1, but gets {target.words}.",
                code="G202",
            )
        same_sizes(input, target)
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import LabelBCE

        return LabelBCE()

    def code(self, input: Spec, target: Spec) -> Code:
        same = target.dtype == "float32" and target.sizes == input.sizes
        target_ = "{target}" if same else "{target}.float().reshape({input}.shape)"
        return of_torch("BCELoss", input, {}, f"{{self}}({{input}}, {target_})")


@layer(
    "KLDivLoss",
    title="KL divergence",
    category="Loss",
    also=("kullback-leibler", "relative entropy", "distribution"),
    role="loss",
)
class KLDivLoss(Layer):
    """How far one distribution is from another, in nats: log probabilities (..., K), target (..., K) -> a number.

    The first input holds logarithms: put Log softmax before it. The target holds probabilities, or logarithms, too.
    Summed over the last axis, with the mean over all others. Source: torch.nn.KLDivLoss ("batchmean").
    """

    log_target: bool = param(
        False, doc="Whether the target holds logarithms of probabilities, too."
    )

    def infer(self, input: Spec, target: Spec) -> Spec:
        if not input.expect_float().dims:
            input.fail(
                "needs one log probability for each class, but gets a single number per sample."
            )
        if target.dtype != "float32":
            target.fail(
                f"needs a distribution as its target, but gets {target.words}. For labels, use Cross entropy.",
                code="G202",
            )
        same_sizes(input, target)
        return SCALAR

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import RowKLDiv

        return RowKLDiv(log_target=self.log_target)

    def code(self, input: Spec, target: Spec) -> Code:
        return adapted("losses.RowKLDiv", log_target=self.log_target)


@layer(
    "GaussianKL",
    title="Gaussian KL",
    category="Loss",
    also=("vae", "variational", "kl divergence", "elbo", "prior", "latent"),
    role="loss",
)
class GaussianKL(Layer):
    """How far normal numbers are from the standard ones, in nats: mean (...), log variance (...) -> a number.

    The second loss of a VAE: it keeps the latent numbers near mean 0 and deviation 1. Its weight in the objective
    is the beta of a beta-VAE. Source: Kingma and Welling 2013.
    """

    reduction: Literal["sum", "mean"] = param(
        "sum",
        doc="Whether the numbers of a sample are added up, as in the paper, or averaged; samples are averaged.",
    )

    def infer(self, mean: Spec, log_variance: Spec) -> Spec:
        mean.expect_float()
        if log_variance.expect_float().sizes != mean.sizes:
            log_variance.fail(
                f"needs one log variance for each mean, but gets {log_variance} for {mean}."
            )
        return SCALAR

    def build(self, mean: Spec, log_variance: Spec) -> nn.Module:
        from graphs.modules.losses import GaussianKL as Module

        return Module(self.reduction)

    def code(self, mean: Spec, log_variance: Spec) -> Code:
        each = "gaussian_kl({mean}, {log_variance})"
        rows = "" if mean.rank <= 1 else ".flatten(1)"
        added = f"{each}{rows}.sum(1)" if self.reduction == "sum" and mean.rank else each
        return expression(f"{added}.mean()", "losses.gaussian_kl")


@layer(
    "PoissonNLLLoss",
    title="Poisson likelihood",
    category="Loss",
    also=("counts", "rate", "regression loss", "events"),
    role="loss",
)
class PoissonNLLLoss(Difference):
    """How unlikely counts are: input (...), target (...) of the same sizes -> a number.

    For targets that count something: 0, 1, 2 and so on. The network gives the logarithm of the rate, if Log input
    is on. Keep the data's Normalize at none, or counts are counts no more. Source: torch.nn.PoissonNLLLoss.
    """

    log_input: bool = param(
        True, doc="Whether the network gives the logarithm of the rate; else the rate itself."
    )
    full: bool = param(
        False, doc="Whether the part that does not depend on the network is added.", advanced=True
    )

    def build(self, input: Spec, target: Spec) -> nn.Module:
        from torch import nn

        return nn.PoissonNLLLoss(log_input=self.log_input, full=self.full)


@layer(
    "GaussianNLLLoss",
    title="Gaussian likelihood",
    category="Loss",
    also=("uncertainty", "variance", "heteroscedastic", "regression loss", "nll"),
    role="loss",
)
class GaussianNLLLoss(Layer):
    """How unlikely the target is under a mean and a log variance: input, target, log variance (...) -> a number.

    The network says how sure it is: one branch gives the mean (input), another the logarithm of the variance.
    Source: Nix and Weigend 1994; torch.nn.GaussianNLLLoss.
    """

    full: bool = param(False, doc="Whether the constant part is added.", advanced=True)
    eps: float = param(
        1e-6, gt=0, doc="The smallest variance, which keeps the division safe.", advanced=True
    )

    def infer(self, input: Spec, target: Spec, log_variance: Spec) -> Spec:
        input.expect_float()
        if target.dtype != "float32":
            target.fail(
                f"needs numbers as its target, but gets {target.words}. For labels, use Cross entropy.",
                code="G202",
            )
        same_sizes(input, target)
        if log_variance.expect_float().sizes != input.sizes:
            log_variance.fail(
                f"needs one log variance for each mean, but gets {log_variance} for {input}."
            )
        return SCALAR

    def build(self, input: Spec, target: Spec, log_variance: Spec) -> nn.Module:
        from graphs.modules.losses import LogVarianceNLL

        return LogVarianceNLL(full=self.full, eps=self.eps)

    def code(self, input: Spec, target: Spec, log_variance: Spec) -> Code:
        return expression(
            "F.gaussian_nll_loss({input}, {target}, {log_variance}.exp(), "
            f"full={self.full}, eps={self.eps!r})"
        )
