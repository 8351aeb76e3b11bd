"""The composition root: builds every part of the window, wires them, and runs the program."""

from __future__ import annotations

import gc
import logging
import os
import sys
from functools import partial
from pathlib import Path

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from graphs.document import load
from resources.templates import FIRST, Template, templates
from studio.canvas.view import Canvas
from studio.dialogs.questions import Questions
from studio.documents.files import Files
from studio.documents.recovery import Journal, leftovers
from studio.forms.schema_reading import SchemaReader
from studio.frame.ending import EndOnSignal
from studio.frame.errors import Errors, log_to
from studio.frame.welcome import Welcome
from studio.frame.workbench import Docked
from studio.isolated_training import UnseenRuns
from studio.looks.appearance import Appearance
from studio.looks.icons import pixmap
from studio.panels.code import CodePanel
from studio.panels.curves import CurvesPanel
from studio.panels.help import HelpPanel
from studio.panels.inspector import InspectorPanel
from studio.panels.library import LibraryPanel
from studio.panels.notes import NotesPanel
from studio.panels.outline import OutlinePanel
from studio.panels.problems import ProblemsPanel
from studio.panels.results import ResultsPanel
from studio.panels.runs import RunsPanel
from studio.panels.training import TrainingPanel
from studio.panels.trying import TryPanel
from studio.runs.adopting import RunAdopter
from studio.settings import Settings
from studio.store import Store
from studio.training import Trainer
from studio.window import Parts, Window

WARM_UP_AFTER_MS = 100
"""Once the window has been painted."""

ICON_SIZES = (16, 32, 48, 128)


def state_dir() -> Path:
    """Where the journal of unsaved edits and the log stand."""
    return Path(platformdirs.user_state_dir("lamina", appauthor=False))


def build_window(settings: Settings, questions: Questions | None = None) -> Window:
    """The whole window with its parts wired, not shown yet. There must be a QApplication."""
    questions = questions or Questions()
    store = Store()
    appearance = Appearance(settings)
    appearance.wear()
    theme = appearance.theme
    files = Files(store, settings, questions)
    reader = SchemaReader(store)
    trainer = Trainer()
    canvas = Canvas(store, theme)
    library = LibraryPanel(store, theme)
    outline = OutlinePanel(store, theme)
    help_panel = HelpPanel(store, theme)
    inspector = InspectorPanel(store, theme, reader)
    problems = ProblemsPanel(store, theme, canvas.desk.apply)
    notes = NotesPanel(store, theme, trainer, canvas.desk.apply)
    training = TrainingPanel(store, theme, trainer, questions.run_path)
    curves = CurvesPanel(store, theme, trainer)
    runs = RunsPanel(
        store,
        theme,
        trainer,
        files,
        lambda: training.isolation.wanted,
        lambda: training.isolation.devices.chosen,
    )
    window = Window(
        Parts(
            store=store,
            settings=settings,
            appearance=appearance,
            questions=questions,
            files=files,
            reader=reader,
            trainer=trainer,
            canvas=canvas,
            training=training,
            docked=(
                Docked(library, "left"),
                Docked(outline, "left"),
                Docked(inspector, "right"),
                Docked(help_panel, "right"),
                Docked(training, "right_below"),
                Docked(curves, "bottom"),
                Docked(ResultsPanel(store, theme, trainer), "bottom"),
                Docked(problems, "bottom"),
                Docked(CodePanel(store, theme), "right"),  # behind the tabs of the others
                Docked(runs, "bottom"),
                Docked(TryPanel(store, theme, trainer), "bottom"),
                Docked(notes, "bottom"),
            ),
            welcome=Welcome(_examples(), files.recent, theme),
        )
    )
    for part in (store, files, trainer, appearance):
        part.setParent(window)  # they live and end with it
    questions.parent = window
    unseen = UnseenRuns(store, trainer, window)
    unseen.interrupted.connect(training.isolation.offer)
    unseen.interrupted.connect(window.failures.offer_to_go_on)
    training.isolation.set_wanted(settings.isolated)
    training.isolation.wanted_changed.connect(partial(setattr, settings, "isolated"))
    RunAdopter(store, trainer, window).adopted.connect(runs.refresh)
    library.layer_requested.connect(canvas.append_layer)
    library.layer_chosen.connect(help_panel.show_layer)
    inspector.rename_requested.connect(canvas.rename)
    problems.node_requested.connect(canvas.center_on)
    notes.node_requested.connect(canvas.center_on)
    notes.marked.connect(canvas.show_notes)
    outline.node_requested.connect(canvas.center_on)
    connect_runs(runs, curves, window)
    return window


