"""Every metric stands in exported source, and measures there what Lamina measures."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
import torch

from graphs import edits
from graphs.codegen import source
from graphs.content import Document
from graphs.graph import End, Graph
from graphs.layer import LAYERS, call
from graphs.shapes import shapes_of
from tests.documents import digits_mlp
from tests.graphs.written import complaints, imported

METRICS = sorted(each for each, cls in LAYERS.items() if cls.info.role == "metric")
NUMBERS = {each for each in METRICS if LAYERS[each].info.usual_for == "number"} | {
    "MeanSquaredError", "RootMeanSquaredError", "MeanAbsolutePercentageError", "ExplainedVariance",
    "PearsonCorrCoef", "SpearmanCorrCoef", "MeanAbsoluteError", "R2Score",
}  # fmt: skip


def network(data: str, column: str, loss: str, size: int, metrics: list[str]) -> Document:
    """Data, one Linear, a loss, and these metrics."""
    graph, source_id = edits.add_node(Graph(), data, (0.0, 0.0))
    graph, flat = edits.append_after(graph, source_id, "Flatten")
    graph, scores = edits.append_after(graph, flat, "Linear", params={"out_features": size})
    for type_id in (loss, *metrics):
        graph, end = edits.append_after(graph, scores, type_id)
        graph = edits.connect(graph, End(source_id, column), End(end, "target"))
    return Document(networks={"main": graph})


def measured(text: str, name: str) -> tuple[str, str, str]:
    """The expressions in `main` that make a metric, that hand it a batch, and that give its value."""
    calls = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Call)]
    assigned = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Assign)]
    made = next(each.value for each in assigned if ast.unparse(each.targets[0]) == name)
    update = next(each for each in calls if ast.unparse(each.func) == f"{name}.update")
    shown = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FormattedValue)]
    value = next(each.value for each in shown if re.search(rf"\b{name}\.", ast.unparse(each.value)))
    return ast.unparse(made), ast.unparse(update), ast.unparse(value)


def run(expression: str, module: Any, **given: Any) -> Any:
    """The value of an expression of generated source, with the names of its file and these."""
    names = {**vars(module), "device": torch.device("cpu"), **given}
    return eval(expression, names)  # noqa: S307 - only tests run such source


CASES = {
    "classes": ("Digits", "label", "CrossEntropyLoss", 10, sorted(set(METRICS) - NUMBERS)),
    "yes or no": ("BreastCancer", "label", "BCEWithLogitsLoss", 1, sorted(set(METRICS) - NUMBERS - {"Perplexity"})),
    "numbers": ("Diabetes", "target", "MSELoss", 1, sorted(NUMBERS)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_metric_is_written_and_measures_the_same(case, tmp_path):
    document = network(*CASES[case])

    text = source(document).text

    assert "Not written" not in text
    assert complaints(text, tmp_path) == ""
    module, shapes = imported(text, tmp_path), shapes_of(document.main)
    torch.manual_seed(0)
    for node in document.main.by_role("metric"):
        known = shapes.nodes[node.id]
        rows = 40
        preds = torch.randn(rows, *known.inputs["input"].sizes)
        of = known.inputs["target"].of
        target = torch.arange(rows) % of if of else torch.randn(rows, *known.inputs["target"].sizes)
        made, update, value = measured(text, node.id)
        written = run(f"lambda: {made}", module)()
        ours = call(node.layer, node.layer.build, known.inputs)
        for part in (slice(0, 25), slice(25, rows)):
            given = dict.fromkeys(("linear", "logits"), preds[part])
            given |= {"label": target[part], "target": target[part]}
            run(update, module, **given, **{node.id: written})
            ours.update(preds[part], target[part])
        got = run(value, module, **{node.id: written})
        torch.testing.assert_close(got, ours.compute(), rtol=0, atol=0, check_dtype=False)


def test_a_file_with_every_metric_of_classes_trains_and_tells_them(tmp_path, capsys):
    document = network(*CASES["classes"])

    imported(source(document).text, tmp_path).main(epochs=1)

    told = capsys.readouterr().out
    assert all(f"{node.id.replace('_', ' ')} " in told for node in document.main.by_role("metric"))
    assert "nan" not in told


def test_a_metric_is_torchmetrics_own_with_nothing_around_it():
    text = source(digits_mlp()).text

    assert "from torchmetrics.classification import MulticlassAccuracy\n" in text
    assert '    accuracy = MulticlassAccuracy(10, average="micro").to(device)\n' in text
    assert "        accuracy.reset()\n" in text
    assert (
        "                accuracy.update(hidden_2, label)\n" in text or "accuracy.update(" in text
    )
    assert text.count("\nclass ") == 1
