"""What is divided among a team computes as torch does alone; what cannot be divided is refused in a sentence."""

from __future__ import annotations

import copy
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.distributed import HashStore

from graphs.compile import build
from graphs.modules.scan import Scan
from graphs.plan import CannotBuild
from lightning_modules import torchrun
from lightning_modules.divided import divide, refuse_undivided
from lightning_modules.events import Completed, Warned
from lightning_modules.job import Job
from lightning_modules.team import join, share_of
from lightning_modules.torchrun import TorchrunCrew
from tests.documents import digits_cnn, digits_mlp

CPU = torch.device("cpu")


@pytest.fixture
def team():
    """A team of one member, which does all that a larger one does."""
    return join(HashStore(), 0, 1, CPU)


@pytest.fixture
def cnn():
    torch.manual_seed(0)
    return build(digits_cnn())


def passed(network, images, norm):
    """What a norm of a network makes of images, its gradients, and its running statistics."""
    given = images.clone().requires_grad_()
    found = norm.forward(given)
    found.square().mul(torch.linspace(0, 1, found.numel()).view_as(found)).sum().backward()
    return [found, given.grad, norm.weight.grad, norm.bias.grad, *norm.buffers()]


def test_a_divided_batch_norm_is_torchs_own(team, cnn):
    alone = copy.deepcopy(cnn)
    images = torch.randn(7, 6, 5, 5) * 3 + 100
    divide(cnn, team)

    with team.step([7]):
        divided = passed(cnn, images, cnn.layer("norm"))

    for there, here in zip(divided, passed(alone, images, alone.layer("norm")), strict=True):
        torch.testing.assert_close(there, here, rtol=2e-4, atol=2e-4)


def test_a_divided_network_computes_for_itself_between_the_steps(team, cnn):
    alone = copy.deepcopy(cnn)
    images = torch.randn(7, 6, 5, 5)
    divide(cnn, team)

    divided = passed(cnn, images, cnn.layer("norm"))

    for there, here in zip(divided, passed(alone, images, alone.layer("norm")), strict=True):
        assert torch.equal(there, here)


def test_a_single_value_per_channel_cannot_be_normalised(team, cnn):
    divide(cnn, team)

    with (
        team.step([1]),
        pytest.raises(ValueError) as raised,  # noqa: PT011 - all of its words are read
    ):
        cnn.layer("norm").forward(torch.ones(1, 6, 1, 1))

    said = "Batch normalisation needs more than one value per channel while it trains."
    assert str(raised.value) == said


def test_batch_norm_inside_a_scan_is_refused():
    scan = Scan()
    scan.add_module("norm", nn.BatchNorm1d(3))

    with pytest.raises(CannotBuild) as raised:
        refuse_undivided(nn.Sequential(scan))

    assert str(raised.value) == (
        "A scan with batch normalisation inside cannot be divided among devices. "
        "Use layer normalisation there, or train on one device."
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 64])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_shares_are_all_of_a_batch_in_its_order_and_differ_by_one_at_most(count, size):
    spans = [share_of(count, rank, size) for rank in range(size)]

    assert [place for begin, end in spans for place in range(begin, end)] == list(range(count))
    lengths = [end - begin for begin, end in spans]
    assert max(lengths) - min(lengths) <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_compiled_code_stays_off_and_says_so(together):
    told = together(digits_mlp(epochs=1, compile=True))

    assert isinstance(told.outcome, Completed)
    said = "Compiled code stays off: several devices train together."
    assert said in [each.message for each in told.of(Warned)]


@pytest.fixture
def crew(tmp_path, monkeypatch):
    """The crew of torchrun as the first of two members has it, and where they meet."""
    store = HashStore()
    made = TorchrunCrew(Job(digits_mlp(), tmp_path, tmp_path / "run", devices=2))
    monkeypatch.setattr(made, "_store", store)
    monkeypatch.setattr(torchrun, "NOTICE_WITHIN_S", 0.0)
    return SimpleNamespace(why_lost=made.why_lost, store=store)


def test_a_process_of_torchrun_that_is_there_is_not_lost(crew):
    crew.store.set("process/1", f"{socket.gethostname()} {os.getpid()}")

    assert crew.why_lost() == ""


def test_a_process_of_torchrun_that_is_gone_is_named(crew):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    crew.store.set("process/1", f"{socket.gethostname()} {gone.pid}")

    assert crew.why_lost() == (
        "The process of device 2 of 2 ended before the run did. "
        "It had not kept anything yet: start it again."
    )


def test_a_process_of_torchrun_says_why_it_ends(crew):
    crew.store.set("failed/1", "The computer has not enough memory for this run.")

    assert crew.why_lost() == (
        "The process of device 2 of 2 ended: The computer has not enough memory for this run. "
        "It had not kept anything yet: start it again."
    )
