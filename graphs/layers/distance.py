"""How alike or how far apart two inputs are. Axes per sample: any places, then E features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.code import Code, of_torch
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.spec import Spec

if TYPE_CHECKING:
    from torch import nn


class Comparison(Layer):
    """The base of comparisons along the features: the last axis goes."""

    def infer(self, input1: Spec, input2: Spec) -> Spec:
        if not input1.expect_float().dims:
            input1.fail("needs at least one axis of features, but gets a single number per sample.")
        if input2.expect_float().sizes != input1.sizes:
            input2.fail(f"compares inputs of the same sizes, but gets {input1} and {input2}.")
        if input1.sizes[-1] == 0:
            input1.fail(f"needs at least one feature, but gets {input1}.")
        left = input1.dims[:-1]
        return input1.numbers().with_axes(
            *(axis.size for axis in left), letters=tuple(axis.name for axis in left)
        )


@layer(
    "CosineSimilarity",
    title="Cosine similarity",
    category="Merge",
    also=("angle", "likeness", "compare", "siamese", "embedding"),
)
class CosineSimilarity(Comparison):
    """The cosine of the angle between two rows of features, from -1 to 1: (..., E), (..., E) -> (...).

    Compares embeddings whatever their length. Source: torch.nn.CosineSimilarity.
    """

    eps: float = param(1e-8, gt=0, doc="The smallest length that is divided by.", advanced=True)

    def build(self, input1: Spec, input2: Spec) -> nn.Module:
        from torch import nn

        return nn.CosineSimilarity(dim=-1, eps=self.eps)

    def code(self, input1: Spec, input2: Spec) -> Code:
        return of_torch("CosineSimilarity", input1, {"dim": -1, "eps": self.eps})


@layer(
    "PairwiseDistance",
    title="Pairwise distance",
    category="Merge",
    also=("euclidean", "compare", "siamese", "embedding", "l2"),
)
class PairwiseDistance(Comparison):
    """The distance between two rows of features: (..., E), (..., E) -> (...).

    Compares embeddings, as in a Siamese network. Source: torch.nn.PairwiseDistance.
    """

    p: float = param(
        2.0, ge=1, label="Power", doc="2 is the ordinary distance, 1 the sum of differences."
    )
    eps: float = param(1e-6, ge=0, doc="What is added to each difference.", advanced=True)

    def build(self, input1: Spec, input2: Spec) -> nn.Module:
        from torch import nn

        return nn.PairwiseDistance(self.p, self.eps)
