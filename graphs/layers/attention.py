"""Attention: each step looks at all others and takes what it needs. Axes per sample: T or S steps of E features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from graphs.attending import (
    CAUSAL_DOC,
    TransformerPart,
    check_heads,
    check_mask,
    check_sequence,
)
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
        check_heads(query, self.num_heads, "num_heads", "Num heads")
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
class TransformerEncoderLayer(TransformerPart):
    """Attention among all steps, then a small network for each step, both with a shortcut: (T, E), unchanged.

    A stack of these is a transformer; with Is causal on, a decoder such as GPT. Attention alone does not know
    the order of the steps: put a Positional encoding before it. src_key_padding_mask (T) is true where not to look.
    Source: Vaswani et al. 2017; torch.nn.TransformerEncoderLayer with the batch first.
    """

    def infer(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Spec:
        check_sequence(input)
        check_heads(input, self.nhead, "nhead", "Heads")
        check_mask(src_key_padding_mask, input.sizes[0])
        return input.numbers().with_axes(*input.sizes, letters=("T", "E"))

    def build(self, input: Spec, src_key_padding_mask: Spec | None = None) -> nn.Module:
        from graphs.modules import attention

        features = input.fixed(-1, "the number of features")
        return attention.TransformerEncoderLayer(
            features, is_causal=self.is_causal, **self.settings()
        )

    def weights(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Mapping[str, Shape]:
        return self.learned(input.fixed(-1, "the number of features"), "self_attn")

    def flops(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Size:
        features, steps = input.fixed(-1, "the number of features"), input.sizes[0]
        each_step = 8 * features * features + 4 * features * self.dim_feedforward
        return steps * each_step + steps * steps * (4 * features)

    def code(self, input: Spec, src_key_padding_mask: Spec | None = None) -> Code:
        given = {**self.settings(), "batch_first": True}
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
