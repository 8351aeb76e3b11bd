"""The form of the Training panel: every setting is edited with a step of undo, and refused in words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSpinBox

from graphs.content import Document, EarlyStopping, Objective, RunSettings, Typed
from graphs.document import dumps, loads
from studio.looks.theme import LIGHT
from studio.panels.training import TrainingPanel


@pytest.fixture
def panel(on_screen, store, trainer):
    return on_screen(TrainingPanel(store, LIGHT, trainer, lambda _folder: None), 320, 800)


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
