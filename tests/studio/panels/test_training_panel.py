"""The training panel: settings that can be undone, why Train is off, progress, and the end in one message."""

import json
import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSpinBox

from graphs.content import Document, EarlyStopping, Objective, RunSettings, Typed
from graphs.document import dumps, loads
from lightning_modules.events import Completed, Evaluated, Failed, Started, Steps, Stopped, Warned
from lightning_modules.job import Job
from studio.looks.theme import LIGHT
from studio.panels.training import TrainingPanel
from studio.run_progress import RunProgress, duration_words
from studio.store import Store
from studio.training import Trainer
from tests.studio.run_events import epoch, evaluated, started

IRIS = {
    "lamina": 1,
    "title": "Iris",
    "networks": {
        "main": {
            "nodes": {
                "iris": {"layer": "Iris"},
                "linear": {"layer": "Linear", "params": {"out_features": 3}},
                "cross_entropy_loss": {"layer": "CrossEntropyLoss"},
                "accuracy": {"layer": "Accuracy"},
            },
            "wires": [
                "iris.features -> linear.input",
                "linear.output -> cross_entropy_loss.logits",
                "iris.label -> cross_entropy_loss.target",
                "linear.output -> accuracy.input",
                "iris.label -> accuracy.target",
            ],
        }
    },
    "run": {"epochs": 2, "batch_size": 16, "device": "cpu"},
}
RUN_MS = 120_000
"""Torch may have to be imported first, on a busy machine."""


@pytest.fixture
def document():
    return loads(json.dumps(IRIS).encode())


@pytest.fixture
def store(document):
    made = Store()
    made.open(document)
    return made


@pytest.fixture
def trainer(qtbot):
    made = Trainer()
    yield made
    assert made.close(RUN_MS)


@pytest.fixture
def panel(qtbot, store, trainer):
    made = TrainingPanel(store, LIGHT, trainer, lambda _folder: None)
    qtbot.addWidget(made)
    made.resize(320, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def going(panel, trainer, store, tmp_path):
    """The panel in the first moments of a run."""
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))
    return panel


def field(panel, key, kind):
    return panel.form.rows[key].field.findChild(kind)


def type_into(qtbot, line, text):
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def choose(qtbot, box, text):
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_the_learning_rate_takes_scientific_notation_as_one_step_of_undo(panel, store, qtbot):
    line = field(panel, "Optimizer.lr", QLineEdit)

    type_into(qtbot, line, "3e-4")

    assert store.document.objectives[0].optimizer == Typed("AdamW", {"lr": 0.0003})
    assert store.history.undoText() == "Set learning rate"
    store.history.undo()
    assert store.document.objectives[0].optimizer == Typed("AdamW", {"lr": 0.001})
    assert line.text() == "0.001"


def test_a_learning_rate_that_is_none_is_refused_in_words_and_changes_nothing(panel, store, qtbot):
    line = field(panel, "Optimizer.lr", QLineEdit)

    type_into(qtbot, line, "-1")

    assert store.history.count() == 0
    assert (
        panel.form.rows["Optimizer.lr"]._fault.text()
        == "Learning rate must be at least 0, but is -1.0."
    )


def test_spinning_the_epochs_is_one_step_of_undo_and_a_later_edit_another(panel, store, qtbot):
    spin = field(panel, "Run.epochs", QSpinBox)
    now = [100.0]
    panel.form._clock = lambda: now[0]
    spin.setFocus()

    for _ in range(3):
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    spun = store.document.run.epochs, store.history.count()
    now[0] += 5
    qtbot.keyClick(spin, Qt.Key.Key_Up)

    assert spun == (5, 1)
    assert (store.document.run.epochs, store.history.count()) == (6, 2)


def test_edits_of_two_settings_never_merge(panel, store, qtbot):
    for key in ("Run.epochs", "Run.seed"):
        spin = field(panel, key, QSpinBox)
        spin.setFocus()
        qtbot.keyClick(spin, Qt.Key.Key_Up)

    assert store.history.count() == 2
    assert (store.document.run.epochs, store.document.run.seed) == (3, 1)


