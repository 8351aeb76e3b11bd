"""Where a step stands, as numbers that layers can work with. Axes per sample: T steps of E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.code import Code, adapted
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.spec import Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn


@layer(
    "PositionalEmbedding",
    title="Positional embedding",
    category="Embedding",
    also=("position", "learned", "order of steps", "transformer", "gpt", "bert"),
)
class PositionalEmbedding(Layer):
    """Adds to each step a learned row of numbers for its place: (T, E), unchanged.

    Attention alone does not know the order of the steps: put this before the first of them, as GPT and BERT do.
    It knows places up to Max length only; Positional encoding knows all and learns nothing.
    Source: Gehring et al. 2017.
    """

    max_length: int = param(512, ge=1, unit="steps", doc="How many places it knows.")

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("T", "E", of="a sequence")
        input.fixed(-1, "the number of features")
        steps = input.sizes[0]
        if isinstance(steps, int) and steps > self.max_length:
            input.fail(
                f"knows {counted(self.max_length, 'place')}, but gets {steps} steps. Set Max length to {steps}.",
                code="G205",
                hints=(Hint("set", params=(("max_length", steps),)),),
            )
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.positions import PositionalEmbedding as Module

        return Module(self.max_length, input.fixed(-1, "the number of features"))

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        return {"weight": (self.max_length, input.fixed(-1, "the number of features"))}

    def code(self, input: Spec) -> Code:
        width = input.fixed(-1, "the number of features")
        return adapted("positions.PositionalEmbedding", max_length=self.max_length, features=width)


@layer(
    "RotaryEncoding",
    title="Rotary encoding",
    category="Embedding",
    also=("rope", "position", "order of steps", "llama", "transformer"),
)
class RotaryEncoding(Layer):
    """Turns each pair of features by an angle that grows with the place: (T, E), unchanged.

    Put it before the query and before the key of Dot-product attention: how well they match then depends on how
    far apart they stand. It learns nothing and works for any length. Source: Su et al. 2021.
    """

    base: float = param(
        10000.0, gt=1, doc="How much longer the slowest turn is than the fastest.", advanced=True
    )
    num_heads: int = param(
        1, ge=1, doc="Into how many heads the features are divided afterwards; each begins anew."
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("T", "E", of="a sequence")
        features = input.fixed(-1, "the number of features")
        pairs = 2 * self.num_heads
        if features % pairs:
            each = counted(self.num_heads, "head")
            input.fail(
                f"turns pairs of features in {each}, but {features} features cannot be divided so. "
                f"Let the layer before it give a multiple of {pairs}.",
                hints=(Hint("before", params=(("size", (features // pairs + 1) * pairs),)),),
            )
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.positions import RotaryEncoding as Module

        return Module(self.base, self.num_heads)

    def code(self, input: Spec) -> Code:
        return adapted("positions.RotaryEncoding", self.base, self.num_heads)
