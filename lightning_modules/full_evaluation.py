"""A run on one part of its data, in full: the values that its document asks for, and all that is measured besides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lightning_modules.assessment import Assessment, assess
from lightning_modules.compared import compare
from lightning_modules.data import prepare
from lightning_modules.evaluation import evaluate_network, load_network
from lightning_modules.run_folder import devices_of, read_record

if TYPE_CHECKING:
    from lightning_modules.events import Evaluated
    from lightning_modules.splits import Split


def evaluate_in_full(run_dir: Path, split: Split = "test") -> tuple[Evaluated, Assessment | None]:
    """The values of a run with its best weights; no assessment where nothing is compared with a target.

    Raises:
        UnreadableDocument, RunFolderError, CheckpointError, DataError: the run or its data are not whole.
    """
    network = load_network(run_dir)
    record = read_record(run_dir)
    prepared = prepare(network.document, Path(str(record.get("base", "."))))
    found = evaluate_network(network, prepared, split, devices_of(record))
    compared = compare(network, prepared, split)
    return found, None if compared is None else assess(compared, split)
