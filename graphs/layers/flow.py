"""What goes where, and where something begins: gradients that stop, choices by mode, states and noise to start from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from graphs.code import Code, adapted, expression
from graphs.elementwise import Elementwise
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.spec import Mismatch, Spec

if TYPE_CHECKING:
    from torch import nn

Mode = Literal["train", "evaluate", "predict"]

FALLBACKS: dict[Mode, tuple[Mode, ...]] = {
    "train": ("train", "evaluate", "predict"),
    "evaluate": ("evaluate", "train", "predict"),
    "predict": ("predict", "evaluate", "train"),
}
"""Which input a mode takes: its own, else the next that is wired."""


@layer(
    "Detach",
    title="Detach",
    category="Flow",
    also=("stop gradient", "no grad", "freeze", "target network", "simsiam"),
)
class Detach(Layer):
    """Gives what it gets, and lets no gradient back: any axes, unchanged.

    What stands before it learns nothing through it: for a teacher, a target that must hold still, or a generator
    while its discriminator learns. Source: torch.Tensor.detach.
    """

    def infer(self, input: Spec) -> Spec:
        return input

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.flow import Detach as Module

        return Module()

    def code(self, input: Spec) -> Code:
        return expression("{input}.detach()")


@layer(
    "Switch",
    title="Switch",
    category="Flow",
    also=("mode", "training only", "teacher forcing", "choose", "if"),
)
class Switch(Layer):
    """Picks its input by mode: train while training, evaluate while evaluating, predict while predicting.

    A mode whose input is not wired takes the next one that is: evaluation that of training, prediction that of
    evaluation. All inputs have the same axes. Only what the mode needs is computed.
    Source: torch.nn.Module.training.
    """

    modes: ClassVar[tuple[Mode, ...]] = ("train", "evaluate", "predict")

    def infer(
        self, train: Spec | None = None, evaluate: Spec | None = None, predict: Spec | None = None
    ) -> Spec:
        wired = [each for each in (train, evaluate, predict) if each is not None]
        if not wired:
            raise Mismatch(
                "has nothing to pick from. Wire at least one of its inputs train, evaluate and predict."
            )
        first = wired[0]
        for each in wired[1:]:
            if (each.sizes, each.dtype, each.of) != (first.sizes, first.dtype, first.of):
                each.fail(
                    f"picks one of its inputs, so they must be alike, but gets {first} ({first.words}) and "
                    f"{each} ({each.words})."
                )
        same = all(each.kind == first.kind for each in wired)
        return first if same else first.numbers() if first.dtype == "float32" else first

    @classmethod
    def picked(cls, mode: Mode, wired: Collection[str]) -> Mode:
        """The input port that a mode takes, of those that are wired (at least one)."""
        return next(port for port in FALLBACKS[mode] if port in wired)

    def build(
        self, train: Spec | None = None, evaluate: Spec | None = None, predict: Spec | None = None
    ) -> nn.Module:
        """A module that picks among what it is given by whether it is training: compile mode by mode to know more."""
        from graphs.modules.flow import Switch as Module

        return Module()

    def code(
        self, train: Spec | None = None, evaluate: Spec | None = None, predict: Spec | None = None
    ) -> Code:
        return adapted("flow.Switch")


@layer(
    "InitialState",
    title="Initial state",
    category="Flow",
    also=("zeros", "constant", "start token", "hidden state", "learned start", "query"),
)
class InitialState(Layer):
    """The same start for every sample: any axes -> size. Its input says only how many samples there are.

    The first state of a recurrent block of your own, or learned queries for attention.
    Source: torch.zeros, torch.nn.Parameter.
    """

    size: tuple[int, ...] = param((64,), ge=1, le=10**6, doc="The sizes of the state.")
    learned: bool = param(False, doc="Whether the start is learned; else it stays what Value says.")
    value: float = param(
        0.0,
        doc="What every number is, or begins with. A learned start of 0 begins with small noise.",
    )

    def infer(self, input: Spec) -> Spec:
        return input.numbers().with_axes(*self.size)

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.flow import InitialState as Module

        return Module(self.size, self.value, learned=self.learned)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        return {"state": self.size} if self.learned else {}

    def code(self, input: Spec) -> Code:
        if self.learned:
            return adapted("flow.InitialState", self.size, self.value, learned=True)
        sizes = ", ".join(map(str, self.size))
        if not self.value:
            return expression(f"torch.zeros({{input}}.shape[0], {sizes}, device={{input}}.device)")
        shape = f"({{input}}.shape[0], {sizes})"
        return expression(f"torch.full({shape}, {self.value!r}, device={{input}}.device)")


@layer(
    "NoiseLike",
    title="Noise like input",
    category="Flow",
    also=("random", "normal", "gaussian", "latent", "generator", "diffusion"),
)
class NoiseLike(Layer):
    """Fresh random normal numbers for every sample: any axes -> size, or the axes of the input.

    Other numbers at every step, also in evaluation: the latent numbers of a GAN, the noise of a diffusion model.
    Source: torch.randn.
    """

    size: tuple[int, ...] | None = param(
        None, ge=1, le=10**6, doc="The sizes of the noise; none takes those of the input."
    )
    mean: float = param(0.0, doc="Where the numbers have their middle.")
    std: float = param(1.0, ge=0, label="Standard deviation", doc="How far they spread.")

    def infer(self, input: Spec) -> Spec:
        return input.numbers().with_axes(*self.size) if self.size else input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.random import NoiseLike as Module

        return Module(self.size or (), self.mean, self.std)

    def code(self, input: Spec) -> Code:
        if self.size:
            sizes = ", ".join(map(str, self.size))
            drawn = f"torch.randn({{input}}.shape[0], {sizes}, device={{input}}.device)"
        elif input.dtype == "float32":
            drawn = "torch.randn_like({input})"
        else:
            return adapted("random.NoiseLike", (), self.mean, self.std)
        wide = drawn if self.std == 1 else f"{self.std!r} * {drawn}"
        return expression(f"{self.mean!r} + {wide}" if self.mean else wide)


@layer(
    "Reparameterize",
    title="Reparameterize",
    category="Flow",
    also=("vae", "sample", "latent", "gaussian", "variational", "reparameterization trick"),
)
class Reparameterize(Layer):
    """Draws a normal number for each mean and log variance: (E), (E) -> (E).

    The heart of a VAE: the draw is random, and both inputs learn through it. Gaussian KL is the loss that goes
    with it. In evaluation it gives the mean, unless it shall always draw. Source: Kingma and Welling 2013.
    """

    always: bool = param(
        False, label="Always draw", doc="Whether it draws in evaluation and prediction, too."
    )

    def infer(self, mean: Spec, log_variance: Spec) -> Spec:
        mean.expect_float()
        if log_variance.expect_float().sizes != mean.sizes:
            log_variance.fail(
                f"needs one log variance for each mean, but gets {log_variance} for {mean}."
            )
        return mean.numbers()

    def build(self, mean: Spec, log_variance: Spec) -> nn.Module:
        from graphs.modules.random import Reparameterize as Module

        return Module(always=self.always)

    def code(self, mean: Spec, log_variance: Spec) -> Code:
        return adapted("random.Reparameterize", always=self.always)


@layer(
    "GradientReversal",
    title="Gradient reversal",
    category="Flow",
    also=("domain adaptation", "adversarial", "dann"),
)
class GradientReversal(Elementwise):
    """Gives what it gets, and turns the gradient round: any axes, unchanged.

    What stands before it learns to make the loss behind it worse: features from which nobody can tell where a
    sample comes from. Source: Ganin and Lempitsky 2015.
    """

    alpha: float = param(
        1.0, ge=0, label="Strength", doc="What the gradient is multiplied by, negated."
    )

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.flow import GradientReversal as Module

        return Module(self.alpha)

    def code(self, input: Spec) -> Code:
        return adapted("flow.GradientReversal", self.alpha)
