"""Where torch takes other axes than a wire carries, the adapted module gives torch's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    top_k_accuracy_score,
)
from torch import nn

from graphs.layer import LAYERS
from tests.graphs.layers.cases import labels, number

CLOSE = {"rtol": 1e-6, "atol": 1e-6}
SEQUENCE = number(("T", 5), ("E", 4))


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def same_weights(ours: nn.Module, plain: nn.Module) -> None:
    """Give torch's own module our weights, by the same names."""
    plain.load_state_dict(ours.state_dict(), strict=True)


@pytest.mark.parametrize("name", ["RNN", "GRU"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("with_state", [False, True])
def test_recurrent_layers_give_torchs_numbers(name, bidirectional, with_state):
    layer = LAYERS[name](hidden_size=3, num_layers=2, bidirectional=bidirectional)
    ours = layer.build(SEQUENCE)
    plain = getattr(nn, name)(4, 3, num_layers=2, bidirectional=bidirectional, batch_first=True)
    same_weights(ours, plain)
    x, h = torch.randn(2, 5, 4), torch.randn(2, 4 if bidirectional else 2, 3)

    output, last = ours(x, h) if with_state else ours(x)

    expected, expected_last = plain(x, h.transpose(0, 1).contiguous() if with_state else None)
    torch.testing.assert_close(output, expected, **CLOSE)
    torch.testing.assert_close(last, expected_last.transpose(0, 1), **CLOSE)


@pytest.mark.parametrize("proj_size", [0, 2])
@pytest.mark.parametrize("given", ["", "h", "c", "hc"])
def test_lstm_gives_torchs_numbers_and_a_missing_state_is_zero(proj_size, given):
    layer = LAYERS["LSTM"](hidden_size=3, num_layers=2, bidirectional=True, proj_size=proj_size)
    ours = layer.build(SEQUENCE)
    plain = nn.LSTM(4, 3, num_layers=2, bidirectional=True, proj_size=proj_size, batch_first=True)
    same_weights(ours, plain)
    x = torch.randn(2, 5, 4)
    h = torch.randn(2, 4, proj_size or 3) if "h" in given else None
    c = torch.randn(2, 4, 3) if "c" in given else None

    output, h_last, c_last = ours(x, h, c)

    zero_h, zero_c = torch.zeros(2, 4, proj_size or 3), torch.zeros(2, 4, 3)
    states = [zero_h if h is None else h, zero_c if c is None else c]
    expected, (h_expected, c_expected) = plain(
        x, tuple(each.transpose(0, 1).contiguous() for each in states)
    )
    torch.testing.assert_close(output, expected, **CLOSE)
    torch.testing.assert_close(h_last, h_expected.transpose(0, 1), **CLOSE)
    torch.testing.assert_close(c_last, c_expected.transpose(0, 1), **CLOSE)


def test_dropout_of_one_recurrent_layer_builds_without_a_warning(recwarn):
    module = LAYERS["GRU"](dropout=0.5).build(SEQUENCE)

    assert module.dropout == 0
    assert not recwarn.list


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_self_attention_gives_torchs_numbers(is_causal, training):
    ours = LAYERS["MultiheadAttention"](num_heads=2, is_causal=is_causal).build(SEQUENCE)
    plain = nn.MultiheadAttention(4, 2, batch_first=True)
    same_weights(ours, plain)
    x = torch.randn(3, 5, 4)
    mask = nn.Transformer.generate_square_subsequent_mask(5) if is_causal else None

    found = ours.train(training)(x)

    expected, _ = plain.train(training)(x, x, x, attn_mask=mask)
    torch.testing.assert_close(found, expected, **CLOSE)


def test_cross_attention_gives_torchs_numbers_and_looks_nowhere_behind_the_mask():
    key, value = number(("T", 6), ("E", 3)), number(("T", 6), ("E", 2))
    hidden = number(("T", 6), dtype="bool", kind="mask")
    ours = LAYERS["MultiheadAttention"](num_heads=2).build(SEQUENCE, key, value, hidden)
    plain = nn.MultiheadAttention(4, 2, kdim=3, vdim=2, batch_first=True)
    same_weights(ours, plain)
    q, k, v = torch.randn(3, 5, 4), torch.randn(3, 6, 3), torch.randn(3, 6, 2)
    mask = torch.tensor([[False] * 4 + [True] * 2] * 3)

    found = ours(q, k, v, mask)

    expected, _ = plain(q, k, v, key_padding_mask=mask)
    torch.testing.assert_close(found, expected, **CLOSE)
    k[:, 4:], v[:, 4:] = 9.0, 9.0
    torch.testing.assert_close(ours(q, k, v, mask), found, **CLOSE)


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_an_encoder_layer_gives_torchs_numbers(is_causal, norm_first, training):
    layer = LAYERS["TransformerEncoderLayer"](
        nhead=2,
        dim_feedforward=8,
        dropout=0.0,
        is_causal=is_causal,
        norm_first=norm_first,
        activation="gelu",
    )
    ours = layer.build(SEQUENCE)
    plain = nn.TransformerEncoderLayer(
        4, 2, 8, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm_first
    )
    same_weights(ours, plain)
    x, hidden = torch.randn(3, 5, 4), torch.tensor([[False] * 4 + [True]] * 3)
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if is_causal else None

    found = ours.train(training)(x, hidden)

    expected = plain.train(training)(x, src_mask=mask, src_key_padding_mask=hidden)
    torch.testing.assert_close(found, expected, **CLOSE)


def test_a_causal_layer_does_not_see_the_future():
    ours = LAYERS["TransformerEncoderLayer"](nhead=2, dropout=0.0, is_causal=True).build(SEQUENCE)
    x = torch.randn(1, 5, 4)
    before = ours(x)[:, :3]

    x[:, 3:] += 1

    torch.testing.assert_close(ours(x)[:, :3], before, **CLOSE)


def test_select_keeps_the_last_step():
    x = torch.randn(2, 5, 4)

    assert torch.equal(LAYERS["Select"]().build(SEQUENCE)(x), x[:, -1])
    assert torch.equal(LAYERS["Select"](axis=-1, index=1).build(SEQUENCE)(x), x[..., 1])


def test_axes_of_permute_reshape_and_concatenate_do_not_count_the_batch():
    image = number(("C", 2), ("H", 3), ("W", 4))
    x = torch.randn(5, 2, 3, 4)

    assert torch.equal(LAYERS["Permute"](axes=(1, 2, 0)).build(image)(x), x.permute(0, 2, 3, 1))
    assert torch.equal(LAYERS["Reshape"](shape=(6, -1)).build(image)(x), x.reshape(5, 6, 4))
    joined = LAYERS["Concatenate"](axis=1).build(image, image)(x, 2 * x)
    assert torch.equal(joined, torch.cat([x, 2 * x], dim=2))


def test_arithmetic_goes_in_order_of_the_ports():
    a, b, c = torch.randn(3, 2, 4).unbind()
    spec = number(("E", 4))

    assert torch.equal(LAYERS["Add"]().build(spec)(a, b, c), a + b + c)
    assert torch.equal(LAYERS["Multiply"]().build(spec)(a, b, c), a * b * c)
    assert torch.equal(LAYERS["Subtract"]().build(spec, spec)(a, b), a - b)


def test_global_average_pool_is_the_mean_of_each_channel():
    x = torch.randn(2, 3, 4, 5)

    found = LAYERS["GlobalAveragePool"]().build(number(("C", 3), ("H", 4), ("W", 5)))(x)

    torch.testing.assert_close(found, x.mean((2, 3)), **CLOSE)


@pytest.mark.parametrize("places", [(), (6,), (2, 3)])
def test_cross_entropy_takes_classes_on_the_last_axis(places):
    layer = LAYERS["CrossEntropyLoss"](
        label_smoothing=0.1, weight=(1.0, 2.0, 3.0, 4.0), ignore_index=0
    )
    axes = tuple((f"A{index}", size) for index, size in enumerate(places))
    ours = layer.build(number(*axes, ("E", 4)), labels(4, *axes))
    logits, target = torch.randn(5, *places, 4), torch.randint(0, 4, (5, *places))

    loss = ours(logits, target)

    weight = torch.tensor([1.0, 2.0, 3.0, 4.0])
    expected = nn.functional.cross_entropy(
        logits.reshape(-1, 4), target.reshape(-1), weight, label_smoothing=0.1, ignore_index=0
    )
    torch.testing.assert_close(loss, expected, **CLOSE)


def test_cross_entropy_takes_probabilities_as_its_target():
    spec = number(("T", 3), ("E", 4), kind="probability", of=4)
    layer = LAYERS["CrossEntropyLoss"]()
    logits, target = torch.randn(5, 3, 4), torch.randn(5, 3, 4).softmax(-1)

    layer.infer(number(("T", 3), ("E", 4)), spec)
    loss = layer.build(number(("T", 3), ("E", 4)), spec)(logits, target)

    torch.testing.assert_close(loss, -(target * logits.log_softmax(-1)).sum(-1).mean(), **CLOSE)


@pytest.mark.parametrize("axes", [(), (("E", 1),)])
@pytest.mark.parametrize("pos_weight", [None, 3.0])
def test_binary_cross_entropy_takes_class_labels(axes, pos_weight):
    ours = LAYERS["BCEWithLogitsLoss"](pos_weight=pos_weight).build(number(*axes), labels(2))
    logits, target = torch.randn(8), torch.randint(0, 2, (8,))

    loss = ours(logits.reshape(8, *(size for _, size in axes)), target)

    weight = None if pos_weight is None else torch.tensor(pos_weight)
    expected = nn.functional.binary_cross_entropy_with_logits(
        logits, target.float(), pos_weight=weight
    )
    torch.testing.assert_close(loss, expected, **CLOSE)


@pytest.mark.parametrize("name", ["MSELoss", "L1Loss", "HuberLoss"])
def test_losses_of_numbers_are_torchs(name):
    spec = number(("E", 3))
    a, b = torch.randn(4, 3), torch.randn(4, 3)

    assert torch.equal(LAYERS[name]().build(spec, spec)(a, b), getattr(nn, name)()(a, b))


def of_two_batches(name, scores, target, **params):
    """A metric fed in two parts, as a run feeds it batch by batch."""
    size = number(*((f"A{index}", each) for index, each in enumerate(scores.shape[1:])))
    classes = int(target.max()) + 1 if not target.is_floating_point() else 0
    places = [(f"A{index}", each) for index, each in enumerate(target.shape[1:])]
    wanted = labels(classes, *places) if classes else number(*places)
    metric = LAYERS[name](**params).build(size, wanted)
    for part in (slice(0, 7), slice(7, None)):
        metric(scores[part], target[part])
    return metric.compute().item()


@pytest.mark.parametrize("places", [(), (3,)])
def test_metrics_of_classes_are_scikit_learns(places):
    scores, target = torch.randn(20, *places, 4), torch.randint(0, 4, (20, *places))
    target.view(-1)[:4] = torch.arange(4)
    truth, guess = target.numpy().ravel(), scores.argmax(-1).numpy().ravel()

    assert of_two_batches("Accuracy", scores, target) == pytest.approx(accuracy_score(truth, guess))
    assert of_two_batches("Accuracy", scores, target, average="macro") == pytest.approx(
        balanced_accuracy_score(truth, guess)
    )
    assert of_two_batches("Accuracy", scores, target, top_k=2) == pytest.approx(
        top_k_accuracy_score(truth, scores.reshape(-1, 4).numpy(), k=2)
    )
    for average in ("macro", "micro", "weighted"):
        assert of_two_batches("F1Score", scores, target, average=average) == pytest.approx(
            f1_score(truth, guess, average=average)
        )


@pytest.mark.parametrize("shape", [(20,), (20, 1)])
def test_one_score_for_yes_or_no_counts_as_a_choice_of_two_classes(shape):
    scores, target = torch.rand(shape) - 0.2, torch.randint(0, 2, (20,))
    guess = (scores.reshape(-1) > 0).long().numpy()

    assert of_two_batches("Accuracy", scores, target) == pytest.approx(
        accuracy_score(target, guess)
    )
    assert of_two_batches("F1Score", scores, target) == pytest.approx(
        f1_score(target, guess, average="macro")
    )


def test_a_yes_begins_at_a_half_where_a_sigmoid_stands_before_the_metric():
    spec = LAYERS["Sigmoid"]().infer(number(("E", 1)))
    metric = LAYERS["Accuracy"]().build(spec, labels(2))

    metric.update(torch.tensor([[0.4], [0.6]]), torch.tensor([0, 1]))

    assert metric.compute() == 1


@pytest.mark.parametrize("axes", [(), (1,), (3,)])
def test_metrics_of_numbers_are_scikit_learns(axes):
    guess, truth = torch.randn(20, *axes), torch.randn(20, *axes)

    flat = (np.asarray(truth).reshape(20, -1), np.asarray(guess).reshape(20, -1))
    assert of_two_batches("MeanAbsoluteError", guess, truth) == pytest.approx(
        mean_absolute_error(*flat)
    )
    assert of_two_batches("R2Score", guess, truth) == pytest.approx(r2_score(*flat), rel=1e-5)


@pytest.mark.parametrize("features", [4, 5])
def test_positions_are_the_waves_of_the_paper(features):
    module = LAYERS["PositionalEncoding"]().build(number(("T", 6), ("E", features)))
    x = torch.randn(2, 6, features)

    added = module(x) - x

    for step in range(6):
        for index in range(features):
            angle = step / 10000 ** (2 * (index // 2) / features)
            wave = np.cos(angle) if index % 2 else np.sin(angle)
            assert added[0, step, index].item() == pytest.approx(wave, abs=1e-5)
    assert repr(module) == "PositionalEncoding(base=10000)"


def test_one_sample_has_no_r2():
    metric = LAYERS["R2Score"]().build(number(("E", 1)), number(("E", 1)))

    metric.update(torch.ones(1, 1), torch.ones(1, 1))

    assert metric.compute().isnan()
