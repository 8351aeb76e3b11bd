"""Opening and saving through the window: nothing is lost without a question."""

from __future__ import annotations

import json
import os

import pytest

from graphs import edits
from graphs.content import Document
from graphs.document import load, save
from resources.templates import templates
from studio.documents.files import file_stem


def _add(window, layer: str = "Linear") -> None:
    window.store.edit(f"Add {layer}", lambda graph: edits.add_node(graph, layer, (0, 0))[0])


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "house.lamina"
    save(Document(title="House"), path)
    return path


def test_nothing_is_open_at_first(window):
    assert not window.files.anything_open
    assert window.windowTitle() == "Lamina[*]"
    assert window.welcome.isVisible()
    assert not window.canvas.isVisible()


def test_a_new_document_shows_the_canvas(window, qtbot):
    window.perform("file.new")

    assert window.canvas.isVisible()
    assert window.windowTitle() == "Untitled[*] — Lamina"
    assert not window.isWindowModified()


def test_an_edit_marks_the_window_and_undo_takes_the_mark_away(window):
    window.files.new()

    _add(window)
    marked = window.isWindowModified()
    window.perform("edit.undo")

    assert marked
    assert not window.isWindowModified()


def test_saving_asks_where_once_and_then_saves_there(window, answers, tmp_path):
    window.files.new()
    _add(window)
    answers.path = tmp_path / "first.lamina"

    window.perform("file.save")
    _add(window)
    window.perform("file.save")

    assert answers.asked == ["save Untitled.lamina"]
    assert len(load(answers.path).main.nodes) == 2
    assert not window.isWindowModified()
    assert window.windowTitle() == "first.lamina[*] — Lamina"


def test_a_saved_file_is_the_first_of_the_recent_ones(window, answers, tmp_path, saved):
    window.files.open(saved)
    answers.path = tmp_path / "other.lamina"

    window.perform("file.save_as")

    assert [path.name for path in window.files.recent] == ["other.lamina", "house.lamina"]
    assert window.settings.folder == tmp_path


def test_a_recent_file_that_is_gone_is_not_offered(window, saved):
    window.files.open(saved)

    saved.unlink()
    window.menus.fill_recent()

    assert window.files.recent == ()
    assert not window.menus._recent.isEnabled()
    assert window.menus._recent.menuAction().toolTip() == "No file was opened or saved yet."


def test_unsaved_work_is_asked_about_before_another_document_opens(window, answers, saved):
    window.files.new()
    _add(window)
    answers.unsaved_answer = "cancel"

    window.files.open(saved)

    assert answers.asked == ["unsaved Untitled"]
    assert window.store.path is None
    assert window.store.graph.nodes


def test_save_in_the_question_saves_and_goes_on(window, answers, saved):
    window.files.open(saved)
    _add(window)
    answers.unsaved_answer = "save"

    window.files.new()

    assert len(load(saved).main.nodes) == 1
    assert not window.store.graph.nodes


def test_save_in_the_question_without_a_place_cancels(window, answers):
    window.files.new()
    _add(window)
    answers.unsaved_answer, answers.path = "save", None

    closed = window.close()

    assert not closed
    assert window.isVisible()


def test_a_template_opens_as_an_unsaved_copy(window, answers):
    first = templates()[0]
    bytes_before = first.path.read_bytes()

    window.files.open_template(first.path)
    window.perform("file.save")

    assert window.store.path is None
    assert answers.asked == [f"save {file_stem(first.title)}.lamina"]
    assert first.path.read_bytes() == bytes_before


def test_an_untouched_template_is_nothing_to_ask_about(window, answers):
    window.files.open_template(templates()[0].path)
    offered = window.menus.qactions["file.save"].isEnabled()

    window.perform("file.close")

    assert offered
    assert answers.asked == []
    assert window.welcome.isVisible()


def test_a_changed_template_is_asked_about(window, answers):
    window.files.open_template(templates()[0].path)
    _add(window)

    window.perform("file.close")

    assert answers.asked == [f"unsaved {templates()[0].title}"]


def test_a_file_that_is_no_document_is_one_sentence(window, answers, tmp_path):
    path = tmp_path / "shopping.lamina"
    path.write_text("eggs, milk")

    opened = window.files.open(path)

    assert not opened
    assert len(answers.told) == 1
    assert answers.told[0].startswith("shopping.lamina cannot be opened: ")
    assert window.welcome.isVisible()


@pytest.mark.skipif(os.geteuid() == 0, reason="the system lets root write anywhere")
def test_a_folder_that_cannot_be_written_to_is_one_sentence(window, answers, tmp_path):
    window.files.new()
    _add(window)
    (tmp_path / "closed").mkdir(mode=0o500)
    answers.path = tmp_path / "closed" / "a.lamina"

    saved = window.files.save()

    assert not saved
    assert answers.told[0].startswith("a.lamina was not saved: ")
    assert window.isWindowModified()