def test_a_passing_mouse_wheel_changes_no_number(panel, store, qtbot):
    spin = field(panel, "Run.epochs", QSpinBox)
    field(panel, "Optimizer.lr", QLineEdit).setFocus()
    middle = QPointF(spin.rect().center())
    wheel = QWheelEvent(
        middle, spin.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip

    QApplication.sendEvent(spin, wheel)

    assert store.document.run.epochs == 2


def test_choosing_an_optimizer_shows_its_parameters_and_keeps_what_was_set(panel, store, qtbot):
    type_into(qtbot, field(panel, "Optimizer.lr", QLineEdit), "0.02")

    choose(qtbot, field(panel, "Optimizer.optimizer", QComboBox), "SGD")

    assert store.document.objectives[0].optimizer == Typed("SGD", {"lr": 0.02})
    assert {"Optimizer.momentum", "Optimizer.weight_decay"} <= set(panel.form.rows)
    assert (
        panel.form._hints["Optimizer.optimizer"].text()
        == "Plain steps down the gradient, with momentum if you like."
    )


def test_a_schedule_can_be_chosen_set_and_taken_away(panel, store, qtbot):
    box = field(panel, "Learning rate schedule.schedule", QComboBox)
    choose(qtbot, box, "StepLR")
    spin = field(panel, "Learning rate schedule.step_size", QSpinBox)
    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    chosen = store.document.objectives[0].scheduler
    choose(qtbot, field(panel, "Learning rate schedule.schedule", QComboBox), "none")

    assert chosen == Typed("StepLR", {"step_size": 11})
    assert store.document.objectives[0].scheduler is None


def test_early_stopping_offers_the_losses_and_the_metrics_of_the_graph(panel, store, qtbot):
    panel.form.rows["Early stopping.early_stopping"].field.focusProxy().click()

    box = field(panel, "Early stopping.monitor", QComboBox)
    choose(qtbot, box, "val_accuracy")

    assert [box.itemText(index) for index in range(box.count())] == [
        "val_loss",
        "val_accuracy",
        "train_loss",
    ]
    assert store.document.run.early_stopping == EarlyStopping(monitor="val_accuracy")


def test_rare_settings_are_folded_away_until_asked_for(panel, store, qtbot):
    folded = "Optimizer.betas" in panel.form.rows

    panel.form._switch_rare()
    type_into(qtbot, field(panel, "Optimizer.betas", QLineEdit), "0.8, 0.99")

    assert not folded
    assert store.document.objectives[0].optimizer.params["betas"] == (0.8, 0.99)


def test_a_list_of_the_wrong_length_is_refused_in_words(panel, store, qtbot):
    panel.form._switch_rare()

    type_into(qtbot, field(panel, "Optimizer.betas", QLineEdit), "0.8")

    assert store.history.count() == 0
    assert (
        panel.form.rows["Optimizer.betas"]._fault.text()
        == "AdamW: Betas must be 2 numbers, but has 1."
    )


def test_a_reset_brings_the_default_back(panel, store, qtbot):
    type_into(qtbot, field(panel, "Optimizer.weight_decay", QLineEdit), "0.5")

    panel.form.rows["Optimizer.weight_decay"].reset.emit("weight_decay")

    assert store.document.objectives[0].optimizer == Typed("AdamW", {"lr": 0.001})
    assert field(panel, "Optimizer.weight_decay", QLineEdit).text() == "0.01"


def test_what_the_form_writes_is_saved_and_read_back(panel, store, qtbot):
    panel.form._switch_rare()
    type_into(qtbot, field(panel, "Optimizer.betas", QLineEdit), "0.8, 0.99")
    type_into(qtbot, field(panel, "Optimizer.clip", QLineEdit), "1")
    choose(qtbot, field(panel, "Learning rate schedule.schedule", QComboBox), "CosineAnnealingLR")
    panel.form.rows["Early stopping.early_stopping"].field.focusProxy().click()

    again = loads(dumps(store.document))

    assert again.run == store.document.run
    assert again.objectives == store.document.objectives


def test_opening_another_document_shows_its_settings(panel, store):
    store.open(Document(run=RunSettings(epochs=77, batch_size=5)))

    assert field(panel, "Run.epochs", QSpinBox).value() == 77
    assert field(panel, "Run.batch_size", QSpinBox).text() == "5 samples"


def test_of_several_objectives_one_is_shown_and_edited(panel, store, document, qtbot):
    both = (Objective("generator"), Objective("critic", optimizer=Typed("SGD", {"lr": 0.5})))
    store.open(replace(document, objectives=both))
    boxes = panel.form._inside.findChildren(QComboBox)
    (box,) = [each for each in boxes if each.accessibleName() == "Objective"]

    choose(qtbot, box, "critic")
    type_into(qtbot, field(panel, "Optimizer.lr", QLineEdit), "0.25")

    assert store.document.objectives[0] == both[0]
    assert store.document.objectives[1].optimizer == Typed("SGD", {"lr": 0.25})


def test_a_read_only_document_shows_its_settings_and_takes_no_edit(panel, store, document):
    store.open(replace(document, read_only="It was made by a newer Lamina."))

    assert not panel.form.isEnabled()
    assert panel.form.toolTip() == "It was made by a newer Lamina."


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


def test_a_run_that_begins_says_what_it_waits_for(going):
    assert going._far.text() == "Getting ready: loading PyTorch and the data"
    assert (going._bar.minimum(), going._bar.maximum()) == (0, 0)


def test_progress_shows_epoch_share_device_and_speed(going, trainer):
    trainer.progressed.emit(started(epochs=4, per_epoch=10))
    trainer.progressed.emit(Steps("learn", 1, tuple([1.0] * 15), 0.001, 5321.4))

    assert going._far.text() == "Epoch 2 of 4"
    assert going._bar.value() / going._bar.maximum() == 15 / 40
    assert going._facts.text() == "cpu · 67 parameters · 5,321 samples/s · learning rate 0.001"


def test_the_last_values_stand_in_a_table_by_split(going, trainer):
    trainer.progressed.emit(started())
    trainer.progressed.emit(epoch(1))
    trainer.progressed.emit(epoch(2))

    texts = {place: label.text() for place, label in going._values._cells.items()}
    assert texts == {
        (0, 1): "Training",
        (0, 2): "Validation",
        (1, 0): "Loss",
        (1, 1): f"{epoch(2).values['train_loss']:.4f}",
        (1, 2): f"{epoch(2).values['val_loss']:.4f}",
        (2, 0): "Accuracy",
        (2, 1): "",
        (2, 2): f"{100 * epoch(2).values['val_accuracy']:.1f} %",
    }


def test_warnings_of_the_run_are_shown(going, trainer):
    trainer.progressed.emit(Warned("The last batch is small."))

    assert going._warned.text() == "The last batch is small."
    assert going._warned.isVisible()


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Completed(20, 400, 7, 12.4), "Completed: test accuracy 90.0 % (20 epochs in 12 s)."),
        (
            Completed(9, 400, 7, 61, "It no longer improved."),
            "Completed: test accuracy 90.0 % (9 epochs in 1 min 1 s). It no longer improved.",
        ),
        (
            Stopped(1, 12, 1, 3.0),
            "Stopped after 1 epoch in 3 s; what was learned is kept. Test accuracy 90.0 %.",
        ),
        (
            Failed("The loss is not a number at step 3."),
            "Failed: The loss is not a number at step 3.",
        ),
    ],
)
def test_the_end_is_told_in_one_message(going, trainer, outcome, words):
    trainer.progressed.emit(started())
    trainer.progressed.emit(evaluated())
    trainer.ended.emit(outcome)

    assert going._outcome.text() == words
    assert not going._bar.isVisible()


