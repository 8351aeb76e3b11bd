"""What a wire carries: a `Spec` of named axes, dtype and kind; and `Mismatch`, why it does not fit.

The batch axis is never named: `batched` says whether there is one. Usual letters: C channels,
H by W pixels, T steps of a sequence, E features (embedding), K classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NoReturn

from graphs.size import Size, product

Dtype = Literal["float32", "int64", "bool"]
Kind = Literal["number", "class", "token", "mask", "probability"]

PLANE = 2
"""How many axes a sequence has."""

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

    `action` is one of "insert" (layer type `layer` with `params` before input `port`), "set" (`params` of the
    failing node itself), "become" (layer type `layer` with `params` in its place) or "before" (how many numbers
    the layer before should give, as `params`: `size`). `title` is what the button says where params alone would not
    tell.
    """

    action: Literal["insert", "set", "become", "before"]
    port: str = ""
    layer: str = ""
    params: tuple[tuple[str, object], ...] = ()
    title: str = ""


def counted(count: Size, noun: str, nouns: str = "") -> str:
    """A number and its noun: "1 step", "5 steps"."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


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

    @cached_property
    def _hash(self) -> int:
        return hash((self.dims, self.dtype, self.kind, self.of, self.batched, self.names))

    def __hash__(self) -> int:
        return self._hash  # asked for at every look-up of what a layer makes of it

    @property
    def rank(self) -> int:
        """How many axes, the batch not counted."""
        return len(self.dims)

    @cached_property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes of the axes in order."""
        return tuple(axis.size for axis in self.dims)

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of the axes in order."""
        return tuple(axis.name for axis in self.dims)

    @cached_property
    def count(self) -> Size:
        """How many numbers one sample holds."""
        return product(self.sizes)

    @property
    def words(self) -> str:
        """What it carries, in words: "labels of 10 classes", "numbers"."""
        if self.kind == "class" and self.of is not None:
            return f"labels of {counted(self.of, 'class', 'classes')}"
        return KIND_WORDS[self.kind]

    def __str__(self) -> str:
        return "x".join(str(size) for size in self.sizes) if self.dims else "a single number"

    @property
    def shown(self) -> str:
        """Sizes and letters, as the screen shows them: "1x8x8 (C, H, W)"."""
        return f"{self} ({', '.join(self.letters)})" if self.dims else "a single number per sample"

    def at(self, port: str) -> Spec:
        """The same, standing at this input port ("" for none)."""
        if port == self.port:
            return self
        known: dict[str, Spec] = self.__dict__.setdefault("_at", {})
        if port not in known:
            there = object.__new__(Spec)  # faster than `replace`, and what is known stays known
            there.__dict__.update(self.__dict__, port=port)
            del there.__dict__["_at"]
            known[port] = there
        return known[port]

    def axes(self, *letters: str, of: str = "") -> tuple[Size, ...]:
        """The sizes, after checking that there are as many axes as `letters` (all, if none given).

        Raises:
            Mismatch: another number of axes; `of` says what was expected ("an image").
        """
        if letters and len(letters) != self.rank:
            self.fail_rank(letters, of)
        return self.sizes

    def fixed(self, index: int, what: str) -> int:
        """The size of the axis at `index`, which must be an integer of at least 1: weights depend on it.

        `what` names it in the sentence: "the number of channels".

        Raises:
            Mismatch: the size is symbolic, or 0.
        """
        size = self.dims[index].size
        if not isinstance(size, int):
            swap = self.rank == PLANE and isinstance(self.dims[1 if index == 0 else 0].size, int)
            self.fail(
                f"needs {what} to be the same for every sample, but gets {size} in {self.shown}.",
                hints=(Hint("insert", self.port, "Permute", (("axes", (1, 0)),)),) if swap else (),
            )
        if size < 1:
            self.fail(f"needs {what} to be at least 1, but gets {size} in {self.shown}.")
        return size

    def with_axes(self, *sizes: Size, letters: tuple[str, ...] | None = None) -> Spec:
        """The same kind of tensor with other sizes; letters are kept where the rank is the same."""
        names = letters or (
            self.letters if len(sizes) == self.rank else default_letters(len(sizes))
        )
        dims = tuple(Axis(name, size) for name, size in zip(names, sizes, strict=True))
        return replace(self, dims=dims, port="")

    @cached_property
    def is_plain(self) -> bool:
        """Whether it carries plain float numbers."""
        return (self.dtype, self.kind, self.of, self.names) == ("float32", "number", None, ())

    def numbers(self) -> Spec:
        """The same axes carrying plain float numbers."""
        if self.is_plain:
            return self
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

    def fail_rank(self, letters: tuple[str, ...], of: str) -> NoReturn:
        """Say that the number of axes is wrong, with the ways out that follow from it."""
        wanted = f"{of or 'an input'} ({', '.join(letters)})"
        self.fail(f"needs {wanted}, but gets {self.shown}.", hints=self._to_rank(letters))

    def _to_rank(self, letters: tuple[str, ...]) -> tuple[Hint, ...]:
        """Layers that make an input with these axes of this one, in order of likelihood."""

        def reshape(*shape: int) -> Hint:
            return Hint("insert", self.port, "Reshape", (("shape", shape),))

        if len(letters) == 1 and self.rank > 1:
            return (Hint("insert", self.port, "Flatten"),)
        if len(letters) == PLANE and self.rank == 1:
            return (reshape(-1, 1),) if letters == ("T", "E") else (reshape(1, -1),)
        if len(letters) == PLANE and self.rank > PLANE:
            return (Hint("insert", self.port, "Flatten", (("start_dim", 2),)),)
        sizes = [size for size in self.sizes if isinstance(size, int)]
        if letters == ("C", "H", "W") and len(sizes) == self.rank == PLANE:
            return (reshape(1, *sizes),)
        if letters == ("C", "H", "W") and len(sizes) == self.rank == 1:
            side = math.isqrt(sizes[0])
            return (reshape(1, side, side),) if side * side == sizes[0] and side > 1 else ()
        return ()

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


SCALAR = Spec(batched=False)
"""One number for the whole batch: a loss."""
