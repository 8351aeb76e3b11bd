"""A progress bar moves by itself while nobody knows how long it takes, and rests once that is known."""

from __future__ import annotations

from studio.progress_bar import ProgressBar

STYLED = "QProgressBar { border: none; } QProgressBar::chunk { background: red; }"


class Counted(ProgressBar):
    """It, with how often it was painted."""

    paints = 0

    def paintEvent(self, event):  # noqa: N802 - Qt calls it so
        """Count, and paint."""
        self.paints += 1
        super().paintEvent(event)


def test_it_rests_once_its_range_is_known(qtbot):
    bar = Counted("Progress")
    qtbot.addWidget(bar)
    bar.setStyleSheet(STYLED)
    bar.setRange(0, 0)
    bar.show()
    qtbot.waitUntil(lambda: bar.paints > 3)

    bar.setRange(0, 1000)
    bar.setValue(300)

    qtbot.waitUntil(lambda: rests(bar, qtbot))


def rests(bar, qtbot):
    """Whether it is not painted for a third of a second; a busy machine may paint late what was asked for before."""
    before = bar.paints
    qtbot.wait(300)
    return bar.paints == before