def test_without_test_data_the_end_tells_the_validation_value(going, trainer):
    trainer.progressed.emit(started())
    trainer.progressed.emit(epoch(1))
    trainer.ended.emit(Completed(1, 8, 1, 2.0))

    expected = f"Completed: validation accuracy {100 * epoch(1).values['val_accuracy']:.1f} % (1 epoch in 2 s)."
    assert going._outcome.text() == expected


def test_a_run_that_ended_before_any_value_says_how_long_it_took(going, trainer):
    trainer.ended.emit(Stopped(0, 0, 0, 1.0))

    assert going._outcome.text() == "Stopped after 0 epochs in 1 s; what was learned is kept."


def test_a_failure_unfolds_its_details_and_selects_the_node(going, trainer, store, qtbot):
    trainer.ended.emit(
        Failed("Linear gives infinite values.", "Traceback: the long story", ("linear", "gone"))
    )
    folded = going._details.isVisible()
    going._fold.setFocus()
    qtbot.keyClick(going._fold, Qt.Key.Key_Space)

    assert not folded
    assert going._details.isVisible()
    assert going._details.toPlainText() == "Traceback: the long story"
    assert store.selection == {"linear"}


def test_a_new_run_takes_the_last_message_away(going, trainer, store, tmp_path):
    trainer.ended.emit(Failed("Broken.", "why"))

    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "two"))

    assert not going._outcome.isVisible()
    assert not going._fold.isVisible()


def test_every_field_and_button_has_a_name_for_screen_readers(panel):
    for row in panel.form.rows.values():
        assert row.field.focusProxy().accessibleName()
        assert row.field.focusProxy().toolTip()
    labels = [label for label in panel.findChildren(QLabel) if label.isVisible()]
    assert all(label.text() for label in labels)


