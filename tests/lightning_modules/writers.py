"""Processes that do nothing but write checkpoints as a run does, so that they can be killed while they do.

Weights, training state and numbers of a step all hold its number, so that a mix of two steps shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn

from lightning_modules.checkpoint import LAST, read_numbers, read_tensors
from lightning_modules.keeper import Keeper

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 20_000
BETTER_EVERY = 3


class Writers:
    """One program that forks them: importing torch takes seconds each time."""

    def __init__(self, **environment):
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.lightning_modules.writers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def ask(self, request):
        """The answer, one line."""
        self._program.stdin.write(f"{request}\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().strip()

    def kill_one(self, folder, after_s):
        """Start one in this folder and kill it so long after its first write; the last step that it said is kept."""
        return int(self.ask(f"{after_s} {folder}"))

    def close(self):
        """End the program."""
        self._program.stdin.close()
        self._program.stdout.close()
        self._program.wait(30)


def network_at(step):
    """A network whose weights all are this number."""
    network = nn.Linear(WIDTH, 1)
    for each in network.parameters():
        nn.init.constant_(each, step)
    return network


def read_back(folder, scratch):
    """The step that a folder holds, after all that it takes to go on was looked at; best weights go to `scratch`."""
    numbers = read_numbers(folder, LAST)
    step = numbers["step"]
    for part, key in (("weights", "weight"), ("training", "m")):
        assert torch.unique(read_tensors(folder, LAST, part)[key]).tolist() == [step]
    keeper = Keeper(scratch, None, higher_is_better=False)
    keeper.restore(numbers["keeper"], folder)
    assert keeper.best_epoch == step - step % BETTER_EVERY
    if keeper.best_epoch:
        assert torch.unique(keeper.best_weights["weight"]).tolist() == [keeper.best_epoch]
    # The first of all may be known to `last` alone, which a kill left without it: going on writes it.
    if keeper.best_epoch > BETTER_EVERY or (folder / "best.json").exists():
        best = read_numbers(folder, "best")["epoch"]
        assert torch.unique(read_tensors(folder, "best")["weight"]).tolist() == [best]
    return step


def _write_for_ever(folder, told):
    keeper = Keeper(folder, None, higher_is_better=False)
    step = 0
    if (folder / "last.json").is_file():
        numbers = read_numbers(folder, LAST)
        step = numbers["step"]
        keeper.restore(numbers["keeper"], folder)
    while True:
        step += 1
        network = network_at(step)
        if step % BETTER_EVERY == 0:
            keeper.take(network, {"val_loss": -float(step)}, step, step)
        state = {"step": step, "keeper": keeper.capture}, {"m": torch.full((WIDTH,), float(step))}
        keeper.write(network, lambda state=state: _now(*state))
        os.write(told, step.to_bytes(8, "little"))


def _now(numbers, tensors):
    return {**numbers, "keeper": numbers["keeper"]()}, tensors


def _serve():
    import select
    import signal
    import time

    torch.set_num_threads(1)
    for line in sys.stdin:
        after_s, _, folder = line.strip().partition(" ")
        hear, told = os.pipe()
        child = os.fork()
        if not child:
            try:
                _write_for_ever(Path(folder), told)
            finally:
                os._exit(1)  # it should have been killed
        os.close(told)
        select.select([hear], [], [], 30)
        time.sleep(float(after_s))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        heard = b""
        while more := os.read(hear, 65536):
            heard += more
        os.close(hear)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        sys.stdout.write(f"{int.from_bytes(heard[-8:], 'little')}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
