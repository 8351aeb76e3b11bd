"""What the Training panel tells of a run: progress, values, speed, its end, and other documents meanwhile."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from graphs.content import Document, RunSettings
from lightning_modules.events import Completed, Evaluated, Failed, Started, Steps, Stopped, Warned
from lightning_modules.job import Job
from studio.looks.theme import LIGHT
from studio.panels.training import TrainingPanel
from studio.run_progress import RunProgress, duration_words
from studio.training import Trainer
from tests.studio.run_events import epoch, evaluated, started


@pytest.fixture
def panel(on_screen, store, trainer):
    return on_screen(TrainingPanel(store, LIGHT, trainer, lambda _folder: None), 320, 800)


@pytest.fixture
def going(panel, trainer, store, tmp_path):
    """The panel in the first moments of a run."""
    trainer.started.emit(Job(store.document, tmp_path, tmp_path / "run"))
    return panel


def test_a_run_that_begins_says_what_it_waits_for(going):
    assert going._far.text() == "Getting ready: loading PyTorch and the data"
    assert (going._bar.minimum(), going._bar.maximum()) == (0, 0)


def test_progress_shows_epoch_share_device_and_speed(going, trainer, qtbot):
    trainer.progressed.emit(started(epochs=4, per_epoch=10))
    trainer.progressed.emit(Steps("learn", 1, tuple([1.0] * 15), 0.001, 5321.4))

    qtbot.waitUntil(lambda: going._far.text() == "Epoch 2 of 4")
    assert going._bar.value() / going._bar.maximum() == 15 / 40
    assert going._facts.text() == "cpu · 67 parameters · 5,321 samples/s · learning rate 0.001"


def test_the_last_values_stand_in_a_table_by_split(going, trainer, qtbot):
    trainer.progressed.emit(started())
    trainer.progressed.emit(epoch(1))
    trainer.progressed.emit(epoch(2))

    qtbot.waitUntil(lambda: (1, 1) in going._values._cells)
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


def test_words_rest_between_reports_and_the_last_ones_are_shown_when_the_run_ends(going, trainer):
    trainer.progressed.emit(started())
    trainer.progressed.emit(epoch(1))
    resting = going._values.isVisible()

    trainer.ended.emit(Completed(5, 40, 5, 1.0))

    assert not resting
    assert going._values._cells[1, 1].text() == f"{epoch(1).values['train_loss']:.4f}"


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


def test_the_speed_is_that_of_many_steps_and_not_of_a_short_last_report():
    progress = RunProgress()
    progress.take(Steps("learn", 1, tuple([1.0] * 99), 0.1, 5000.0))

    progress.take(Steps("learn", 100, (1.0,), 0.1, 316.0))

    assert progress.samples_per_s == pytest.approx(100 / (99 / 5000.0 + 1 / 316.0))


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
