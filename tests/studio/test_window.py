"""The window: panels that are remembered, a run that is asked about, files that are dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from graphs.content import Document
from graphs.document import save
from lightning_modules.events import Failed, Steps, Stopped
from lightning_modules.job import Job
from resources.templates import templates
from studio.app import build_window
from studio.settings import Settings
from studio.window import first_size
from tests.studio.run_events import started


def _drop(window, *paths) -> bool:
    """Drop files on the window as another program does; whether the window took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(window.rect().center(), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(
            window, QDropEvent(QPointF(window.rect().center()), copy, data, left, none)
        )
    return enter.isAccepted()


def test_the_canvas_keeps_most_of_the_window(window, qtbot):
    window.files.new()
    qtbot.waitUntil(
        lambda: window.canvas.width() >= 640 and window.canvas.height() >= 380, timeout=2_000
    )

    assert (window.width(), window.height()) == (1280, 800)


def test_one_tab_of_each_place_is_in_front(window):
    window.files.new()

    front = {name for name in window.workbench.docks if window.workbench.shows(name)}

    assert front == {"library", "inspector", "training", "curves"}


def test_a_panel_can_be_closed_and_brought_back_by_key(window, qtbot):
    window.files.new()

    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    closed = window.workbench.docks["library"].isHidden()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)

    assert closed
    qtbot.waitUntil(lambda: window.workbench.shows("library"), timeout=2_000)
    assert window.menus.qactions["view.library"].isChecked()


def test_a_tab_that_is_behind_comes_to_the_front_first(window, qtbot):
    window.files.new()

    window.perform("view.help")

    qtbot.waitUntil(lambda: window.workbench.shows("help"), timeout=2_000)
    assert not window.workbench.shows("inspector")


def test_titles_stand_only_where_no_tab_says_the_same(window, qtbot):
    window.files.new()
    docks = window.workbench.docks

    qtbot.waitUntil(lambda: docks["library"].titleBarWidget() is not None, timeout=2_000)
    alone = docks["training"].titleBarWidget()
    window.workbench.toggle("library")
    docks["outline"].close()
    window.workbench.reveal("library")

    assert alone is None
    qtbot.waitUntil(lambda: docks["library"].titleBarWidget() is None, timeout=2_000)


def test_keys_walk_through_the_panels_and_the_canvas(window, qtbot):
    window.files.new()
    window.canvas.setFocus()
    stops = []

    for _ in range(5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        places = {
            "canvas": window.canvas,
            **{name: dock.widget() for name, dock in window.workbench.docks.items()},
        }
        stops.append(
            next(
                name
                for name, place in places.items()
                if place is focused or place.isAncestorOf(focused)
            )
        )

    assert stops == ["library", "inspector", "training", "curves", "canvas"]


def test_the_layout_is_there_at_the_next_start(window, qtbot, answers):
    window.files.new()
    window.workbench.docks["problems"].close()
    window.workbench.reveal("results")
    window.resize(1100, 640)
    window.close()

    second = build_window(Settings(window.settings.file), answers)
    qtbot.addWidget(second)
    second.show()
    second.files.new()

    assert second.workbench.docks["problems"].isHidden()
    qtbot.waitUntil(lambda: second.workbench.shows("results"), timeout=2_000)
    assert second.height() == 640


def test_keys_reach_the_first_field_of_the_inspector(window, qtbot):
    window.files.open_template(templates()[0].path)
    window.store.select(list(window.store.graph.nodes)[:1])
    window.canvas.setFocus()

    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)

    assert QApplication.focusWidget().accessibleName() == "Name of the node"


