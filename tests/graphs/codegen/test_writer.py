"""Documents as plain PyTorch: source that a reviewer would accept, and that computes what the document computes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from graphs.codegen import CannotBuild, source
from graphs.codegen.adaptations import Adaptations
from graphs.codegen.names import MODULE_NAMES
from graphs.codegen.text import WIDTH
from graphs.codegen.values import python_expression
from graphs.compile import build
from graphs.content import Document, Minimise, Objective, Typed
from graphs.document import load
from graphs.expression import Expression
from graphs.graph import End, Graph, Wire
from graphs.shapes import shapes_of
from graphs.size import value
from tests.documents import digits_mlp
from tests.graphs.strategies import graphs_, trainable
from tests.graphs.written import complaints, imported

ROOT = Path(__file__).parents[3]
FILES = [
    *sorted((ROOT / "resources" / "examples").glob("*.lamina")),
    *sorted((ROOT / "tests" / "proofs" / "files").glob("*.lamina")),
]
SAMPLES, STEPS = 4, 8


def columns_of(document: Document, ends: tuple[str, ...]) -> dict[str, Tensor]:
    """Values of the right shapes and kinds, by `node.port`."""
    shapes = shapes_of(document.main)
    found = {}
    for name in ends:
        spec = shapes.output(*End(*name.split(".", 1)))
        assert spec is not None
        sizes = [SAMPLES, *(value(size, defaultdict(lambda: STEPS)) for size in spec.sizes)]
        if spec.dtype == "int64":
            found[name] = torch.randint(spec.of or 2, sizes)
        elif spec.dtype == "bool":
            found[name] = torch.zeros(sizes, dtype=torch.bool)
        else:
            found[name] = torch.randn(sizes)
    return found


def both(document: Document, folder: Path) -> tuple[Any, Any, Any]:
    """The source, its module with the weights of the built network, and that network."""
    written = source(document)
    network = build(document)
    made = getattr(imported(written.text, folder), written.name)()
    keys = written.keys(network.state_dict())
    made.load_state_dict({keys[key]: each for key, each in network.state_dict().items()})
    return written, made, network


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_computes_what_it_computes(file, tmp_path):
    document = load(file)
    written, made, network = both(document, tmp_path)
    columns = columns_of(document, written.columns)

    with torch.no_grad():
        torch.manual_seed(0)
        expected = network.eval()(columns)
        torch.manual_seed(0)
        got = made.eval()(*columns.values())

    row = got if isinstance(got, tuple) else (got,)
    assert tuple(expected) == written.results
    for one, other in zip(expected.values(), row, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-6, atol=1e-6)
    assert list(made.state_dict()) == list(written.keys(network.state_dict()).values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_trains_an_epoch(file, tmp_path, capsys, monkeypatch):
    document = load(file)
    for node in document.main.nodes.values():
        if node.type == "RandomTensors":  # those of ResNet-18 are 700 MB
            few = replace(node, params={**node.params, "samples": 100})
            document = document.with_graph(
                document.main.changed(nodes={**document.main.nodes, node.id: few})
            )
    made = imported(source(document).text, tmp_path)
    found = made.load_data()
    few = [TensorDataset(*each[:12]) for each in (found if isinstance(found, tuple) else [found])]
    monkeypatch.setattr(made, "load_data", lambda: tuple(few) if len(few) > 1 else few[0])

    made.main(epochs=1)

    said = capsys.readouterr().out
    assert said.startswith("epoch 1: ")
    assert "nan" not in said


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_documents_source_is_as_ruff_would_write_it(file, tmp_path):
    assert complaints(source(load(file)).text, tmp_path) == ""


NASTY = [
    'x"""\nimport os\nos.system("touch harmed")\n"""',
    "x'''\n'''",
    "back\\slash \\",
    'ends with a quote"',
    '"',
    "\u202eright to left\u202c\u0000\x1b[31m\ud800",
    "# noqa \r\n import os",
    "{self} {0} {{",
    "class",
    "naïve Größe 数字",
    "",
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_of_a_document_becomes_source(text, tmp_path):
    document = digits_mlp(Objective(name=text), epochs=1)
    nodes = {name: replace(node, title=text) for name, node in document.main.nodes.items()}
    document = document.with_graph(document.main.changed(nodes=nodes))
    document = replace(document, title=text, description=text * 2)

    written = source(document)

    made = imported(written.text, tmp_path)
    assert isinstance(getattr(made, written.name)(), nn.Module)
    plain = source(digits_mlp(epochs=1)).text
    assert shape_of(written.text) == shape_of(plain)
    assert written.text.isprintable() or all(
        each.isprintable() for each in written.text.splitlines()
    )
    assert complaints(written.text, tmp_path) == ""


def shape_of(text: str) -> list[str]:
    """The kinds of everything in a file, whatever it is called."""
    return [type(each).__name__ for each in ast.walk(ast.parse(text))]


@pytest.mark.parametrize(
    "node_id",
    ["class", "lambda", "self", "torch", "nn", "forward", "training", "type", "x", "l", "f",
     "print", "main", "train", "half", "state_dict", "model", "epoch", "match", "input", "super"],
)  # fmt: skip
def test_ids_that_mean_something_in_python_do_not_clash(node_id, tmp_path, monkeypatch):
    plain = digits_mlp(epochs=1)
    nodes, wires = {}, []
    for name, node in plain.main.nodes.items():
        new = {"hidden": node_id, "loss": "forward" if node_id != "forward" else "loss"}.get(
            name, name
        )
        nodes[new] = replace(node, id=new)
    for wire in plain.main.wires:
        ends = [
            End(
                {"hidden": node_id, "loss": "forward" if node_id != "forward" else "loss"}.get(
                    end.node, end.node
                ),
                end.port,
            )
            for end in wire
        ]
        wires.append(Wire(*ends))
    document = replace(plain, networks={"main": Graph(nodes, tuple(wires))})

    written, made, network = both(document, tmp_path)

    image = torch.randn(2, 1, 8, 8)
    expected = next(iter(network.eval()({"image": image}).values()))
    torch.testing.assert_close(made.eval()(image), expected, rtol=1e-6, atol=1e-6)
    imported(written.text, tmp_path).main(epochs=1)
    assert complaints(written.text, tmp_path) == ""


def test_every_name_that_a_module_has_already_is_known():
    public = {each for each in dir(nn.Module()) if not each.startswith("_")}

    assert public <= MODULE_NAMES


def test_expressions_of_a_file_are_taken_only_where_python_reads_them_as_lamina_does():
    taken = {text: python_expression(Expression(text), {"width": "width", "i": "index"}) for text in (
        "width * 2", "width**2", "2 if i == 0 else 1", "max(width,\n 3)", "__import__('os')", "width.real",
        "007", "other + 1", "[width, i][0]",
    )}  # fmt: skip

    assert taken == {
        "width * 2": "width * 2",
        "width**2": "width**2",
        "2 if i == 0 else 1": "2 if index == 0 else 1",
        "max(width,\n 3)": "max(width, 3)",
        "__import__('os')": "",
        "width.real": "",
        "007": "",
        "other + 1": "",
        "[width, i][0]": "[width, index][0]",
    }


def test_what_is_adapted_of_torch_has_no_longer_lines_than_the_rest():
    folder = ROOT / "graphs" / "modules"
    modules = [each for each in folder.glob("[a-z]*.py") if not each.stem.startswith("metrics")]
    for module in modules:
        if module.stem == "scan":  # written as a loop
            continue
        for each in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(each, ast.ClassDef | ast.FunctionDef):
                adapted = Adaptations()
                adapted.add([f"{module.stem}.{each.name}"])
                for line in "\n".join(adapted.sources.values()).splitlines():
                    assert len(line) <= WIDTH, line


def test_nothing_is_left_of_lamina_at_run_time():
    for file in FILES:
        used = {
            each.id
            for each in ast.walk(ast.parse(source(load(file)).text))
            if isinstance(each, ast.Name)
        }
        assert not used & {"graphs", "lightning_modules", "studio", "lamina"}


def test_code_is_written_without_torch():
    code = (
        "import sys\nfrom graphs.codegen import CannotBuild, source\nfrom graphs.document import load\n"
        f"source(load({str(FILES[0])!r}))\nassert 'torch' not in sys.modules"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=240,
    )

    assert done.stderr == ""


def test_schedules_clips_and_conditions_of_objectives_are_written(tmp_path, capsys):
    schedules = [
        Typed("OneCycleLR", {"max_lr": 0.01}), Typed("ReduceLROnPlateau"), Typed("StepLR", {"step_size": 2}), None,
    ]  # fmt: skip
    for schedule in schedules:
        one = Objective(scheduler=schedule, clip=0.5, minimise=(Minimise("loss", 0.5),))
        two = Objective("late", update=("hidden",), every=2, from_epoch=1, to_epoch=3)
        text = source(digits_mlp(one, two, epochs=2)).text

        imported(text, tmp_path).main(epochs=2)

        assert "if step % 2 == 0 and 1 <= epoch < 3:" in text
        assert "late_parameters = list(model.hidden.parameters())" in text
        assert "late_optimizer = torch.optim.AdamW(late_parameters, lr=0.001)" in text
        assert "late_loss.backward(inputs=late_parameters)" in text
        assert "nn.utils.clip_grad_norm_(model.parameters(), 0.5)" in text
        assert complaints(text, tmp_path) == ""
    assert "epoch 2: learn " in capsys.readouterr().out


@given(graph=st.one_of(graphs_(), trainable()))
@settings(deadline=None)
def test_any_graph_is_written_or_refused_in_a_sentence(graph):
    document = Document(title="Any", networks={"main": graph})

    try:
        text = source(document).text
    except CannotBuild as refused:
        assert str(refused).strip()
    else:
        ast.parse(text)
