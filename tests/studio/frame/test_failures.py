"""The notice of a run that ended badly: details where there are some, and the offer to go on."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from lightning_modules.events import Failed
from lightning_modules.job import Job
from resources.templates import templates
from studio.frame.notice import Notice


@pytest.mark.parametrize(("details", "buttons"), [("", []), ("Traceback", ["Show details"])])
def test_details_are_offered_where_there_are_some(window, qapp, tmp_path, details, buttons):
    window.files.open_template(templates()[0].path)
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))

    window.trainer.ended.emit(Failed("The loss is not a number.", details=details))
    qapp.processEvents()  # the bar lays its buttons out

    assert window.notice.text == "Failed: The loss is not a number."
    shown = [each for each in window.notice.findChildren(QPushButton) if each.isVisible()]
    assert [each.text() for each in shown] == buttons


def test_a_run_that_was_interrupted_is_offered_where_nobody_misses_it(window, qtbot, tmp_path):
    job = Job(window.store.document, tmp_path, tmp_path / "run")
    window.failures.go_on_requested.disconnect()  # nothing is to be trained here
    window.failures.offer_to_go_on(job, 1200)
    (go_on,) = window.notice.findChildren(QPushButton)
    said = window.notice.text

    with qtbot.waitSignal(window.failures.go_on_requested) as asked:
        go_on.click()

    assert said == "The last run was interrupted. Its state after 1,200 steps is kept."
    assert asked.args == [job]
    assert window.notice.text == ""


def test_the_offer_to_go_on_takes_no_other_news_away(window, tmp_path):
    window.notice.show_notice(Notice("The file was changed."))

    window.failures.offer_to_go_on(Job(window.store.document, tmp_path, tmp_path / "run"), 1)

    assert window.notice.text == "The file was changed."
