"""Which theme the window wears, and putting it on: Fusion style, colour scheme, palette and a small style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from studio.looks.style_sheet import mixed, style_sheet
from studio.looks.theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from studio.settings import Settings, ThemeChoice


class Appearance(QObject):
    """The theme of today: a person's choice, or the system's. It tells views when it is another."""

    changed = Signal(object)  # Theme

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.theme = self._wanted()
        QApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._settings.theme

    def choose(self, choice: ThemeChoice) -> None:
        """Wear these colours from now on."""
        self._settings.theme = choice
        self.wear()

    def wear(self) -> None:
        """Give the whole application the colours of the choice."""
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        QApplication.styleHints().setColorScheme(scheme.get(self.choice, Qt.ColorScheme.Unknown))
        theme = self._wanted()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyle("Fusion")
        application.setPalette(palette(theme))
        application.setStyleSheet(style_sheet(theme))
        if theme is not self.theme:
            self.theme = theme
            self.changed.emit(theme)

    @Slot()
    def _follow(self) -> None:
        if self._wanted() is not self.theme:
            self.wear()

    def _wanted(self) -> Theme:
        if self.choice != "system":
            return DARK if self.choice == "dark" else LIGHT
        return DARK if QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def palette(theme: Theme) -> QPalette:
    """Qt's palette in these colours, for all three colour groups."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.window,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.node,
        role.ToolTipText: theme.node_text,
        role.PlaceholderText: theme.muted_text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: mixed(theme.window, "#ffffff", 0.1 if theme.dark else 0.6),
        role.Midlight: mixed(theme.window, "#ffffff", 0.05 if theme.dark else 0.3),
        role.Mid: theme.border,
        role.Dark: mixed(theme.border, "#000000", 0.25),
        role.Shadow: mixed(theme.border, "#000000", 0.6),
    }
    result = QPalette()
    for each, color in colors.items():
        result.setColor(QPalette.ColorGroup.All, each, QColor(color))
    faded = mixed(theme.text, theme.window, 0.5)
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(faded))
    result.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    return result