def connect_runs(runs: RunsPanel, curves: CurvesPanel, window: Window) -> None:
    """Let the Runs panel have the curves, the status bar, and a menu of the actions on runs."""
    runs.compare_requested.connect(curves.compare)
    runs.curves_requested.connect(partial(window.workbench.reveal, "curves"))
    runs.message.connect(window.say)
    runs.changed.connect(window.menus.refresh)
    for action_id, qaction in window.menus.qactions.items():
        if action_id.startswith("run.chosen."):
            runs.menu.addAction(qaction)
    window.menus.refresh()


def run_window(path: Path | None, *, example: bool = False) -> int:
    """Show the window until it is closed; the exit code. `example` opens the first example if there is no path."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("lamina")
    application.setApplicationDisplayName("Lamina")
    application.setDesktopFileName("lamina")
    application.setWindowIcon(app_icon())
    state = state_dir()
    window = build_window(Settings())
    errors = Errors(window.questions, log_to(state), window)
    errors.install()
    journal = Journal(window.store, state / "recovery", lambda: window.files.known, window)
    window.closed.connect(journal.close)
    window.show()
    gc.enable()  # whoever called this may have kept it from collecting on the way here
    QTimer.singleShot(0, lambda: _begin(window, state / "recovery", path, example=example))
    QTimer.singleShot(WARM_UP_AFTER_MS, window.trainer.warm_up)
    ending = EndOnSignal(lambda: _end(window, journal))
    code = application.exec()
    ending.stop()
    if not window.threads_ended:
        logging.shutdown()
        os._exit(code)  # a thread that has not ended would crash the program on its way out
    return code


def _end(window: Window, journal: Journal) -> None:
    """Close without a question, which nobody may be there to answer: the journal offers the edits next time."""
    journal.write()
    window.closed.disconnect(journal.close)
    window.close_unasked()
    QApplication.exit(0)


def app_icon() -> QIcon:
    """The program's icon."""
    result = QIcon()
    for size in ICON_SIZES:
        result.addPixmap(pixmap("lamina", "#000000", size))
    return result


def _begin(window: Window, recovery: Path, path: Path | None, *, example: bool) -> None:
    if _recover(window, recovery):
        return
    if path is not None:
        window.files.open(path)
    elif example:
        first = next((each for each in templates() if each.name == FIRST), None)
        if first is not None:
            window.files.open_template(first.path)


def _recover(window: Window, folder: Path) -> bool:
    """Offer what a killed window left; whether something was brought back."""
    for leftover in leftovers(folder):
        words = "Lamina ended before they were saved."
        if leftover.path is not None and not leftover.file_unchanged:
            words += " The file was changed since then, so they open as a copy without a name."
        if window.questions.recover(leftover.name, words):
            window.files.recover(
                leftover.document, leftover.path if leftover.file_unchanged else None
            )
            leftover.journal.unlink(missing_ok=True)
            return True
        leftover.journal.unlink(missing_ok=True)
    return False


def _examples() -> list[tuple[Template, list[str]]]:
    rows = []
    for template in templates():
        graph = load(template.path).main
        nodes = [graph.nodes[each] for each in graph.order]
        rows.append((template, [node.info.category for node in nodes if node.info is not None]))
    return rows
