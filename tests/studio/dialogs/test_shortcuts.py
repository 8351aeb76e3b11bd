"""The page of keys also tells the gestures of the canvas."""

from __future__ import annotations

import pytest

from studio.dialogs.shortcuts import ShortcutsDialog
from studio.looks.theme import LIGHT


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("mute", "M"),
        ("freeze", "F"),
        ("zoom at the cursor", "Wheel"),
        ("remove the wire", "Alt+click on a wire"),
        ("crossed", "Alt+right-drag"),
        ("draw a wire from the selected", "C"),
    ],
)
def test_a_gesture_is_found_by_what_it_does(qtbot, query, keys):
    dialog = ShortcutsDialog(LIGHT)
    qtbot.addWidget(dialog)

    dialog.search.setText(query)

    assert keys in dialog.page.toPlainText().splitlines()
