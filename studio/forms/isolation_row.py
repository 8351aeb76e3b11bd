"""How the next run goes: its forecast, its devices, whether it is a process of its own, and the offer to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from lightning_modules.job import Job
from studio.forms.devices_row import DevicesRow
from studio.forms.forecast_row import ForecastRow
from studio.store import Store
from studio.training import Trainer

WHY = (
    "The run becomes a process of its own: if it crashes or runs out of memory, this window lives on, "
    "and the run goes on when the window closes."
)


class IsolationRow(QWidget):
    """`wanted` is what the switch says; the offer is hidden until there is one."""

    go_on_requested = Signal(object)  # Job
    wanted_changed = Signal(bool)

    def __init__(self, store: Store, trainer: Trainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        devices = self.devices = DevicesRow()
        self.forecast = ForecastRow(store, trainer, lambda: devices.chosen)
        devices.changed.connect(self.forecast.forecaster.doubt)
        store.changed.connect(self.devices.look)
        self._job: Job | None = None
        self._switch = QCheckBox("Isolate this run")
        self._switch.setToolTip(WHY)
        self._switch.toggled.connect(self.wanted_changed)
        self._offer = QLabel()
        self._offer.setWordWrap(True)
        self._offer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._offer.setAccessibleName("A run that was interrupted")
        self._go_on = QPushButton("Go on")
        self._go_on.setAutoDefault(False)
        self._go_on.setToolTip("Train on from what the interrupted run kept, in its own folder")
        self._go_on.clicked.connect(self._request)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for each in (self._offer, self._go_on, self.forecast, self.devices, self._switch):
            rows.addWidget(each)
        self.offer(None, 0)

    @property
    def wanted(self) -> bool:
        """Whether the next run shall be isolated."""
        return self._switch.isChecked()

    def set_wanted(self, wanted: bool) -> None:
        """Turn the switch, as it stood in an earlier window."""
        self._switch.setChecked(wanted)

    @Slot(object, int)
    def offer(self, job: Job | None, steps: int) -> None:
        """Offer to go on with this run, which kept its state after so many steps; None takes the offer back."""
        self._job = job
        self._offer.setText(interrupted_words(steps))
        self._offer.setVisible(job is not None)
        self._go_on.setVisible(job is not None)

    @Slot()
    def _request(self) -> None:
        if self._job is not None:
            self.go_on_requested.emit(self._job)


def interrupted_words(steps: int) -> str:
    """The sentence about a run that was interrupted, of which the state after so many steps is kept."""
    count = f"{steps:,} {'step' if steps == 1 else 'steps'}"
    return f"The last run was interrupted. Its state after {count} is kept."
