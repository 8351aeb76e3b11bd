"""The notice of a failed run offers details where there are some, and no button that leads to nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from lightning_modules.events import Failed
from lightning_modules.job import Job
from resources.templates import templates


@pytest.mark.parametrize(("details", "buttons"), [("", []), ("Traceback", ["Show details"])])
def test_details_are_offered_where_there_are_some(window, qapp, tmp_path, details, buttons):
    window.files.open_template(templates()[0].path)
    window.trainer.started.emit(Job(window.store.document, tmp_path, tmp_path / "run"))

    window.trainer.ended.emit(Failed("The loss is not a number.", details=details))
    qapp.processEvents()  # the bar lays its buttons out

    assert window.notice.text == "Failed: The loss is not a number."
    shown = [each for each in window.notice.findChildren(QPushButton) if each.isVisible()]
    assert [each.text() for each in shown] == buttons
