"""The legend of curves: a button for each, with a sample of its line and its value; pressing it hides the curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.curves.legend_entries import LegendEntry, LevelEntry
from studio.curves.run import Key
from studio.curves.style import Style
from studio.looks.flow_layout import FlowLayout
from studio.looks.theme import Theme

PLACE_WIDTH_PX = 190
GAP = 2

Extent: TypeAlias = Literal["full", "compact", "curves"]
"""All there is; names without values; names of curves alone."""


class Legend(QWidget):
    """All entries, in rows."""

    changed = Signal()  # another set of curves is shown

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = FlowLayout(self, spacing=GAP)
        self._hidden: set[Key] = set()
        self.extent: Extent = "full"
        self.entries: dict[Key, LegendEntry] = {}
        self.levels: tuple[LevelEntry, ...] = ()
        self.place = QLabel(self)
        self.place.setAccessibleName("Place of the crosshair")
        self.place.setMinimumWidth(PLACE_WIDTH_PX)
        self.place.setContentsMargins(6, 0, 0, 0)
        self._wear(theme)

    def _wear(self, theme: Theme) -> None:
        self._theme = theme
        self.place.setStyleSheet(f"color: {theme.muted_text};")

    def heightForWidth(self, width: int) -> int:
        """The height of all rows."""
        return self._rows.heightForWidth(width)

    def height_if(self, extent: Extent, width: int) -> int:
        """How high it would be, so wide and to this extent."""
        sizes = [each.size_if(compact=extent != "full") for each in self.entries.values()]
        if extent != "curves":
            sizes += [each.sizeHint() for each in self.levels]
        if extent == "full":
            sizes.append(self.place.sizeHint().expandedTo(self.place.minimumSize()))
        rows, x = [0], 0
        for size in sizes:
            if rows[-1] and x + size.width() > width:
                rows.append(0)
                x = 0
            rows[-1] = max(rows[-1], size.height())
            x += size.width() + GAP
        return sum(rows) + GAP * (len(rows) - 1)

    def take_room(self, extent: Extent) -> None:
        """Be of this extent."""
        self.extent = extent
        for entry in self.entries.values():
            entry.fold(compact=extent != "full")
        for level in self.levels:
            level.setVisible(extent != "curves")
        self.place.setVisible(extent == "full")

    def show_curves(self, styles: Mapping[Key, tuple[str, Style]], theme: Theme) -> None:
        """Have an entry for each of these curves, with its title and style, in this order."""
        if theme is not self._theme:
            self._wear(theme)
        titles = {key: entry.text() for key, entry in self.entries.items()}
        if titles != {key: title for key, (title, _) in styles.items()}:
            self._drop([*self.entries.values()])
            self.entries = {key: self._entry(key, title) for key, (title, _) in styles.items()}
            self._lay()
        for key, (_, style) in styles.items():
            self.entries[key].restyle(style, theme)

    def show_levels(self, titles: Sequence[str], *, numbered: bool = False) -> None:
        """Have the names of these levels, each with its number from 1 if the plots show only that."""
        if tuple(titles) != tuple(each.title for each in self.levels):
            self._drop(self.levels)
            self.levels = tuple(
                LevelEntry(number, title, self._theme, self)
                for number, title in enumerate(titles, 1)
            )
            self._lay()
        for each in self.levels:
            each.restyle(self._theme, numbered=numbered)

    def _entry(self, key: Key, title: str) -> LegendEntry:
        entry = LegendEntry(key, title, self._theme, self)
        entry.setChecked(key not in self._hidden)
        entry.switched.connect(self._switch)
        return entry

    def _drop(self, widgets: Sequence[QWidget]) -> None:
        for each in widgets:
            self._rows.removeWidget(each)
            each.hide()
            each.deleteLater()

    def _lay(self) -> None:
        """Curves first, then levels, then the place of the crosshair."""
        for each in (*self.entries.values(), *self.levels, self.place):
            self._rows.removeWidget(each)
            self._rows.addWidget(each)
            each.show()
        self.take_room(self.extent)
        self.updateGeometry()

    def is_shown(self, key: Key) -> bool:
        """Whether this curve is to be drawn."""
        return key not in self._hidden

    def show_values(self, values: Mapping[Key, float | None], place: str = "") -> None:
        """Show these values beside the names; `place` says where the crosshair is, if there is one."""
        self.place.setText(place)
        for key, entry in self.entries.items():
            entry.show_value(values.get(key), pointed=bool(place))

    def _switch(self, key: Key, shown: bool) -> None:
        (self._hidden.discard if shown else self._hidden.add)(key)
        self.changed.emit()
