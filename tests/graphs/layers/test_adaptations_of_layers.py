"""Layers that torch has not, or has with other axes, give the numbers of a plain computation."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from graphs.layer import LAYERS, call
from tests.graphs.layers.cases import number
from tests.graphs.layers.words import made, spec, wired

CLOSE = {"rtol": 1e-6, "atol": 1e-6}


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize(
    ("gate", "opens"),
    [
        ("sigmoid", torch.sigmoid),
        ("silu", nn.functional.silu),
        ("gelu", nn.functional.gelu),
        ("relu", torch.relu),
    ],
)
@pytest.mark.parametrize("dim", [-1, 1])
def test_a_gated_unit_multiplies_its_first_half_by_its_second(gate, opens, dim):
    x = torch.randn(3, 4, 6)

    found = made("GLU", "4x6", gate=gate, dim=dim)(x)

    value, by = x.chunk(2, dim)
    torch.testing.assert_close(found, value * opens(by), **CLOSE)


@pytest.mark.parametrize(
    ("type_id", "plain"),
    [
        ("Mean", lambda x: x.mean((1, 3))),
        ("Sum", lambda x: x.sum((1, 3))),
        ("Max", lambda x: x.amax((1, 3))),
        ("Min", lambda x: x.amin((1, 3))),
        ("Norm", lambda x: x.square().sum((1, 3)).sqrt()),
    ],
)
def test_reductions_count_axes_without_the_batch(type_id, plain):
    x = torch.randn(2, 3, 4, 5)

    torch.testing.assert_close(made(type_id, "3x4x5", axes=(-1, 0))(x), plain(x), **CLOSE)


def test_a_reduction_of_no_axes_named_is_one_of_all_and_may_keep_them():
    x = torch.randn(2, 3, 4)

    torch.testing.assert_close(made("Mean", "3x4", axes=())(x), x.mean((1, 2)), **CLOSE)
    kept = made("Max", "3x4", axes=(), keepdim=True)(x)
    assert torch.equal(kept, x.amax((1, 2), keepdim=True))


def test_rows_that_are_normalized_have_length_one():
    found = made("Normalize", "3x4")(torch.randn(2, 3, 4))

    torch.testing.assert_close(found.norm(dim=-1), torch.ones(2, 3), **CLOSE)


@pytest.mark.parametrize(
    ("params", "plain"),
    [
        ({"axis": 0, "start": 1}, lambda x: x[:, 1:]),
        ({"axis": -1, "start": -3, "end": -1}, lambda x: x[..., -3:-1]),
        ({"axis": 1, "step": 2}, lambda x: x[:, :, ::2]),
        ({"axis": 0, "end": 99}, lambda x: x),
    ],
)
def test_a_slice_is_pythons(params, plain):
    x = torch.randn(2, 4, 5)

    assert torch.equal(made("Slice", "4x5", **params)(x), plain(x))


def test_axes_of_squeeze_unsqueeze_and_stack_do_not_count_the_batch():
    x = torch.randn(2, 3, 1, 4)
    row = torch.randn(2, 5)

    assert torch.equal(made("Squeeze", "3x1x4", axis=1)(x), x[:, :, 0])
    assert torch.equal(made("Unsqueeze", "5")(row), row[:, None])
    assert torch.equal(made("Unsqueeze", "5", axis=-1)(row), row[..., None])
    stacked = made("Stack", ("5", "5"), axis=1)(row, 2 * row)
    assert torch.equal(stacked, torch.stack((row, 2 * row), -1))


def test_matrix_products_can_transpose_the_other():
    x, y = torch.randn(2, 3, 4), torch.randn(2, 4, 5)

    torch.testing.assert_close(made("MatMul", ("3x4", "4x5"))(x, y), x @ y, **CLOSE)
    turned = made("MatMul", ("3x4", "5x4"), transpose_other=True)(x, y.mT)
    torch.testing.assert_close(turned, x @ y, **CLOSE)


@pytest.mark.parametrize(
    ("equation", "inputs", "flops"),
    [
        ("ij,jk->ik", ("3x4", "4x5"), 2 * 3 * 4 * 5),
        ("i,j->ij", ("3", "4"), 0),
        ("ij->j", ("3x4",), 0),
        ("bic,bjc->bij", ("2x3x4", "2x5x4"), 2 * 2 * 3 * 5 * 4),
        ("ab,bc,cd->ad", ("2x3", "3x4", "4x5"), 2 * 2 * 3 * 4 + 2 * 2 * 4 * 5),
    ],
)
def test_einsum_is_torchs_for_every_sample_and_counts_its_products(equation, inputs, flops):
    standing = wired("Einsum", inputs)
    layer = LAYERS["Einsum"](equation=equation)
    tensors = [torch.randn(3, *each.sizes) for each in standing.values()]

    found = made("Einsum", inputs, equation=equation)(*tensors)

    rows = [torch.einsum(equation, *(each[index] for each in tensors)) for index in range(3)]
    torch.testing.assert_close(found, torch.stack(rows), **CLOSE)
    assert call(layer, layer.flops, standing) == flops


def test_bilinear_counts_its_products():
    layer = LAYERS["Bilinear"](out_features=5)

    assert layer.flops(spec("7x3"), spec("7x4")) == 7 * (2 * 5 * 3 * 4 + 2 * 5 * 4)


def test_dividing_by_what_may_be_nothing():
    x = torch.tensor([[1.0, 2.0]])
    y = torch.tensor([[0.0, 4.0]])

    assert made("Divide", ("2", "2"))(x, y).tolist() == [[math.inf, 0.5]]
    assert made("Divide", ("2", "2"), eps=1.0)(x, y)[0].tolist() == pytest.approx([1.0, 0.4])


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("is_causal", [False, True])
def test_a_decoder_layer_gives_torchs_numbers(norm_first, is_causal):
    ours = made(
        "TransformerDecoderLayer", ("5x4", "6x4"), nhead=2, dim_feedforward=8, dropout=0.0,
        norm_first=norm_first, is_causal=is_causal,
    )  # fmt: skip
    plain = nn.TransformerDecoderLayer(
        4, 2, 8, dropout=0.0, batch_first=True, norm_first=norm_first
    )
    plain.load_state_dict(ours.state_dict(), strict=True)
    x, memory = torch.randn(3, 5, 4), torch.randn(3, 6, 4)
    hidden = torch.tensor([[False] * 5 + [True]] * 3)
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if is_causal else None

    found = ours(x, memory, None, hidden)

    expected = plain(x, memory, tgt_mask=mask, memory_key_padding_mask=hidden)
    torch.testing.assert_close(found, expected, **CLOSE)


@pytest.mark.parametrize("is_causal", [False, True])
def test_dot_product_attention_is_that_of_the_paper_in_each_head(is_causal):
    q, k, v = torch.randn(2, 5, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)

    found = made(
        "ScaledDotProductAttention", ("5x4", "5x4", "5x6"), num_heads=2, is_causal=is_causal
    )(q, k, v)

    for head in range(2):
        left, right = (each[..., 2 * head : 2 * head + 2] for each in (q, k))
        scores = left @ right.mT / math.sqrt(2)
        if is_causal:
            scores = scores.masked_fill(torch.ones(5, 5, dtype=torch.bool).triu(1), -math.inf)
        expected = scores.softmax(-1) @ v[..., 3 * head : 3 * head + 3]
        torch.testing.assert_close(found[..., 3 * head : 3 * head + 3], expected, **CLOSE)


def test_rotary_positions_tell_only_how_far_apart_two_steps_are():
    turn = made("RotaryEncoding", "9x8", num_heads=2)
    row = torch.randn(1, 1, 8).expand(1, 9, 8)
    other = torch.randn(1, 1, 8).expand(1, 9, 8)

    likeness = turn(row)[0] @ turn(other)[0].T

    for apart in range(-4, 5):
        diagonal = likeness.diagonal(apart)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(turn(row).norm(dim=-1), row.norm(dim=-1), **CLOSE)


def test_learned_positions_are_added_step_by_step():
    module = made("PositionalEmbedding", "5x4", max_length=7)
    x = torch.randn(2, 5, 4)

    assert module.weight.shape == (7, 4)
    assert torch.equal(module(x), x + module.weight[:5])


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_interpolation_takes_the_sides_of_another(mode):
    x, like = torch.randn(2, 3, 4, 5), torch.randn(2, 1, 7, 8)

    found = made("Interpolate", ("3x4x5", "1x7x8"), mode=mode)(x, like)

    torch_mode = "bilinear" if mode == "linear" else mode
    expected = nn.functional.interpolate(x, (7, 8), mode=torch_mode)
    torch.testing.assert_close(found, expected, **CLOSE)


def test_noise_stands_in_training_only():
    module, x = made("GaussianNoise", "1000", std=0.5), torch.zeros(4, 1000)

    assert module.train()(x).std().item() == pytest.approx(0.5, abs=0.03)
    assert torch.equal(module.eval()(x), x)


def test_fresh_noise_is_drawn_at_every_call_also_in_evaluation():
    module = made("NoiseLike", "label 3", size=(2, 500), mean=1.0, std=2.0).eval()
    labels = torch.zeros(4, dtype=torch.int64)

    one, two = module(labels), module(labels)

    assert one.shape == (4, 2, 500)
    assert not torch.equal(one, two)
    assert one.mean().item() == pytest.approx(1, abs=0.15)
    assert one.std().item() == pytest.approx(2, abs=0.15)


def test_a_sample_has_the_mean_and_deviation_that_are_asked_for_and_gradients_reach_both():
    mean = torch.full((20_000, 1), 3.0, requires_grad=True)
    log_variance = torch.full((20_000, 1), math.log(0.25), requires_grad=True)
    module = made("Reparameterize", ("1", "1"))

    drawn = module.train()(mean, log_variance)

    assert drawn.mean().item() == pytest.approx(3, abs=0.02)
    assert drawn.std().item() == pytest.approx(0.5, abs=0.02)
    drawn.sum().backward()
    assert torch.equal(mean.grad, torch.ones_like(mean))
    assert log_variance.grad.abs().sum() > 0
    assert torch.equal(module.eval()(mean, log_variance), mean)
    always = made("Reparameterize", ("1", "1"), always=True).eval()
    assert not torch.equal(always(mean, log_variance), mean)


def test_detach_stops_the_gradient_and_reversal_turns_it_round():
    x = torch.randn(2, 3, requires_grad=True)

    assert not made("Detach", "3")(x).requires_grad
    made("GradientReversal", "3", alpha=2.0)(x).sum().backward()
    assert torch.equal(x.grad, torch.full((2, 3), -2.0))


def test_an_initial_state_is_the_same_for_every_sample_and_may_be_learned():
    fixed = made("InitialState", "7", size=(2, 3), value=0.5)
    learned = made("InitialState", "7", size=(2, 3), learned=True)

    assert torch.equal(fixed(torch.zeros(4, 7)), torch.full((4, 2, 3), 0.5))
    assert not fixed.state_dict()
    learned(torch.zeros(4, 7)).sum().backward()
    assert torch.equal(learned.state.grad, torch.full((2, 3), 4.0))


@pytest.mark.parametrize(
    ("wires", "mode", "port"),
    [
        (("train", "evaluate", "predict"), "predict", "predict"),
        (("train", "predict"), "evaluate", "train"),
        (("train", "evaluate"), "predict", "evaluate"),
        (("predict",), "train", "predict"),
    ],
)
def test_a_switch_picks_the_input_of_the_mode_or_the_next_that_is_wired(wires, mode, port):
    assert LAYERS["Switch"].picked(mode, wires) == port


def test_a_switch_alone_goes_by_whether_it_is_training():
    module = made("Switch", {"train": "3", "predict": "3"})
    one, two = torch.ones(2, 3), torch.zeros(2, 3)

    assert module.train()(one, None, two) is one
    assert module.eval()(one, None, two) is two
    assert module.eval()(one) is one


def test_what_fills_up_a_text_does_not_count():
    tokens = torch.tensor([[3, 1, 0, 0], [0, 0, 0, 0]])
    steps = torch.randn(2, 4, 5)

    mask = made("PaddingMask", "tokens 4 of 9")(tokens)
    mean = made("MaskedMean", {"input": "4x5", "mask": "mask 4"})(steps, mask)

    assert mask.tolist() == [[False, False, True, True], [True] * 4]
    torch.testing.assert_close(mean[0], steps[0, :2].mean(0), **CLOSE)
    assert torch.equal(mean[1], torch.zeros(5))


def test_power_pooling_between_sum_and_maximum():
    x = torch.rand(2, 3, 8)

    total = made("LPPool1d", "3x8", norm_type=1)(x)

    torch.testing.assert_close(total, 2 * nn.functional.avg_pool1d(x, 2), **CLOSE)
    sharp = made("LPPool1d", "3x8", norm_type=16)(x)
    torch.testing.assert_close(sharp, nn.functional.max_pool1d(x, 2), rtol=0.06, atol=0.06)


def test_the_largest_value_of_each_channel():
    x = torch.randn(2, 3, 4, 5)

    assert torch.equal(made("GlobalMaxPool", "3x4x5")(x), x.amax((2, 3)))


@pytest.mark.parametrize(
    ("module", "shown"),
    [
        (LAYERS["Slice"](end=3).build(spec("8")), "Slice(axis=0, start=0, end=3, step=1)"),
        (LAYERS["Squeeze"]().build(spec("8x1")), "Squeeze(axis=-1)"),
        (LAYERS["Unsqueeze"]().build(spec("8")), "Unsqueeze(axis=0)"),
        (LAYERS["Stack"]().build(spec("8")), "Stack(axis=0)"),
        (LAYERS["Einsum"]().build(spec("2x3"), spec("3x2")), "Einsum(Bij,Bjk->Bik)"),
        (LAYERS["MatMul"]().build(spec("2x3"), spec("3x2")), "MatMul(transpose_other=False)"),
        (LAYERS["Divide"]().build(spec("2"), spec("2")), "Divide(eps=0)"),
        (LAYERS["Mean"]().build(spec("2x3")), "Reduction(mean, axes=(0,), keepdim=False)"),
        (LAYERS["Normalize"]().build(spec("3")), "Normalize(p=2, dim=-1)"),
        (LAYERS["GLU"](gate="silu").build(spec("4")), "GatedLinearUnit(dim=-1, gate=silu)"),
        (LAYERS["GaussianNoise"]().build(spec("4")), "GaussianNoise(std=0.1)"),
        (LAYERS["NoiseLike"]().build(spec("4")), "NoiseLike(size=(), mean=0, std=1)"),
        (LAYERS["InitialState"]().build(spec("4")), "InitialState((64,))"),
        (LAYERS["GradientReversal"]().build(spec("4")), "GradientReversal(alpha=1)"),
        (LAYERS["Interpolate"]().build(spec("3x4x5")), "Interpolate(size=(32, 32), mode=nearest)"),
        (
            LAYERS["RotaryEncoding"]().build(number(("T", 3), ("E", 4))),
            "RotaryEncoding(base=10000, num_heads=1)",
        ),
        (
            LAYERS["PositionalEmbedding"]().build(number(("T", 3), ("E", 4))),
            "PositionalEmbedding(max_length=512)",
        ),
        (
            LAYERS["Reparameterize"]().build(spec("4"), spec("4")),
            "Reparameterize(always=False)",
        ),
    ],
)
def test_modules_of_our_own_print_their_settings(module, shown):
    assert repr(module) == shown
