"""What a person wrote on a run, a name and a note, and which run of a folder is the baseline of the others."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from lightning_modules.run_folder import write_durably

LABEL, BASELINE = "label.json", "baseline.json"


@dataclass(frozen=True)
class RunLabel:
    """A name in place of the date, and a note; both may be empty."""

    name: str = ""
    note: str = ""


def read_label(run: Path) -> RunLabel:
    """What stands on this run; nothing where no readable label is."""
    try:
        content = json.loads((run / LABEL).read_text(encoding="utf-8"))
        return RunLabel(str(content["name"]), str(content["note"]))
    except (OSError, ValueError, KeyError, TypeError):
        return RunLabel()


def write_label(run: Path, label: RunLabel) -> None:
    """Write it on the run; an empty label leaves no file.

    Raises:
        OSError: the folder is gone or cannot be written to.
    """
    if label == RunLabel():
        (run / LABEL).unlink(missing_ok=True)
    else:
        write_durably(run / LABEL, (json.dumps(asdict(label), indent=1) + "\n").encode())


def read_baseline(place: Path) -> str:
    """The name of the folder that the runs in this place are compared with, "" for none."""
    try:
        return str(json.loads((place / BASELINE).read_text(encoding="utf-8"))["run"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def write_baseline(place: Path, name: str) -> None:
    """Pin the run in the folder of this name, or none for "".

    Raises:
        OSError: the place cannot be written to.
    """
    if not name:
        (place / BASELINE).unlink(missing_ok=True)
    else:
        write_durably(place / BASELINE, (json.dumps({"run": name}) + "\n").encode())
