"""Recurrent layers: they read a sequence step by step and remember. Axes per sample: T steps of E features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from graphs.code import Code, adapted, of_torch
from graphs.layer import Layer, Shape, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Axis, Hint, Spec

if TYPE_CHECKING:
    from torch import nn

HIDDEN_DOC = "How many numbers it remembers, and gives for each step (in each direction)."
LAYERS_DOC = "How many recurrent layers stand on top of each other."
DROPOUT_DOC = "Share of the numbers between its layers that is set to 0 while training; needs more than one layer."
DIRECTIONS_DOC = (
    "Whether a second layer reads the sequence from its end; the results of both are joined."
)
BIAS_DOC = "Whether learned numbers are added."


class Sequence(NamedTuple):
    """Output ports: the result of every step, and the state after the last."""

    output: Spec
    h: Spec


class SequenceAndCell(NamedTuple):
    """Output ports: the result of every step, and the two states after the last."""

    output: Spec
    h: Spec
    c: Spec


class Recurrent(Layer):
    """The base of recurrent layers: `gates` matrices for the input and as many for the state."""

    gates: ClassVar[int]
    hidden_size: int
    num_layers: int
    bias: bool
    dropout: float
    bidirectional: bool

    @property
    def directions(self) -> int:
        """2 if it reads the sequence from both ends."""
        return 2 if self.bidirectional else 1

    @property
    def given_size(self) -> int:
        """How many numbers a step gives, in each direction."""
        return self.hidden_size

    def read(self, input: Spec, **states: tuple[Spec | None, int]) -> Spec:
        """The output of every step; `states` are the wired ones by port, and their sizes.

        Raises:
            Mismatch: the input is no sequence of numbers, or a state has other sizes.
        """
        input.expect_float().axes("T", "E", of="a sequence")
        input.fixed(-1, "the number of features")
        if input.sizes[0] == 0:
            input.fail("needs at least one step, but gets an empty sequence.")
        for port, (state, size) in states.items():
            wanted = (self.num_layers * self.directions, size)
            if state is not None and state.expect_float().sizes != wanted:
                state.fail(
                    f"starts from a state {port} of {wanted[0]}x{wanted[1]} (layers and directions, numbers), "
                    f"but gets {state} per sample."
                )
        return input.numbers().with_axes(
            input.sizes[0], self.directions * self.given_size, letters=("T", "E")
        )

    def state(self, size: int) -> Spec:
        """The state after the last step: one row for each layer and direction."""
        return Spec((Axis("L", self.num_layers * self.directions), Axis("E", size)))

    def weights(self, input: Spec, **states: Spec) -> Mapping[str, Shape]:
        rows = self.gates * self.hidden_size
        shapes: dict[str, Shape] = {}
        for level in range(self.num_layers):
            for tail in ("", "_reverse")[: self.directions]:
                name = f"l{level}{tail}"
                shapes[f"weight_ih_{name}"] = (rows, self._width(input, level))
                shapes[f"weight_hh_{name}"] = (rows, self.given_size)
                if self.bias:
                    shapes[f"bias_ih_{name}"] = shapes[f"bias_hh_{name}"] = (rows,)
                shapes.update(self._projection(name))
        return shapes

    def flops(self, input: Spec, **states: Spec) -> Size:
        """The matrix products of all steps; torch counts none for its CPU kernels."""
        matrices = (shape for shape in self.weights(input).values() if len(shape) > 1)
        return input.sizes[0] * (2 * sum(rows * columns for rows, columns in matrices))

    def settings(self) -> dict[str, Any]:
        """What torch's module takes besides sizes; its dropout without a second layer would only warn."""
        return {
            "num_layers": self.num_layers,
            "bias": self.bias,
            "dropout": self.dropout if self.num_layers > 1 else 0.0,
            "bidirectional": self.bidirectional,
        }

    def _width(self, input: Spec, level: int) -> int:
        return (
            self.directions * self.given_size
            if level
            else input.fixed(-1, "the number of features")
        )

    def _projection(self, name: str) -> Mapping[str, Shape]:
        return {}


@layer(
    "RNN",
    title="RNN",
    category="Recurrent",
    also=("recurrent", "elman", "vanilla rnn", "sequence", "time series"),
)
class RNN(Recurrent):
    """Reads a sequence step by step and remembers in one layer: (T, E) -> output (T, hidden_size), h.

    The simplest recurrent layer; it forgets soon, so take GRU or LSTM for more than some ten steps. `output`
    has every step (Select keeps the last), `h` the state after the last step, for each layer and direction.
    Source: Elman 1990; torch.nn.RNN with the batch first.
    """

    gates = 1

    hidden_size: int = param(64, ge=1, doc=HIDDEN_DOC)
    num_layers: int = param(1, ge=1, le=64, doc=LAYERS_DOC)
    nonlinearity: Literal["tanh", "relu"] = param(
        "tanh", doc="What each new state goes through.", advanced=True
    )
    dropout: float = param(0.0, ge=0, lt=1, doc=DROPOUT_DOC)
    bidirectional: bool = param(False, doc=DIRECTIONS_DOC)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)

    def infer(self, input: Spec, h: Spec | None = None) -> Sequence:
        return Sequence(self.read(input, h=(h, self.hidden_size)), self.state(self.hidden_size))

    def build(self, input: Spec, h: Spec | None = None) -> nn.Module:
        from graphs.modules import recurrent

        width = input.fixed(-1, "the number of features")
        return recurrent.RNN(
            width, self.hidden_size, nonlinearity=self.nonlinearity, **self.settings()
        )

    def code(self, input: Spec, h: Spec | None = None) -> Code:
        return _batch_first("RNN", input, h, self, nonlinearity=self.nonlinearity)


