"""What a run starts from, chosen and shown in the real window; what is shown is what the run does."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from graphs.compile import build
from graphs.content import Objective, Typed
from graphs.document import save
from lightning_modules.checkpoint import read_tensors
from lightning_modules.events import Completed, LayerStart, WarmStarted
from lightning_modules.job import Job
from lightning_modules.run import seed_everything, train
from studio.forms.start_list import TALLEST_PX, StartList
from studio.looks.theme import DARK, LIGHT
from tests.documents import digits_mlp

RUN_MS = 120_000
"""Torch may have to be imported first, on a busy machine."""

STILL = Objective(optimizer=Typed("SGD", {"lr": 0.0}))
"""It changes nothing, so that the weights at the end are those of the start."""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "digits.lamina"
    save(replace(digits_mlp(epochs=1), title="Digits"), path)
    return path


@pytest.fixture(scope="module")
def digits_run(tmp_path_factory):
    """A run of the document in that file."""
    folder = tmp_path_factory.mktemp("trained")
    job = Job(digits_mlp(epochs=1), folder, folder / "run")
    assert isinstance(train(job, lambda _event: None, lambda: False), Completed)
    return job.run_dir


@pytest.fixture
def trained(tmp_path, digits_run):
    """The same in the folder of runs beside the file."""
    return shutil.copytree(digits_run, tmp_path / "digits.runs" / "2026-01-02_03-04-05")


@pytest.fixture
def opened(window, file, trained):
    """The window with the file, whose last run is `trained`."""
    assert window.files.open(file)
    return window


def form(window):
    return window.training.start_from


def texts(window):
    box = form(window)._box
    return [box.itemText(row) for row in range(box.count())]


def pick(qtbot, window, title):
    """Choose with the keys, as a person who does not take the mouse."""
    box = form(window)._box
    box.setFocus()
    for _ in range(box.count()):
        qtbot.keyClick(box, Qt.Key.Key_Up)
    steps = [row for row in range(box.count()) if box.model().item(row).isEnabled()]
    for _ in range(steps.index(texts(window).index(title))):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def widen(window, width):
    def change(graph):
        nodes = {**graph.nodes, "hidden": graph.nodes["hidden"].with_params(out_features=width)}
        return replace(graph, nodes=nodes)

    window.store.edit("Widen", change)


def train_in(qtbot, window):
    """Train; the run's folder."""
    jobs = []
    window.trainer.started.connect(jobs.append)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS) as ended:
        window.train()
    assert isinstance(ended.args[0], Completed), ended.args[0]
    return jobs[0]


def test_new_weights_are_the_choice_until_another_is_made(opened):
    assert texts(opened) == ["New weights", "Last run", "Choose a run…"]
    assert form(opened).source is None
    assert not form(opened).summary.isVisible()
    assert not form(opened).list.isVisible()


def test_the_last_run_shows_before_training_what_would_be_kept(opened, trained, qtbot):
    pick(qtbot, opened, "Last run")

    assert form(opened).source == trained
    assert form(opened).summary.text() == (
        "2026-01-02_03-04-05, best weights: 2 layers kept. The optimizer begins anew."
    )
    assert form(opened).list.lines == [
        "kept: Hidden weight 32x64, bias 32",
        "kept: Scores weight 10x32, bias 10",
    ]
    assert form(opened).list.isVisible()


def test_an_edit_changes_the_list_and_the_document_knows_nothing_of_it(opened, qtbot):
    pick(qtbot, opened, "Last run")
    unedited = opened.store.history.count(), opened.store.modified

    widen(opened, 40)

    resized = "resized: Hidden weight 32x64 -> 40x64, bias 32 -> 40"
    qtbot.waitUntil(lambda: form(opened).list.lines[:1] == [resized])
    assert form(opened).list.lines[1] == "resized: Scores weight 10x32 -> 10x40, bias kept"
    assert unedited == (0, False)
    opened.store.history.undo()
    qtbot.waitUntil(lambda: form(opened).list.lines[0].startswith("kept: Hidden"))


def test_the_run_does_what_was_shown_and_says_so(opened, trained, qtbot):
    opened.store.edit_document("Stand still", lambda before: replace(before, objectives=(STILL,)))
    widen(opened, 40)
    pick(qtbot, opened, "Last run")
    shown = form(opened).list.lines

    job = train_in(qtbot, opened)

    seed_everything(0)
    expected = {key: each.clone() for key, each in build(job.document).state_dict().items()}
    before, after = read_tensors(trained, "best"), read_tensors(job.run_dir, "last")
    expected["hidden.weight"][:32] = before["hidden.weight"]
    expected["hidden.bias"][:32] = before["hidden.bias"]
    expected["scores.weight"][:, :32] = before["scores.weight"]
    expected["scores.bias"] = before["scores.bias"]
    assert all(torch.equal(after[key], expected[key]) for key in expected)
    begun = opened.training._begun
    assert begun.isVisible()
    assert begun.list.lines == shown
    assert begun.sentence.text() == (
        "Started from the best weights of the run 2026-01-02_03-04-05: 2 layers resized. "
        "The optimizer began anew."
    )
    record = json.loads((job.run_dir / "run.json").read_text())
    assert record["started_from"]["run"] == str(trained)


