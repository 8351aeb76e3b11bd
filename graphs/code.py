"""What a layer is in Python source: the call that makes its module, and the expression that uses it.

Text of a document never becomes part of a name or a template here; values are written as literals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphs.spec import Spec
from graphs.torch_signatures import REQUIRED, SIGNATURES

SIZES: Mapping[str, int] = {
    "in_features": -1,
    "in_channels": 0,
    "num_features": 0,
    "num_channels": 0,
    "input_size": -1,
    "embed_dim": -1,
    "d_model": -1,
}
"""What torch asks for and the input knows: which of its axes, the batch not counted."""

PLACED_FIRST = ("p", "start_dim", "negative_slope", "alpha", "lambd")
"""Parameters with a default that people write without their name, where they are the first."""


@dataclass(frozen=True)
class Verbatim:
    """Source that stands for a value as it is. It never holds text of a document."""

    text: str


@dataclass(frozen=True)
class Arg:
    """One argument of a constructor. Where it equals `default` it need not be written."""

    name: str
    value: Any
    positional: bool = False
    default: Any = REQUIRED


@dataclass(frozen=True)
class Make:
    """The call that makes a module: `nn.Linear` of torch, or `shape.Select` of graphs.modules, with all arguments."""

    name: str
    args: tuple[Arg, ...] = ()


@dataclass(frozen=True)
class Code:
    """How a layer stands in source.

    `call` is an expression of `{self}`, the module, and the input ports (`{inputs}` is a row of them); ""
    calls the module with its inputs in order. Several outputs are unpacked as `outputs` says, such as
    "{output}, ({h}, {c})", and then go through `after` by port. `helpers` are what `call` needs of
    graphs.modules besides.
    """

    make: Make | None = None
    call: str = ""
    outputs: str = ""
    after: Mapping[str, str] = field(default_factory=dict)
    helpers: tuple[str, ...] = ()


def expression(call: str, *helpers: str) -> Code:
    """A layer without a module of its own: one expression in `forward`."""
    return Code(call=call, helpers=helpers)


def adapted(name: str, *values: Any, **named: Any) -> Code:
    """A class of graphs.modules, `FILE.CLASS`, made with these arguments; it is written out in full."""
    args = [Arg("", value, positional=True) for value in values]
    return Code(Make(name, (*args, *(Arg(key, value) for key, value in named.items()))))


def of_torch(
    name: str, input: Spec | None, values: Mapping[str, Any], call: str = "", outputs: str = ""
) -> Code:
    """A layer of torch.nn with these parameters; sizes that the input knows are read from it.

    Raises:
        KeyError: torch has no such layer or parameter, as far as `torch_signatures` knows.
    """
    signature = SIGNATURES[name]
    unknown = values.keys() - signature.keys()
    if unknown:
        raise KeyError(f"torch.nn.{name} has no parameter {min(unknown)}.")
    args: list[Arg] = []
    for index, (each, default) in enumerate(signature.items()):
        if each in values:
            value = values[each]
        elif each in SIZES and input is not None:
            value = input.fixed(SIZES[each], "a size")
        elif default is REQUIRED:
            raise KeyError(f"torch.nn.{name} needs {each}.")
        else:
            continue
        plain = default is REQUIRED or (index == 0 and each in PLACED_FIRST)
        # A shape is a row even where all its numbers are equal.
        shown = value if each == "unflattened_size" else one_number(value)
        args.append(Arg(each, shown, plain, default))
    return Code(Make(f"nn.{name}", tuple(args)), call, outputs)


def one_number(value: Any) -> Any:
    """A row of equal numbers as that number, which torch takes for all sides; other values as they are."""
    same = isinstance(value, tuple) and value and all(each == value[0] for each in value)
    return value[0] if same else value


def axis_with_batch(axis: int) -> int:
    """An axis counted without the batch as torch counts it."""
    return axis if axis < 0 else axis + 1


@dataclass(frozen=True)
class DataCode:
    """How a data set is read in source: lines, then an expression for each column by port."""

    lines: tuple[str, ...]
    columns: Mapping[str, str]


def of_scikit_learn(name: str, columns: Mapping[str, str], **settings: Any) -> DataCode:
    """A data set of sklearn.datasets; `{data}` and `{target}` in the columns are its arrays."""
    given = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    return DataCode(
        (f"data = datasets.load_{name}({given})",),
        {
            port: text.format(
                data="torch.tensor(data.data, dtype=torch.float32)",
                target="torch.tensor(data.target)",
            )
            for port, text in columns.items()
        },
    )


def tensor(numbers: tuple[float, ...]) -> Verbatim:
    """A tensor of these numbers, as a loss takes weights of classes."""
    return Verbatim(f"torch.tensor([{', '.join(map(repr, map(float, numbers)))}])")


FLOATS = "torch.tensor({0}, dtype=torch.float32)"
"""An array of numpy as numbers of a network."""


def of_numpy(seed: int, lines: tuple[str, ...], columns: Mapping[str, str]) -> DataCode:
    """Data that numpy draws: `random` is the generator in the lines, which are expressions of arrays."""
    return DataCode((f"random = np.random.default_rng({seed})", *lines), columns)
