"""Attention of a decoder: to what it has written, and to what it translates. Axes: T or S steps of E features."""

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
from graphs.code import Code, adapted, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn


@layer(
    "TransformerDecoderLayer",
    title="Transformer decoder layer",
    category="Attention",
    also=("transformer", "cross-attention", "decoder", "translation", "seq2seq"),
)
class TransformerDecoderLayer(TransformerPart):
    """Attention among its steps, attention to a memory, then a small network: (T, E), memory (S, E) -> (T, E).

    The second half of a transformer for translation: the memory is what the encoder gives. The masks are true
    where not to look. For GPT, which has no encoder, take the Transformer encoder layer with Is causal on.
    Source: Vaswani et al. 2017; torch.nn.TransformerDecoderLayer with the batch first.
    """

    is_causal: bool = param(True, doc=CAUSAL_DOC)

    def infer(
        self,
        input: Spec,
        memory: Spec,
        tgt_key_padding_mask: Spec | None = None,
        memory_key_padding_mask: Spec | None = None,
    ) -> Spec:
        check_sequence(input)
        check_sequence(memory)
        features = input.fixed(-1, "the number of features")
        if memory.fixed(-1, "the number of features") != features:
            memory.fail(
                f"needs as many features in the memory as in its input, but gets {memory.sizes[-1]} and {features}.",
                hints=(Hint("insert", memory.port, "Linear", (("out_features", features),)),),
            )
        check_heads(input, self.nhead, "nhead", "Heads")
        check_mask(tgt_key_padding_mask, input.sizes[0])
        check_mask(memory_key_padding_mask, memory.sizes[0])
        return input.numbers().with_axes(*input.sizes, letters=("T", "E"))

    def build(
        self,
        input: Spec,
        memory: Spec,
        tgt_key_padding_mask: Spec | None = None,
        memory_key_padding_mask: Spec | None = None,
    ) -> nn.Module:
        from graphs.modules import attention

        features = input.fixed(-1, "the number of features")
        return attention.TransformerDecoderLayer(
            features, is_causal=self.is_causal, **self.settings()
        )

    def weights(
        self,
        input: Spec,
        memory: Spec,
        tgt_key_padding_mask: Spec | None = None,
        memory_key_padding_mask: Spec | None = None,
    ) -> Mapping[str, Shape]:
        features = input.fixed(-1, "the number of features")
        return self.learned(features, "self_attn", "multihead_attn")

    def flops(
        self,
        input: Spec,
        memory: Spec,
        tgt_key_padding_mask: Spec | None = None,
        memory_key_padding_mask: Spec | None = None,
    ) -> Size:
        features = input.fixed(-1, "the number of features")
        steps, seen = input.sizes[0], memory.sizes[0]
        each_step = 12 * features * features + 4 * features * self.dim_feedforward
        looks = steps * (steps + seen) * (4 * features)
        return steps * each_step + seen * (4 * features * features) + looks

    def code(
        self,
        input: Spec,
        memory: Spec,
        tgt_key_padding_mask: Spec | None = None,
        memory_key_padding_mask: Spec | None = None,
    ) -> Code:
        given = {**self.settings(), "batch_first": True}
        call = "{self}({input}, {memory}"
        if self.is_causal:
            call += ", tgt_mask=causal_mask({input}.shape[1], {input}), tgt_is_causal=True"
        if tgt_key_padding_mask is not None:
            call += ", tgt_key_padding_mask={tgt_key_padding_mask}"
        if memory_key_padding_mask is not None:
            call += ", memory_key_padding_mask={memory_key_padding_mask}"
        helpers = ("attention.causal_mask",) if self.is_causal else ()
        code = of_torch("TransformerDecoderLayer", input, given, f"{call})")
        return replace(code, helpers=helpers)


@layer(
    "ScaledDotProductAttention",
    title="Dot-product attention",
    category="Attention",
    also=("sdpa", "flash attention", "scaled dot product", "qkv", "transformer"),
)
class ScaledDotProductAttention(Layer):
    """Each step of the query takes a mix of the values whose keys match it: (T, E), (S, E), (S, V) -> (T, V).

    The heart of attention, without any weights: put Linear layers before it, and a Rotary encoding before query
    and key, to build an attention of your own. Source: Vaswani et al. 2017;
    torch.nn.functional.scaled_dot_product_attention.
    """

    num_heads: int = param(
        1, ge=1, doc="How many views it takes at once; it divides the features among them."
    )
    is_causal: bool = param(False, doc=CAUSAL_DOC)

    def infer(self, query: Spec, key: Spec, value: Spec) -> Spec:
        for each in (query, key, value):
            check_sequence(each)
            features = each.fixed(-1, "the number of features")
            if features % self.num_heads:
                each.fail(
                    f"divides {counted(features, 'feature')} among {self.num_heads} heads, which leaves a rest. "
                    "Set Num heads to 1.",
                    code="G205",
                    hints=(Hint("set", params=(("num_heads", 1),)),),
                )
        if query.sizes[-1] != key.sizes[-1]:
            key.fail(
                f"compares query and key, so they need as many features, but have {query.sizes[-1]} and "
                f"{key.sizes[-1]}.",
                hints=(Hint("insert", key.port, "Linear", (("out_features", query.sizes[-1]),)),),
            )
        if key.sizes[0] != value.sizes[0]:
            value.fail(
                f"needs as many steps in the value as in the key, but gets {value.sizes[0]} and {key.sizes[0]}."
            )
        if self.is_causal and key.sizes[0] != query.sizes[0]:
            key.fail(
                f"may look only at earlier steps, so key and query must have as many, but there are {key.sizes[0]} "
                f"and {query.sizes[0]}. Turn Is causal off.",
                code="G205",
                hints=(Hint("set", params=(("is_causal", False),)),),
            )
        return query.numbers().with_axes(query.sizes[0], value.sizes[-1], letters=("T", "E"))

    def build(self, query: Spec, key: Spec, value: Spec) -> nn.Module:
        from graphs.modules import attention

        return attention.ScaledDotProductAttention(self.num_heads, is_causal=self.is_causal)

    def flops(self, query: Spec, key: Spec, value: Spec) -> Size:
        what = "the number of features"
        each = 2 * (query.fixed(-1, what) + value.fixed(-1, what))
        return query.sizes[0] * key.sizes[0] * each

    def code(self, query: Spec, key: Spec, value: Spec) -> Code:
        return adapted(
            "attention.ScaledDotProductAttention", self.num_heads, is_causal=self.is_causal
        )
