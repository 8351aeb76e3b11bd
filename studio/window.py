"""The window: it places the parts, shows what they tell, and asks before it closes. It decides nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.canvas.view import Canvas
from studio.dialogs.about import AboutDialog
from studio.dialogs.questions import Questions
from studio.dialogs.shortcuts import ShortcutsDialog
from studio.documents.drop import FileDrop, add_data, file_drop
from studio.documents.files import Files, file_stem
from studio.forms.schema_reading import SchemaReader
from studio.frame.failures import Failures
from studio.frame.menus import Menus
from studio.frame.notice import Notice, NoticeBar
from studio.frame.status import Status
from studio.frame.train_button import TrainButton
from studio.frame.welcome import Welcome
from studio.frame.workbench import Docked, Workbench
from studio.looks.appearance import Appearance
from studio.looks.theme import Theme
from studio.panels.training import TrainingPanel
from studio.search.actions import CommandPalette
from studio.settings import Settings
from studio.store import Store
from studio.training import Trainer

SCREEN_SHARE, SMALLEST_FIRST, LARGEST_FIRST = 0.85, QSize(1280, 800), QSize(1720, 1080)
FRAME, LEAST = QSize(16, 48), QSize(880, 540)
"""What the system's frame may take, and what a window needs to be of use."""
"""The first size: most of the screen, within bounds; later starts take the size that was left."""

MESSAGE_MS = 6_000
CLOSE_LIMIT_MS = 20_000
IDLE_LIMIT_MS = 200  # imports, and answers that nobody waits for, have nothing to lose


@dataclass(frozen=True)
class Parts:
    """What the window is made of, built by `studio.app`."""

    store: Store
    settings: Settings
    appearance: Appearance
    questions: Questions
    files: Files
    reader: SchemaReader
    trainer: Trainer
    canvas: Canvas
    training: TrainingPanel
    docked: tuple[Docked, ...]
    welcome: Welcome