def test_the_time_left_follows_the_speed_of_late():
    now = [0.0]
    progress = RunProgress(lambda: now[0])
    progress.take(Started("", "", "cpu", 10, 100, 0, 1, {}, 0, 1))
    unknown = progress.words
    for step in range(0, 200, 10):
        now[0] += 1.0
        progress.take(Steps("learn", step + 1, tuple([1.0] * 10), 0.1, 1.0))

    assert unknown == "Epoch 1 of 10"
    assert progress.seconds_left == pytest.approx(80)
    assert progress.words == "Epoch 3 of 10, 1 min 20 s left"


def test_a_run_that_goes_on_counts_only_its_own_steps_as_speed():
    now = [0.0]
    progress = RunProgress(lambda: now[0])
    progress.take(Started("", "", "cpu", 10, 100, 500, 1, {}, 0, 1))
    now[0] = 10.0
    progress.take(Steps("learn", 501, tuple([1.0] * 100), 0.1, 1.0))

    assert progress.fraction == 0.6
    assert progress.seconds_left == pytest.approx(40)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a second"), (0.99, "less than a second"), (1, "1 s"), (59.4, "59 s"),
        (59.6, "1 min"), (80, "1 min 20 s"), (620, "10 min"),
        (3600, "1 h"), (7500, "2 h 5 min"),
    ],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(seconds, words):
    assert duration_words(seconds) == words


def test_measuring_on_the_test_part_is_said(going, trainer):
    trainer.progressed.emit(started())
    trainer.progressed.emit(Evaluated("test", {"test_accuracy": 0.5}))

    assert going._far.text() == "Measured on the test part"


def other(document):
    return replace(document, title="Another")


def test_another_document_shows_nothing_of_the_last_run(going, trainer, store):
    trainer.progressed.emit(started())
    trainer.progressed.emit(epoch(1))
    trainer.ended.emit(Completed(5, 40, 5, 1.0))
    shown = going._outcome.isVisible(), going._values.isVisible()

    store.open(other(store.document))

    told = (going._outcome, going._values, going._facts, going._far, going._bar, going._fold)
    assert shown == (True, True)
    assert not any(each.isVisible() for each in told)


def test_a_run_of_another_document_ends_with_its_name(panel, trainer, store, tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "running", True)
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))

    store.open(other(store.document))
    trainer.ended.emit(Failed("Linear gives infinite values.", "", ("linear",)))

    assert panel._outcome.text() == "Iris: Failed: Linear gives infinite values."
    assert store.selection == frozenset()


def test_an_edit_during_a_run_says_once_that_it_waits_for_the_next(
    panel, trainer, store, tmp_path, monkeypatch, qtbot
):
    said = []
    panel.message.connect(said.append)
    monkeypatch.setattr(Trainer, "running", True)
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))

    store.edit("Rename", lambda graph: graph)
    for epochs in (7, 8):
        store.edit_document(
            "Set epochs", lambda before, to=epochs: replace(before, run=RunSettings(epochs=to))
        )
        QApplication.processEvents()

    assert [words for words in said if words] == ["This edit applies to the next run."]


def test_opening_a_document_during_a_run_is_no_edit(
    panel, trainer, store, tmp_path, monkeypatch, qtbot
):
    said = []
    panel.message.connect(said.append)
    monkeypatch.setattr(Trainer, "running", True)
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))

    store.open(Document())
    QApplication.processEvents()

    assert [words for words in said if words] == []


def test_words_for_the_status_bar_follow_the_epochs(panel, trainer, store, tmp_path):
    said = []
    panel.run_words_changed.connect(said.append)
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))
    trainer.progressed.emit(started())
    for step in (1, 2, 8, 9):
        trainer.progressed.emit(Steps("learn", step, (1.0,), 0.001, 100.0))
    trainer.ended.emit(Stopped(1, 9, 1, 1.0))

    assert said == [
        "Training, getting ready",
        "Training, epoch 1 of 5",
        "Training, epoch 2 of 5",
        "",
    ]


def test_a_failure_scrolls_into_sight_and_is_told_to_the_window(going, trainer, qtbot):
    told = []
    going.failed.connect(told.append)
    going.resize(300, 220)
    bar = going.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())

    trainer.ended.emit(Failed("The loss is not a number at step 3."))

    qtbot.waitUntil(lambda: bar.value() == 0)
    assert told == ["Failed: The loss is not a number at step 3."]


def test_a_narrow_panel_shows_every_button_whole(panel, qtbot):
    panel.resize(260, 300)
    QApplication.processEvents()

    room = panel.viewport().width()
    assert panel.minimumSizeHint().width() <= 260
    assert panel.widget().width() == room
    for button in panel.widget().findChildren(QAbstractButton):
        if button.isVisible():
            assert button.mapTo(panel.widget(), button.rect().topRight()).x() < room
