"""Saving a document in another folder than its data: it goes on reading them, and says so."""

from __future__ import annotations

import pytest

from graphs import edits
from graphs.content import Document
from graphs.document import load, save
from graphs.graph import Graph


@pytest.fixture
def home(tmp_path):
    """A folder with a table, and a document that reads it."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "iris.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n", encoding="utf-8")
    graph, _ = edits.add_node(Graph(), "CSVFile", (0, 0), {"path": "data/iris.csv"})
    save(Document().with_graph(graph), folder / "iris.lamina")
    return folder


def path_in(file) -> str:
    return load(file).main.nodes["csv_file"].params["path"]


def test_a_document_saved_elsewhere_reads_its_data_where_they_lie(window, answers, home, tmp_path):
    window.files.open(home / "iris.lamina")
    (tmp_path / "other").mkdir()
    answers.path = tmp_path / "other" / "copy.lamina"

    window.perform("file.save_as")

    data = (home / "data" / "iris.csv").resolve()
    assert path_in(answers.path) == str(data)
    assert window.notice.text == (
        "copy.lamina stands in another folder now, and its data stay where they were: "
        f"CSV file reads {data}."
    )
    assert window.store.document == load(answers.path)
    assert not window.isWindowModified()
    assert window.store.history.undoText() == "Keep the way to the data"
    assert path_in(home / "iris.lamina") == "data/iris.csv"


def test_above_its_data_a_document_keeps_a_relative_path(window, answers, home, tmp_path):
    window.files.open(home / "iris.lamina")
    answers.path = tmp_path / "copy.lamina"

    window.perform("file.save_as")

    assert path_in(answers.path) == "project/data/iris.csv"


def test_in_the_same_folder_nothing_changes_and_nothing_is_said(window, answers, home):
    window.files.open(home / "iris.lamina")
    answers.path = home / "copy.lamina"

    window.perform("file.save_as")

    assert path_in(answers.path) == "data/iris.csv"
    assert window.notice.text == ""
    assert window.store.history.count() == 0


def test_a_path_that_leads_to_nothing_stays_as_it_is(window, answers, home, tmp_path):
    (home / "data" / "iris.csv").unlink()
    window.files.open(home / "iris.lamina")
    (tmp_path / "other").mkdir()
    answers.path = tmp_path / "other" / "copy.lamina"

    window.perform("file.save_as")

    assert path_in(answers.path) == "data/iris.csv"
    assert window.notice.text == ""


def test_a_save_that_fails_leaves_the_paths_alone(window, answers, home, tmp_path):
    window.files.open(home / "iris.lamina")
    answers.path = tmp_path / "missing" / "copy.lamina"

    window.perform("file.save_as")

    assert len(answers.told) == 1
    assert window.store.graph.nodes["csv_file"].params["path"] == "data/iris.csv"
    assert window.store.path == (home / "iris.lamina").resolve()
