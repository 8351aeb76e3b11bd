"""Attention of torch with the batch first, one tensor out, and a causal mask of its own where it is wanted.

Axes: B batch, T steps that ask, S steps that are looked at, E features.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def causal_mask(steps: int, like: Tensor) -> Tensor:
    """(T, T), true where a step must not look: at all later ones."""
    return torch.ones(steps, steps, dtype=torch.bool, device=like.device).triu(1)


class MultiheadAttention(nn.MultiheadAttention):
    """query (B, T, E), key (B, S, E1), value (B, S, E2) -> (B, T, E); without a key of itself."""

    def __init__(
        self, embed_dim: int, num_heads: int, *, is_causal: bool = False, **settings: Any
    ) -> None:
        super().__init__(embed_dim, num_heads, batch_first=True, **settings)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """What each step of the query found; the mask (B, S) is true where not to look."""
        key = query if key is None else key
        mask = causal_mask(query.shape[1], query) if self.is_causal else None
        found, _ = super().forward(
            query,
            key,
            key if value is None else value,
            key_padding_mask=key_padding_mask,
            need_weights=False,
            attn_mask=mask,
            is_causal=self.is_causal,
        )
        return found


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """(B, T, E) -> (B, T, E)."""

    def __init__(
        self, d_model: int, nhead: int, *, is_causal: bool = False, **settings: Any
    ) -> None:
        super().__init__(d_model, nhead, batch_first=True, **settings)
        self.is_causal = is_causal

    def forward(self, input: Tensor, src_key_padding_mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        """Attention, then a network for each step; the mask (B, T) is true where not to look."""
        mask = causal_mask(input.shape[1], input) if self.is_causal else None
        return super().forward(
            input,
            src_mask=mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=self.is_causal,
        )


class PositionalEncoding(nn.Module):
    """(B, T, E) -> (B, T, E): sines at even features, cosines at odd ones, ever slower."""

    def __init__(self, base: float) -> None:
        super().__init__()
        self.base = base

    def forward(self, input: Tensor) -> Tensor:
        """The input with its positions added."""
        steps, features = input.shape[-2:]
        place_T = torch.arange(steps, dtype=input.dtype, device=input.device)
        even = torch.arange(0, features, 2, dtype=input.dtype, device=input.device)
        angle_TP = place_T[:, None] * self.base ** (-even / features)
        waves_TE = torch.stack((angle_TP.sin(), angle_TP.cos()), dim=-1).flatten(1)
        return input + waves_TE[:, :features]

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"base={self.base:g}"


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """input (B, T, E), memory (B, S, E) -> (B, T, E)."""

    def __init__(
        self, d_model: int, nhead: int, *, is_causal: bool = True, **settings: Any
    ) -> None:
        super().__init__(d_model, nhead, batch_first=True, **settings)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self,
        input: Tensor,
        memory: Tensor,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Both attentions, then a small network for each step; masks are true where not to look."""
        mask = causal_mask(input.shape[1], input) if self.is_causal else None
        return super().forward(
            input,
            memory,
            tgt_mask=mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=self.is_causal,
        )


class ScaledDotProductAttention(nn.Module):
    """query (B, T, E), key (B, S, E), value (B, S, V) -> (B, T, V), divided among N heads."""

    def __init__(self, num_heads: int, *, is_causal: bool) -> None:
        super().__init__()
        self.num_heads, self.is_causal = num_heads, is_causal

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """What each step of the query found."""
        q_BNTE, k_BNSE, v_BNSV = (self._heads(each) for each in (query, key, value))
        found = nn.functional.scaled_dot_product_attention(
            q_BNTE, k_BNSE, v_BNSV, is_causal=self.is_causal
        )
        return found.transpose(1, 2).flatten(2)

    def _heads(self, row: Tensor) -> Tensor:
        return row.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def extra_repr(self) -> str:
        """The parameters, for printing."""
        return f"num_heads={self.num_heads}, is_causal={self.is_causal}"
