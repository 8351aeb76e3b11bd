"""What a layer is: one class with parameters, ports, shapes, module and words; and the registry of all.

The parameters of `infer` are the input ports: `x: Spec` must be wired, `x: Spec | None = None` may be,
`*inputs: Spec` is an ordered row of ports called `inputs.0`, `inputs.1`, ... What `infer` returns are
the output ports: a `Spec` is the port `output`, the fields of a NamedTuple are ports of their names.
Everything else (palette, inspector, rules, compiler, export, file) reads what a class says here.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    TypeVar,
    dataclass_transform,
    get_type_hints,
)

from graphs.code import Code, DataCode, of_torch
from graphs.param import Param, kind_of, param, unknown_parameter
from graphs.size import Size
from graphs.spec import Hint, Mismatch, Spec

if TYPE_CHECKING:
    from torch import nn

Role = Literal["data", "layer", "loss", "metric", "output"]
Shape = tuple[int, ...]

DEFAULT_SPLIT = (0.7, 0.15, 0.15)
"""Training, validation, test."""

SPLIT_SLACK = 1e-6
"""How far from 1 the shares of a split may add up, because 0.7 + 0.2 + 0.1 is not 1 in floating point."""

MAX_SIZE = 10**12
"""The largest size of an axis. A file can double an axis with each node, and Python does not print every integer."""

WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])(?!LU$)|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a new word starts in a type id; the LU of ReLU and SiLU is none."""

SIDED = re.compile(r"[123]d\Z")
"""How ids end that say for how many sides a layer is."""

CATEGORIES = (
    "Data", "Linear", "Convolution", "Pooling", "Normalization", "Activation", "Dropout", "Shape",
    "Merge", "Flow", "Embedding", "Recurrent", "Attention", "Loss", "Metric", "Output",
)  # fmt: skip
"""In the order of the library."""


@dataclass(frozen=True)
class Input:
    """One input port as a class declares it."""

    name: str
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Info:
    """What the program knows of a layer type besides its class."""

    type: str
    title: str
    category: str
    also: tuple[str, ...]
    role: Role
    params: Mapping[str, Param]
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    doc: str
    help: str
    kin: str = ""  # layers with one such word do the same for other inputs
    follows: Mapping[str, int] = field(
        default_factory=dict
    )  # its place in the row of what is usual behind a category
    usual_for: str = ""  # the kind of target for which it is the usual loss or metric
    applies: str = ""  # what a loss of raw scores does to them first
    percent: bool | None = None  # whether people read a metric's value as a part of a hundred

    @property
    def stem(self) -> str:
        """What ids of its nodes begin with, as torch.nn.functional spells it.

        `Conv2d` makes `conv2d`, `MSELoss` `mse_loss`, `R2Score` `r2_score`, `LeakyReLU` `leaky_relu`.
        """
        return WORD_START.sub("_", self.type).lower()