def test_a_folder_in_the_place_of_the_file_is_one_sentence(window, answers, tmp_path):
    window.files.new()
    _add(window)
    answers.path = tmp_path / "a.lamina"
    answers.path.mkdir()

    saved = window.files.save()

    assert not saved
    assert answers.told[0].startswith("a.lamina was not saved: ")
    assert window.isWindowModified()


def test_a_read_only_document_says_why_and_refuses_edits(window, tmp_path):
    path = tmp_path / "newer.lamina"
    save(Document(title="Newer"), path)
    values = json.loads(path.read_text())
    values["lamina"] = 99
    path.write_text(json.dumps(values))

    window.files.open(path)
    said = window.notice.text
    window.notice.clear()
    _add(window)

    assert said.startswith("newer.lamina is read-only: it was made by a newer version of Lamina")
    assert window.notice.text == said
    assert not window.store.graph.nodes


def test_saving_a_read_only_document_asks_for_another_place(window, answers, tmp_path):
    path = tmp_path / "newer.lamina"
    save(Document(title="Newer"), path)
    values = json.loads(path.read_text())
    values["lamina"] = 99
    path.write_text(json.dumps(values))
    window.files.open(path)
    answers.path = tmp_path / "copy.lamina"

    window.files.save()

    assert answers.asked == ["save newer copy.lamina"]
    assert answers.path.read_bytes() == path.read_bytes()


def test_a_file_changed_by_another_program_is_offered_again(window, qtbot, saved):
    window.files.open(saved)

    with qtbot.waitSignal(window.files.noticed, timeout=5_000):
        save(Document(title="Palace"), saved)
    said = window.notice.text
    window.notice._buttons[0].click()

    assert said == "house.lamina was changed by another program."
    assert window.store.document.title == "Palace"
    assert window.notice.text == ""
    assert not window.isWindowModified()


def test_reloading_over_changes_says_that_they_are_lost(window, qtbot, saved):
    window.files.open(saved)
    _add(window)

    with qtbot.waitSignal(window.files.noticed, timeout=5_000):
        save(Document(title="Palace"), saved)
    words = [button.text() for button in window.notice._buttons]

    assert words == ["Reload and lose my changes", "Keep mine"]


def test_keeping_mine_marks_it_unsaved(window, qtbot, saved, answers):
    window.files.open(saved)

    with qtbot.waitSignal(window.files.noticed, timeout=5_000):
        save(Document(title="Palace"), saved)
    window.notice._buttons[1].click()
    window.files.save()

    assert answers.asked == []
    assert load(saved).title == "House"


@pytest.mark.parametrize("answer", ["overwrite", "save_as", "cancel"])
def test_saving_over_what_another_program_wrote_is_asked_about(
    window, answers, saved, tmp_path, answer
):
    window.files.open(saved)
    _add(window)
    save(Document(title="Palace"), saved)
    answers.overwrite_answer, answers.path = answer, tmp_path / "mine.lamina"

    done = window.files.save()

    assert answers.asked[0] == "overwrite house.lamina"
    assert done == (answer != "cancel")
    assert load(saved).title == ("House" if answer == "overwrite" else "Palace")
    assert answers.path.exists() == (answer == "save_as")


def test_a_file_written_again_with_the_same_content_is_no_news(window, qtbot, saved):
    window.files.open(saved)

    with qtbot.assertNotEmitted(window.files.noticed, wait=600):
        saved.write_bytes(saved.read_bytes())

    assert window.notice.text == ""


def test_own_saves_are_no_news(window, qtbot, saved):
    window.files.open(saved)
    _add(window)
    window.files.save()

    with qtbot.assertNotEmitted(window.files.noticed, wait=600):
        pass

    assert window.notice.text == ""


def test_a_file_that_disappears_is_told_and_can_be_saved_again(window, qtbot, saved):
    window.files.open(saved)

    with qtbot.waitSignal(window.files.noticed, timeout=5_000):
        saved.unlink()
    said, unsaved = window.notice.text, window.isWindowModified()
    window.notice._buttons[0].click()

    assert said == "house.lamina is no longer where it was opened from. Saving writes it again."
    assert unsaved
    assert load(saved).title == "House"


@pytest.mark.parametrize(
    ("title", "stem"),
    [("Digits MLP", "Digits MLP"), ("a/b\\c: d", "a b c d"), ("", "Untitled"), ("...", "Untitled")],
)
def test_a_title_becomes_a_file_name(title, stem):
    assert file_stem(title) == stem
