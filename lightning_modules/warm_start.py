"""What a new run can take of an earlier one: weights by their keys, whole, in part, or not; known without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from graphs.document import UnreadableDocument, load
from graphs.held_weights import Held, held_weights
from graphs.plan import CannotBuild
from lightning_modules.checkpoint_record import (
    BEST,
    LAST,
    CheckpointError,
    read_numbers,
    read_shapes,
)
from lightning_modules.events import LayerStart
from lightning_modules.run_folder import DOCUMENT, RECORD

if TYPE_CHECKING:
    from graphs.content import Document

Shape: TypeAlias = "tuple[int, ...]"


class SourceError(ValueError):
    """There are no weights to start from; the message is a sentence for people."""


@dataclass(frozen=True)
class Source:
    """The weights of an earlier run: a checkpoint in its folder, its hash, and what it holds by key."""

    folder: Path
    checkpoint: str
    sha256: str
    held: Mapping[str, Held]


def find_source(path: Path, checkpoint: str = "") -> Source:
    """The weights at the folder of a run, or at one of its checkpoints: without a name the best, else the last.

    Raises:
        SourceError: there is no run, or it has kept no weights yet.
        CheckpointError: its checkpoint is damaged.
    """
    folder, name = _place(path)
    name = checkpoint or name
    if not (folder / RECORD).is_file():
        if not path.exists():
            raise SourceError(
                f'There is no run "{path}" to start from. Give the folder of an earlier run, or one of '
                "its checkpoints."
            )
        raise SourceError(
            f'"{path}" is no run to start from. Give the folder of an earlier run, or one of its checkpoints.'
        )
    if not name:
        name = next((each for each in (BEST, LAST) if (folder / f"{each}.json").is_file()), "")
        if not name:
            raise SourceError(
                f'The run "{folder}" has kept no weights to start from. Give another run.'
            )
    digest = read_numbers(folder, name)["sha256"].get("weights")
    return Source(folder, name, str(digest), _held_of(folder, read_shapes(folder, name)))


def has_weights(folder: Path) -> bool:
    """Whether a run has kept weights."""
    return any((folder / f"{each}.json").is_file() for each in (BEST, LAST))


@dataclass
class _Row:
    """A LayerStart that is being gathered."""

    name: str
    kept: dict[str, Shape] = field(default_factory=dict)
    resized: dict[str, tuple[Shape, Shape]] = field(default_factory=dict)
    new: dict[str, Shape] = field(default_factory=dict)
    left_out: dict[str, Shape] = field(default_factory=dict)


def taken(held: Mapping[str, Held], source: Source) -> dict[str, str]:
    """For each weight the key of the one to take: its own, or that of its node, if it alone came to share by a name."""
    found = {key: key for key in held if key in source.held}
    used = set(found)
    by_node = {(each.node, each.weight): key for key, each in source.held.items()}
    for key, mine in held.items():
        theirs = by_node.get((mine.node, mine.weight), "")
        if key not in found and theirs and theirs not in used:
            found[key] = theirs
            used.add(theirs)
    return found


def compare(held: Mapping[str, Held], source: Source) -> tuple[LayerStart, ...]:
    """What the layers of a network that holds these weights would take of a source; what only that has comes last."""
    rows: dict[str, _Row] = {}
    used: set[str] = set()
    sources = taken(held, source)
    for key, mine in held.items():
        row = rows.setdefault(mine.owner, _Row(mine.title))
        theirs = source.held.get(sources.get(key, ""))
        if theirs is not None and theirs.shape == mine.shape:
            row.kept[mine.weight] = mine.shape
        elif theirs is not None and fits_in_part(theirs.shape, mine.shape):
            row.resized[mine.weight] = theirs.shape, mine.shape
        else:
            row.new[mine.weight] = mine.shape
            continue
        used.add(sources[key])
    for key, theirs in source.held.items():
        if key not in used:
            row = rows.setdefault(theirs.owner, _Row(theirs.title))
            row.left_out[theirs.weight] = theirs.shape
    return tuple(
        LayerStart(owner, row.name, row.kept, row.resized, row.new, row.left_out)
        for owner, row in rows.items()
    )


def compare_document(document: Document, source: Source) -> tuple[LayerStart, ...]:
    """The same for a document.

    Raises:
        CannotBuild: its network cannot be built.
    """
    return compare(held_weights(document), source)


def fits_in_part(theirs: Shape, mine: Shape) -> bool:
    """Whether weights of two sizes have a part in common: they differ in length, not in their number of axes."""
    return len(theirs) == len(mine) > 0


def _place(path: Path) -> tuple[Path, str]:
    """The folder of a run, and the checkpoint in it that is meant, "" if none is named."""
    name = path.name.partition(".")[0]
    is_checkpoint = path.suffix in (".json", ".safetensors") and name in (BEST, LAST)
    return (path.parent, name) if is_checkpoint else (path, "")


def _held_of(folder: Path, shapes: Mapping[str, Shape]) -> dict[str, Held]:
    """What a checkpoint holds, with the names that the run's document gives."""
    try:
        known = held_weights(load(folder / DOCUMENT))
    except (OSError, UnreadableDocument, CannotBuild) as error:
        raise CheckpointError(
            f'The run "{folder}" cannot be used: its document cannot be read any more.'
        ) from error
    return {key: replace(each, shape=shapes[key]) for key, each in known.items() if key in shapes}
