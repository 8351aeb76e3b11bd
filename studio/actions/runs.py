"""The Run menu, on runs that are over and runs to come: what is done with those chosen, and the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from studio.action import action

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.action import Words
    from studio.panels.runs import RunsPanel
    from studio.runs.deeds import RunDeeds
    from studio.window import Window

CHOSEN, WAITING = "Chosen runs", "Queue"


def panel_of(window: Window) -> RunsPanel:
    """The Runs panel of a window."""
    return cast("RunsPanel", window.workbench.docks["runs"].widget())


def _why(ask: Callable[[RunDeeds], str]) -> Words:
    def why_not(window: Window) -> str:
        if not window.files.anything_open:
            return "No document is open."
        return ask(panel_of(window).deeds)

    return why_not


def _why_not_one(window: Window) -> str:
    return _why(lambda deeds: deeds.why_not_one())(window)


def _nothing_open(window: Window) -> str:
    return "" if window.files.anything_open else "No document is open."


def _why_not_queue(window: Window) -> str:
    return _nothing_open(window) or panel_of(window).adder.why_not()


def _queue_empty(window: Window) -> str:
    runner = panel_of(window).runner
    waits = runner.on or any(each.state != "failed" for each in runner.entries)
    return _nothing_open(window) or ("" if waits else "Nothing waits in the queue.")


def _pin_words(window: Window) -> str:
    deeds = panel_of(window).deeds
    pinned = len(deeds.chosen) == 1 and deeds.chosen[0].path.name == deeds.baseline
    return "Unpin the baseline" if pinned else "Pin as baseline"


def _undo_words(window: Window) -> str:
    text = panel_of(window).deeds.history.undoText()
    return f"Undo: {text}" if text else "Undo what was done to runs"


def _queue_words(window: Window) -> str:
    return "Pause the queue" if panel_of(window).runner.on else "Start the queue"


@action(
    "run.chosen.go_on",
    title="Go on with the chosen run",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+G",
    group=1,
    why_not=_why(lambda deeds: deeds.why_not_go_on()),
)
def go_on(window: Window) -> None:
    """Go on with a run that was stopped or interrupted, where it had got to."""
    panel_of(window).deeds.go_on()


@action(
    "run.chosen.compare",
    title="Compare the chosen runs",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+C",
    group=1,
    why_not=_why(lambda deeds: "" if len(deeds.chosen) > 1 else "Choose two or more runs."),
)
def compare(window: Window) -> None:
    """Show the settings in which the chosen runs differ; their curves stand in the Curves panel."""
    window.workbench.reveal("runs")
    panel_of(window).show_differences()


@action(
    "run.chosen.pin",
    title="Pin as baseline",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+P",
    group=1,
    why_not=_why_not_one,
    words=_pin_words,
)
def pin(window: Window) -> None:
    """Compare all runs with the chosen one, or with each other again."""
    panel_of(window).deeds.pin()


@action(
    "run.chosen.open_graph",
    title="Open the graph of the chosen run",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+O",
    group=1,
    why_not=_why_not_one,
)
def open_graph(window: Window) -> None:
    """Open the graph and the settings of the chosen run as a new document."""
    panel_of(window).deeds.open_graph()


@action(
    "run.chosen.bring_back",
    title="Bring back the graph of the chosen run",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+B",
    group=1,
    why_not=_why(lambda deeds: deeds.why_not_bring_back()),
)
def bring_back(window: Window) -> None:
    """Put the graph and the settings of the chosen run in place of the present ones; undo takes it back."""
    panel_of(window).deeds.bring_back()


@action(
    "run.chosen.rename",
    title="Name the chosen run",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+N",
    group=1,
    why_not=_why_not_one,
)
def rename(window: Window) -> None:
    """Write a name for the chosen run."""
    window.workbench.reveal("runs")
    panel_of(window).name_run()


@action(
    "run.chosen.note",
    title="Write a note on the chosen run",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+M",
    group=1,
    why_not=_why_not_one,
)
def note(window: Window) -> None:
    """Write a note on the chosen run."""
    window.workbench.reveal("runs")
    panel_of(window).note_run()


@action(
    "run.chosen.delete",
    title="Delete the chosen runs",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Shift+Del",
    group=1,
    why_not=_why(lambda deeds: deeds.why_not_delete()),
)
def delete(window: Window) -> None:
    """Delete the chosen runs; for a day they can be brought back."""
    panel_of(window).deeds.delete()


@action(
    "run.chosen.undo",
    title="Undo what was done to runs",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+Z",
    group=1,
    why_not=_why(lambda deeds: deeds.why_not_undo()),
    words=_undo_words,
)
def undo(window: Window) -> None:
    """Take back the last deletion, name, note or pin of runs."""
    panel_of(window).deeds.undo()


@action(
    "run.chosen.show_folder",
    title="Show the folder",
    menu="Run",
    submenu=CHOSEN,
    shortcuts="Ctrl+Alt+F",
    group=1,
    why_not=_nothing_open,
)
def show_folder(window: Window) -> None:
    """Show the folder of the chosen run, or of all runs, in the system's file manager."""
    panel_of(window).deeds.show_folder()


@action(
    "run.queue.add",
    title="Add to the queue",
    menu="Run",
    submenu=WAITING,
    shortcuts="Ctrl+F5",
    group=1,
    why_not=_why_not_queue,
)
def add(window: Window) -> None:
    """Put the graph with its settings as they are now at the end of the queue."""
    panel_of(window).adder.add_as_it_is()


@action(
    "run.queue.add_several",
    title="Add several to the queue…",
    menu="Run",
    submenu=WAITING,
    shortcuts="Ctrl+Shift+F5",
    group=1,
    why_not=_why_not_queue,
)
def add_several(window: Window) -> None:
    """Try other epochs, learning rates, batch sizes and seeds: every combination waits in the queue."""
    panel_of(window).add_several()


@action(
    "run.queue.start",
    title="Start the queue",
    menu="Run",
    submenu=WAITING,
    shortcuts="Ctrl+Alt+F5",
    group=1,
    why_not=_queue_empty,
    words=_queue_words,
)
def start(window: Window) -> None:
    """Train what waits in the queue one after the other, or begin no further run."""
    panel_of(window).queue.toggle()


@action(
    "run.queue.show",
    title="Show the queue",
    menu="Run",
    submenu=WAITING,
    shortcuts="Ctrl+Alt+Q",
    group=1,
    why_not=_nothing_open,
)
def show(window: Window) -> None:
    """Show what waits, what runs and what failed."""
    window.workbench.reveal("runs")
    panel_of(window).show_queue()
