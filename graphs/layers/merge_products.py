"""Products of whole tables, and tensors side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphs.code import Code, axis_with_batch, expression
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import Size, product
from graphs.spec import Hint, Spec, counted

if TYPE_CHECKING:
    from torch import nn

EQUATION = re.compile(r"[a-z]*(?:,[a-z]*){0,3}->[a-z]*")
"""Up to four inputs; `B`, the batch, is no letter that it can name."""

MOST_LETTERS = 64
USUAL = "ij,jk->ik"


@layer("Stack", title="Stack", category="Merge", also=("new axis", "side by side", "join"))
class Stack(Layer):
    """Puts inputs of the same sizes side by side along a new axis: (E) and (E) -> (2, E) along axis 0.

    Makes a sequence of single steps, or channels of single images. Source: torch.stack.
    """

    axis: int = param(
        0, doc="Where the new axis stands; 0 is the first after the batch, -1 behind the last."
    )

    def infer(self, *inputs: Spec) -> Spec:
        first = inputs[0]
        rank = first.rank
        if not -rank - 1 <= self.axis <= rank:
            first.fail(
                f"cannot put an axis at {self.axis}: {first} has room at 0 to {rank}, or -1 for the last.",
                code="G205",
                hints=(Hint("set", params=(("axis", 0),)),),
            )
        for each in inputs:
            alike = (each.kind, each.of) == (first.kind, first.of) or first.dtype == "float32"
            if each.dtype != first.dtype or not alike:
                each.fail(
                    f"needs inputs of one kind, but gets {first.words} and {each.words}.",
                    code="G202",
                )
            if each.sizes != first.sizes:
                each.fail(f"needs inputs of the same sizes, but gets {first} and {each}.")
        at = self.axis % (rank + 1)
        same = all((each.kind, each.of) == (first.kind, first.of) for each in inputs)
        result = first if same and first.kind != "probability" else first.numbers()
        return result.with_axes(*first.sizes[:at], len(inputs), *first.sizes[at:])

    def build(self, *inputs: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Stack(self.axis)

    def code(self, *inputs: Spec) -> Code:
        return expression(f"torch.stack([{{inputs}}], dim={axis_with_batch(self.axis)})")


@layer(
    "MatMul",
    title="Matrix product",
    category="Merge",
    also=("matmul", "dot product", "similarity", "attention scores", "bmm"),
)
class MatMul(Layer):
    """Multiplies two tables of numbers as matrices: (..., T, E) and (..., E, S) -> (..., T, S).

    With the other one transposed it compares each step of one sequence with each of another, as attention does.
    Source: torch.matmul.
    """

    transpose_other: bool = param(
        False, doc="Whether the last two axes of the other input are swapped before."
    )

    def infer(self, input: Spec, other: Spec) -> Spec:
        for each in (input, other):
            if each.expect_float().rank < 2:
                each.fail(
                    f"needs two axes or more to multiply as a matrix, but gets {each.shown}.",
                    hints=(Hint("become", layer="Multiply"), Hint("become", layer="Bilinear")),
                )
        if input.sizes[:-2] != other.sizes[:-2]:
            other.fail(
                f"needs inputs that agree in all axes but the last two, but gets {input} and {other}."
            )
        inner, columns = self._other(other)
        if input.sizes[-1] != inner:
            fits = (other.sizes[-1 if not self.transpose_other else -2]) == input.sizes[-1]
            other.fail(
                f"multiplies rows of {input.sizes[-1]} with columns of {inner}, but both must be as long: "
                f"it gets {input} and {other}."
                + (
                    f" Turn Transpose other {'off' if self.transpose_other else 'on'}."
                    if fits
                    else ""
                ),
                hints=(Hint("set", params=(("transpose_other", not self.transpose_other),)),)
                if fits
                else (),
            )
        return input.numbers().with_axes(*input.sizes[:-1], columns)

    def build(self, input: Spec, other: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.MatMul(transpose_other=self.transpose_other)

    def flops(self, input: Spec, other: Spec) -> Size:
        _, columns = self._other(other)
        return 2 * (columns * input.count)

    def _other(self, other: Spec) -> tuple[Size, Size]:
        """Rows and columns of the second matrix."""
        rows, columns = other.sizes[-2:]
        return (columns, rows) if self.transpose_other else (rows, columns)

    def code(self, input: Spec, other: Spec) -> Code:
        return expression("{input} @ {other}.mT" if self.transpose_other else "{input} @ {other}")


@layer(
    "Einsum",
    title="Einsum",
    category="Merge",
    also=("einstein sum", "tensor product", "contraction", "outer product", "attention"),
)
class Einsum(Layer):
    """Multiplies inputs along named axes and adds up those that the result does not name.

    The equation names each axis by a small letter, without the batch: "ij,jk->ik" is the matrix product of
    two tables, "i,j->ij" all products of two rows, "ij->j" a sum over steps.
    Source: torch.einsum.
    """

    equation: str = param(
        USUAL,
        doc="Letters for the axes of each input, a comma between inputs, and after -> those of the result.",
    )

    def infer(self, *inputs: Spec) -> Spec:
        terms, result = self._read(inputs[0])
        if len(terms) != len(inputs):
            inputs[0].fail(
                f'has an equation for {counted(len(terms), "input")}, "{self.equation}", but gets {len(inputs)}.'
            )
        sizes: dict[str, Size] = {}
        for term, each in zip(terms, inputs, strict=True):
            each.expect_float()
            if len(term) != each.rank:
                each.fail(
                    f'names {counted(len(term), "axis", "axes")} for it, "{term}", but gets {each.shown}.'
                )
            for letter, size in zip(term, each.sizes, strict=True):
                if sizes.setdefault(letter, size) != size:
                    each.fail(
                        f'has the axis {letter} twice in "{self.equation}", but it is {sizes[letter]} in one place '
                        f"and {size} in another."
                    )
        return inputs[0].numbers().with_axes(*(sizes[letter] for letter in result))

    def build(self, *inputs: Spec) -> nn.Module:
        from graphs.modules import merge

        return merge.Einsum(*self._read(inputs[0]))

    def flops(self, *inputs: Spec) -> Size:
        """A multiply-add for every combination of places, input after input from the left."""
        terms, result = self._read(inputs[0])
        sizes = {
            letter: size
            for term, each in zip(terms, inputs, strict=True)
            for letter, size in zip(term, each.sizes, strict=True)
        }
        total: Size = 0
        left = set(terms[0])
        for index, term in enumerate(terms[1:], start=1):
            later = set(result).union(*terms[index + 1 :])
            # Axes that one side has alone and nobody needs any more are added up before.
            both = {each for each in left if each in later or each in term} | {
                each for each in term if each in later or each in left
            }
            left = both & later
            if both - left:
                total = 2 * product(tuple(sizes[letter] for letter in both)) + total
        return total

    def _read(self, first: Spec) -> tuple[tuple[str, ...], str]:
        """Letters of each input, and of the result.

        Raises:
            Mismatch: it is no equation.
        """
        text = self.equation.replace(" ", "") if len(self.equation) <= MOST_LETTERS else ""
        given, _, result = text.partition("->")
        terms = tuple(given.split(","))
        repeats = any(len(set(each)) < len(each) for each in (*terms, result))
        if not EQUATION.fullmatch(text) or repeats or not set(result) <= set(given):
            first.fail(
                f'cannot read the equation "{self.equation[:MOST_LETTERS]}". Write small letters for the axes of each '
                f"input and of the result, each once, as in {USUAL}.",
                code="G205",
                hints=(Hint("set", params=(("equation", USUAL),)),),
            )
        return terms, result

    def code(self, *inputs: Spec) -> Code:
        terms, result = self._read(inputs[0])
        equation = ",".join(f"B{term}" for term in terms) + f"->B{result}"
        return expression(f'torch.einsum("{equation}", {{inputs}})')
