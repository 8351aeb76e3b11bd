"""Colours that can be read, and a choice that is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from graphs.layer import CATEGORIES
from studio.looks.appearance import palette
from studio.looks.style_sheet import mixed, style_sheet
from studio.looks.theme import DARK, LIGHT, Theme
from studio.settings import Settings

TEXTS = ("text", "muted_text", "error", "warning", "ok", "accent", "node_text", "wire_text")
GROUNDS = ("window", "base", "canvas", "node")


def _luminance(color: str) -> float:
    shares = [value / 255 for value in bytes.fromhex(color[1:])]
    linear = [
        each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_can_be_read_on_every_ground(theme: Theme, text: str, ground: str):
    assert _contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_on_the_accent_can_be_read(theme: Theme):
    assert _contrast(theme.accent_text, theme.accent) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_family_has_a_colour_of_its_own_that_stands_out(theme: Theme):
    assert set(theme.category_colors) == set(CATEGORIES)
    assert len(set(theme.category_colors.values())) == len(CATEGORIES)
    assert all(_contrast(each, theme.node) >= 2.8 for each in theme.category_colors.values())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_palette_is_of_the_theme(theme: Theme):
    made = palette(theme)

    assert made.color(QPalette.ColorRole.Window) == QColor(theme.window)
    assert made.color(QPalette.ColorRole.HighlightedText) == QColor(theme.accent_text)


def test_mixing_goes_from_one_colour_to_the_other():
    assert mixed("#000000", "#ffffff", 0) == "#000000"
    assert mixed("#000000", "#ffffff", 1) == "#ffffff"
    assert mixed("#204060", "#406080", 0.5) == "#305070"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_style_sheet_has_no_gap_left_to_fill(theme: Theme):
    sheet = style_sheet(theme)

    assert "{{" not in sheet
    assert "None" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_the_chosen_theme_is_worn_at_once_and_at_the_next_start(window, qtbot):
    with qtbot.waitSignal(window.appearance.changed, timeout=1_000):
        window.perform("view.theme_dark")

    window.settings.save()

    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    assert Settings(window.settings.file).theme == "dark"
    assert window.menus.qactions["view.theme_dark"].isChecked()
    assert not window.menus.qactions["view.theme_system"].isChecked()


def test_a_key_switches_light_and_dark(window, qtbot):
    window.appearance.choose("light")

    window.perform("view.theme_toggle")

    assert window.appearance.theme is DARK
    assert window.appearance.choice == "dark"
