"""One's own data in the inspector: a path is read, roles are chosen, mistakes are told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QTableWidget

from graphs import edits
from graphs.content import Document
from graphs.graph import Graph
from studio.forms.schema_form import SchemaForm
from studio.looks.theme import LIGHT
from studio.panels.inspector import InspectorPanel
from studio.store import Store


@pytest.fixture
def store(tmp_path) -> Store:
    (tmp_path / "flats.csv").write_text("area,town,price\n10,Rome,1.5\n20,Oslo,2.5\n30,Rome,3.5\n")
    store = Store()
    graph, _ = edits.add_node(Graph(), "CSVFile", (0, 0))
    store.open(Document().with_graph(graph), tmp_path / "flats.lamina")
    store.select(["csvfile"] if "csvfile" in graph.nodes else list(graph.nodes))
    return store


@pytest.fixture
def panel(qtbot, store) -> InspectorPanel:
    panel = InspectorPanel(store, LIGHT)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def node(store):
    return next(iter(store.graph.nodes.values()))


def choose(qtbot, store, panel, path: str) -> SchemaForm:
    form = panel.findChild(SchemaForm)
    line = next(each for each in panel.findChildren(QLineEdit) if each.accessibleName() == "Path")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, path)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    return form


def states(form: SchemaForm) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel)]


def test_a_chosen_file_is_read_and_gives_the_node_its_ports(qtbot, store, panel, tmp_path):
    form = choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    qtbot.waitUntil(lambda: "3 rows, 3 columns" in states(form), timeout=20_000)

    assert node(store).params["path"] == "flats.csv"  # relative: it lies beside the document
    assert node(store).layer.outputs() == ("features", "price")
    assert store.history.undoText() == "Read the data of CSV file"


def test_a_role_is_chosen_for_a_column_in_one_undo_step(qtbot, store, panel, tmp_path):
    form = choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    qtbot.waitUntil(lambda: "3 rows, 3 columns" in states(form), timeout=20_000)
    steps = store.history.count()
    table = form.findChild(QTableWidget)
    role = table.cellWidget(1, 1)
    assert isinstance(role, QComboBox)

    role.setCurrentIndex(role.findData("class"))
    role.activated.emit(role.currentIndex())
    qtbot.waitUntil(lambda: "town" in node(store).layer.outputs(), timeout=20_000)

    assert node(store).layer.columns()["town"].names == ("Oslo", "Rome")
    assert store.history.count() == steps + 1


def test_no_role_is_cut_short_in_a_narrow_inspector(qtbot, store, panel, tmp_path):
    panel.resize(290, 600)
    choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    table = panel.findChild(QTableWidget)
    qtbot.waitUntil(lambda: table.rowCount() == 3 and table.isVisible(), timeout=20_000)
    QApplication.processEvents()

    boxes = [table.cellWidget(row, 1) for row in range(3)]

    assert [box.currentText() for box in boxes] == ["Feature", "Feature", "Number to predict"]
    assert all(box.width() >= box.sizeHint().width() for box in boxes)
    assert table.columnWidth(0) >= 60
    assert not table.horizontalScrollBar().isVisible()


def test_the_key_to_join_by_is_a_role_of_a_column(qtbot, store, panel, tmp_path):
    form = choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    qtbot.waitUntil(lambda: "3 rows, 3 columns" in states(form), timeout=20_000)
    role = form.findChild(QTableWidget).cellWidget(1, 1)

    role.setCurrentText("Key to join by")
    role.activated.emit(role.currentIndex())
    qtbot.waitUntil(lambda: node(store).layer.key == "town", timeout=20_000)

    assert node(store).layer.outputs() == ("features", "price")


def test_a_file_that_is_not_there_is_told_in_one_sentence(qtbot, store, panel, tmp_path):
    form = choose(qtbot, store, panel, "nowhere.csv")
    wanted = f"There is no file {tmp_path / 'nowhere.csv'}. Choose the CSV file again."

    qtbot.waitUntil(lambda: wanted in states(form), timeout=20_000)

    assert not form.findChild(QTableWidget).isVisible()
    assert form.findChild(QPushButton).text() == "Read the file"


def test_why_a_file_was_not_read_is_still_told_after_another_node_was_selected(
    qtbot, store, panel, tmp_path
):
    form = choose(qtbot, store, panel, "nowhere.csv")
    wanted = f"There is no file {tmp_path / 'nowhere.csv'}. Choose the CSV file again."
    qtbot.waitUntil(lambda: wanted in states(form), timeout=20_000)

    store.select([])
    store.select([node(store).id])

    assert wanted in states(panel.findChild(SchemaForm))


def test_the_button_says_what_it_does(qtbot, store, panel, tmp_path):
    form = panel.findChild(SchemaForm)
    button = form.findChild(QPushButton)
    before = (button.text(), button.isEnabled(), button.toolTip())

    choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    qtbot.waitUntil(lambda: "3 rows, 3 columns" in states(form), timeout=20_000)

    assert before == ("Read the file", False, "Choose a file first.")
    assert (button.text(), button.isEnabled()) == ("Read again", True)


def test_slips_and_few_rows_are_told(qtbot, store, panel, tmp_path):
    rows = [f"{index / 7:.3f},{index % 2}" for index in range(12)]
    rows[4] = "abc,0"
    (tmp_path / "typo.csv").write_text("height,kind\n" + "\n".join(rows))

    form = choose(qtbot, store, panel, "typo.csv")
    qtbot.waitUntil(lambda: "12 rows, 2 columns" in states(form), timeout=20_000)

    assert (
        'height: row 6 holds "abc", which is no number. Mend it in the file and read again, or ignore the column.\n'
        "With 12 rows a network can hardly learn, and what it is worth can hardly be measured. Get 30 or more."
    ) in states(form)
    table = form.findChild(QTableWidget)
    assert table.item(0, 0).toolTip() == ('height (number): row 6 holds "abc", which is no number')


def test_a_path_that_cannot_be_read_keeps_the_columns_and_says_whose_they_are(
    qtbot, store, panel, tmp_path
):
    form = choose(qtbot, store, panel, str(tmp_path / "flats.csv"))
    qtbot.waitUntil(lambda: "3 rows, 3 columns" in states(form), timeout=20_000)

    choose(qtbot, store, panel, "flat.csv")

    wanted = (
        f"There is no file {tmp_path / 'flat.csv'}. Choose the CSV file again. "
        "The columns and classes are still those of what was read before."
    )
    qtbot.waitUntil(lambda: wanted in states(form), timeout=20_000)
    assert node(store).layer.outputs() == ("features", "price")
