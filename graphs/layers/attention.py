"""Attention: each step looks at all others and takes what it needs. Axes per sample: T or S steps of E features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from graphs.attending import CAUSAL_DOC, check_mask, check_sequence, fitting_heads
from graphs.code import Code, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec

if TYPE_CHECKING:
    from torch import nn


@layer(
    "MultiheadAttention",
    title="Multi-head attention",
    category="Attention",
    also=("self-attention", "cross-attention", "transformer", "mha", "qkv"),
)
class MultiheadAttention(Layer):
    """Each step of the query takes a mix of what it finds in all steps: (T, E) -> (T, E).

    With the query alone it is self-attention; wire a key (S, E1), and perhaps a value (S, E2), for attention
    to another sequence. key_padding_mask (S) is true where not to look.
    Source: Vaswani et al. 2017; torch.nn.MultiheadAttention with the batch first.
    """

    num_heads: int = param(
        4, ge=1, doc="How many views it takes at once; it divides the features among them."
    )
    dropout: float = param(
        0.0, ge=0, lt=1, doc="Share of the looks that are dropped while training."
    )
    is_causal: bool = param(False, doc=CAUSAL_DOC)
    bias: bool = param(True, doc="Whether learned numbers are added.", advanced=True)
    add_bias_kv: bool = param(
        False, doc="Whether one learned step is added to key and value.", advanced=True
    )

    def infer(
        self,
        query: Spec,
        key: Spec | None = None,
        value: Spec | None = None,
        key_padding_mask: Spec | None = None,
    ) -> Spec:
        check_sequence(query)
        features = query.fixed(-1, "the number of features")
        if features % self.num_heads:
            fits = fitting_heads(features, self.num_heads)
            query.fail(
                f"divides {features} features among {self.num_heads} heads, which leaves a rest. "
                f"Set Num heads to {fits}, or let the layer before give a multiple of {self.num_heads}.",
                code="G205",
                hints=(Hint("set", params=(("num_heads", fits),)),),
            )
        if value is not None and key is None:
            value.fail("has a value but no key to find it by. Wire a key too.")
        for looked_at in (key, value):
            if looked_at is not None:
                check_sequence(looked_at)
                looked_at.fixed(-1, "the number of features")
        if key is not None and value is not None and key.sizes[0] != value.sizes[0]:
            value.fail(
                f"needs as many steps in the value as in the key, but gets {value.sizes[0]} and {key.sizes[0]}."
            )
        steps = (key or query).sizes[0]
        if self.is_causal and steps != query.sizes[0]:
            (key or query).fail(
                f"may look only at earlier steps, so key and query must have as many, but there are {steps} and "
                f"{query.sizes[0]}. Turn Is causal off.",
                code="G205",
                hints=(Hint("set", params=(("is_causal", False),)),),
            )
        check_mask(key_padding_mask, steps)
        return query.numbers().with_axes(*query.sizes, letters=("T", "E"))

    def build(
        self,
        query: Spec,
        key: Spec | None = None,
        value: Spec | None = None,
        key_padding_mask: Spec | None = None,
    ) -> nn.Module:
        from graphs.modules import attention

        features, keys, values = _widths(query, key, value)
        return attention.MultiheadAttention(
            features, self.num_heads, is_causal=self.is_causal, dropout=self.dropout, bias=self.bias,
            add_bias_kv=self.add_bias_kv, kdim=keys, vdim=values,
        )  # fmt: skip

    def weights(
        self,
        query: Spec,
        key: Spec | None = None,
        value: Spec | None = None,
        key_padding_mask: Spec | None = None,
    ) -> Mapping[str, Shape]:
        features, keys, values = _widths(query, key, value)
        shapes: dict[str, Shape]
        if features == keys == values:
            shapes = {"in_proj_weight": (3 * features, features)}
        else:
            shapes = {
                "q_proj_weight": (features, features),
                "k_proj_weight": (features, keys),
                "v_proj_weight": (features, values),
            }
        if self.bias:
            shapes["in_proj_bias"] = (3 * features,)
        if self.add_bias_kv:
            shapes["bias_k"] = shapes["bias_v"] = (1, 1, features)
        shapes["out_proj.weight"] = (features, features)
        return {**shapes, "out_proj.bias": (features,)} if self.bias else shapes

    def flops(
        self,
        query: Spec,
        key: Spec | None = None,
        value: Spec | None = None,
        key_padding_mask: Spec | None = None,
    ) -> Size:
        features, keys, values = _widths(query, key, value)
        asking, seen = query.sizes[0], (key or query).sizes[0]
        into = asking * (2 * features * features) + seen * (2 * features * (keys + values))
        looked_at = seen + (1 if self.add_bias_kv else 0)
        return into + asking * looked_at * (4 * features) + asking * (2 * features * features)

    def code(
        self,
        query: Spec,
        key: Spec | None = None,
        value: Spec | None = None,
        key_padding_mask: Spec | None = None,
    ) -> Code:
        _, keys, values = _widths(query, key, value)
        given = {
            "num_heads": self.num_heads, "dropout": self.dropout, "bias": self.bias,
            "add_bias_kv": self.add_bias_kv, "batch_first": True,
        }  # fmt: skip
        if keys != query.sizes[-1] or values != query.sizes[-1]:
            given |= {"kdim": keys, "vdim": values}
        source = "{query}" if key is None else "{key}"
        looked = f"{{query}}, {source}, {source if value is None else '{value}'}"
        padded = ", key_padding_mask={key_padding_mask}" if key_padding_mask is not None else ""
        causal = ", attn_mask=causal_mask({query}.shape[1], {query}), is_causal=True"
        call = (
            f"{{self}}({looked}{padded}, need_weights=False{causal if self.is_causal else ''})[0]"
        )
        helpers = ("attention.causal_mask",) if self.is_causal else ()
        return replace(of_torch("MultiheadAttention", query, given, call), helpers=helpers)


@layer(
    "TransformerEncoderLayer",
    title="Transformer encoder layer",
    category="Attention",
    also=("transformer", "self-attention", "encoder", "bert", "gpt", "block"),
    follows={"Embedding": 3},
)
class TransformerEncoderLayer(Layer):
    """Attention among all steps, then a small network for each step, both with a shortcut: (T, E), unchanged.

    A stack of these is a transformer; with Is causal on, a decoder such as GPT. Attention alone does not know
    the order of the steps: put a Positional encoding before it. src_key_padding_mask (T) is true where not to look.
    Source: Vaswani et al. 2017; torch.nn.TransformerEncoderLayer with the batch first.
    """

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

    def infer(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Spec:
        check_sequence(input)
        features = input.fixed(-1, "the number of features")
        if features % self.nhead:
            fits = fitting_heads(features, self.nhead)
            input.fail(
                f"divides {features} features among {self.nhead} heads, which leaves a rest. "
                f"Set Heads to {fits}, or let the layer before give a multiple of {self.nhead}.",
                code="G205",
                hints=(Hint("set", params=(("nhead", fits),)),),
            )
        check_mask(src_key_padding_mask, input.sizes[0])
        return input.numbers().with_axes(*input.sizes, letters=("T", "E"))

    def build(self, input: Spec, src_key_padding_mask: Spec | None = None) -> nn.Module:
        from graphs.modules import attention

        return attention.TransformerEncoderLayer(
            input.fixed(-1, "the number of features"), self.nhead, is_causal=self.is_causal,
            dim_feedforward=self.dim_feedforward, dropout=self.dropout, activation=self.activation,
            layer_norm_eps=self.layer_norm_eps, norm_first=self.norm_first, bias=self.bias,
        )  # fmt: skip

    def weights(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Mapping[str, Shape]:
        features, inner = input.fixed(-1, "the number of features"), self.dim_feedforward
        shapes: dict[str, Shape] = {
            "self_attn.in_proj_weight": (3 * features, features),
            "self_attn.in_proj_bias": (3 * features,),
            "self_attn.out_proj.weight": (features, features),
            "self_attn.out_proj.bias": (features,),
            "linear1.weight": (inner, features),
            "linear1.bias": (inner,),
            "linear2.weight": (features, inner),
            "linear2.bias": (features,),
            "norm1.weight": (features,),
            "norm1.bias": (features,),
            "norm2.weight": (features,),
            "norm2.bias": (features,),
        }
        return {
            name: shape for name, shape in shapes.items() if self.bias or not name.endswith("bias")
        }

    def flops(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Size:
        features, steps = input.fixed(-1, "the number of features"), input.sizes[0]
        each_step = 8 * features * features + 4 * features * self.dim_feedforward
        return steps * each_step + steps * steps * (4 * features)

    def code(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Code:
        given = {
            "nhead": self.nhead, "dim_feedforward": self.dim_feedforward, "dropout": self.dropout,
            "activation": self.activation, "layer_norm_eps": self.layer_norm_eps,
            "norm_first": self.norm_first, "bias": self.bias, "batch_first": True,
        }  # fmt: skip
        padded = (
            "" if src_key_padding_mask is None else ", src_key_padding_mask={src_key_padding_mask}"
        )
        causal = ", src_mask=causal_mask({input}.shape[1], {input}), is_causal=True"
        call = f"{{self}}({{input}}{causal if self.is_causal else ''}{padded})"
        helpers = ("attention.causal_mask",) if self.is_causal else ()
        return replace(of_torch("TransformerEncoderLayer", input, given, call), helpers=helpers)


def _widths(query: Spec, key: Spec | None, value: Spec | None) -> tuple[int, int, int]:
    what = "the number of features"
    keys = (key or query).fixed(-1, what)
    return query.fixed(-1, what), keys, value.fixed(-1, what) if value else keys
