"""The worst mistakes: a list with small pictures, and beside it the chosen sample with truth, answer and score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.results.measures import mistake_words
from studio.results.sample_view import SampleView, thumbnail
from studio.value_words import SPLITS, number_words

if TYPE_CHECKING:
    from lightning_modules.assessment import Assessment
    from lightning_modules.samples import Shown

THUMBNAIL_PX = 32


class MistakesView(QWidget):
    """A click, or the arrow keys, show a sample."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Assessment | None = None
        self._samples: Sequence[tuple[Shown, ...]] = ()
        self.list = QListWidget()
        self.list.setAccessibleName("Worst mistakes")
        self.list.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self.list.setUniformItemSizes(True)
        self.list.setMinimumWidth(110)
        self.sample = SampleView(theme)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAccessibleName("The chosen mistake")
        right = QVBoxLayout()
        right.addWidget(self.sample, 1)
        right.addWidget(self.words)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.list, 3)
        whole.addLayout(right, 2)
        self.list.currentRowChanged.connect(self._choose)

    def set_theme(self, theme: Theme) -> None:
        """Draw with other colours."""
        self.sample.set_theme(theme)

    def show_found(self, found: Assessment, samples: Sequence[tuple[Shown, ...]]) -> None:
        """Show the mistakes of an assessment with their samples, the first one chosen."""
        self._found, self._samples = found, samples
        self.list.clear()
        for mistake, shown in zip(found.mistakes, samples, strict=True):
            words = mistake_words(mistake, found.kind)
            item = QListWidgetItem("\n(".join(words.rsplit(" (", 1)))  # two lines: rows are narrow
            picture = thumbnail(shown, THUMBNAIL_PX)
            if picture is not None:
                item.setIcon(QIcon(picture))
            item.setToolTip(plain_tip(words))
            self.list.addItem(item)
        if found.mistakes:
            self.list.setCurrentRow(0)
        else:
            self.sample.show_sample(())
            self.words.setText("Not one answer was wrong.")

    @Slot(int)
    def _choose(self, row: int) -> None:
        if self._found is None or not 0 <= row < len(self._samples):
            return
        mistake = self._found.mistakes[row]
        part = SPLITS.get(self._found.split, self._found.split)
        score = (
            f"Error: {number_words(mistake.score)}"
            if self._found.kind == "number"
            else f"Probability of the answer: {100 * mistake.score:.1f} %"
        )
        self.sample.show_sample(self._samples[row])
        self.words.setText(
            f"Sample {mistake.sample + 1:,} of the {part} part\n"
            f"Truth: {mistake.truth}\nAnswer: {mistake.predicted}\n{score}"
        )
