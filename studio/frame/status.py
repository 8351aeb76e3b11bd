"""The right end of the status bar: ready or not, how many parameters, on which device."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton

from graphs.graph import Node
from graphs.shapes import NodeShapes
from lightning_modules.events import Event, Started
from studio.looks.plain_tip import plain_tip
from studio.looks.theme import Theme
from studio.node_facts import parameter_count
from studio.store import Store


class Status(QStatusBar):
    """Facts of the store in words. A click on the problems asks to see them."""

    problems_requested = Signal()

    def __init__(self, store: Store, theme: Theme) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(4, 0, 12, 0)
        self._store, self._theme = store, theme
        self._training = ""
        self._sheet = ""
        self._counted: dict[str, tuple[Node, NodeShapes, int]] = {}
        self.problems = QToolButton()
        self.problems.setAutoRaise(True)
        self.problems.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.problems.clicked.connect(self.problems_requested)
        self.parameters = QLabel()
        self.device = QLabel("Device: auto")
        self.device.setToolTip(
            "Where training runs: chosen in the Training panel, found when a run begins."
        )
        for each in (self.problems, self.parameters, self.device):
            self.addPermanentWidget(each)
        store.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is true now."""
        errors = sum(problem.severity == "error" for problem in self._store.report.problems)
        warnings = len(self._store.report.problems) - errors
        words, color, tip = self._judge(errors, warnings)
        self.problems.setText(words)
        self.problems.setToolTip(plain_tip(tip))
        sheet = f"QToolButton {{ color: {color}; font-weight: 600; padding: 1px 6px; }}"
        if sheet != self._sheet:
            self._sheet = sheet
            self.problems.setStyleSheet(sheet)
        self.parameters.setText(count(self._parameters(), "parameter"))

    @Slot(str)
    def show_training(self, words: str) -> None:
        """Say how far the run is; "" once none goes on."""
        self._training = words
        self.refresh()

    @Slot(object)
    def take(self, event: Event) -> None:
        """Say which device a run uses, as it reports it."""
        if isinstance(event, Started):
            self.device.setText(f"Device: {event.device}")

    def set_theme(self, theme: Theme) -> None:
        """Wear these colours."""
        self._theme = theme
        self.refresh()

    def _parameters(self) -> int:
        """What all nodes learn; weights with a shared name count once. Only nodes that an edit touched are asked."""
        counted: dict[str, tuple[Node, NodeShapes, int]] = {}
        by_name: dict[str, int] = {}
        for node in self._store.graph.nodes.values():
            known = self._store.report.shapes.nodes.get(node.id)
            if known is None:
                continue
            old = self._counted.get(node.id)
            same = old is not None and old[0] is node and old[1] is known
            number = (
                old[2] if old is not None and same else parameter_count(node, self._store.report)
            )
            counted[node.id] = (node, known, number)
            by_name[f"shared {node.marks.weights}" if node.marks.weights else node.id] = number
        self._counted = counted
        return sum(by_name.values())

    def _judge(self, errors: int, warnings: int) -> tuple[str, str, str]:
        if self._training and not errors:
            return (
                self._training,
                self._theme.accent,
                "A run is going on. Click to see it in the Training panel.",
            )
        if not self._store.graph.nodes:
            return (
                "Empty canvas",
                self._theme.muted_text,
                "Add layers to begin: Tab, a double-click, or a drag from the library.",
            )
        if errors:
            before = f"{self._training} · " if self._training else ""
            return (
                f"{before}✕ {count(errors, 'problem')}",
                self._theme.error,
                "Training waits until these are mended. Click to see them.",
            )
        if warnings:
            return (
                f"! Ready, {count(warnings, 'warning')}",
                self._theme.warning,
                "It can be trained. Click to see the warnings.",
            )
        return "✓ Ready to train", self._theme.ok, "No problems were found. F5 trains."


def count(number: int, word: str) -> str:
    """A number with its word: "1 problem", "2 problems"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
