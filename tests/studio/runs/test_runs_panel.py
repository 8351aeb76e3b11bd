"""The Runs panel in the window: what it lists, and everything that is done with runs by hand."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from lightning_modules.isolation import LAST_NUMBERS
from lightning_modules.run_folder import RunFolder
from lightning_modules.run_label import read_label
from lightning_modules.run_trash import TRASH
from studio.actions.runs import panel_of
from studio.panels.runs import NO_RUNS, NOTHING_FOUND
from studio.runs.differences import EMPTY
from studio.runs.table import NOTE, RUN, SETTINGS, STATE, TEST, TOOK, VALIDATION
from studio.runs.words import seconds_words
from tests.recorded_runs import COMPLETED, digits, record_run
from tests.studio.runs.conftest import BAD, OLD, READ_MS, WIDE, choose, shown

OLD_NAME, WIDE_NAME, BAD_NAME = "2026-11-20 09:00:00", "2026-11-21 10:00:00", "2026-11-21 11:00:00"


@pytest.fixture
def told(window):
    """The sentences that the panel has told."""
    sentences: list[str] = []
    panel_of(window).message.connect(sentences.append)
    return sentences


def why_off(window, action_id):
    window.menus.refresh()
    return window.menus.qactions[action_id].statusTip()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "–"), (0.4, "under 1 s"), (6.2, "6 s"), (75.0, "1 min 15 s")]
)
def test_how_long_a_run_took_fits_into_its_cell(panel, seconds, words):
    cell = panel.list.columnWidth(TOOK) - 12  # Qt keeps a margin on both sides

    assert seconds_words(seconds) == words
    assert panel.list.fontMetrics().horizontalAdvance(words) <= cell


def test_all_runs_are_listed_the_newest_first_with_what_differs(panel):
    assert shown(panel, RUN) == [BAD_NAME, WIDE_NAME, OLD_NAME]
    assert shown(panel, STATE) == ["Failed", "Finished", "Interrupted, epoch 3 of 3"]
    assert shown(panel, VALIDATION) == ["90.0 %", "95.0 %", "90.0 %"]
    assert shown(panel, TEST) == ["–", "90.0 %", "85.0 %"]
    assert shown(panel, TOOK) == ["6 s", "8 s", "6 s"]
    assert shown(panel, SETTINGS)[1] == "Learning rate 0.5"
    assert panel.model.index(panel.model.row_of(panel.deeds.place / BAD), STATE).data(
        Qt.ItemDataRole.ToolTipRole
    ) == ("The loss is not a number at step 9.")


@pytest.mark.slow
def test_a_document_without_runs_says_how_to_make_one(qtbot, window):
    window.files.new()
    window.workbench.reveal("runs")

    panel = panel_of(window)
    assert panel.empty.isVisible()
    assert panel.empty.text() == NO_RUNS
    assert NO_RUNS == "This document has no runs yet. Press Train (F5) to make the first one."


def test_a_click_on_a_title_sorts_and_words_filter(qtbot, panel):
    panel.list.sortByColumn(VALIDATION, Qt.SortOrder.DescendingOrder)
    best_first = shown(panel, RUN)
    qtbot.keyClicks(panel.filter, "rate 0.5")
    filtered = shown(panel, RUN)
    qtbot.keyClicks(panel.filter, " nowhere")

    assert best_first[0] == WIDE_NAME
    assert filtered == [WIDE_NAME]
    assert panel.empty.isVisible()
    assert panel.empty.text() == NOTHING_FOUND
    assert NOTHING_FOUND == "No run has these words. Clear the filter to see all of them."


def test_runs_that_are_chosen_are_compared_in_the_table_and_in_the_curves(qtbot, window, panel):
    curves = window.workbench.docks["curves"].widget()
    choose(qtbot, panel, BAD_NAME, WIDE_NAME)
    both = tuple(curves.compared.paces)
    window.perform("run.chosen.compare")
    table = panel.differences.table
    titles = [table.verticalHeaderItem(row).text() for row in range(table.rowCount())]
    rates = [table.item(titles.index("Learning rate"), column).text() for column in range(2)]
    panel.list.clearSelection()

    assert both == (BAD_NAME[5:], WIDE_NAME[5:])
    assert titles == ["State", "Validation", "Test", "Took", "Epochs", "Learning rate"]
    assert rates == ["0.001", "0.5"]
    assert curves.compared is None
    assert panel.differences._empty.text() == EMPTY
    assert EMPTY == (
        "Choose two or more runs in the list to see what differs, here and in the curves."
    )


def test_a_pinned_run_is_what_others_are_compared_with_until_it_is_unpinned(qtbot, window, panel):
    choose(qtbot, panel, OLD_NAME)

    window.perform("run.chosen.pin")
    qtbot.waitUntil(lambda: "baseline" in shown(panel, SETTINGS), timeout=READ_MS)
    pinned = shown(panel, SETTINGS)
    window.menus.refresh()
    title = window.menus.qactions["run.chosen.pin"].text()
    window.perform("run.chosen.pin")
    qtbot.waitUntil(lambda: "baseline" not in shown(panel, SETTINGS), timeout=READ_MS)

    assert pinned == ["Epochs 7", "Learning rate 0.5", "baseline"]
    assert title == "Unpin the baseline"


def test_a_run_gets_a_name_and_a_note_and_undo_takes_them_back(qtbot, window, panel, file):
    run = file.parent / "digits.runs" / WIDE
    choose(qtbot, panel, WIDE_NAME)

    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.findChild(type(panel.filter))
    editor.setText("Fast")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Fast" in shown(panel, RUN), timeout=READ_MS)
    panel.deeds.annotate(panel.deeds.chosen[0], "too fast?")
    qtbot.waitUntil(lambda: "too fast?" in shown(panel, NOTE), timeout=READ_MS)
    named = read_label(run)
    QTest.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "too fast?" not in shown(panel, NOTE), timeout=READ_MS)

    assert (named.name, named.note) == ("Fast", "too fast?")
    assert (read_label(run).name, read_label(run).note) == ("Fast", "")


def test_deleted_runs_come_back_by_undo_in_the_list_and_the_graph_stays(qtbot, window, panel, told):
    place = panel.deeds.place
    choose(qtbot, panel, BAD_NAME, WIDE_NAME)

    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: shown(panel, RUN) == [OLD_NAME], timeout=READ_MS)
    gone = sorted(each.name for each in (place / TRASH).iterdir())
    QTest.keyClick(panel.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(shown(panel, RUN)) == 3, timeout=READ_MS)

    assert gone == [WIDE, BAD]
    assert not (place / TRASH).exists()
    assert told == [
        "Deleted 2 runs. Undo in the Runs panel (Ctrl+Z) brings them back.",
        "Taken back: delete 2 runs.",
    ]


def test_what_is_going_on_cannot_be_deleted_and_what_is_not_chosen_neither(qtbot, window, panel):
    nothing = why_off(window, "run.chosen.delete"), why_off(window, "run.chosen.pin")
    lock = RunFolder.open(panel.deeds.place / OLD, goes_on=True)
    panel.refresh()
    qtbot.waitUntil(lambda: "Running, epoch 3 of 3" in shown(panel, STATE), timeout=READ_MS)
    choose(qtbot, panel, OLD_NAME)
    running = why_off(window, "run.chosen.delete"), why_off(window, "run.chosen.go_on")
    lock.close()

    assert nothing == ("No run is chosen. Choose one in the Runs panel.",) * 2
    assert running == (
        "A chosen run is still going on. Stop it first.",
        "Only a run that was stopped or interrupted can go on.",
    )


def test_a_deletion_that_fails_is_told_and_nothing_is_gone(qtbot, window, panel, told):
    (panel.deeds.place / TRASH).write_text("in the way", encoding="utf-8")
    choose(qtbot, panel, WIDE_NAME)

    window.perform("run.chosen.delete")

    assert told == ["The files of the run could not be changed: File exists."]
    assert (panel.deeds.place / WIDE).is_dir()
    assert why_off(window, "run.chosen.undo") == "No run was deleted or named yet."


def test_the_graph_of_a_run_opens_as_a_new_document_beside_the_list_of_runs(
    qtbot, window, panel, file, told
):
    choose(qtbot, panel, BAD_NAME)

    window.perform("run.chosen.open_graph")

    assert window.store.path is None
    assert window.store.modified
    assert window.store.document == digits(epochs=7)
    assert panel.deeds.place == file.parent / "digits.runs"
    assert told == [f"This is the graph of the run {BAD_NAME}, not saved yet."]


def test_the_graph_of_a_run_comes_back_into_the_document_and_undo_takes_it_away(
    qtbot, window, panel, file
):
    choose(qtbot, panel, BAD_NAME)

    window.perform("run.chosen.bring_back")
    brought = window.store.document.run.epochs
    window.store.history.undo()

    assert (brought, window.store.document.run.epochs) == (7, 30)
    assert window.store.path == file


def test_an_interrupted_run_goes_on_in_its_own_folder(qtbot, window, panel, monkeypatch):
    run = panel.deeds.place / OLD
    (run / LAST_NUMBERS).write_text(json.dumps({"step": 16}), encoding="utf-8")
    started = []
    monkeypatch.setattr(
        type(window.trainer), "start", lambda _self, job, *, isolated: started.append(job)
    )
    choose(qtbot, panel, OLD_NAME)

    window.perform("run.chosen.go_on")

    assert [(each.run_dir, each.resume) for each in started] == [(run, run)]


@pytest.mark.slow
def test_a_run_that_kept_nothing_cannot_go_on_and_says_so(qtbot, window, panel, told):
    choose(qtbot, panel, OLD_NAME)

    window.perform("run.chosen.go_on")

    assert told == ["This run had kept nothing yet. Train its graph again instead."]
    assert not window.trainer.running


class Opener(QObject):
    """Stands for the system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    @Slot("QUrl")
    def show(self, url) -> None:
        self.shown.append(url.toLocalFile())


@pytest.mark.slow
def test_the_folder_of_a_run_is_shown(qtbot, window, panel):
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "show")
    choose(qtbot, panel, WIDE_NAME)

    window.perform("run.chosen.show_folder")
    QDesktopServices.unsetUrlHandler("file")

    assert opener.shown == [str(panel.deeds.place / WIDE)]


def test_a_run_that_appears_is_listed_and_one_that_was_chosen_stays_so(qtbot, panel):
    choose(qtbot, panel, WIDE_NAME)

    record_run(panel.deeds.place / "2026-11-22_08-00-00", outcome=COMPLETED)
    panel.refresh()
    qtbot.waitUntil(lambda: len(shown(panel, RUN)) == 4, timeout=READ_MS)

    assert shown(panel, RUN)[0] == "2026-11-22 08:00:00"
    assert [each.name for each in panel.deeds.chosen] == [WIDE_NAME]


@pytest.mark.slow
def test_saving_under_another_name_shows_the_runs_of_that_file(qtbot, window, panel, answers):
    answers.path = panel.deeds.place.parent / "other.lamina"

    window.perform("file.save_as")

    qtbot.waitUntil(lambda: panel.model.rowCount() == 0, timeout=READ_MS)
    assert panel.deeds.place.name == "other.runs"
