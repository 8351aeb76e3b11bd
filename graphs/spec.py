"""What a wire carries: a `Spec` of named axes, dtype and kind; and `Mismatch`, why it does not fit.

The batch axis is never named: `batched` says whether there is one. Usual letters: C channels,
H by W pixels, T steps of a sequence, E features (embedding), K classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from graphs.size import Size, product

Dtype = Literal["float32", "int64", "bool"]
Kind = Literal["number", "class", "token", "mask", "probability"]

KIND_WORDS: dict[Kind, str] = {
    "number": "numbers",
    "class": "class labels",
    "token": "tokens",
    "mask": "a mask",
    "probability": "probabilities",
}


@dataclass(frozen=True)
class Hint:
    """A way out that a layer proposes: an edit by name, made ready by the rule that shows it.

    `action` is one of "insert" (layer type `layer` with `params` before input `port`) or "set"
    (`params` of the failing node itself).
    """

    action: Literal["insert", "set"]
    port: str = ""
    layer: str = ""
    params: tuple[tuple[str, object], ...] = ()


class Mismatch(ValueError):  # noqa: N818 - it is not an error of the program but news about a graph
    """An input does not fit. Raised in `Layer.infer` only, and turned there into a Problem.

    `code` is the rule's code; `port` the input that does not fit ("" if it is the layer itself).
    """

    def __init__(
        self, message: str, *, code: str = "G201", port: str = "", hints: tuple[Hint, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.port, self.hints = message, code, port, hints


@dataclass(frozen=True)
class Axis:
    """One axis of a tensor: the letter that people know it by, and its size."""

    name: str
    size: Size

    def __str__(self) -> str:
        return str(self.size)


@dataclass(frozen=True)
class Spec:
    """The shape, dtype and meaning of one tensor, without its batch axis.

    `of` is K for class labels (and for probabilities), V for tokens. `names` are class names in order.
    """

    dims: tuple[Axis, ...] = ()
    dtype: Dtype = "float32"
    kind: Kind = "number"
    of: int | None = None
    batched: bool = True
    names: tuple[str, ...] = ()
    port: str = field(default="", compare=False)  # which input it stands at, for messages

    @property
    def rank(self) -> int:
        """How many axes, the batch not counted."""
        return len(self.dims)

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes of the axes in order."""
        return tuple(axis.size for axis in self.dims)

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of the axes in order."""
        return tuple(axis.name for axis in self.dims)

    @property
    def count(self) -> Size:
        """How many numbers one sample holds."""
        return product(self.sizes)

    @property
    def words(self) -> str:
        """What it carries, in words: "labels of 10 classes", "numbers"."""
        if self.kind == "class" and self.of is not None:
            return f"labels of {self.of} classes"
        return KIND_WORDS[self.kind]

    def __str__(self) -> str:
        return "x".join(str(size) for size in self.sizes) if self.dims else "a single number"

    @property
    def shown(self) -> str:
        """Sizes and letters, as the screen shows them: "1x8x8 (C, H, W)"."""
        return f"{self} ({', '.join(self.letters)})" if self.dims else "a single number per sample"

    def axes(self, *letters: str, of: str = "") -> tuple[Size, ...]:
        """The sizes, after checking that there are as many axes as `letters` (all, if none given).

        Raises:
            Mismatch: another number of axes; `of` says what was expected ("an image").
        """
        if letters and len(letters) != self.rank:
            self.fail_rank(letters, of)
        return self.sizes

    def size(self, letter_or_index: str | int) -> Size:
        """The size of one axis, by index or by letter; letters C, F, E fall back to the first or last axis."""
        if isinstance(letter_or_index, int):
            return self.dims[letter_or_index].size
        for axis in self.dims:
            if axis.name == letter_or_index:
                return axis.size
        return self.dims[0 if letter_or_index == "C" else -1].size

    def fixed(self, letter_or_index: str | int, what: str) -> int:
        """The size of one axis, which must be an integer: weights cannot depend on a length.

        Raises:
            Mismatch: the size is symbolic.
        """
        size = self.size(letter_or_index)
        if not isinstance(size, int):
            self.fail(
                f"{what} must be a fixed number, but it is {size}, which changes from sample to sample."
            )
        return size

    def with_axes(self, *sizes: Size, letters: tuple[str, ...] | None = None) -> Spec:
        """The same kind of tensor with other sizes; letters are kept where the rank is the same."""
        names = letters or (
            self.letters if len(sizes) == self.rank else default_letters(len(sizes))
        )
        dims = tuple(Axis(name, size) for name, size in zip(names, sizes, strict=True))
        return replace(self, dims=dims, port="")

    def numbers(self) -> Spec:
        """The same axes carrying plain float numbers."""
        return replace(self, dtype="float32", kind="number", of=None, names=(), port="")

    def expect_float(self) -> Spec:
        """Itself, after checking that it carries decimal numbers.

        Raises:
            Mismatch: it carries labels, tokens or a mask.
        """
        if self.dtype != "float32":
            hints = (Hint("insert", self.port, "Embedding"),) if self.kind == "token" else ()
            self.fail(
                f"needs decimal numbers, but gets {KIND_WORDS[self.kind]} ({self.dtype}).",
                code="G202",
                hints=hints,
            )
        return self

    def expect(
        self,
        *,
        kind: Kind | None = None,
        of: Size | None = None,
        axes: tuple[Size, ...] | list[Size] | None = None,
        hint: str = "",
    ) -> Spec:
        """Itself, after checking kind, number of classes and sizes; `hint` says what is wanted in words.

        Raises:
            Mismatch: it differs.
        """
        wanted = f" It needs {hint}." if hint else ""
        if kind is not None and self.kind != kind:
            self.fail(
                f"needs {KIND_WORDS[kind]}, but gets {KIND_WORDS[self.kind]}.{wanted}", code="G202"
            )
        if axes is not None and tuple(axes) != self.sizes:
            self.fail(f"needs {_words(tuple(axes))} per sample, but gets {self}.{wanted}")
        if of is not None and self.of is not None and of != self.of:
            self.fail(
                f"has {self.of} {KIND_WORDS[self.kind]}, but there are {of} scores.{wanted}",
                code="G203",
            )
        return self

    def fail_rank(self, letters: tuple[str, ...], of: str) -> NoReturn:
        """Say that the number of axes is wrong, with the ways out that follow from it."""
        wanted = f"{of or 'an input'} ({', '.join(letters)})"
        hints: tuple[Hint, ...] = ()
        if len(letters) == 1 and self.rank > 1:
            hints = (Hint("insert", self.port, "Flatten"),)
        elif letters == ("C", "H", "W") and self.rank == 1 and isinstance(self.dims[0].size, int):
            side = round(self.dims[0].size ** 0.5)
            if side * side == self.dims[0].size:
                hints = (Hint("insert", self.port, "Reshape", (("shape", (1, side, side)),)),)
        elif letters == ("T", "E") and self.rank == 1:
            hints = (Hint("insert", self.port, "Reshape", (("shape", (-1, 1)),)),)
        self.fail(f"needs {wanted}, but gets {self.shown}.", hints=hints)

    def fail(self, message: str, *, code: str = "G201", hints: tuple[Hint, ...] = ()) -> NoReturn:
        """Refuse this input; the message begins with a verb: the checker puts the layer's title before it."""
        raise Mismatch(message, code=code, port=self.port, hints=hints)


def default_letters(rank: int) -> tuple[str, ...]:
    """Letters for a tensor of which only the rank is known."""
    usual: dict[int, tuple[str, ...]] = {
        0: (),
        1: ("E",),
        2: ("T", "E"),
        3: ("C", "H", "W"),
        4: ("C", "D", "H", "W"),
    }
    return usual.get(rank) or tuple(f"A{index}" for index in range(rank))


def slide(
    side: Size, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, *, fault: str
) -> Size:
    """How many positions a window has along one side: floor((side + 2p - d(k-1) - 1) / s) + 1.

    Source: the shape formula of torch.nn.Conv2d.

    Raises:
        Mismatch: the window does not fit; `fault` is the sentence.
    """
    room = side + (2 * padding - dilation * (kernel - 1) - 1)
    if isinstance(room, int) and room < 0:
        raise Mismatch(fault)
    return room // stride + 1


def _words(sizes: tuple[Size, ...]) -> str:
    return "x".join(str(size) for size in sizes) if sizes else "a single number"


SCALAR = Spec(batched=False)
"""One number for the whole batch: a loss."""
