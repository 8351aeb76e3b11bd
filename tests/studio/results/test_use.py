"""Using what was learned in the window: choose a procedure, see what it makes, stop it, save it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from graphs.document import load
from lightning_modules.job import Job
from lightning_modules.made import Wish
from lightning_modules.procedure import run_procedure
from studio.looks.theme import LIGHT
from studio.panels.results import ResultsPanel
from studio.results.use import UseBox
from studio.store import Store
from studio.training import Trainer
from tests.documents import digits_mlp, writer
from tests.trained import trained

VAE = Path(__file__).parents[2] / "proofs" / "files" / "vae.lamina"
LIMIT_MS = 60_000


@pytest.fixture(scope="module")
def tales(tmp_path_factory):
    return trained(writer(steps=8), tmp_path_factory.mktemp("tales"))


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return trained(load(VAE), tmp_path_factory.mktemp("digits"))


@pytest.fixture
def trainer(qtbot):
    return Trainer()


@pytest.fixture
def box(qtbot, trainer):
    made = UseBox(trainer)
    qtbot.addWidget(made)
    made.resize(360, 300)
    yield made
    made.leave()


def press(qtbot, box: UseBox) -> None:
    qtbot.mouseClick(box.button, Qt.MouseButton.LeftButton)


def used(qtbot, box: UseBox):
    press(qtbot, box)
    qtbot.waitUntil(lambda: box.button.text() == "Use", timeout=LIMIT_MS)
    return box.made


def test_it_is_only_there_for_runs_with_procedures(box, tales, tmp_path):
    box.offer(tales)
    there = box.isVisible()
    box.offer(Job(digits_mlp(), tmp_path, tmp_path))

    assert there
    assert not box.isVisible()


def test_it_writes_a_text_that_begins_as_was_asked(qtbot, box, tales):
    box.offer(tales)
    qtbot.keyClicks(box.start, "the ")
    box.seed.setValue(4)

    used(qtbot, box)

    wanted = run_procedure(tales.run_dir, "write", Wish("the ", count=1, seed=4))
    assert box.text.toPlainText() == wanted.text
    assert box.text.isVisible()
    assert not box.progress.isVisible()


def test_it_shows_images_and_saves_them_as_a_picture(qtbot, box, digits, tmp_path):
    box.offer(digits)
    box.count.setValue(3)

    made = used(qtbot, box)

    assert made == run_procedure(digits.run_dir, "sample", Wish(count=3))
    assert box.picture.isVisible()
    wide = box.picture.pixmap().width()
    box.resize(box.width() // 2, box.height())
    assert wide % (3 * 9 - 1) == 0
    assert 0 < box.picture.pixmap().width() < wide
    assert not box.start.isVisible()
    assert box.save_to(tmp_path / "digits.png")
    assert box.said.text() == f"Saved as {tmp_path / 'digits.png'}"
    with Image.open(tmp_path / "digits.png") as picture:
        assert picture.size == (3 * 9 - 1, 8)


def test_what_cannot_be_saved_or_used_is_said(qtbot, box, tales, tmp_path):
    box.offer(tales)
    used(qtbot, box)
    saved = box.save_to(tmp_path / "tale.png")
    first = box.said.text()
    nowhere = box.save_to(tmp_path / "nowhere" / "tale.txt")
    second = box.said.text()
    qtbot.keyClicks(box.start, "ß")
    used(qtbot, box)

    assert (saved, nowhere) == (False, False)
    assert first == "A text is not written as .png; take .txt or .csv or .json for tale.png."
    assert (
        second
        == f"{tmp_path / 'nowhere' / 'tale.txt'} cannot be written: no such file or directory."
    )
    assert box.said.text() == (
        "The start has “ß”, which the network never saw; it knows: ,.?abcdefghiklmnoprstuvwxy."
    )
    assert not box.save.isVisible()


@pytest.fixture
def endless(tales, tmp_path_factory):
    return trained(writer(steps=100_000), tmp_path_factory.mktemp("endless"))


def test_a_second_press_stops_it_and_shows_what_there_is(qtbot, box, endless):
    box.offer(endless)
    press(qtbot, box)
    during = box.button.text()
    qtbot.waitUntil(lambda: box.progress.value() > 0, timeout=LIMIT_MS)

    made = used(qtbot, box)

    assert during == "Stop"
    assert 0 < len(made.made[0]) < 100_000


@pytest.mark.parametrize("what", ["a run starts", "the window closes", "another document opens"])
def test_it_ends_when(what, qtbot, box, trainer, endless):
    box.offer(endless)
    press(qtbot, box)

    if what == "a run starts":
        trainer.started.emit(endless)
    elif what == "the window closes":
        trainer.close()
    else:
        box.forget()

    assert box.button.text() == "Use"
    assert box.made is None
    assert box.isVisible() == (what == "the window closes")


def test_the_results_of_a_run_offer_its_procedures(qtbot, trainer, tmp_path):
    panel = ResultsPanel(Store(), LIGHT, trainer)
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    with qtbot.waitExposed(panel):
        panel.show()

    with qtbot.waitSignal(trainer.ended, timeout=60_000):
        trainer.start(Job(writer(steps=5), tmp_path, tmp_path / "run"))

    assert panel.use.isVisible()
    assert used(qtbot, panel.use).procedure == "write"
    assert len(panel.use.made.made[0]) == 5
