"""Every metric stands in exported source, and measures there what Lamina measures."""

from __future__ import annotations

import pytest
import torch

from graphs import edits
from graphs.codegen import source
from graphs.codegen.text import literal
from graphs.content import Document
from graphs.graph import End, Graph
from graphs.layer import LAYERS, call
from graphs.shapes import shapes_of
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
        make = call(node.layer, node.layer.code, known.inputs).make
        assert f"{make.name.rpartition('.')[2]}(" in text, literal(node.id)
        row = [arg.value for arg in make.args if arg.positional]
        named = {arg.name: arg.value for arg in make.args if not arg.positional}
        written = getattr(module, make.name.rpartition(".")[2])(*row, **named)
        ours = call(node.layer, node.layer.build, known.inputs)
        for part in (slice(0, 25), slice(25, rows)):
            written.update(preds[part], target[part])
            ours.update(preds[part], target[part])
        torch.testing.assert_close(written.compute(), ours.compute(), rtol=0, atol=0)


def test_a_file_with_every_metric_of_classes_trains_and_tells_them(tmp_path, capsys):
    document = network(*CASES["classes"])

    imported(source(document).text, tmp_path).main(epochs=1)

    told = capsys.readouterr().out
    assert all(f"{node.id.replace('_', ' ')} " in told for node in document.main.by_role("metric"))
    assert "nan" not in told