def test_after_a_run_the_last_run_is_that_one(opened, trained, qtbot):
    pick(qtbot, opened, "Last run")
    widen(opened, 40)

    first = train_in(qtbot, opened)

    assert first.start_from == trained
    assert form(opened).source == first.run_dir
    assert form(opened).list.lines[0] == "kept: Hidden weight 40x64, bias 40"


def test_an_unsaved_document_goes_on_from_its_own_last_run(window, qtbot):
    window.store.open(digits_mlp(epochs=1), unsaved=True)
    window._show_page(True)
    enabled = form(window)._box.model().item(1).isEnabled()
    first = train_in(qtbot, window)

    pick(qtbot, window, "Last run")
    second = train_in(qtbot, window)

    assert not enabled
    assert first.start_from is None
    assert second.start_from == first.run_dir
    assert window.training._begun.list.lines[0] == "kept: Hidden weight 32x64, bias 32"


def test_the_run_of_another_document_is_chosen_by_its_folder(opened, trained, answers, qtbot):
    answers.path = trained

    pick(qtbot, opened, "Choose a run…")

    assert answers.asked == ["run in digits.runs"]
    assert texts(opened) == ["New weights", "Last run", f"Run {trained.name}", "Choose a run…"]
    assert form(opened).source == trained
    assert form(opened)._box.currentText() == f"Run {trained.name}"


def test_who_thinks_better_of_choosing_keeps_the_choice(opened, answers, qtbot):
    answers.path = None
    pick(qtbot, opened, "Last run")

    pick(qtbot, opened, "Choose a run…")

    assert form(opened)._box.currentText() == "Last run"


def test_a_folder_that_is_no_run_is_refused_in_a_sentence(opened, answers, tmp_path, qtbot):
    answers.path = tmp_path

    pick(qtbot, opened, "Choose a run…")

    assert form(opened).summary.text() == (
        f'"{tmp_path}" is no run to start from. Give the folder of an earlier run, or one of its checkpoints.'
    )
    assert form(opened)._box.currentText() == "Last run"  # which the keys passed on their way


def test_each_document_has_its_own_choice_while_the_window_is_open(opened, file, tmp_path, qtbot):
    other = tmp_path / "other.lamina"
    save(digits_mlp(epochs=1), other)
    pick(qtbot, opened, "Last run")

    opened.files.open(other)
    there = form(opened)._box.currentText(), form(opened)._box.model().item(1).isEnabled()
    opened.files.open(file)

    assert there == ("New weights", False)
    assert form(opened)._box.currentText() == "Last run"
    assert "last" not in file.read_text().lower()


def test_while_there_are_problems_it_says_that_they_come_first(opened, qtbot):
    pick(qtbot, opened, "Last run")

    widen(opened, -1)

    wanted = "What fits is shown here once the problems are mended."
    qtbot.waitUntil(lambda: form(opened).summary.text() == wanted)
    assert not form(opened).list.isVisible()


def test_a_run_that_lost_its_record_is_said_in_a_sentence(opened, trained, qtbot):
    (trained / "run.json").unlink()

    pick(qtbot, opened, "Last run")

    assert "is no run to start from" in form(opened).summary.text()
    assert not form(opened).list.isVisible()


def test_a_passing_mouse_wheel_chooses_nothing(opened):
    box = form(opened)._box
    opened.canvas.setFocus()
    middle = QPointF(box.rect().center())
    wheel = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip

    QApplication.sendEvent(box, wheel)

    assert box.currentText() == "New weights"


def layers(name, count=1):
    return tuple(
        LayerStart(f"n{each}", name, {"weight": (512, 256)}, {}, {}, {}) for each in range(count)
    )


def test_a_long_name_is_wrapped_and_can_be_read_whole(qtbot):
    shown = StartList(LIGHT)
    qtbot.addWidget(shown)
    shown.resize(220, 100)
    with qtbot.waitExposed(shown):
        shown.show()
    name = "The projection of the second shortcut in the third stage, round 4"

    shown.show_layers(layers("Conv"))
    short = shown.visualItemRect(shown.item(0))
    shown.show_layers(layers(name))
    long = shown.visualItemRect(shown.item(0))

    assert long.height() >= 2 * short.height()
    assert long.width() <= shown.viewport().width()
    assert shown.height() >= long.height()
    assert shown.item(0).toolTip() == f"kept: {name} weight 512x256"


def test_a_deep_network_scrolls_and_stays_small(qtbot):
    shown = StartList(DARK)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()

    shown.show_layers(layers("Conv", 60))

    assert (shown.count(), shown.height()) == (60, TALLEST_PX)
    assert shown.verticalScrollBar().maximum() > 0


def test_what_a_run_started_with_goes_when_another_document_comes(opened, trained):
    event = WarmStarted(str(trained), "best", "0", layers("Conv"))
    opened.training._begun.show_start(event)

    opened.store.open(digits_mlp())

    assert not opened.training._begun.isVisible()
