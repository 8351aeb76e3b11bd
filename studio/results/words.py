"""What the numbers after a run mean, in plain sentences, and as text to copy."""

from __future__ import annotations

from graphs.graph import Graph
from lightning_modules.events import Evaluated
from studio.arrays import np
from studio.value_words import metric_title, name_of, number_words, value_words

UNSEEN = {
    "test": "that it never saw in training",
    "val": "of the validation part",
    "train": "that it learned from",
}


def summary(result: Evaluated, samples: int | None = None) -> str:
    """One or two sentences: how often it is right, what it mixes up most, and what guessing would reach."""
    where = UNSEEN.get(result.split, f"of the {result.split} part")
    if result.confusion:
        return _of_classes(result, where)
    if result.target:
        return _of_numbers(result, where, samples)
    if samples:
        return f"These values were measured on {samples:,} samples {where}."
    return f"These values were measured on samples {where}."


def _of_classes(result: Evaluated, where: str) -> str:
    table = np.array(result.confusion)
    total, right = int(table.sum()), int(np.trace(table))
    if total == 0:
        return f"There were no samples {where}."
    words = f"Of {total:,} samples {where}, it named the right class for {right:,} ({100 * right / total:.1f} %)."
    wrong = table - np.diag(np.diag(table))
    if wrong.max() > 0:
        true, predicted = np.unravel_index(int(wrong.argmax()), wrong.shape)
        times = int(wrong.max())
        names = f"{_name(result, int(true))} for {_name(result, int(predicted))}"
        if times > 1:
            words += f" Most often it took {names} ({times:,} times)."
        else:
            words += f" It took {names}." if wrong.sum() == 1 else " No mistake came twice."
    share = 100 * int(table.sum(axis=1).max()) / total
    return f"{words} Always naming the most frequent class would be right for {share:.1f} %."


def _of_numbers(result: Evaluated, where: str, samples: int | None) -> str:
    target, predicted = np.array(result.target), np.array(result.predicted)
    kept = np.isfinite(target) & np.isfinite(predicted)
    if not kept.any():
        return f"None of its answers on samples {where} is a finite number."
    target, predicted = target[kept], predicted[kept]
    off = number_words(float(np.abs(target - predicted).mean()))
    mean = number_words(float(np.abs(target - target.mean()).mean()))
    count = f"{len(target):,}"
    if samples is not None and samples != len(target):  # pictures, of which a selection is kept
        count += f" numbers from {samples:,}"
    return (
        f"On {count} samples {where}, its answers are off by {off} on average."
        f" Always answering their mean would be off by {mean}."
    )


def cell_words(result: Evaluated, true: int, predicted: int) -> str:
    """What one cell of the confusion matrix says."""
    count, of = result.confusion[true][predicted], sum(result.confusion[true])
    share = f" ({100 * count / of:.1f} % of them)" if of else ""
    if true == predicted:
        return f"{count:,} of {of:,} samples of {_name(result, true)} were recognised{share}."
    return f"{count:,} of {of:,} samples of {_name(result, true)} were taken for {_name(result, predicted)}{share}."


def rows(result: Evaluated, graph: Graph) -> list[tuple[str, str]]:
    """Title and value of every number, the metrics first."""
    return [
        (
            metric_title(name_of(name)[1], graph),
            value_words(name_of(name)[1], result.values[name], graph),
        )
        for name in in_order(result)
    ]


def in_order(result: Evaluated) -> list[str]:
    """The names of the values as they stand in tables: the metrics first, the loss last."""
    return sorted(result.values, key=lambda name: name_of(name)[1] == "loss")


def table(result: Evaluated, graph: Graph) -> list[list[str]]:
    """All numbers as rows of text, with all their digits: values, then the matrix or the pairs."""
    lines = [["name", "value"]]
    lines += [
        [metric_title(name_of(name)[1], graph), repr(value)]
        for name, value in result.values.items()
    ]
    if result.confusion:
        classes = [class_name(result, index) for index in range(len(result.confusion))]
        lines += [[], ["true \\ predicted", *classes]]
        lines += [[classes[index], *map(str, row)] for index, row in enumerate(result.confusion)]
    if result.target:
        lines += [[], ["target", "predicted"]]
        lines += [
            [repr(target), repr(predicted)]
            for target, predicted in zip(result.target, result.predicted, strict=True)
        ]
    return lines


def class_name(result: Evaluated, index: int) -> str:
    """The name of a class, or its number."""
    return result.classes[index] if index < len(result.classes) else str(index)


def _name(result: Evaluated, index: int) -> str:
    name = class_name(result, index)
    return f'"{name[:40]}…"' if len(name) > 40 else f'"{name}"'
