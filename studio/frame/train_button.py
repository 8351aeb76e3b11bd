"""The one prominent button of the tool bar: Train, and while a run goes on Stop."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from studio.looks.icons import icon
from studio.looks.style_sheet import mixed
from studio.looks.theme import Theme


class TrainButton(QToolButton):
    """Wears the action that can be done now, with its words, keys and, while it is off, its reason."""

    def __init__(self, train: QAction, stop: QAction, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("train")
        self._train, self._stop, self._theme, self._running = train, stop, theme, False
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(16, 16))
        train.changed.connect(self._sync)
        stop.changed.connect(self._sync)
        self.clicked.connect(self._act)
        self._dress()

    def show_running(self, running: bool) -> None:
        """Be Stop while a run goes on, else Train."""
        self._running = running
        self._dress()

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self._dress()

    @property
    def _action(self) -> QAction:
        return self._stop if self._running else self._train

    @Slot()
    def _act(self) -> None:
        self._action.trigger()

    @Slot()
    def _sync(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())

    def _dress(self) -> None:
        theme = self._theme
        fill = theme.error if self._running else theme.accent
        ink = theme.accent_text
        faded = mixed(theme.window, theme.text, 0.1)
        self.setIcon(icon("stop" if self._running else "train", ink, theme.muted_text, 16))
        self.setStyleSheet(
            f"QToolButton#train {{ background: {fill}; color: {ink}; border: none; border-radius: 5px;"
            " padding: 6px 13px 6px 15px; margin-left: 6px; font-weight: 600; min-width: 56px; }"
            f"QToolButton#train:hover {{ background: {mixed(fill, theme.text, 0.15)}; }}"
            f"QToolButton#train:disabled {{ background: {faded}; color: {theme.muted_text}; }}"
            f"QToolButton#train:focus {{ border: 2px solid {theme.text}; }}"
        )
        self._sync()