@pytest.mark.parametrize("names", [("training",), ("inspector", "help"), ("library", "problems")])
def test_panels_that_floated_in_the_last_session_come_back(window, qtbot, answers, names):
    window.files.new()
    for name in names:
        window.workbench.docks[name].setFloating(True)
    window.close()
    second = build_window(Settings(window.settings.file), answers)
    qtbot.addWidget(second)
    second.show()
    second.files.new()
    docks = second.workbench.docks
    floated = [docks[name].isFloating() for name in names]

    second.perform("view.reset")

    places = ("library", "inspector", "training", "curves")
    qtbot.waitUntil(lambda: all(map(second.workbench.shows, places)), timeout=2_000)
    assert all(floated)
    assert not any(docks[name].isFloating() for name in names)
    assert docks["help"] in second.workbench.tabifiedDockWidgets(docks["inspector"])


def test_the_layout_can_be_reset(window, qtbot):
    window.files.new()
    window.workbench.docks["problems"].close()
    window.workbench.docks["library"].setFloating(True)

    window.perform("view.reset")

    qtbot.waitUntil(lambda: window.workbench.shows("library"), timeout=2_000)
    assert not window.workbench.docks["library"].isFloating()
    assert not window.workbench.docks["problems"].isHidden()


def test_a_dropped_graph_opens(window, qtbot, tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)

    taken = _drop(window, path)

    assert taken
    qtbot.waitUntil(lambda: window.store.path == path, timeout=2_000)


