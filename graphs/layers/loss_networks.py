"""Losses between networks: a discriminator's verdict, a teacher's answers; and of sequences without places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphs.code import Code, adapted, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.scoring import same_sizes
from graphs.spec import SCALAR, Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "AdversarialLoss",
    title="Adversarial",
    category="Loss",
    also=("gan", "discriminator", "generator", "real or fake", "wasserstein", "hinge"),
    role="loss",
)
class AdversarialLoss(Layer):
    """How far a discriminator's scores are from one verdict for all: logits (...) -> a number.

    A GAN has three: the discriminator learns real for data and fake for the generator's work; the generator
    learns that its work shall be called real. Source: Goodfellow et al. 2014; Mao et al. 2017; Lim and Ye 2017.
    """

    target: Literal["real", "fake"] = param(
        "real", doc="The verdict that is wanted for these samples."
    )
    form: Literal["logistic", "least_squares", "hinge", "wasserstein"] = param(
        "logistic",
        doc="How it is measured: logistic is the first GAN, least_squares LSGAN, hinge and wasserstein take "
        "scores without limits.",
    )
    generator: bool = param(
        False,
        doc="Whether it is the generator that learns; only the hinge form makes a difference.",
        advanced=True,
    )

    def infer(self, logits: Spec) -> Spec:
        logits.expect_float()
        if 0 in logits.sizes:
            logits.fail(f"needs at least one score, but gets {logits}.")
        return SCALAR

    def build(self, logits: Spec) -> nn.Module:
        from graphs.modules.losses import Adversarial

        return Adversarial(self.form, real=self.target == "real", generator=self.generator)

    def code(self, logits: Spec) -> Code:
        real = self.target == "real"
        if self.form == "logistic":
            return expression(f"F.softplus({'-' if real else ''}{{logits}}).mean()")
        if self.form == "least_squares":
            return expression(f"{'({logits} - 1)' if real else '{logits}'}.square().mean()")
        if self.form == "hinge" and not self.generator:
            return expression(f"(1 {'-' if real else '+'} {{logits}}).relu().mean()")
        return expression(f"{'-' if real else ''}{{logits}}.mean()")


@layer(
    "DistillationLoss",
    title="Distillation",
    category="Loss",
    also=("teacher", "student", "knowledge", "compression", "kl divergence", "soft targets"),
    role="loss",
    applies="softmax",
)
class DistillationLoss(Layer):
    """How far a student's scores are from a teacher's, softened: logits (..., K), teacher (..., K) -> a number.

    The student learns from all scores of the teacher, not from the right class alone. Freeze the teacher, and add
    a Cross entropy with the labels. No gradient reaches the teacher. Source: Hinton et al. 2015.
    """

    temperature: float = param(
        4.0, gt=0, doc="How much both are softened: large values show more of the small scores."
    )

    def infer(self, logits: Spec, teacher: Spec) -> Spec:
        if not logits.expect_float().dims:
            logits.fail("needs one score for each class, but gets a single number per sample.")
        teacher.expect_float()
        same_sizes(logits, teacher)
        return SCALAR

    def build(self, logits: Spec, teacher: Spec) -> nn.Module:
        from graphs.modules.losses import Distillation

        return Distillation(self.temperature)

    def code(self, logits: Spec, teacher: Spec) -> Code:
        return adapted("losses.Distillation", self.temperature)


@layer(
    "CTCLoss",
    title="CTC",
    category="Loss",
    also=("speech", "handwriting", "connectionist temporal classification", "alignment", "ocr"),
    role="loss",
    applies="softmax",
)
class CTCLoss(Layer):
    """How unlikely a text is under scores whose steps nobody has aligned: logits (T, K), tokens (S) -> a number.

    For speech and handwriting. It takes raw scores of every step. Class `blank` means nothing, and fills up
    targets that are shorter than S. Source: Graves et al. 2006; torch.nn.CTCLoss.
    """

    blank: int = param(0, ge=0, doc="The class that means nothing.")
    zero_infinity: bool = param(
        True, doc="Whether samples whose text is too long for their steps count as 0."
    )

    def infer(self, logits: Spec, target: Spec) -> Spec:
        logits.expect_float().axes("T", "K", of="scores of every step")
        classes = logits.fixed(-1, "the number of classes")
        if logits.sizes[0] == 0:
            logits.fail("needs at least one step, but gets an empty sequence.")
        if target.dtype != "int64":
            target.fail(f"needs tokens as its target, but gets {target.words}.", code="G202")
        if target.rank != 1:
            target.fail(f"needs a row of tokens (S) as its target, but gets {target.shown}.")
        if target.of is not None and target.of > classes:
            logits.fail(
                f"has {target.of} tokens to choose from, but gets {classes} scores for them. "
                f"Let the layer before it give {target.of} outputs.",
                code="G203",
                hints=(Hint("insert", logits.port, "Linear", (("out_features", target.of),)),),
            )
        if self.blank >= classes:
            logits.fail(
                f"has classes 0 to {classes - 1}, so Blank cannot be {self.blank}. Set it to 0.",
                code="G205",
                hints=(Hint("set", params=(("blank", 0),)),),
            )
        return SCALAR

    def build(self, logits: Spec, target: Spec) -> nn.Module:
        from graphs.modules.losses import StepCTC

        return StepCTC(self.blank, zero_infinity=self.zero_infinity)

    def code(self, logits: Spec, target: Spec) -> Code:
        return adapted("losses.StepCTC", self.blank, zero_infinity=self.zero_infinity)
