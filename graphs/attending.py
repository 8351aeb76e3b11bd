"""What layers of attention share: sequences, masks, heads that divide the features, and the parts of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graphs.layer import Layer, Shape
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec, counted

MOST_HEADS = 256
"""Where the search for a number that fits begins at the latest."""

CAUSAL_DOC = (
    "Whether a step may look only at itself and earlier ones, as when the next word is foretold."
)


def check_sequence(input: Spec) -> None:
    """Check that an input is a sequence of numbers with at least one step.

    Raises:
        Mismatch: it is not.
    """
    input.expect_float().axes("T", "E", of="a sequence")
    if input.sizes[0] == 0:
        input.fail("needs at least one step, but gets an empty sequence.")


def check_mask(mask: Spec | None, steps: Size) -> None:
    """Check that a mask, where there is one, has a place for each step.

    Raises:
        Mismatch: it has not, or is no mask.
    """
    if mask is None:
        return
    if mask.dtype != "bool":
        mask.fail(f"needs a mask that says where not to look, but gets {mask.words}.", code="G202")
    if mask.sizes != (steps,):
        mask.fail(
            f"needs a mask with one place for each of {counted(steps, 'step')}, but gets one of {mask}."
        )


def fitting_heads(features: int, wanted: int) -> int:
    """The largest sensible number of heads up to the wanted one that divides the features."""
    heads = min(wanted, features, MOST_HEADS)
    while features % heads:
        heads -= 1
    return heads


def check_heads(input: Spec, heads: int, name: str, title: str) -> int:
    """How many features a step has, after checking that the heads divide them; `name` is the parameter of heads.

    Raises:
        Mismatch: they leave a rest.
    """
    features = input.fixed(-1, "the number of features")
    if features % heads:
        fits = fitting_heads(features, heads)
        input.fail(
            f"divides {counted(features, 'feature')} among {heads} heads, which leaves a rest. "
            f"Set {title} to {fits}, or let the layer before give a multiple of {heads}.",
            code="G205",
            hints=(
                Hint("set", params=((name, fits),)),
                Hint("before", params=(("size", (features // heads + 1) * heads),)),
            ),
        )
    return features


@dataclass(frozen=True, kw_only=True)
class TransformerPart(Layer):
    """The base of encoder and decoder layers: attention and a small network, each with a shortcut and a layer norm."""

    nhead: int = param(
        4,
        ge=1,
        label="Heads",
        doc="How many views attention takes at once; it divides the features among them.",
    )
    dim_feedforward: int = param(256, ge=1, doc="Width of the small network inside.")
    dropout: float = param(
        0.1, ge=0, lt=1, doc="Share of the numbers that are set to 0 while training."
    )
    activation: Literal["relu", "gelu"] = param("relu", doc="The activation of the small network.")
    is_causal: bool = param(False, doc=CAUSAL_DOC)
    norm_first: bool = param(
        False,
        doc="Whether layer norm stands before attention and network, not after; deep stacks learn easier so.",
    )
    layer_norm_eps: float = param(
        1e-5,
        gt=0,
        doc="A small number that keeps the division by the deviation safe.",
        advanced=True,
    )
    bias: bool = param(True, doc="Whether learned numbers are added.", advanced=True)

    def settings(self) -> dict[str, Any]:
        """The parameters of torch's layer by name, but for the features."""
        return {
            "nhead": self.nhead, "dim_feedforward": self.dim_feedforward, "dropout": self.dropout,
            "activation": self.activation, "layer_norm_eps": self.layer_norm_eps,
            "norm_first": self.norm_first, "bias": self.bias,
        }  # fmt: skip

    def learned(self, features: int, *attentions: str) -> Mapping[str, Shape]:
        """Names and shapes of what it learns, with attentions of these names and one layer norm more than those."""
        inner = self.dim_feedforward
        shapes: dict[str, Shape] = {}
        for name in attentions:
            shapes[f"{name}.in_proj_weight"] = (3 * features, features)
            shapes[f"{name}.in_proj_bias"] = (3 * features,)
            shapes[f"{name}.out_proj.weight"] = (features, features)
            shapes[f"{name}.out_proj.bias"] = (features,)
        shapes |= {
            "linear1.weight": (inner, features),
            "linear1.bias": (inner,),
            "linear2.weight": (features, inner),
            "linear2.bias": (features,),
        }
        for number in range(1, len(attentions) + 2):
            shapes[f"norm{number}.weight"] = shapes[f"norm{number}.bias"] = (features,)
        return {
            name: shape for name, shape in shapes.items() if self.bias or not name.endswith("bias")
        }