@layer(
    "GRU",
    title="GRU",
    category="Recurrent",
    also=("gated recurrent unit", "recurrent", "sequence", "time series"),
    follows={"Data": 6, "Embedding": 2},
)
class GRU(Recurrent):
    """Reads a sequence step by step, with gates that say what to keep: (T, E) -> output (T, hidden_size), h.

    Remembers over many steps, with fewer weights than LSTM. `output` has every step (Select keeps the last),
    `h` the state after the last step, for each layer and direction.
    Source: Cho et al. 2014; torch.nn.GRU with the batch first.
    """

    gates = 3

    hidden_size: int = param(64, ge=1, doc=HIDDEN_DOC)
    num_layers: int = param(1, ge=1, le=64, doc=LAYERS_DOC)
    dropout: float = param(0.0, ge=0, lt=1, doc=DROPOUT_DOC)
    bidirectional: bool = param(False, doc=DIRECTIONS_DOC)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)

    def infer(self, input: Spec, h: Spec | None = None) -> Sequence:
        return Sequence(self.read(input, h=(h, self.hidden_size)), self.state(self.hidden_size))

    def build(self, input: Spec, h: Spec | None = None) -> nn.Module:
        from graphs.modules import recurrent

        return recurrent.GRU(
            input.fixed(-1, "the number of features"), self.hidden_size, **self.settings()
        )

    def code(self, input: Spec, h: Spec | None = None) -> Code:
        return _batch_first("GRU", input, h, self)


@layer(
    "LSTM",
    title="LSTM",
    category="Recurrent",
    also=("long short-term memory", "recurrent", "sequence", "time series"),
    follows={"Data": 5, "Embedding": 1},
)
class LSTM(Recurrent):
    """Reads a sequence step by step, with a memory cell behind gates: (T, E) -> output (T, hidden_size), h, c.

    Remembers over hundreds of steps. `output` has every step (Select keeps the last), `h` and `c` the states
    after the last step, for each layer and direction.
    Source: Hochreiter and Schmidhuber 1997; torch.nn.LSTM with the batch first.
    """

    gates = 4

    hidden_size: int = param(64, ge=1, doc=HIDDEN_DOC)
    num_layers: int = param(1, ge=1, le=64, doc=LAYERS_DOC)
    dropout: float = param(0.0, ge=0, lt=1, doc=DROPOUT_DOC)
    bidirectional: bool = param(False, doc=DIRECTIONS_DOC)
    bias: bool = param(True, doc=BIAS_DOC, advanced=True)
    proj_size: int = param(
        0,
        ge=0,
        doc="Size to which each result is brought by a learned matrix; 0 leaves it as it is.",
        advanced=True,
    )

    @property
    def given_size(self) -> int:
        """How many numbers a step gives, in each direction."""
        return self.proj_size or self.hidden_size

    def infer(self, input: Spec, h: Spec | None = None, c: Spec | None = None) -> SequenceAndCell:
        if self.proj_size >= self.hidden_size:
            input.fail(
                f"can only bring results to less than its Hidden size of {self.hidden_size}, but Proj size is "
                f"{self.proj_size}. Set it to 0 for none.",
                code="G205",
                hints=(Hint("set", params=(("proj_size", 0),)),),
            )
        output = self.read(input, h=(h, self.given_size), c=(c, self.hidden_size))
        return SequenceAndCell(output, self.state(self.given_size), self.state(self.hidden_size))

    def build(self, input: Spec, h: Spec | None = None, c: Spec | None = None) -> nn.Module:
        from graphs.modules import recurrent

        width = input.fixed(-1, "the number of features")
        return recurrent.LSTM(width, self.hidden_size, proj_size=self.proj_size, **self.settings())

    def _projection(self, name: str) -> Mapping[str, Shape]:
        return {f"weight_hr_{name}": (self.proj_size, self.hidden_size)} if self.proj_size else {}

    def code(self, input: Spec, h: Spec | None = None, c: Spec | None = None) -> Code:
        given = {"hidden_size": self.hidden_size, "proj_size": self.proj_size, **self.settings()}
        if (h is None) != (c is None):
            width = input.fixed(-1, "the number of features")
            hidden = given.pop("hidden_size")
            return replace(
                adapted("recurrent.LSTM", width, hidden, **given), outputs="{output}, {h}, {c}"
            )
        states = f", ({_layers_first('h')}, {_layers_first('c')})" if h is not None else ""
        values = {**given, "batch_first": True}
        code = of_torch(
            "LSTM", input, values, f"{{self}}({{input}}{states})", "{output}, ({h}, {c})"
        )
        return replace(code, after={port: f"{{{port}}}.transpose(0, 1)" for port in ("h", "c")})


def _batch_first(name: str, input: Spec, h: Spec | None, layer_: Recurrent, **more: Any) -> Code:
    values = {"hidden_size": layer_.hidden_size, **layer_.settings(), **more, "batch_first": True}
    state = f", {_layers_first('h')}" if h is not None else ""
    code = of_torch(name, input, values, f"{{self}}({{input}}{state})", "{output}, {h}")
    return replace(code, after={"h": "{h}.transpose(0, 1)"})


def _layers_first(port: str) -> str:
    """A state as torch takes it: layers before the batch."""
    return f"{{{port}}}.transpose(0, 1).contiguous()"
