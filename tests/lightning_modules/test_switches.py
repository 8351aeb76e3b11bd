"""The switches for speed: they change how numbers are made, not what is learned, and say what they gained."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
import torch

from graphs.compile import build
from graphs.content import Objective, Typed
from lightning_modules.events import Completed, Warned
from lightning_modules.switch_gains import Gain
from lightning_modules.switches import CompiledRun, refusals
from tests.documents import digits_cnn, digits_mlp

CPU = torch.device("cpu")


def with_run(document, **changes):
    return replace(document, run=replace(document.run, **changes))


@pytest.mark.parametrize(
    ("document", "switch", "title"),
    [
        (digits_mlp(epochs=1), "fused", "The fused optimizer"),
        (digits_cnn(epochs=1), "channels_last", "Channels last"),
    ],
    ids=["fused", "channels_last"],
)
def test_a_switch_learns_the_same_and_says_what_it_gained(run, document, switch, title):
    plain, fast = run(document), run(with_run(document, **{switch: True}))

    assert isinstance(fast.outcome, Completed)
    assert fast.losses == pytest.approx(plain.losses, rel=1e-3)
    (told,) = [each.message for each in fast.of(Warned)]
    assert re.fullmatch(
        rf"{title} made a step (slower, )?[0-9.]+ times as fast: [0-9.e+]+ ms, without it [0-9.e+]+ ms\.",
        told,
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no compiler")
def test_compiled_code_learns_the_same_and_says_what_it_gained(run):
    document = digits_mlp(epochs=1)

    plain, fast = run(document), run(with_run(document, compile=True))

    assert fast.losses == pytest.approx(plain.losses, rel=1e-3)
    assert [each.message.startswith("Compiled code made a step ") for each in fast.of(Warned)] == [
        True
    ]


def test_half_precision_says_what_it_gained(run):
    told = run(digits_mlp(epochs=1, precision="bf16"))

    assert [each.message.startswith("Half precision made a step ") for each in told.of(Warned)] == [
        True
    ]


def test_a_run_without_switches_says_nothing_of_them(run):
    assert not run(digits_mlp(epochs=1)).of(Warned)


def test_a_stopped_run_measures_nothing(run):
    assert not run(digits_mlp(epochs=5, fused=True), stop_after=3).of(Warned)


def test_a_fused_optimizer_goes_on_where_it_stopped(run):
    document = digits_mlp(epochs=2, fused=True)
    whole, half = run(document), run(document, stop_after=25)

    rest = run(document, resume=half.folder)

    assert half.losses + rest.losses == whole.losses


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            digits_mlp(channels_last=True),
            "Channels last stays off: the network has no 2D convolution.",
        ),
        (
            digits_mlp(Objective(optimizer=Typed("RMSprop")), fused=True),
            "The fused optimizer stays off: RMSprop has no fused form.",
        ),
    ],
)
def test_a_switch_that_cannot_be_on_says_why(document, sentence):
    assert [each.sentence for each in refusals(build(document), CPU)] == [sentence]


def test_code_is_not_compiled_without_a_compiler(monkeypatch):
    monkeypatch.setenv("PATH", "")

    (refusal,) = refusals(build(digits_mlp(compile=True)), CPU)

    assert refusal.sentence == (
        "Compiled code stays off: it needs a C++ compiler, such as g++, and none was found."
    )


def test_compiled_code_and_fused_optimizers_stay_off_on_other_devices():
    network = build(digits_mlp(compile=True, fused=True))

    assert [each.sentence for each in refusals(network, torch.device("xla"))] == [
        "Compiled code stays off: torch.compile does not work on the device xla.",
        "The fused optimizer stays off: there is no fused optimizer on the device xla.",
    ]


def test_a_pass_that_cannot_be_compiled_runs_as_it_is():
    def odd(value):
        torch._dynamo.graph_break()
        return (value + 1,)

    made = CompiledRun(odd)
    made._run = torch.compile(odd, fullgraph=True)

    assert made(torch.tensor(1.0))[0] == 2.0
    assert made.fault == "Unsupported"


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (
            Gain("fused", 0.002, 0.0024),
            "The fused optimizer made a step 1.20 times as fast: 2 ms, without it 2.4 ms.",
        ),
        (
            Gain("precision", 0.004, 0.002),
            "Half precision made a step slower, 0.50 times as fast: 4 ms, without it 2 ms.",
        ),
    ],
)
def test_a_gain_is_told_in_a_sentence(gain, words):
    assert gain.words == words
