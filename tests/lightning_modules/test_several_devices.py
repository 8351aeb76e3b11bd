"""Several devices learn what one process with the whole batch learns: step by step, metric by metric."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from graphs.content import Minimise, Objective, Typed
from lightning_modules.events import Completed, Evaluated, Started, Steps
from lightning_modules.run_folder import read_record
from tests.documents import changed, digits_cnn, digits_mlp, document, node, series_gru

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

CLOSE = 1e-5
"""How far losses may be apart, as a share: sums have another order, and weights go slightly other ways from there."""

LOOSE = 1e-3
"""The same for validation through batch norms with AdamW, which makes whole steps of the rounding in the gradients of
biases before a norm. There they have no effect but on running statistics, which follow them."""


def of_batch(document, size):
    return replace(document, run=replace(document.run, batch_size=size))


def losses(told, objective):
    found = [each.losses for each in told.of(Steps) if each.objective == objective]
    return [loss for row in found for loss in row]


def assert_same(several, one, close=CLOSE, steps=CLOSE):
    assert isinstance(several.outcome, Completed), several.outcome
    for name in {each.objective for each in one.of(Steps)}:
        there, here = (losses(told, name) for told in (several, one))
        assert there == pytest.approx(here, rel=steps, nan_ok=True)
    for there, here in zip(several.epochs, one.epochs, strict=True):
        assert there == pytest.approx(here, rel=close)
    tests = [[dict(each.values) for each in told.of(Evaluated)] for told in (several, one)]
    assert tests[0][0] == pytest.approx(tests[1][0], rel=close)


def test_two_devices_learn_what_one_process_with_the_double_batch_learns(together, run):
    one = run(digits_mlp(epochs=2, batch_size=64))

    several = together(digits_mlp(epochs=2, batch_size=32))

    assert_same(several, one)
    assert several.of(Started)[0].device == "2 x cpu"
    assert several.of(Started)[0].steps_per_epoch == 20
    assert read_record(several.folder)["devices"] == 2


def with_loss(**params):
    """Digits, with another cross entropy."""
    described = digits_mlp(epochs=2)
    return changed(described, loss=replace(described.main.nodes["loss"], params=params))


def two_views():
    """Two codes of each picture, which must find each other among those of the whole batch."""
    return document(
        {
            "digits": "Digits",
            "flatten": "Flatten",
            "one": node("Linear", out_features=8),
            "other": node("Linear", out_features=8),
            "loss": "InfoNCELoss",
        },
        [
            "digits.image -> flatten.input",
            "flatten.output -> one.input",
            "flatten.output -> other.input",
            "one.output -> loss.input1",
            "other.output -> loss.input2",
        ],
        epochs=2,
    )


TWO_PARTS = Objective(
    minimise=(Minimise("loss", 0.5),),
    optimizer=Typed("SGD", {"lr": 0.1, "momentum": 0.9}),
    clip=0.5,
)
PLAIN = Objective(optimizer=Typed("SGD", {"lr": 0.05, "momentum": 0.9}))
FIRST = Objective(name="first", update=("hidden",), optimizer=Typed("SGD", {"lr": 0.1}))
SECOND = Objective(name="second", update=("scores",), every=2, batch="next")
PLATEAU = Objective(scheduler=Typed("ReduceLROnPlateau", {"patience": 0, "threshold": 1.0}))
CASES = {
    "batch norm": (replace(digits_cnn(epochs=2), objectives=(PLAIN,)), 2, CLOSE),
    "three uneven shares": (digits_mlp(epochs=2), 3, CLOSE),
    "weights of classes": (with_loss(weight=[float(each + 1) for each in range(10)]), 2, CLOSE),
    "targets that do not count": (with_loss(ignore_index=3), 2, CLOSE),
    "a weighted loss and a limit": (digits_mlp(TWO_PARTS, epochs=2), 2, CLOSE),
    "two objectives": (digits_mlp(FIRST, SECOND, epochs=2), 2, CLOSE),
    "pairs in a batch": (two_views(), 2, CLOSE),
    "a schedule by validation": (digits_mlp(PLATEAU, epochs=4), 2, CLOSE),
    "recurrent": (series_gru(epochs=4), 2, CLOSE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_whatever_is_divided_comes_out_the_same(name, together, run):
    document, devices, close = CASES[name]
    one = run(of_batch(document, 16 * devices))

    several = together(of_batch(document, 16), devices)

    assert_same(several, one, close)


@pytest.mark.slow
def test_half_precision_comes_out_the_same_to_its_few_digits(together, run):
    one = run(digits_mlp(epochs=2, batch_size=32, precision="bf16"))

    several = together(digits_mlp(epochs=2, batch_size=16, precision="bf16"))

    assert_same(several, one, close=0.02, steps=0.02)


def test_a_last_batch_of_fewer_samples_than_devices_counts_each_once(together, run):
    one = run(digits_cnn(epochs=1, batch_size=1256))  # of 1258 samples: two are left

    several = together(digits_cnn(epochs=1, batch_size=314), 4)

    assert_same(several, one, LOOSE)