class Window(QMainWindow):
    """Actions get this window and reach its parts by name."""

    closed = Signal()  # after a close that nothing held up

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("lamina")
        self.store, self.files, self.trainer = parts.store, parts.files, parts.trainer
        self.settings, self.appearance, self.questions = (
            parts.settings,
            parts.appearance,
            parts.questions,
        )
        self.canvas, self.training, self.welcome = parts.canvas, parts.training, parts.welcome
        self._reader = parts.reader
        self._ends_unasked = False
        self.threads_ended = True
        self.setAcceptDrops(True)
        self.notice = NoticeBar(self.appearance.theme)
        centre = QWidget()
        centre.setObjectName("centre")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.canvas, 1)
        self.workbench = Workbench(centre, parts.docked)
        self.failures = Failures(self.notice, partial(self.workbench.reveal, "training"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.workbench)
        self.setCentralWidget(self._pages)
        self.status = Status(self.store, self.appearance.theme)
        self.setStatusBar(self.status)
        self.menus = Menus(self)
        self._add_toolbar()
        self._connect()
        self._restore()
        self._show_page(self.files.anything_open)

    def _add_toolbar(self) -> None:
        bar = self.menus.toolbar
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(gap)
        for name, words in (
            ("help.palette", "Search all actions"),
            ("run.pause", "Pause or go on"),
        ):
            bar.addAction(self.menus.qactions[name])
            button = bar.widgetForAction(self.menus.qactions[name])
            assert isinstance(button, QToolButton)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(words)
        self.train_button = TrainButton(
            self.menus.qactions["run.train"], self.menus.qactions["run.stop"], self.appearance.theme
        )
        bar.addWidget(self.train_button)
        self.addToolBar(bar)

    def _connect(self) -> None:
        refresh = self.menus.refresh
        self.store.changed.connect(refresh)
        self.store.selection_changed.connect(refresh)
        self.store.file_changed.connect(self._show_title)
        self.store.file_changed.connect(refresh)
        self.store.history.indexChanged.connect(refresh)
        self.store.changed.connect(self._show_title)
        self.store.edit_refused.connect(self._on_refused)
        self.files.open_changed.connect(self._show_page)
        self.files.noticed.connect(self.notice.show_notice)
        self.files.recent_changed.connect(self.menus.fill_recent)
        self.files.recent_changed.connect(self._show_recent)
        self.appearance.changed.connect(self._wear)
        self.trainer.started.connect(self._on_run_started)
        self.trainer.progressed.connect(self.status.take)
        self.trainer.ended.connect(self._on_run_ended)
        self.training.readiness_changed.connect(refresh)
        self.training.run_words_changed.connect(self.status.show_training)
        self.training.run_words_changed.connect(refresh)
        self.training.message.connect(self.say)
        self.training.failed.connect(self.failures.tell)
        self.trainer.ended.connect(self.failures.offer_details)  # after the panel has told it
        self.failures.go_on_requested.connect(self.training.isolation.go_on_requested)
        self.store.opened.connect(self.failures.clear)
        self.canvas.message.connect(self.say)
        self.status.problems_requested.connect(self._show_problems)
        self.welcome.new_requested.connect(self.files.new)
        self.welcome.open_requested.connect(self._open)
        self.welcome.file_requested.connect(self.files.open)
        self.welcome.template_requested.connect(self.files.open_template)
        for dock in self.workbench.docks.values():
            dock.visibilityChanged.connect(refresh)

    def why_not_train(self) -> str:
        """Why training cannot start now, "" if it can."""
        if not self.files.anything_open:
            return "No document is open."
        if self.trainer.running:
            return "It is training already."
        return self.training.why_not_train()

    def train(self) -> None:
        """Train with the settings of the Training panel."""
        self.training.train()

    def stop_training(self) -> None:
        """End the run after the current batch."""
        self.training.stop()

    def export_picture(self) -> None:
        """Ask where, and write the graph as a picture."""
        name = f"{file_stem(Path(self.files.name).stem)}.svg"
        path = self.questions.picture_path(self.settings.folder / name)
        if path is None:
            return
        try:
            self.canvas.export_picture(path)
        except (ValueError, OSError) as error:
            self.questions.tell(f"{path.name} was not written.", str(error))
        else:
            self.say(f"The graph was written to {path.name}.")

    @Slot(str)
    def say(self, message: str) -> None:
        """Show one sentence in the status bar for a while."""
        self.status.showMessage(message, MESSAGE_MS)

    def show_command_palette(self) -> None:
        """Search all actions by name."""
        palette = CommandPalette(self)
        palette.chosen.connect(self.perform)
        palette.open()

    @Slot(str)
    def perform(self, action_id: str) -> None:
        """Do an action by its id."""
        self.menus.qactions[action_id].trigger()

    def show_shortcuts(self) -> None:
        """Show every key."""
        dialog = ShortcutsDialog(self.appearance.theme, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """Show what this program is."""
        dialog = AboutDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close_unasked(self) -> None:
        """Close where there may be nobody to answer: what is unsaved stays unsaved, a run is stopped."""
        self._ends_unasked = True
        box = QApplication.activeModalWidget()
        if isinstance(box, QDialog):
            box.reject()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work and about a run that is going on; then stop every thread and wait."""
        if not self._ends_unasked and not (
            self.files.may_discard()
            and (
                not self.trainer.ends_with_window
                or self.questions.stop_training(self.trainer.ended)
            )
        ):
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.layout = self.workbench.layout_state()
        self.settings.save()
        self.hide()  # what is left to wait for is no concern of the person
        all_read = self._reader.close()
        self.threads_ended = self.trainer.close(CLOSE_LIMIT_MS, IDLE_LIMIT_MS) and all_read
        for dock in self.workbench.docks.values():
            dock.blockSignals(
                True
            )  # while the window is taken down, their news would reach what is gone
        event.accept()
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a graph, a table or a folder of images from another program."""
        if file_drop(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it or add it, once the other program has its answer."""
        drop = file_drop(event)
        if drop is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, partial(self._take_drop, drop, event.position().toPoint()))

    def _take_drop(self, drop: FileDrop, at: QPoint) -> None:
        if not drop.layer:
            self.files.open(drop.path)
        elif self.files.anything_open or self.files.new():
            point = self.canvas.camera.to_canvas(self.canvas.viewport().mapFrom(self, at))
            add_data(self.store, self._reader, drop, (point.x(), point.y()))

    def _restore(self) -> None:
        self.resize(first_size(QGuiApplication.primaryScreen().availableSize()))
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        self.workbench.restore(self.settings.layout)

    @Slot(bool)
    def _show_page(self, anything_open: bool) -> None:
        self._pages.setCurrentWidget(self.workbench if anything_open else self.welcome)
        self.menus.toolbar.setVisible(anything_open)
        self.status.setVisible(anything_open)
        if anything_open:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(
                0, self.canvas.fit
            )  # once the canvas has the size that it gets on this page
        else:
            self._show_recent()
            self.welcome.focus_first()
        self._show_title()
        self.menus.refresh()

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(
            f"{self.files.name}[*] — Lamina" if self.files.anything_open else "Lamina[*]"
        )
        self.setWindowModified(self.store.modified)
        self.setWindowFilePath(str(self.store.path) if self.store.path else "")

    @Slot()
    def _show_recent(self) -> None:
        self.welcome.set_recent(self.files.recent)

    @Slot()
    def _open(self) -> None:
        self.files.open()

    @Slot()
    def _show_problems(self) -> None:
        mended = self.store.report.ok
        self.workbench.reveal("training" if self.trainer.running and mended else "problems")

    @Slot(str)
    def _on_refused(self, why: str) -> None:
        self.notice.show_notice(Notice(why, (("Save As…", self.files.save_as),)))

    @Slot(object)
    def _wear(self, theme: Theme) -> None:
        self.menus.set_theme(theme)
        for part in (self.canvas, self.welcome, self.notice, self.status, self.train_button):
            part.set_theme(theme)
        for dock in self.workbench.docks.values():
            dock.widget().set_theme(theme)
        self.menus.refresh()

    @Slot()
    def _on_run_started(self) -> None:
        self.failures.clear()
        self.train_button.show_running(True)
        self.workbench.reveal("curves")
        self.menus.refresh()

    @Slot()
    def _on_run_ended(self) -> None:
        self.train_button.show_running(False)
        self.menus.refresh()


def first_size(screen: QSize) -> QSize:
    """How big the window is when it opens for the first time, in pixels: not so that its edge lies off the screen."""
    wished = QSize(round(screen.width() * SCREEN_SHARE), round(screen.height() * SCREEN_SHARE))
    wished = wished.expandedTo(SMALLEST_FIRST).boundedTo(LARGEST_FIRST)
    room = screen - FRAME
    # Where there is no room for the least that can be worked with, the edge is not what matters.
    return wished.boundedTo(room) if room.expandedTo(LEAST) == room else wished