class Layer(ABC):
    """The base of all layer types. A subclass is frozen: an instance is one setting of its parameters."""

    info: ClassVar[Info]

    # The three that follow a dataclass would compile anew for each of two hundred classes, at every start.

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layer) or other.__class__ is not self.__class__:
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(tuple(self._values()))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.info.params)
        return f"{type(self).__qualname__}({said})"

    def _values(self) -> list[Any]:
        return [self.__dict__[name] for name in self.info.params]

    @abstractmethod
    def infer(self, *args: Any, **kwargs: Any) -> Any:
        """Specs of the outputs from the Specs of the inputs.

        Raises:
            Mismatch: an input does not fit.
        """

    def build(self, *args: Any, **kwargs: Any) -> nn.Module:
        """The torch module, for inputs of these Specs; it takes the inputs in order of the ports."""
        raise LookupError(f"{self.info.title} has no module of its own.")

    def weights(self, *args: Any, **kwargs: Any) -> Mapping[str, Shape]:
        """Names (as in the module's state_dict) and shapes of what it learns, for inputs of these Specs."""
        return {}

    def flops(self, *args: Any, **kwargs: Any) -> Size:
        """Multiplications and additions of one forward pass of one sample, a multiply-add counted as two.

        Matrix products and convolutions count, as in torch.utils.flop_counter. Symbolic where an axis is.
        """
        return 0

    def code(self, *args: Any, **kwargs: Any) -> Code:
        """How it stands in Python source, for inputs of these Specs: torch's layer of its type and parameters.

        Raises:
            LookupError: torch has none; then its class says its code itself.
        """
        values = {name: getattr(self, name) for name in self.info.params}
        return of_torch(self.info.type, next(iter((*args, *kwargs.values())), None), values)

    def outputs(self) -> tuple[str, ...]:
        """The names of the output ports of this instance."""
        return self.info.outputs


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DataLayer(Layer):
    """The base of data: outputs only, one per column, and one layer may have other columns than the next.

    How samples are divided and scaled stands here, because it means the same for every source.
    """

    split: tuple[float, ...] = param(
        DEFAULT_SPLIT,
        ge=0,
        le=1,
        doc="Shares of the samples for training, validation and test; they add up to 1.",
    )
    normalize: Literal["standard", "minmax", "none"] = param(
        "standard",
        doc="How numbers are scaled, as measured on the training part: standard (mean 0, deviation 1), minmax "
        "(0 to 1) or none.",
    )
    shuffle: bool = param(
        True,
        doc="Whether samples are mixed before they are divided. Turn it off for data in order of time.",
        advanced=True,
    )

    @abstractmethod
    def columns(self) -> Mapping[str, Spec]:
        """The columns that it offers, by port."""

    def infer(self) -> tuple[Spec, ...]:
        """The Specs of the columns in order.

        Raises:
            Mismatch: the shares of the split do not make a whole.
        """
        if (
            len(self.split) != len(DEFAULT_SPLIT)
            or min(self.split) <= 0
            or abs(sum(self.split) - 1) > SPLIT_SLACK
        ):
            listed = ", ".join(f"{share:g}" for share in self.split) or "none"
            raise Mismatch(
                "needs three shares above 0 that add up to 1 for its split (training, validation, test), "
                f"but gets {listed}. A usual split is 0.7, 0.15, 0.15.",
                code="G206",
                hints=(Hint("set", params=(("split", DEFAULT_SPLIT),)),),
            )
        return tuple(self.columns().values())

    @property
    def key(self) -> str:
        """The heading of the column that tells its rows apart; empty if none was chosen."""
        return ""

    @property
    def is_aimless(self) -> bool:
        """Whether its columns are known, and a person has chosen none of them to be predicted."""
        return False

    @property
    def has_files(self) -> bool:
        """Whether every row is a file, whose path tells it apart."""
        return False

    def is_joined_to(self, other: DataLayer) -> bool:
        """Whether rows of both belong together by their keys: columns of both, or a column and paths of files.

        Two folders of files are not: nobody said that their names mean the same.
        """
        both = (self.key or self.has_files) and (other.key or other.has_files)
        return bool(both and (self.key or other.key))

    def data_code(self) -> DataCode | None:
        """How it is read in Python source; None where a person has to say."""
        return None

    def outputs(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.columns())


LAYERS: dict[str, type[Layer]] = {}
"""Every layer type by its id, complete once `graphs.layers` is imported."""

AnyLayer = TypeVar("AnyLayer", bound=type[Layer])


@dataclass_transform(frozen_default=True, field_specifiers=(param,))
def layer(
    type_id: str,
    *,
    title: str,
    category: str,
    also: tuple[str, ...] = (),
    role: Role = "layer",
    kin: str = "",
    follows: Mapping[str, int] | None = None,
    usual_for: str = "",
    applies: str = "",
    percent: bool | None = None,
) -> Callable[[AnyLayer], AnyLayer]:
    """Make a class a layer type: a frozen dataclass, registered under `type_id` for ever.

    What else the program wants to know of it is said here too, so that no other file lists layers; `Info` tells
    what each word means. Without `kin` it is akin to those whose ids differ in the number of sides alone
    (`Conv1d`, `Conv2d`).
    """

    def register(cls: AnyLayer) -> AnyLayer:
        assert type_id not in LAYERS, f"two layers are called {type_id}"
        assert category in CATEGORIES, category
        made = dataclasses.dataclass(frozen=True, eq=False, repr=False)(cls)
        first, _, rest = inspect.cleandoc(made.__doc__ or "").partition("\n")
        made.info = Info(
            type=type_id,
            title=title,
            category=category,
            also=also,
            role=role,
            params=_params(made),
            inputs=_inputs(made),
            outputs=_outputs(made),
            doc=first,
            help=rest.strip(),
            kin=kin or (type_id[:-2] if SIDED.search(type_id) else ""),
            follows=dict(follows or {}),
            usual_for=usual_for,
            applies=applies,
            percent=percent,
        )
        LAYERS[type_id] = made
        return made  # type: ignore[return-value]

    return register


