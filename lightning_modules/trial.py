"""One run, loaded to be asked again and again: for samples of a part, for files, and for a drawing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from graphs.plan import prediction_plan
from lightning_modules.assessment import Assessment, assess
from lightning_modules.compared import compare
from lightning_modules.data import prepare
from lightning_modules.data_record import DataRecord, read_record
from lightning_modules.dataset import INPUTS, DataError
from lightning_modules.evaluation import load_network, predict_network
from lightning_modules.prediction import Answer, answers_for, files_for, truths_of
from lightning_modules.run_folder import read_record as read_run
from lightning_modules.samples import Looks, Shown

if TYPE_CHECKING:
    from torch import Tensor

    from graphs.graph import End
    from lightning_modules.data import Prepared
    from lightning_modules.splits import Split

MOST_ROWS = 1000
"""So many samples of files are answered at most."""


@dataclass(frozen=True, eq=False)
class Tried:
    """A sample as it looks, and what the network says about it."""

    shown: tuple[Shown, ...]
    answer: Answer


@dataclass(frozen=True)
class Facts:
    """What can be asked of a run: how many samples each part has, whether it reads files, and the size of drawings.

    `why` says, where a part has no samples, why the data could not be read.
    """

    counts: Mapping[Split, int]
    files: Literal["none", "images", "rows", "texts"]
    drawing: tuple[int, int] | None
    why: str = ""


class Trial:
    """The best weights of a run on the CPU, with its data as far as they can be read. One thread at a time asks."""

    def __init__(self, run_dir: Path, base: Path | None = None) -> None:
        """Load it.

        Raises:
            UnreadableDocument, RunFolderError, CheckpointError, CannotBuild: the run is not whole.
        """
        self.run_dir = run_dir
        self.turn = threading.Lock()
        """Held by whoever asks."""
        self._network = load_network(run_dir)
        self._ends = prediction_plan(self._network.document).columns
        self._prepared: Prepared | None = None
        self._why = ""
        start = base or Path(str(read_run(run_dir).get("base", ".")))
        try:
            self._prepared = prepare(self._network.document, start)
        except DataError as error:
            self._why = str(error)
        record = read_record(run_dir)
        if self._prepared is not None:
            record = DataRecord(self._prepared.scales, self._prepared.classes)
        if record is None:
            raise DataError(self._why)
        self._record = record
        columns = self._prepared.splits["train"] if self._prepared is not None else {}
        self._looks = Looks(self._network.document, self._ends, record.scales, columns)

    @property
    def facts(self) -> Facts:
        """What can be asked."""
        prepared = self._prepared
        counts = (
            {} if prepared is None else {part: prepared.count(part) for part in prepared.splits}
        )
        nodes = {end.node for end in self._ends}
        types = {self._network.document.main.nodes[each].type for each in nodes}
        reads = len(nodes) == 1 and types <= INPUTS.keys()
        kind: Literal["none", "images", "rows", "texts"] = "none"
        if reads:
            tokens = any(self._looks.spec(end).kind == "token" for end in self._ends)
            kind = "texts" if tokens else "images" if self._drawn() is not None else "rows"
        return Facts(counts, kind, self._size(), self._why)

    def of_part(self, part: Split, index: int) -> Tried:
        """What it says about one sample, counted from 0, of a part of its own data.

        Raises:
            DataError: there is no such sample.
        """
        if self._prepared is None:
            raise DataError(self._why)
        count = self._prepared.count(part)
        if not 0 <= index < count:
            raise DataError(
                f'The part "{part}" has {count:,} samples, so there is no {index + 1:,}.'
            )
        columns = {
            name: each[index : index + 1] for name, each in self._prepared.splits[part].items()
        }
        truths = truths_of(self._network, columns, self._record)
        (answer,) = self._answers(columns, (f"{part} {index + 1}",), truths)
        return Tried(self._looks.of(columns, 0), answer)

    def of_files(self, paths: tuple[Path, ...]) -> tuple[Tried, ...]:
        """What it says about the samples in files of the data layer's kind, 1,000 at most.

        Raises:
            DataError: they cannot be read.
        """
        names, columns = files_for(self._network, paths, self._record)
        names = names[:MOST_ROWS]
        columns = {name: each[:MOST_ROWS] for name, each in columns.items()}
        answers = self._answers(columns, names, {})
        return tuple(
            Tried(self._looks.of(columns, index), answer) for index, answer in enumerate(answers)
        )

    def of_drawing(self, ink: np.ndarray) -> Tried:
        """What it says about a drawing (H, W) of the data's size, 0 where there is no ink to 1.

        The ink is as bright as the data's: light on a dark ground, or dark on paper, as they are at their edges.

        Raises:
            DataError: it does not read images of this size.
        """
        end, size = self._drawn(), self._size()
        if end is None or ink.shape != size:
            raise DataError(
                "This network reads no single image, so there is nothing to draw for it."
            )
        name = str(end)
        low, high = self._looks.spans.get(name, (0.0, 1.0))
        share = 1 - ink if self._on_paper(name) else ink
        channels = int(self._looks.spec(end).sizes[0])  # type: ignore[arg-type]
        values = np.broadcast_to(low + share * (high - low), (1, channels, *ink.shape))
        raw = torch.from_numpy(np.array(values, dtype=np.float32))
        scale = self._record.scales.get(name)
        columns = {name: raw if scale is None else scale.apply(raw)}
        (answer,) = self._answers(columns, ("drawing",), {})
        return Tried(self._looks.of(columns, 0), answer)

    def assess(
        self, part: Split = "test", should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[Assessment, tuple[tuple[Shown, ...], ...]] | None:
        """All that is measured on a part, and what each of its worst mistakes looks like; None if it was stopped.

        Raises:
            DataError, CheckpointError: the data cannot be read, the part is empty, or nothing can be compared.
        """
        if self._prepared is None:
            raise DataError(self._why)
        compared = compare(self._network, self._prepared, part, should_stop)
        if should_stop():
            return None
        if compared is None:
            raise DataError(
                "The losses of this network compare its answers with no target, so there is nothing to tell right "
                "from wrong."
            )
        found = assess(compared, part)
        columns = self._prepared.splits[part]
        return found, tuple(self._looks.of(columns, each.sample) for each in found.mistakes)

    def _answers(
        self,
        columns: Mapping[str, Tensor],
        names: tuple[str, ...],
        truths: Mapping[str, list[object]],
    ) -> tuple[Answer, ...]:
        outputs = predict_network(self._network, columns)
        return answers_for(self._network, outputs, self._record, names, truths)

    def _drawn(self) -> End | None:
        """The column that a drawing stands for: an image, if the network reads nothing else."""
        if len(self._ends) != 1:
            return None
        spec = self._looks.spec(self._ends[0])
        is_image = spec.letters == ("C", "H", "W") and spec.sizes[0] in (1, 3)
        return self._ends[0] if is_image else None

    def _size(self) -> tuple[int, int] | None:
        end = self._drawn()
        if end is None:
            return None
        _, height, width = self._looks.spec(end).sizes
        return (height, width) if isinstance(height, int) and isinstance(width, int) else None

    def _on_paper(self, name: str) -> bool:
        """Whether the images of the data are bright at their edges."""
        if self._prepared is None:
            return False
        few = self._looks.raw(self._prepared.splits["train"][name][:200], name)
        low, high = self._looks.spans[name]
        edges = np.concatenate(
            [few[..., 0, :], few[..., -1, :], few[..., 0], few[..., -1]], axis=-1
        )
        return bool(edges.mean() > (low + high) / 2)
