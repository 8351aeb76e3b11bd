"""What Lamina is, its version, and the versions of what it stands on, read without importing any of it."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.looks.icons import pixmap

PACKAGES = (
    "torch",
    "pytorch-lightning",
    "torchmetrics",
    "scikit-learn",
    "PySide6-Essentials",
    "pyqtgraph",
    "numpy",
)
WORDS = "A desktop studio for deep learning without code. Nothing that you make here leaves this computer."


def version_of(package: str) -> str:
    """The installed version, in words where there is none."""
    from importlib.metadata import PackageNotFoundError, version  # the window shows sooner without

    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> str:
    """One line for each part, ready to be pasted into a report."""
    lines = [
        f"Lamina {version_of('lamina-studio')}",
        f"Python {platform.python_version()} on {platform.platform()}",
    ]
    return "\n".join([*lines, *(f"{package} {version_of(package)}" for package in PACKAGES)])


class AboutDialog(QDialog):
    """The name, one sentence, the versions, and a button that copies them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Lamina")
        picture = QLabel()
        picture.setPixmap(pixmap("lamina", "#000000", 56, self.devicePixelRatioF()))
        name = QLabel("Lamina")
        name.setStyleSheet("font-size: 22px; font-weight: 600;")
        words = QLabel(WORDS)
        words.setWordWrap(True)
        words.setMinimumWidth(360)
        self.facts = QLabel(versions())
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout()
        column.setSpacing(8)
        for each in (name, words, self.facts):
            column.addWidget(each)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 20, 20, 12)
        box.setSpacing(16)
        box.addLayout(row)
        box.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.facts.text())