def test_a_dropped_table_becomes_a_data_layer_in_one_step(window, qtbot, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length,kind\n1.5,a\n2.5,b\n")

    taken = _drop(window, path)

    assert taken
    qtbot.waitUntil(lambda: bool(window.store.selection), timeout=2_000)
    (node,) = window.store.graph.nodes.values()
    assert (node.type, node.params["path"]) == ("CSVFile", str(path))
    assert window.store.selection == {node.id}
    assert window.store.history.undoText() == "Add CSV file"


def test_a_dropped_table_is_read_within_the_same_step(window, qtbot, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length,kind\n1.5,a\n2.5,b\n")

    _drop(window, path)
    qtbot.waitUntil(lambda: bool(window.store.graph.nodes), timeout=2_000)
    (node,) = window.store.graph.nodes
    qtbot.waitUntil(
        lambda: window.store.graph.nodes[node].layer.outputs() == ("features", "kind"),
        timeout=20_000,
    )

    assert window.store.history.count() == 1
    assert window.store.history.undoText() == "Add CSV file"


def test_a_table_beside_the_document_is_kept_by_its_relative_path(window, qtbot, tmp_path):
    save(Document(title="House"), tmp_path / "house.lamina")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("x\n1\n")
    window.files.open(tmp_path / "house.lamina")

    _drop(window, tmp_path / "data" / "a.csv")

    qtbot.waitUntil(lambda: bool(window.store.graph.nodes), timeout=2_000)
    (node,) = window.store.graph.nodes.values()
    assert node.params["path"] == "data/a.csv"


def test_a_dropped_folder_becomes_a_folder_of_images(window, qtbot, tmp_path):
    (tmp_path / "pets").mkdir()

    taken = _drop(window, tmp_path / "pets")

    assert taken
    qtbot.waitUntil(lambda: bool(window.store.graph.nodes), timeout=2_000)
    assert [node.type for node in window.store.graph.nodes.values()] == ["ImageFolder"]


def test_other_files_are_not_taken_by_the_window(window, tmp_path):
    assert not _drop(window, tmp_path / "photo.jpeg")
    assert not _drop(window, tmp_path / "a.lamina", tmp_path / "b.lamina")


def test_the_status_bar_tells_whether_it_can_be_trained(window):
    window.files.new()
    empty = window.status.problems.text()

    window.files.open_template(templates()[0].path)

    assert empty == "Empty canvas"
    assert window.status.problems.text() == "✓ Ready to train"
    assert window.status.parameters.text() == "17,226 parameters"
    assert window.train_button.isEnabled()
    assert window.train_button.text() == "Train"


def test_there_is_one_button_to_train(window):
    window.files.open_template(templates()[0].path)
    window.workbench.reveal("training")

    buttons = window.findChildren(QAbstractButton)

    assert [each for each in buttons if each.text() == "Train"] == [window.train_button]


def test_a_problem_turns_training_off_and_is_one_click_away(window, qtbot):
    window.files.open_template(templates()[0].path)
    label = next(wire for wire in window.store.graph.wires if wire.source.port == "label")
    from dataclasses import replace

    window.store.edit(
        "Remove a wire",
        lambda graph: replace(
            graph, wires=tuple(each for each in graph.wires if each.target != label.target)
        ),
    )

    qtbot.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)

    assert window.status.problems.text().startswith("✕ ")
    assert not window.train_button.isEnabled()
    assert window.train_button.toolTip().partition("\n")[2] == window.training.why_not_train() != ""
    qtbot.waitUntil(lambda: window.workbench.shows("problems"), timeout=2_000)


@pytest.mark.parametrize("action", ["help.shortcuts", "help.about"])
def test_help_opens_and_closes_by_key(window, qtbot, action):
    window.perform(action)
    dialog = QApplication.activeModalWidget()

    with qtbot.waitSignal(dialog.destroyed, timeout=2_000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_about_tells_versions_without_importing_torch(window):
    window.perform("help.about")
    dialog = QApplication.activeModalWidget()

    lines = dialog.facts.text().splitlines()
    dialog.close()

    assert any(line.startswith("torch 2.") for line in lines)
    assert any(line.startswith("PySide6-Essentials 6.") for line in lines)


def test_the_shortcut_page_can_be_searched(window, qtbot):
    window.perform("help.shortcuts")
    dialog = QApplication.activeModalWidget()

    qtbot.keyClicks(dialog.search, "redo")
    text = dialog.page.toPlainText()
    dialog.close()

    assert "Redo" in text
    assert "Ctrl+Shift+Z or Ctrl+Y" in text
    assert "Save" not in text


def test_the_status_bar_and_a_notice_tell_how_a_run_goes(window, tmp_path, qtbot):
    window.files.open_template(templates()[0].path)
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))
    preparing = window.status.problems.text()
    window.trainer.progressed.emit(started(epochs=30))
    window.trainer.progressed.emit(Steps("learn", 17, (1.0,), 0.001, 100.0))
    qtbot.waitUntil(lambda: window.status.problems.text() == "Training, epoch 3 of 30")
    window.trainer.ended.emit(Failed("The loss is not a number at step 17."))
    failed = window.notice.text
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))
    again = window.notice.text, window.status.currentMessage()
    window.trainer.ended.emit(Stopped(1, 9, 1, 1.0))

    assert preparing == "Training, getting ready"
    assert failed == "Failed: The loss is not a number at step 17."
    assert again == ("", "")
    assert window.status.problems.text() == "✓ Ready to train"
    assert window.status.currentMessage().startswith("Stopped after 1 epoch in 1 s")


def test_another_document_takes_the_news_of_the_last_run_away(window, tmp_path):
    window.files.open_template(templates()[0].path)
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))
    window.trainer.ended.emit(Stopped(1, 9, 1, 1.0))
    stopped = window.status.currentMessage()
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))
    window.trainer.ended.emit(Failed("The loss is not a number at step 17."))
    failed = window.notice.text

    window.files.new()

    assert stopped.startswith("Stopped after 1 epoch")
    assert failed == "Failed: The loss is not a number at step 17."
    assert window.notice.text == ""
    assert window.status.currentMessage() == ""


@pytest.mark.parametrize(
    ("screen", "first"),
    [
        ((1366, 728), (1280, 680)),
        ((1280, 800), (1264, 752)),
        ((1920, 1080), (1632, 918)),
        ((3840, 2160), (1720, 1080)),
        ((800, 600), (1280, 800)),
    ],
)
def test_the_first_window_lies_on_the_screen_with_its_frame(screen, first):
    assert first_size(QSize(*screen)) == QSize(*first)
