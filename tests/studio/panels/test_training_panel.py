"""The training panel: why Train is off, when that changes, and runs that are started and stopped."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSpinBox

from graphs.content import Document
from lightning_modules.events import Completed, Failed, Steps
from studio.looks.theme import LIGHT
from studio.panels.training import TrainingPanel

RUN_MS = 120_000
"""Torch may have to be imported first, on a busy machine."""


@pytest.fixture
def panel(on_screen, store, trainer):
    return on_screen(TrainingPanel(store, LIGHT, trainer, lambda _folder: None), 320, 800)


def field(panel, key, kind):
    return panel.form.rows[key].field.findChild(kind)


def test_train_is_off_on_an_empty_canvas_and_says_why(panel, store):
    store.open(Document())

    assert panel.why_not_train() == "There is nothing to train yet: the canvas is empty."
    assert panel._why.text() == panel.why_not_train()
    assert panel._why.isVisible()


def test_what_can_be_trained_says_how(panel):
    assert panel.why_not_train() == ""
    assert panel._why.text() == "Train in the tool bar (F5) uses these settings."
    assert panel._why.isVisible()


@pytest.mark.parametrize(
    ("cut", "words"), [(1, "1 problem to mend first."), (2, "2 problems to mend first.")]
)
def test_train_is_off_while_there_are_problems_and_counts_them(panel, store, cut, words):
    broken = {"linear": -1} if cut == 1 else {"linear": -1, "accuracy": -1}

    def spoil(graph):
        nodes = dict(graph.nodes)
        for name in broken:
            nodes[name] = nodes[name].with_params(no_such_parameter=1)
        return replace(graph, nodes=nodes)

    store.edit("Spoil", spoil)

    errors = sum(problem.severity == "error" for problem in store.report.problems)
    assert errors == cut
    assert panel._why.text() == panel.why_not_train() == words


def test_readiness_is_told_when_it_changes_and_only_then(panel, store, document, qtbot):
    heard = []
    panel.readiness_changed.connect(heard.append)

    store.open(Document())
    store.open(Document(title="still empty"))
    store.open(document)

    assert heard == ["There is nothing to train yet: the canvas is empty.", ""]


def test_an_unsaved_document_is_trained_as_it_stands(panel, store, trainer, qtbot):
    spin = field(panel, "Run.epochs", QSpinBox)
    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    jobs = []
    trainer.started.connect(jobs.append)

    with qtbot.waitSignal(trainer.ended, timeout=RUN_MS) as ended:
        panel.train()

    outcome = ended.args[0]
    assert isinstance(outcome, Completed), outcome
    assert outcome.epochs == 3
    assert jobs[0].document is store.document
    assert jobs[0].run_dir.parent.name == "untitled.runs"
    assert panel._outcome.text().startswith("Completed: test accuracy ")
    assert re.search(r" % \(3 epochs in (less than a second|\d+ s)\)\.$", panel._outcome.text())
    assert not panel._why.isVisible()  # how it ended stands there


def test_runs_of_a_saved_document_go_beside_it(panel, store, trainer, document, tmp_path, qtbot):
    store.open(document, tmp_path / "iris.lamina")

    with qtbot.waitSignal(trainer.ended, timeout=RUN_MS):
        panel.train()

    (run,) = (tmp_path / "iris.runs").iterdir()
    assert (run / "events.jsonl").is_file()


def test_stop_ends_the_run_and_says_that_what_was_learned_is_kept(
    panel, store, trainer, document, qtbot
):
    store.open(replace(document, run=replace(document.run, epochs=100_000)))
    heard = []
    trainer.progressed.connect(heard.append)
    trainer.ended.connect(heard.append)
    panel.train()
    qtbot.waitUntil(
        lambda: any(isinstance(each, (Steps, Failed)) for each in heard), timeout=RUN_MS
    )
    off = panel.why_not_train()

    with qtbot.waitSignal(trainer.ended, timeout=10_000):
        panel.stop()
        stopping = panel.stopping, panel._far.text()

    assert off == "It is training already."
    assert stopping == (True, "Stopping after this batch")
    assert not panel.stopping
    assert panel._outcome.text().startswith("Stopped after ")
    assert "; what was learned is kept." in panel._outcome.text()


def test_every_field_and_button_has_a_name_for_screen_readers(panel):
    for row in panel.form.rows.values():
        assert row.field.focusProxy().accessibleName()
        assert row.field.focusProxy().toolTip()
    labels = [label for label in panel.findChildren(QLabel) if label.isVisible()]
    assert all(label.text() for label in labels)


def test_a_narrow_panel_shows_every_button_whole(panel, qtbot):
    panel.resize(260, 300)
    QApplication.processEvents()

    room = panel.viewport().width()
    assert panel.minimumSizeHint().width() <= 260
    assert panel.widget().width() == room
    for button in panel.widget().findChildren(QAbstractButton):
        if button.isVisible():
            assert button.mapTo(panel.widget(), button.rect().topRight()).x() < room
