"""Two runs never write into one folder, whether the window or the command line started them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QPushButton

from lightning_modules import isolation
from lightning_modules.events import Failed, Started, Steps, Stopped, from_json
from lightning_modules.run_folder import EVENTS, RunFolder, read_record
from resources.templates import EXAMPLES
from studio.cli import main
from tests.recorded_runs import record_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

RUN_MS = 60_000


@dataclass
class Ear:
    """What a trainer tells."""

    events: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    def follow(self, trainer):
        """Hear it from now on."""
        trainer.progressed.connect(self.events.append)
        trainer.ended.connect(self.ended.append)
        return self

    @property
    def steps(self):
        """Those that were told."""
        return sum(len(each.losses) for each in self.events if isinstance(each, Steps))


@pytest.fixture
def file(tmp_path, nursery, monkeypatch):
    """The digits example, which is to be learned for ever, by processes that start at once."""
    monkeypatch.setattr(isolation, "start_process", nursery.start)
    path = tmp_path / "digits.lamina"
    text = (EXAMPLES / "digits_mlp.lamina").read_text(encoding="utf-8")
    path.write_text(text.replace('"epochs": 30', '"epochs": 100000'), encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_command_line_stays_out_of_the_folder_of_a_run_of_the_window(
    qtbot, window, file, capsys
):
    window.files.open(file)
    switch = window.training.isolation.findChild(QCheckBox)
    window.workbench.reveal("training")
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(10, switch.height() // 2))
    ear = Ear().follow(window.trainer)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: ear.steps > 0, timeout=RUN_MS)
    (run,) = (file.parent / "digits.runs").iterdir()
    qtbot.waitUntil((run / "last.json").is_file, timeout=RUN_MS)  # else there is nothing to resume

    calls = [
        ["train", str(file), "--epochs", "1", "--run-dir", str(run), *more]
        for more in ([], ["--resume", str(run)], ["--isolate", "--resume", str(run)])
    ]
    told = [(main(each), capsys.readouterr().err) for each in calls]
    steps = ear.steps
    qtbot.waitUntil(lambda: ear.steps > steps, timeout=RUN_MS)
    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS) as ended:
        qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)

    there = f"lamina: {run} is there already and not empty. Give another folder for this run.\n"
    used = (
        f'lamina: Another run is using the folder "{run}". Wait until it ends, or take another.\n'
    )
    assert told == [(2, there), (1, used), (1, used)]
    assert isinstance(ended.args[0], Stopped)
    assert read_record(run)["state"] == "stopped"
    lines = (run / EVENTS).read_text(encoding="utf-8").splitlines()
    assert sum(isinstance(from_json(each), Started) for each in lines) == 1, "one run wrote them"


def test_the_window_stays_out_of_the_folder_of_a_run_that_the_command_line_goes_on_with(
    qtbot, window, file
):
    run = file.parent / "digits.runs" / "2026-11-21_10-00-00"
    record_run(run)
    (run / "last.json").write_text('{"step": 16}', encoding="utf-8")
    window.files.open(file)
    go_on = window.training.isolation.findChild(QPushButton)
    qtbot.waitUntil(lambda: go_on.isVisibleTo(window.training), timeout=RUN_MS)
    before = {each.name: each.read_bytes() for each in run.iterdir()}
    other = RunFolder.open(run, goes_on=True)  # as a run of the command line does

    with qtbot.waitSignal(window.trainer.ended, timeout=RUN_MS) as ended:
        go_on.click()
    after = {each.name: each.read_bytes() for each in run.iterdir()}
    other.close()

    assert isinstance(ended.args[0], Failed)
    assert ended.args[0].reason == (
        f'Another run is using the folder "{run}". Wait until it ends, or take another.'
    )
    assert after == before
