"""The networks that speed is measured with: each as a document and as one writes it in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

from graphs.content import Document
from graphs.document import load
from graphs.graph import Node
from tests.documents import document, node
from tests.proofs.by_hand import ResNet18

RESNET = Path(__file__).resolve().parents[1] / "proofs" / "files" / "resnet18_small.lamina"
SHARE = 0.9
"""Of the samples, to learn from: a document always keeps some for validation and test."""


class Mlp(nn.Module):
    """784-256-128-10, the first network of every guide."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10)

    def forward(self, image: Tensor) -> Tensor:
        """Scores (B, 10)."""
        return self.c(torch.relu(self.b(torch.relu(self.a(image.flatten(1))))))


class TinyMlp(nn.Module):
    """64-32-10, where every microsecond beside the arithmetic shows."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, image: Tensor) -> Tensor:
        """Scores (B, 10)."""
        return self.b(torch.relu(self.a(image.flatten(1))))


class Cnn(nn.Module):
    """Two convolutions and one linear layer on 28x28."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.c = nn.Linear(16 * 7 * 7, 10)

    def forward(self, image: Tensor) -> Tensor:
        """Scores (B, 10)."""
        x = torch.max_pool2d(torch.relu(self.a(image)), 2)
        x = torch.max_pool2d(torch.relu(self.b(x)), 2)
        return self.c(x.flatten(1))


class ResNet(ResNet18):
    """ResNet-18 for ten classes."""

    def __init__(self) -> None:
        super().__init__(10)

    def forward(self, image: Tensor) -> Tensor:
        """Scores (B, 10)."""
        return super().forward(image)["output"]


class Transformer(nn.Module):
    """Four encoder layers over sequences of 128 features; the last step is classified."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.TransformerEncoderLayer(128, 4, 512, batch_first=True) for _ in range(4)]
        self.layers, self.scores = nn.Sequential(*layers), nn.Linear(128, 10)

    def forward(self, sequence: Tensor) -> Tensor:
        """Scores (B, 10)."""
        return self.scores(self.layers(sequence)[:, -1])


class Lstm(nn.Module):
    """One LSTM; the last step is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.scores = nn.LSTM(32, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, sequence: Tensor) -> Tensor:
        """Scores (B, 10)."""
        return self.scores(self.lstm(sequence)[0][:, -1])


@dataclass(frozen=True)
class Case:
    """One network: as a module, as layers between data and loss, and how many steps are measured at once."""

    name: str
    write: Callable[[], nn.Module]
    size: tuple[int, ...]
    batch: int
    steps: int
    layers: dict[str, Node | str] | None  # None: the document of a ResNet

    def document(self, *, metric: bool) -> Document:
        """It as a document whose epoch has `steps` batches, with or without accuracy."""
        samples = round(self.batch * self.steps / SHARE)
        rest = (1 - SHARE) / 2
        data = node(
            "RandomTensors", samples=samples, size=list(self.size), split=[SHARE, rest, rest]
        )
        if self.layers is None:
            return self._resnet(data, metric=metric)
        names = ["data", *self.layers]
        nodes = {"data": data, **self.layers, "loss": "CrossEntropyLoss"}
        wires = [
            f"{a}.{'value' if a == 'data' else 'output'} -> {b}.input" for a, b in pairwise(names)
        ]
        wires += [f"{names[-1]}.output -> loss.logits", "data.label -> loss.target"]
        if metric:
            nodes["accuracy"] = "Accuracy"
            wires += [f"{names[-1]}.output -> accuracy.input", "data.label -> accuracy.target"]
        return document(nodes, wires, batch_size=self.batch, epochs=1)

    def _resnet(self, data: Node, *, metric: bool) -> Document:
        found = load(RESNET)
        graph = found.main
        nodes = dict(graph.nodes)
        nodes["images"] = replace(nodes["images"], params=data.params)
        wires = graph.wires
        if not metric:
            del nodes["accuracy"]
            wires = tuple(each for each in wires if each.target.node != "accuracy")
        run = replace(found.run, batch_size=self.batch, epochs=1, threads=1, device="cpu")
        return replace(found.with_graph(replace(graph, nodes=nodes, wires=wires)), run=run)


CASES = (
    Case(
        "tiny MLP 64-32-10, batch 64",
        TinyMlp,
        (1, 8, 8),
        64,
        3000,
        {
            "flatten": "Flatten",
            "a": node("Linear", out_features=32),
            "r": "ReLU",
            "b": node("Linear", out_features=10),
        },
    ),
    Case(
        "MLP 784-256-128-10, batch 128",
        Mlp,
        (1, 28, 28),
        128,
        400,
        {
            "flatten": "Flatten",
            "a": node("Linear", out_features=256),
            "r": "ReLU",
            "b": node("Linear", out_features=128),
            "s": "ReLU",
            "c": node("Linear", out_features=10),
        },
    ),
    Case(
        "CNN 8-16 on 28x28, batch 64",
        Cnn,
        (1, 28, 28),
        64,
        150,
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
    Case(
        "LSTM 128, T=100, batch 32",
        Lstm,
        (100, 32),
        32,
        24,
        {
            "lstm": node("LSTM", hidden_size=128),
            "last": "Select",
            "scores": node("Linear", out_features=10),
        },
    ),
    Case(
        "transformer 4x128, T=128, batch 16",
        Transformer,
        (128, 128),
        16,
        14,
        {
            **{
                f"layer_{each}": node("TransformerEncoderLayer", nhead=4, dim_feedforward=512)
                for each in range(4)
            },
            "last": "Select",
            "scores": node("Linear", out_features=10),
        },
    ),
    Case("ResNet-18 on 64x64, batch 32", ResNet, (3, 64, 64), 32, 8, None),
)
