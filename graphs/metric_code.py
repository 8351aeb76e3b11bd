"""How metrics stand in Python source: torchmetrics' own classes, and what is handed to their `update`."""

from __future__ import annotations

from typing import Any

from graphs.code import Arg, Code, Make
from graphs.scoring import answers, cut_of
from graphs.spec import Spec

VALUE = "{self}.compute()"


def of_torchmetrics(
    name: str, *values: Any, update: str = "{input}, {target}", value: str = VALUE, **named: Any
) -> Code:
    """A metric of torchmetrics made with these arguments.

    `update` are templates of the arguments of its `update`, `value` that of its result.
    """
    folder = "classification." if name.startswith(("Binary", "Multiclass")) else ""
    args = [Arg("", each, positional=True) for each in values]
    make = Make(
        f"torchmetrics.{folder}{name}", (*args, *(Arg(key, each) for key, each in named.items()))
    )
    return Code(make, call=update, after={"output": value})


def of_answers(input: Spec, target: Spec) -> str:
    """What a metric of answers is given: scores with their classes second, or whether a score means yes."""
    if not answers(input, target):
        return "{input}, {target}" if input.rank <= 1 else "{input}.movedim(-1, 1), {target}"
    said = f"({{input}} > {cut_of(input):g}).long()"
    return f"{said}{_flat(input)}, {_label(target)}{_flat(target)}"


def of_chances(input: Spec, target: Spec, classes: int) -> str:
    """What a metric of probabilities is given, of two classes that of class 1. `classes` is 1 for a single score."""
    raw = input.kind != "probability"
    if classes == 1:
        given = f"{{input}}{'.sigmoid()' if raw else ''}{_flat(input)}"
        return f"{given}, {_label(target)}{_flat(target)}"
    given = f"{{input}}{'.softmax(-1)' if raw else ''}"
    if classes == 2:
        return f"{given}[..., 1]{_flat(target)}, {{target}}{_flat(target)}"
    if input.rank <= 1:
        return f"{given}, {{target}}"
    return f"{given}.flatten(0, -2), {{target}}.flatten()"


def of_numbers(input: Spec, *, rows: bool) -> str:
    """What a metric of numbers is given: `rows` of samples, or all numbers in a row."""
    if rows:
        return "{input}.flatten(1), {target}.flatten(1)" if input.rank > 1 else "{input}, {target}"
    return "{input}.flatten(), {target}.flatten()" if input.rank else "{input}, {target}"


def _flat(spec: Spec) -> str:
    return ".flatten()" if spec.rank else ""


def _label(target: Spec) -> str:
    return "{target}" if target.dtype == "int64" else "{target}.long()"
