"""Batches are the samples in their order, all of them, once, and begin at aligned addresses."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from lightning_modules import batches as batches_module
from lightning_modules.batches import ALIGNMENT, Batches
from lightning_modules.order import epoch_order

CPU = torch.device("cpu")


def columns(count, width):
    return torch.arange(count * width, dtype=torch.float32).reshape(count, width), torch.arange(
        count
    )


@given(
    count=st.integers(1, 60),
    width=st.integers(1, 20),
    size=st.integers(1, 70),
    group=st.integers(1, 2000),
    first=st.integers(0, 10),
)
def test_batches_are_the_samples_in_their_order(count, width, size, group, first):
    image, label = columns(count, width)
    order = epoch_order(3, 1, count)
    batches_module.GATHER_BYTES, before = group, batches_module.GATHER_BYTES
    try:
        found = list(Batches((image, label), size, CPU).cut(order, first, 100))
    finally:
        batches_module.GATHER_BYTES = before

    wanted = list(order.split(size))[first:]
    assert len(found) == len(wanted)
    for (x, y), rows in zip(found, wanted, strict=True):
        assert torch.equal(x, image[rows])
        assert torch.equal(y, label[rows])
        assert x.data_ptr() % ALIGNMENT == 0


@given(count=st.integers(1, 60), size=st.integers(1, 70), steps=st.integers(0, 5))
def test_without_an_order_batches_are_slices(count, size, steps):
    image, label = columns(count, 3)

    found = list(Batches((image, label), size, CPU).cut(None, 0, steps))

    assert [len(y) for _, y in found] == [len(each) for each in label.split(size)][:steps]
    if found:
        assert torch.equal(torch.cat([y for _, y in found]), label[: steps * size])


def test_a_last_batch_of_one_sample_can_be_spared():
    image, label = columns(9, 2)

    spared = Batches((image, label), 4, CPU, spare_one=True)
    kept = Batches((image, label), 4, CPU)
    alone = Batches((image[:1], label[:1]), 4, CPU, spare_one=True)

    assert (spared.total, spared.count, spared.steps) == (9, 8, 2)
    assert (kept.total, kept.count, kept.steps) == (9, 9, 3)
    assert alone.steps == 1
    assert sum(len(y) for _, y in spared.cut(epoch_order(0, 0, 9), 0, 5)) == 8


@given(seed=st.integers(0, 2**31), epoch=st.integers(0, 10_000), count=st.integers(0, 50))
def test_an_order_is_a_function_of_seed_and_epoch_alone(seed, epoch, count):
    state = torch.get_rng_state()

    first, second = epoch_order(seed, epoch, count), epoch_order(seed, epoch, count)

    assert torch.equal(first, second)
    assert sorted(first.tolist()) == list(range(count))
    assert torch.equal(torch.get_rng_state(), state)


def test_epochs_and_seeds_have_orders_of_their_own():
    orders = {
        tuple(epoch_order(seed, epoch, 50).tolist()) for seed in range(20) for epoch in range(20)
    }

    assert len(orders) == 400
