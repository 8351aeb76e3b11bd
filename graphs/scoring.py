"""How losses and metrics compare: scores with class labels, numbers with numbers. Axes: places, then K classes."""

from __future__ import annotations

from graphs.layer import Layer
from graphs.size import Size
from graphs.spec import SCALAR, Hint, Spec, counted

TWO = 2
"""The fewest classes that there is something to choose from."""

YES_PROBABILITY = 0.5
YES_SCORE = 0.0


class Classification(Layer):
    """The base of metrics that compare scores with class labels."""

    def infer(self, input: Spec, target: Spec) -> Spec:
        """One number for all samples."""
        if target.kind not in ("class", "token"):
            target.fail(f"needs class labels as its target, but gets {target.words}.", code="G202")
        if answers(input, target):
            return SCALAR
        input.expect_float()
        if not input.dims or input.sizes[:-1] != target.sizes:
            input.fail(
                f"needs one row of {target.of or 'K'} scores for each label, but gets {input} per sample.",
                hints=(Hint("insert", input.port, "Flatten"),)
                if input.rank > 1 and not target.dims
                else (),
            )
        if target.of is not None and input.sizes[-1] != target.of:
            input.fail(
                f"has {target.of} classes to choose from, but gets {counted(input.sizes[-1], 'score')} "
                f"for them. Let the layer before it give {target.of} outputs.",
                code="G203",
                hints=(Hint("insert", input.port, "Linear", (("out_features", target.of),)),),
            )
        if input.fixed(-1, "the number of classes") < TWO:
            input.fail(
                "needs two classes or more to choose from, but gets 1 score for 1 class.",
                code="G203",
            )
        return SCALAR


class Regression(Layer):
    """The base of metrics that compare numbers with numbers, place by place."""

    def infer(self, input: Spec, target: Spec) -> Spec:
        """One number for all samples."""
        input.expect_float()
        if target.dtype != "float32":
            target.fail(f"needs numbers as its target, but gets {target.words}.", code="G202")
        if input.sizes != target.sizes:
            input.fail(
                f"compares number with number, but gets {input} against a target of {target} per sample."
            )
        return SCALAR


class Difference(Layer):
    """The base of losses that compare numbers with numbers, place by place."""

    def infer(self, input: Spec, target: Spec) -> Spec:
        """One number for all samples."""
        input.expect_float()
        if target.dtype != "float32":
            target.fail(
                f"needs numbers as its target, but gets {target.words}. For labels, use Cross entropy.",
                code="G202",
            )
        same_sizes(input, target)
        return SCALAR


def check_class_scores(logits: Spec, target: Spec) -> Size:
    """How many classes there are, after checking that there is one row of scores for each label.

    Raises:
        Mismatch: there is not, or the target holds no labels.
    """
    logits.expect_float()
    if not logits.dims:
        logits.fail("needs one score for each class, but gets a single number per sample.")
    *places, classes = logits.sizes
    if target.kind not in ("class", "token"):
        target.fail(
            f"needs class labels as its target, but gets {target.words}. "
            "For numbers, use Mean squared error instead.",
            code="G202",
        )
    if tuple(places) != target.sizes:
        wanted = "x".join(str(size) for size in target.sizes)
        logits.fail(
            f"needs one row of {target.of or 'K'} scores for each label, "
            f"but gets scores of {logits} for {f'labels of {wanted}' if wanted else 'one label'} per sample.",
            hints=to_scores(logits, target),
        )
    if target.of is not None and classes != target.of:
        logits.fail(
            f"has {target.of} classes to choose from, but gets {counted(classes, 'score')} for them. "
            f"Let the layer before it give {target.of} outputs.",
            code="G203",
            hints=to_scores(logits, target),
        )
    return classes


def check_signs(target: Spec, sizes: tuple[Size, ...]) -> None:
    """Check that the target says yes or no for each of the places `sizes`: labels of two classes, or 1 and -1.

    Raises:
        Mismatch: it does not.
    """
    if target.kind == "class":
        if target.of not in (None, 2):
            target.fail(
                f"needs a target of two classes, no (0) and yes (1), but gets one of {target.of}.",
                code="G203",
            )
    elif target.kind not in ("number", "mask"):
        target.fail(
            f"needs labels of two classes or numbers of 1 and -1, but gets {target.words}.",
            code="G202",
        )
    if sizes not in (target.sizes, (*target.sizes, 1)) and target.sizes != (*sizes, 1):
        wanted = "x".join(map(str, sizes)) or "a single number"
        target.fail(f"needs a target of {wanted} per sample, but gets {target}.")


def same_sizes(input: Spec, target: Spec) -> None:
    """Check that predictions and targets agree place by place: torch would repeat the smaller one unasked.

    Raises:
        Mismatch: they differ.
    """
    if input.sizes == target.sizes:
        return
    hints: tuple[Hint, ...] = ()
    if (
        input.dims
        and target.dims
        and input.sizes[:-1] == target.sizes[:-1]
        and isinstance(target.sizes[-1], int)
    ):
        hints = (Hint("insert", input.port, "Linear", (("out_features", target.sizes[-1]),)),)
    elif input.rank > 1 and target.rank == 1 and isinstance(target.sizes[0], int):
        hints = to_rows(input, target.sizes[0])
    elif input.count == target.count and all(isinstance(size, int) for size in target.sizes):
        hints = (Hint("insert", input.port, "Reshape", (("shape", target.sizes),)),)
    input.fail(
        f"compares number with number, but gets {input} against a target of {target} per sample.",
        hints=hints,
    )


def to_scores(logits: Spec, target: Spec) -> tuple[Hint, ...]:
    """Layers that make one row of scores for each label, if some would."""
    if target.of is None:
        return ()
    if logits.sizes[:-1] == target.sizes:
        return (Hint("insert", logits.port, "Linear", (("out_features", target.of),)),)
    return to_rows(logits, target.of) if not target.dims else ()


def to_rows(input: Spec, wanted: int) -> tuple[Hint, ...]:
    """Layers that make one row of `wanted` numbers of an input."""
    if input.count == wanted:
        return (Hint("insert", input.port, "Flatten"),)
    return (
        Hint("insert", input.port, "Linear", (("out_features", wanted),)),
        Hint("insert", input.port, "Flatten"),
    )


def answers(input: Spec, target: Spec) -> bool:
    """Whether there is one score for yes or no, not one for each class."""
    if input.dtype != "float32" or target.of not in (None, TWO):
        return False
    return input.sizes in (target.sizes, (*target.sizes, 1))


def cut_of(input: Spec) -> float:
    """The score above which an answer is a yes."""
    return YES_PROBABILITY if input.kind == "probability" else YES_SCORE


def classes_of(input: Spec, target: Spec) -> int:
    """How many classes there are to choose from."""
    known = target.of or input.of
    return known if known is not None else input.fixed(-1, "the number of classes")
