"""What a document holds: everything that a run needs and a person sees, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graphs.binding import bound
from graphs.expression import Expression
from graphs.graph import Graph

VERSION = 1
MAIN = "main"

Precision = Literal["32", "bf16", "16"]


@dataclass(frozen=True)
class Typed:
    """Something of torch.optim by its name there, with its parameters: `{"type": "AdamW", "lr": 0.001}`."""

    type: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Minimise:
    """One loss of an objective and its weight; the weight may be an expression of `epoch` and `step`."""

    loss: str
    weight: float | Expression = 1.0


@dataclass(frozen=True)
class Objective:
    """Who learns from what: losses to minimise, what they update, and how.

    `minimise` empty means all losses. `update` holds node ids or "*".
    """

    name: str = "learn"
    minimise: tuple[Minimise, ...] = ()
    update: tuple[str, ...] = ("*",)
    optimizer: Typed = Typed("AdamW", {"lr": 0.001})
    scheduler: Typed | None = None
    every: int = 1
    from_epoch: int = 0
    to_epoch: int | None = None
    batch: Literal["same", "next"] = "same"
    clip: float | None = None  # largest gradient norm


@dataclass(frozen=True)
class Feed:
    """In a procedure: an input port of the network and where its value comes from at each step."""

    port: str
    source: str


@dataclass(frozen=True)
class Procedure:
    """Use that loops: which network, which ports are fed from which outputs, how many steps, when to stop."""

    name: str
    kind: str
    network: str = MAIN
    feeds: tuple[Feed, ...] = ()
    steps: int | Expression = 1
    stop: Expression | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when `monitor` has not improved by `min_delta` for `patience` epochs."""

    monitor: str = "val_loss"
    patience: int = 10
    min_delta: float = 0.0


@dataclass(frozen=True)
class RunSettings:
    """How a run goes, apart from what it learns. `threads` 0 means: chosen by the size of the work."""

    epochs: int = 20
    batch_size: int = 64
    seed: int = 0
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Precision = "32"
    threads: int = 0
    early_stopping: EarlyStopping | None = None
    compile: bool = False
    channels_last: bool = False
    fused: bool = False


@dataclass(frozen=True)
class Document:
    """One `.lamina` file. Networks by id; `main` is the one you see first and train.

    `read_only` is the sentence that says why it must not be written (a newer version, unknown fields), and
    `original` then holds its bytes, which a copy of it keeps.
    """

    title: str = ""
    description: str = ""
    networks: Mapping[str, Graph] = field(default_factory=lambda: {MAIN: Graph()})
    objectives: tuple[Objective, ...] = (Objective(),)
    procedures: tuple[Procedure, ...] = ()
    run: RunSettings = RunSettings()
    read_only: str = ""
    original: bytes = b""

    def __post_init__(self) -> None:
        """Bind every placement to the network that it names."""
        object.__setattr__(self, "networks", bound(self.networks))

    @property
    def main(self) -> Graph:
        """The network that is trained."""
        return self.networks[MAIN]

    def with_graph(self, graph: Graph, network: str = MAIN) -> Document:
        """The same document with another graph in one network."""
        return replace(self, networks={**self.networks, network: graph})
