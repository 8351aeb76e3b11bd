"""What a run keeps of its data: normalisation and class names, so that predictions need none of the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lightning_modules.normalisation import Scale
from lightning_modules.run_folder import write_durably

if TYPE_CHECKING:
    from lightning_modules.data import Prepared

RECORD = "data.json"


@dataclass(frozen=True)
class DataRecord:
    """Normalisation and class names by "NODE_ID.PORT"."""

    scales: Mapping[str, Scale]
    classes: Mapping[str, tuple[str, ...]]


def write_record(prepared: Prepared, run_dir: Path) -> None:
    """Write what the prepared data know into the run's folder."""
    values = {
        "scales": {name: scale.to_json() for name, scale in prepared.scales.items()},
        "classes": {name: list(names) for name, names in prepared.classes.items()},
    }
    write_durably(run_dir / RECORD, (json.dumps(values, indent=1) + "\n").encode())


def read_record(run_dir: Path) -> DataRecord | None:
    """What the run kept; None if it kept nothing that can be read."""
    try:
        values = json.loads((run_dir / RECORD).read_text(encoding="utf-8"))
        scales = {str(name): Scale.from_json(each) for name, each in values["scales"].items()}
        classes = {str(name): tuple(map(str, each)) for name, each in values["classes"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return DataRecord(scales, classes)
