"""Embeddings: learned numbers for tokens and classes. Axes per sample: any places, then E features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphs.code import Code, adapted, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "Embedding",
    title="Embedding",
    category="Embedding",
    also=("lookup table", "word vectors", "tokens", "one-hot"),
    follows={"Data": 4},
)
class Embedding(Layer):
    """Gives each token or class a learned row of numbers: (...) -> (..., embedding_dim).

    The way from words, characters or classes to numbers that layers can work with; like a Linear layer after
    a one-hot code, only faster. Source: Bengio et al. 2003; torch.nn.Embedding.
    """

    embedding_dim: int = param(64, ge=1, doc="How many numbers each token gets.")
    num_embeddings: int | None = param(
        None,
        ge=1,
        doc="How many tokens there are; none takes the number that the data know.",
        advanced=True,
    )
    padding_idx: int | None = param(
        None, ge=0, doc="The token whose row stays 0, for filling up short texts.", advanced=True
    )

    def infer(self, input: Spec) -> Spec:
        if input.dtype != "int64":
            input.fail(
                f"needs tokens or class labels, but gets {input.words}. For numbers, use Linear.",
                code="G202",
                hints=(Hint("become", "", "Linear", (("out_features", self.embedding_dim),)),),
            )
        if self.num_embeddings is None and input.of is None:
            input.fail("cannot know how many tokens there are. Set Num embeddings.", code="G205")
        if (
            self.num_embeddings is not None
            and input.of is not None
            and self.num_embeddings < input.of
        ):
            input.fail(
                f"has rows for {self.num_embeddings} tokens, but gets {input.of} different ones. "
                "Set Num embeddings to none to follow the data.",
                code="G203",
                hints=(Hint("set", params=(("num_embeddings", None),)),),
            )
        count = self._count(input)
        if self.padding_idx is not None and self.padding_idx >= count:
            input.fail(
                f"has rows 0 to {count - 1}, so its Padding idx cannot be {self.padding_idx}. Set it to none.",
                code="G205",
                hints=(Hint("set", params=(("padding_idx", None),)),),
            )
        return input.numbers().with_axes(
            *input.sizes, self.embedding_dim, letters=(*input.letters, "E")
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.Embedding(self._count(input), self.embedding_dim, self.padding_idx)

    def weights(self, input: Spec) -> Mapping[str, Shape]:
        return {"weight": (self._count(input), self.embedding_dim)}

    def _count(self, input: Spec) -> int:
        count = self.num_embeddings or input.of
        assert count is not None  # infer has refused that
        return count

    def code(self, input: Spec) -> Code:
        sizes = {"num_embeddings": self._count(input), "embedding_dim": self.embedding_dim}
        return of_torch("Embedding", input, {**sizes, "padding_idx": self.padding_idx})


@layer(
    "PositionalEncoding",
    title="Positional encoding",
    category="Embedding",
    also=("position", "sinusoidal", "order of steps", "transformer"),
)
class PositionalEncoding(Layer):
    """Adds to each step a pattern of waves that tells where it stands: (T, E), unchanged.

    Attention alone does not know the order of the steps: put this before the first of them. It learns nothing
    and works for any length. Source: Vaswani et al. 2017.
    """

    base: float = param(
        10000.0, gt=1, doc="How much longer the slowest wave is than the fastest.", advanced=True
    )

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("T", "E", of="a sequence")
        input.fixed(-1, "the number of features")
        return input.numbers()

    def build(self, input: Spec) -> nn.Module:
        from graphs.modules.attention import PositionalEncoding as Module

        return Module(self.base)

    def code(self, input: Spec) -> Code:
        return adapted("attention.PositionalEncoding", self.base)
