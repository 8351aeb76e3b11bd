"""How fast a run in a worker thread is beside plain PyTorch loops: python tests/benchmarks/bench_training.py [ROUNDS].

Each round measures all of them in turn, so that what else the machine does meets all alike; the clock is the
processor's, which other programs hold up less than the one on the wall. Same model,
optimizer, batch size, threads and flags. The run validates nothing and writes no checkpoint while it is
measured, but tells every loss, as it does to a window that draws curves.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from graphs.graph import Node
from graphs.layer import DataLayer, layer
from graphs.param import param
from graphs.spec import Axis, Spec
from lightning_modules import run as running
from lightning_modules.data import Prepared
from lightning_modules.events import Failed, Steps
from lightning_modules.job import Job
from tests.documents import document, node

THREADS = 1
BATCH = 64
SAMPLES = 6400


@layer("BenchmarkImages", title="Benchmark images", category="Data", role="data")
class BenchmarkImages(DataLayer):
    """Square images with a label of ten classes; the benchmark itself makes the numbers."""

    side: int = param(28, ge=1, doc="Height and width.", unit="px")

    def columns(self) -> dict[str, Spec]:
        """One grey image and its class."""
        image = Spec((Axis("C", 1), Axis("H", self.side), Axis("W", self.side)))
        return {"image": image, "label": Spec((), "int64", "class", 10)}


class Mlp(nn.Module):
    """784-256-128-10, the first network of every guide."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Scores (B, 10)."""
        return self.c(torch.relu(self.b(torch.relu(self.a(image.flatten(1))))))


class TinyMlp(nn.Module):
    """64-32-10, where every microsecond beside the arithmetic shows."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Scores (B, 10)."""
        return self.b(torch.relu(self.a(image.flatten(1))))


class Cnn(nn.Module):
    """Two convolutions and one linear layer on 28x28."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.c = nn.Linear(16 * 7 * 7, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Scores (B, 10)."""
        x = torch.max_pool2d(torch.relu(self.a(image)), 2)
        x = torch.max_pool2d(torch.relu(self.b(x)), 2)
        return self.c(x.flatten(1))


def drawn(layers: dict[str, Node | str], side: int, *, metric: bool) -> tuple:
    """Nodes and wires of a chain from the images of digits to a loss (and accuracy)."""
    names = ["digits", *layers]
    wires = [
        f"{a}.{'image' if a == 'digits' else 'output'} -> {b}.input" for a, b in pairwise(names)
    ]
    wires += [f"{names[-1]}.output -> loss.logits", "digits.label -> loss.target"]
    nodes = {"digits": node("BenchmarkImages", side=side), **layers, "loss": "CrossEntropyLoss"}
    if metric:
        nodes["accuracy"] = "Accuracy"
        wires += [f"{names[-1]}.output -> accuracy.input", "digits.label -> accuracy.target"]
    return nodes, wires


CASES = {
    "tiny MLP 64-32-10": (
        TinyMlp,
        (1, 8, 8),
        {
            "flatten": "Flatten",
            "a": node("Linear", out_features=32),
            "r": "ReLU",
            "b": node("Linear", out_features=10),
        },
    ),
    "MLP 784-256-128-10": (
        Mlp,
        (1, 28, 28),
        {
            "flatten": "Flatten",
            "a": node("Linear", out_features=256),
            "r": "ReLU",
            "b": node("Linear", out_features=128),
            "s": "ReLU",
            "c": node("Linear", out_features=10),
        },
    ),
    "CNN 8-16 on 28x28": (
        Cnn,
        (1, 28, 28),
        {
            "a": node("Conv2d", out_channels=8, kernel_size=[3, 3], padding=[1, 1]),
            "r": "ReLU",
            "p": "MaxPool2d",
            "b": node("Conv2d", out_channels=16, kernel_size=[3, 3], padding=[1, 1]),
            "s": "ReLU",
            "q": "MaxPool2d",
            "flatten": "Flatten",
            "c": node("Linear", out_features=10),
        },
    ),
}


def plain(write, image, label, epochs: int, *, loader: bool) -> float:
    """Steps a second of a plain loop, over a DataLoader or over slices."""
    torch.manual_seed(0)
    module, loss = write(), nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.001)
    batches = DataLoader(TensorDataset(image, label), BATCH, shuffle=True)
    steps = 0
    began = time.process_time()
    for _ in range(epochs):
        slices = ((image[rows], label[rows]) for rows in torch.randperm(len(label)).split(BATCH))
        for x, y in batches if loader else slices:
            optimizer.zero_grad()
            value = loss(module(x), y)
            value.backward()
            optimizer.step()
            value.item()
            steps += 1
    return steps / (time.process_time() - began)


def ours(described, image, label, epochs: int) -> float:
    """Steps a second of a run in a worker thread, from its first to its last report of losses."""
    none = {"digits.image": image[:0], "digits.label": label[:0]}
    splits = {"train": {"digits.image": image, "digits.label": label}, "val": none, "test": none}
    running.prepare = lambda *_: Prepared(splits, {}, {}, "digits")
    running.check = lambda _: type("Clean", (), {"problems": ()})()
    times: list[tuple[float, int]] = []
    outcomes = []

    def listen(event: object) -> None:
        if isinstance(event, Steps):
            times.append((time.process_time(), event.first + len(event.losses) - 1))

    def go(folder: str) -> None:
        job = Job(
            replace(described, run=replace(described.run, epochs=epochs)),
            ROOT,
            Path(folder) / "run",
        )
        outcomes.append(running.train(job, listen, lambda: False))

    with tempfile.TemporaryDirectory() as folder:
        thread = threading.Thread(target=go, args=(folder,))
        thread.start()
        thread.join()
    assert not isinstance(outcomes[0], Failed), outcomes[0]
    (start, first), (end, last) = times[0], times[-1]
    return (last - first) / (end - start)


def main() -> None:
    """Print medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.set_num_threads(THREADS)
    print(
        f"torch {torch.__version__}, {THREADS} thread, batch {BATCH}, AdamW, {rounds} rounds, median steps/s"
    )
    for name, (write, shape, layers) in CASES.items():
        torch.manual_seed(1)
        image, label = torch.randn(SAMPLES, *shape), torch.randint(0, 10, (SAMPLES,))
        epochs = 10 if "tiny" in name else 4
        found: dict[str, list[float]] = {
            "loop over slices": [],
            "loop over DataLoader": [],
            "run": [],
            "run with accuracy": [],
        }
        for _ in range(rounds):
            found["loop over slices"].append(plain(write, image, label, epochs, loader=False))
            found["loop over DataLoader"].append(plain(write, image, label, epochs, loader=True))
            for metric in (False, True):
                nodes, wires = drawn(layers, shape[-1], metric=metric)
                described = document(nodes, wires, batch_size=BATCH)
                found["run with accuracy" if metric else "run"].append(
                    ours(described, image, label, epochs)
                )
        print(f"\n{name}")
        middle = {each: statistics.median(values) for each, values in found.items()}
        for each, value in middle.items():
            slices, loader = (
                statistics.median(a / b for a, b in zip(found[each], found[peer], strict=True))
                for peer in ("loop over slices", "loop over DataLoader")
            )
            print(
                f"  {each:22} {value:8.0f}   {slices:5.2f} of slices   {loader:5.2f} of DataLoader"
            )


if __name__ == "__main__":
    main()
