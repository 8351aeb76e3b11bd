"""One sentence for people about whatever ended a run."""

from __future__ import annotations

import errno

from torch import OutOfMemoryError

from graphs.expression import ExpressionError
from graphs.plan import CannotBuild
from graphs.procedures import ProcedureError
from lightning_modules.checkpoint import CheckpointError
from lightning_modules.crew import MemberLost
from lightning_modules.dataset import DataError
from lightning_modules.devices import NoDevice
from lightning_modules.optimizers import WrongSettings
from lightning_modules.out_of_memory import NoMemory, is_out_of_memory
from lightning_modules.own_chance import ForeignChanceError
from lightning_modules.run_folder import RunFolderError
from lightning_modules.warm_start import SourceError

SENTENCES = (
    CannotBuild,
    CheckpointError,
    DataError,
    ExpressionError,
    ForeignChanceError,
    MemberLost,
    NoDevice,
    NoMemory,
    ProcedureError,
    RunFolderError,
    SourceError,
    WrongSettings,
)
"""Errors whose message already is a sentence for people."""

NO_ROOM = {
    errno.ENOSPC: "The disk is full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "No more of the disk is allotted to you",
}

MOST_LETTERS = 200


def explain(error: BaseException) -> str:
    """What went wrong and, where it is known, what to do."""
    what = " ".join(str(error).split())[:MOST_LETTERS]
    if isinstance(error, SENTENCES):
        return str(error)
    if isinstance(error, OutOfMemoryError):
        return (
            "The graphics card has not enough memory for this run. Try a smaller batch size, a smaller network, "
            "or the device cpu."
        )
    if is_out_of_memory(error):
        return "The computer has not enough memory for this run. Try a smaller batch size or a smaller network."
    if isinstance(error, FileNotFoundError) and error.filename:
        return f'The file "{error.filename}" is not there. Put it back, or choose another in the data layer.'
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return (
            f"{NO_ROOM[error.errno]}, so the run could not write its files. Free some space; "
            "then it can go on from what it had kept."
        )
    if isinstance(error, OSError) and error.strerror:
        where = f' "{error.filename}"' if error.filename else ""
        return f"The run could not read or write its files{where}: {error.strerror}."
    if isinstance(error, RuntimeError) and "shape" in what:
        return f"The data do not fit the network: {what}."
    return f"The run ended because of an unexpected error ({type(error).__name__}): {what or 'no message'}."
