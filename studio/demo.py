"""`make demo`: Lamina drives its own window: it draws a network, trains it, watches and saves.

Screenshots in light and dark and a short log of what was done are left in a folder (`demo/`, or the one given).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lightning_modules.events import Completed, EpochEnded, Evaluated, Event, Outcome
from studio.demo_hands import DemoHands, NotDone, wait

if TYPE_CHECKING:
    from studio.window import Window

SIZE = (1280, 800)
NAME = "digits.lamina"
TRAIN_LIMIT_S = 300.0
PAUSE_MS = 60
SETTLE_MS = 400  # before a picture

NETWORK = {
    "digits": ("Digits", 0.08, 0.45),
    "flatten": ("Flatten", 0.24, 0.40),
    "hidden": ("Linear", 0.40, 0.40),
    "bend": ("ReLU", 0.56, 0.40),
    "scores": ("Linear", 0.72, 0.40),
    "loss": ("CrossEntropyLoss", 0.88, 0.30),
    "accuracy": ("Accuracy", 0.88, 0.62),
}
"""Layer types, and where they are dropped in shares of the canvas; columns as the wires run."""

WIRES = (
    ("digits", "image", "flatten", "input"),
    ("flatten", "output", "hidden", "input"),
    ("hidden", "output", "bend", "input"),
    ("bend", "output", "scores", "input"),
    ("scores", "output", "loss", "logits"),
    ("digits", "label", "loss", "target"),
    ("scores", "output", "accuracy", "input"),
    ("digits", "label", "accuracy", "target"),
)
FEATURES = {"hidden": 128, "scores": 10}


class Demo:
    """One walk through the window; every act is logged with the second at which it was done."""

    def __init__(self, window: Window, folder: Path) -> None:
        self._window, self._folder = window, folder
        self._hands = DemoHands(window, PAUSE_MS)
        self._begin = time.monotonic()
        self._events: list[Event] = []
        self._outcome: Outcome | None = None
        self._ids: dict[str, str] = {}
        self.lines: list[str] = []
        window.trainer.progressed.connect(self._events.append)
        window.trainer.ended.connect(self._take_outcome)

    def run(self) -> None:
        """All of it.

        Raises:
            NotDone: something that was to happen did not.
        """
        self._picture("welcome", "The welcome page")
        self._hands.click(self._window.welcome.new)
        self._log("Began with an empty canvas.")
        self._place()
        self._set_parameters()
        self._wire()
        self._picture("drawn", "The network as drawn")
        self._hands.save_to(self._folder / NAME)
        self._log(f"Saved it as {NAME}.")
        self._train()
        self._look()
        self._hands.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        if self._window.store.modified:
            raise NotDone("Ctrl+S did not save the document.")
        self._log("Saved it again with Ctrl+S.")

    def _place(self) -> None:
        canvas, hands = self._window.canvas, self._hands
        for _ in range(3):  # seven layers and their wires need room
            hands.press(Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
        for key, (type_id, across, down) in NETWORK.items():
            size = canvas.viewport().size()
            point = QPoint(round(size.width() * across), round(size.height() * down))
            self._ids[key] = hands.drag_layer(type_id, point)
            self._log(f"Dragged {self._name(key)} from the library.")

    def _set_parameters(self) -> None:
        for key, features in FEATURES.items():
            self._hands.select(self._ids[key])
            self._hands.set_field("inspector", "Out features", str(features))
            self._log(f"Set the out features of {self._name(key)} to {features}.")

    def _wire(self) -> None:
        for source, out, target, into in WIRES:
            self._hands.draw_wire(self._ids[source], out, self._ids[target], into)
            self._log(f"Drew the wire from {self._name(source)} to {self._name(target)}.")
        words = self._window.status.problems.text()
        self._log(f"The status bar says: {words}")

    def _train(self) -> None:
        self._hands.click(self._window.train_button)
        self._log("Pressed Train.")
        self._hands.wait_until(self._some_epochs_ended, "The first epochs", TRAIN_LIMIT_S)
        self._picture("training", "Training")
        self._hands.wait_until(
            lambda: self._outcome is not None, "The end of training", TRAIN_LIMIT_S
        )
        if not isinstance(self._outcome, Completed):
            raise NotDone(f"Training did not complete: {self._outcome}.")
        values = next(each.values for each in self._events if isinstance(each, Evaluated))
        accuracy = values["test_accuracy"]
        self._log(f"Trained {self._outcome.epochs} epochs. Test accuracy: {accuracy * 100:.1f} %.")

    def _look(self) -> None:
        window = self._window
        self._picture("trained", "After training")
        window.perform("view.theme_dark")
        self._picture("trained_dark", "The same in dark")
        window.perform("view.results")
        self._picture("results_dark", "Test results")
        window.perform("view.theme_light")
        self._picture("results", "Test results in light")
        window.show_command_palette()
        self._picture("palette", "Every action by its name")
        self._hands.press(Qt.Key.Key_Escape)
        window.perform("view.curves")

    def _name(self, key: str) -> str:
        return self._window.store.graph.nodes[self._ids[key]].name

    def _some_epochs_ended(self) -> bool:
        return (
            sum(isinstance(each, EpochEnded) for each in self._events) >= 5
            or self._outcome is not None
        )

    def _picture(self, name: str, what: str) -> None:
        wait(SETTLE_MS)
        picture = self._window.grab()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            painter = QPainter(picture)
            painter.drawPixmap(self._window.mapFromGlobal(popup.pos()), popup.grab())
            painter.end()
        path = self._folder / f"{name}.png"
        picture.save(str(path))
        self._log(f"{what}: {path.name}")

    def _log(self, line: str) -> None:
        self.lines.append(f"{time.monotonic() - self._begin:6.1f} s  {line}")
        print(self.lines[-1], flush=True)

    def _take_outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration; 0 if everything happened that was to happen."""
    parser = argparse.ArgumentParser(prog="python -m studio.demo", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("demo"), help="where pictures and log go"
    )
    folder: Path = parser.parse_args(argv).folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).unlink(missing_ok=True)  # of the demonstration before
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    from studio.app import build_window
    from studio.settings import Settings

    with tempfile.TemporaryDirectory() as place:  # the person's own settings stay as they are
        window = build_window(Settings(Path(place) / "window.ini"))
        window.appearance.choose("light")
        window.resize(QSize(*SIZE))
        window.show()
        window.activateWindow()  # keys go to the active window only
        QTest.qWaitForWindowActive(window)
        window.trainer.warm_up()  # as the program does once its window is idle
        demo = Demo(window, folder)
        try:
            demo.run()
            code = 0
        except NotDone as fault:
            demo.lines.append(f"It went wrong: {fault}")
            print(demo.lines[-1], file=sys.stderr)
            window.grab().save(str(folder / "went_wrong.png"))
            code = 1
        finally:
            window.store.saved(
                window.store.path or folder / NAME
            )  # nothing to ask about at the end
            window.close()
        (folder / "log.txt").write_text("\n".join([*demo.lines, ""]), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
