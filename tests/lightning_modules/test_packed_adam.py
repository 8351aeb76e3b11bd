"""Adam in passes: after every step the same bits as torch's own, in weights and in what is remembered of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn, optim

from graphs.content import Objective, Typed
from lightning_modules import packed_adam
from lightning_modules.optimizers import make_optimizer
from lightning_modules.packed_adam import PACKED

LARGE = packed_adam.PIECE + 1001
MIXED = ((3, 5), (7,), (LARGE,), (), (33, 65), (1,))

Weights = list[nn.Parameter]


@pytest.fixture(params=PACKED)
def name(request: pytest.FixtureRequest) -> str:
    """An optimizer, by its name in torch.optim."""
    return request.param


def twins(name: str, shapes: Any = MIXED, **settings: Any) -> tuple[list[Weights], list[Any]]:
    """The same weights twice, with torch's optimizer and with ours."""
    made = torch.Generator().manual_seed(0)
    values = [torch.randn(shape, generator=made) for shape in shapes]
    both = [[nn.Parameter(each.clone()) for each in values] for _ in range(2)]
    kinds = (getattr(optim, name), PACKED[name])
    optimizers = [kind(each, **settings) for kind, each in zip(kinds, both, strict=True)]
    return both, optimizers


def give_gradients(both: list[Weights], seed: int, without: tuple[int, ...] = ()) -> None:
    """Both get the same gradients, but for the parameters of these indexes none."""
    made = torch.Generator().manual_seed(seed)
    for index, pair in enumerate(zip(*both, strict=True)):
        gradient = torch.randn(pair[0].shape, generator=made)
        for each in pair:
            each.grad = None if index in without else gradient.clone()


def content(optimizer: optim.Optimizer) -> list[Tensor]:
    """All that an optimizer remembers, in one order."""
    states = optimizer.state_dict()["state"]
    return [states[which][key] for which in sorted(states) for key in sorted(states[which])]


def assert_same(both: list[Weights], optimizers: list[Any]) -> None:
    """Weights and everything remembered are equal to the last bit."""
    remembered = [content(each) for each in optimizers]
    assert len(remembered[0]) == len(remembered[1])
    for found, wanted in zip(both[1] + remembered[1], both[0] + remembered[0], strict=True):
        assert torch.equal(found, wanted)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("threads", [1, 2])
def test_steps_are_torchs_to_the_last_bit(name: str, decay: float, threads: int) -> None:
    both, optimizers = twins(name, weight_decay=decay, betas=(0.8, 0.95))
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for seed in range(5):
            give_gradients(both, seed)
            for each in optimizers:
                each.param_groups[0]["lr"] = 0.01 / (seed + 1)  # as a schedule does
                each.step()
            assert_same(both, optimizers)
    finally:
        torch.set_num_threads(before)
    assert optimizers[1]._passes


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=8),
    piece=st.integers(1, 400),
    name=st.sampled_from(sorted(PACKED)),
)
def test_any_sizes_in_pieces_of_any_length(sizes: list[int], piece: int, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_adam, "PIECE", piece)
        both, optimizers = twins(name, [(each,) for each in sizes], weight_decay=0.01)
        for seed in range(3):
            give_gradients(both, seed)
            for each in optimizers:
                each.step()
        assert_same(both, optimizers)


def test_a_parameter_without_gradient_is_left_alone(name: str) -> None:
    both, optimizers = twins(name, weight_decay=0.1)
    for seed, without in enumerate([(), (0, 2), (), (1,), ()]):
        give_gradients(both, seed, without)
        for each in optimizers:
            each.step()
        assert_same(both, optimizers)


def test_what_torch_remembered_goes_on_in_passes_and_the_other_way(name: str) -> None:
    both, (theirs, ours) = twins(name)
    for seed in range(6):
        give_gradients(both, seed)
        for each in (theirs, ours):
            each.step()
        if seed == 1:
            ours.load_state_dict(deepcopy(theirs.state_dict()))
        if seed == 3:
            theirs.load_state_dict(deepcopy(ours.state_dict()))
        assert_same(both, [theirs, ours])
    assert ours._passes


def test_it_begins_anew_when_all_is_forgotten(name: str) -> None:
    both, optimizers = twins(name)
    for seed in range(4):
        give_gradients(both, seed)
        for each in optimizers:
            if seed == 2:
                each.state.clear()
            each.step()
        assert_same(both, optimizers)


def test_weights_that_moved_in_memory_learn_where_they_are(name: str) -> None:
    both, optimizers = twins(name)
    for seed in range(4):
        give_gradients(both, seed)
        if seed == 2:
            for weights in both:
                for each in weights:
                    each.data = each.data.clone()
        for each in optimizers:
            each.step()
        assert_same(both, optimizers)
    assert optimizers[1]._passes


@pytest.mark.parametrize("case", ["amsgrad", "double precision", "two groups", "channels last"])
def test_other_steps_are_left_to_torch(name: str, case: str) -> None:
    both, optimizers = twins(name, ((4, 3, 2, 2), (6,)), amsgrad=case == "amsgrad")
    if case == "double precision":
        for each in both[0] + both[1]:
            each.data = each.data.double()
    if case == "channels last":
        for each in both[0][0], both[1][0]:
            each.data = each.data.contiguous(memory_format=torch.channels_last)
    if case == "two groups":
        extra = [nn.Parameter(torch.ones(3)) for _ in both]
        for parameter, weights, each in zip(extra, both, optimizers, strict=True):
            weights.append(parameter)
            each.add_param_group({"params": [parameter], "lr": 0.5})
    for seed in range(3):
        made = torch.Generator().manual_seed(seed)
        for pair in zip(*both, strict=True):
            gradient = torch.randn(pair[0].shape, generator=made, dtype=pair[0].dtype)
            for each in pair:
                each.grad = gradient.clone()
        for optimizer in optimizers:
            optimizer.step()
        assert_same(both, optimizers)
    assert optimizers[1]._passes == ()


def test_a_closure_is_asked_for_the_loss(name: str) -> None:
    both, optimizers = twins(name)
    give_gradients(both, 0)
    assert [each.step(lambda: 0.5) for each in optimizers] == [0.5, 0.5]
    assert_same(both, optimizers)


def test_runs_learn_with_it_and_with_torchs_where_the_fused_form_is_asked_for(name: str) -> None:
    wanted = Objective(optimizer=Typed(name, {"lr": 0.5}))
    ours = make_optimizer(wanted, [nn.Parameter(torch.ones(2))])
    fused = make_optimizer(wanted, [nn.Parameter(torch.ones(2))], fused=True)
    assert type(ours) is PACKED[name]
    assert ours.param_groups[0]["lr"] == 0.5
    assert type(fused) is getattr(optim, name)
    assert fused.param_groups[0]["fused"]
