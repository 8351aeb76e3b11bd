"""Several devices learn what one process with the whole batch learns: step by step, metric by metric."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from graphs.content import Minimise, Objective, Typed
from lightning_modules.events import Completed, Evaluated, Started
from lightning_modules.run_folder import read_record
from tests.documents import changed, digits_cnn, digits_mlp, node, series_gru

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

CLOSE = 1e-5
"""How far losses may be apart, as a share: sums have another order, and weights go slightly other ways from there."""

LOOSE = 1e-3
"""The same for validation through batch norms, whose running statistics follow weights that have no other effect."""


def of_batch(document, size):
    return replace(document, run=replace(document.run, batch_size=size))


def assert_same(several, one, close=CLOSE):
    assert isinstance(several.outcome, Completed), several.outcome
    assert several.losses == pytest.approx(one.losses, rel=CLOSE, nan_ok=True)
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


WEIGHTED = node("CrossEntropyLoss", weight=[float(each + 1) for each in range(10)])
IGNORING = node("CrossEntropyLoss", ignore_index=3)
TWO_PARTS = Objective(
    minimise=(Minimise("loss", 0.5),),
    optimizer=Typed("SGD", {"lr": 0.1, "momentum": 0.9}),
    clip=0.5,
)
PLATEAU = Objective(scheduler=Typed("ReduceLROnPlateau", {"patience": 0, "threshold": 1.0}))
CASES = {
    "batch norm": (digits_cnn(epochs=2), 2, LOOSE),
    "three uneven shares": (digits_mlp(epochs=2), 3, CLOSE),
    "weights of classes": (changed(digits_mlp(epochs=2), loss=WEIGHTED), 2, CLOSE),
    "targets that do not count": (changed(digits_mlp(epochs=2), loss=IGNORING), 2, CLOSE),
    "a weighted loss and a limit": (digits_mlp(TWO_PARTS, epochs=2), 2, CLOSE),
    "a schedule by validation": (digits_mlp(PLATEAU, epochs=4), 2, CLOSE),
    "half precision": (digits_mlp(epochs=2, precision="bf16"), 2, 0.02),
    "recurrent": (series_gru(epochs=4), 2, CLOSE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_whatever_is_divided_comes_out_the_same(name, together, run):
    document, devices, close = CASES[name]
    one = run(of_batch(document, 16 * devices))

    several = together(of_batch(document, 16), devices)

    assert_same(several, one, close)


def test_a_last_batch_of_fewer_samples_than_devices_counts_each_once(together, run):
    one = run(digits_cnn(epochs=1, batch_size=1256))  # of 1258 samples: two are left

    several = together(digits_cnn(epochs=1, batch_size=314), 4)

    assert_same(several, one, LOOSE)