def read(cls: type[Layer], values: Mapping[str, Any]) -> tuple[Layer | None, tuple[str, ...]]:
    """The layer with these parameters, or None and a sentence for every parameter that is wrong."""
    faults: list[str] = []
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name not in cls.info.params:
            faults.append(unknown_parameter(name, cls.info.params))
            continue
        try:
            kept[name] = cls.info.params[name].read(value)
        except ValueError as error:
            faults.append(str(error))
    return (None, tuple(faults)) if faults else (cls(**kept), ())


def call(layer_: Layer, method: Callable[..., Any], inputs: Mapping[str, Any]) -> Any:
    """Call `infer`, `build`, `weights` or `flops` with what stands at each input port (by port name).

    Ports that are not wired and optional are left out.
    """
    ports = layer_.info.inputs
    if len(ports) == 1 and not ports[0].many and ports[0].name in inputs:
        return method(**{ports[0].name: inputs[ports[0].name]})  # most layers, and so made quick
    row: list[Any] = []
    named: dict[str, Any] = {}
    for port in ports:
        if port.many:
            index = 0
            while f"{port.name}.{index}" in inputs:
                row.append(inputs[f"{port.name}.{index}"])
                index += 1
        elif port.name in inputs:
            named[port.name] = inputs[port.name]
    return method(*row, **named)


def infer(layer_: Layer, inputs: Mapping[str, Spec]) -> dict[str, Spec]:
    """The Spec at every output port, from those at the input ports.

    Raises:
        Mismatch: an input does not fit.
    """
    standing = {port: spec.at(port) for port, spec in inputs.items()}
    result = call(layer_, layer_.infer, standing)
    row = (result,) if isinstance(result, Spec) else tuple(result)
    port, first = next(iter(inputs.items()), ("", None))
    # What passes through stays the very same object, with all that is known of it.
    if first is not None and result is standing[port]:
        return dict.fromkeys(layer_.outputs(), first)
    row = tuple([first if spec == first else spec for spec in row]) if first is not None else row
    for spec in row:
        for size in spec.sizes:
            if isinstance(size, int) and size > MAX_SIZE:
                raise Mismatch(
                    f"makes an axis of more than 10^{len(str(MAX_SIZE)) - 1} places, which no computer holds.",
                    code="G205",
                )
    return dict(zip(layer_.outputs(), row, strict=True))


def _params(cls: type[Layer]) -> dict[str, Param]:
    hints = get_type_hints(cls)
    params: dict[str, Param] = {}
    every = dataclasses.fields(cls)  # type: ignore[arg-type]
    own_first = sorted(every, key=lambda each: each.name not in cls.__annotations__)
    for each in own_first:
        kind, choices, optional = kind_of(hints[each.name])
        default = (
            each.default if each.default_factory is dataclasses.MISSING else each.default_factory()
        )
        words = each.metadata["param"]
        params[each.name] = Param(
            each.name, kind, default, choices=choices, optional=optional, **words
        )
    return params


def _inputs(cls: type[Layer]) -> tuple[Input, ...]:
    ports = list(inspect.signature(cls.infer).parameters.values())[1:]
    return tuple(
        Input(
            each.name,
            optional=each.default is not inspect.Parameter.empty,
            many=each.kind is inspect.Parameter.VAR_POSITIONAL,
        )
        for each in ports
    )


def _outputs(cls: type[Layer]) -> tuple[str, ...]:
    result = get_type_hints(cls.infer).get("return")
    return tuple(getattr(result, "_fields", ())) or (
        () if issubclass(cls, DataLayer) else ("output",)
    )
