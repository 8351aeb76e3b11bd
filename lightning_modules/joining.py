"""Which rows of other data belong to each row of the primary data: by key, or by place where they are as many.

Rows that nothing belongs to in data joined by key are left out, and the run says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from graphs.layer import DataLayer
from lightning_modules.dataset import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphs.graph import Node
    from lightning_modules.dataset import Table

NOBODY = -1
"""In place of a row number: there is none."""
SHOWN = 60
"""Characters of a key that a sentence shows."""


class NotJoined(DataError):  # noqa: N818 - named after what is wrong
    """The data of two nodes cannot be joined; `nodes` holds their ids, so that the screen can point at them."""

    def __init__(self, message: str, *nodes: Node) -> None:
        super().__init__(message)
        self.nodes = tuple(node.id for node in nodes)


@dataclass(frozen=True)
class Joined:
    """Row numbers (N,) by node id, the primary one's among them; `left_out` says what is missing, a sentence each.

    A node that is not among them stands for itself: nothing tells which of its rows belong to the primary one's.
    """

    rows: Mapping[str, np.ndarray]
    left_out: tuple[str, ...] = ()


def join(nodes: Sequence[Node], tables: Mapping[str, Table]) -> Joined:
    """The rows of every node that belong together; the first node is the primary one.

    Raises:
        NotJoined: the keys of two nodes do not say which of their rows belong together.
    """
    primary, *others = nodes
    first = tables[primary.id]
    kept = np.ones(first.count, dtype=bool)
    found: dict[str, np.ndarray] = {}
    left_out: list[str] = []
    for node in others:
        keys = tables[node.id].keys
        if first.keys is None or keys is None or not _are_joined(primary, node):
            continue
        rows = found[node.id] = _partners(primary, node, first.keys, keys)
        kept &= rows >= 0
        if (rows < 0).any():
            left_out.append(_left_out(primary, node, first.keys, rows))
    taken = np.flatnonzero(kept)
    if not len(taken):
        raise NotJoined(
            f"No row of {primary.phrase} has its key in all the data that are joined to it. "
            "Mend the keys, or choose another column as the key.",
            *nodes,
        )
    by_place = [node.id for node in others if tables[node.id].count == first.count]
    return Joined(
        {
            primary.id: taken,
            **dict.fromkeys(by_place, taken),
            **{name: rows[taken] for name, rows in found.items()},
        },
        tuple(left_out),
    )


def _are_joined(primary: Node, node: Node) -> bool:
    one, other = primary.layer, node.layer
    return isinstance(one, DataLayer) and isinstance(other, DataLayer) and one.is_joined_to(other)


def _has_files(node: Node) -> bool:
    return isinstance(node.layer, DataLayer) and node.layer.has_files


def _partners(primary: Node, node: Node, keys: Sequence[str], other: Sequence[str]) -> np.ndarray:
    """For each row of the primary node that of the other one with the same key, or NOBODY."""
    if _has_files(primary):
        places = _of_files(keys)
        named = [places.get(_as_path(key), NOBODY) for key in other]
    else:
        places = _of_files(other) if _has_files(node) else _once(primary, node, other)
        wanted = [_as_path(key) for key in keys] if _has_files(node) else keys
        rows = np.array([places.get(key, NOBODY) for key in wanted], dtype=np.int64)
        return _not_empty(primary, node, keys, other, rows)
    rows = np.full(len(keys), NOBODY, dtype=np.int64)
    for row, place in enumerate(named):
        if place == NOBODY:
            continue
        if rows[place] != NOBODY:
            same = other[row] == other[rows[place]]
            raise _twice(primary, node, other[row] if same else keys[place])
        rows[place] = row
    return _not_empty(primary, node, keys, other, rows)


def _once(primary: Node, node: Node, keys: Sequence[str]) -> dict[str, int]:
    """The row of each key; rows without one are nobody's."""
    places: dict[str, int] = {}
    for row, key in enumerate(keys):
        if key in places:
            raise _twice(primary, node, key)
        if key:
            places[key] = row
    return places


def _of_files(files: Sequence[str]) -> dict[str, int]:
    """The row of each name that stands for one file alone: its path, with or without suffix, or its bare name."""
    paths = [PurePosixPath(file) for file in files]
    places: dict[str, int] = {}
    for names in (
        list(files),
        [str(path.with_suffix("")) for path in paths],
        [path.name for path in paths],
        [path.stem for path in paths],
    ):
        counts = Counter(names)
        fresh = {
            name: row if counts[name] == 1 else NOBODY
            for row, name in enumerate(names)
            if name not in places
        }
        places |= fresh
    return places


def _as_path(key: str) -> str:
    return key.replace("\\", "/").removeprefix("./")


def _not_empty(
    primary: Node, node: Node, keys: Sequence[str], other: Sequence[str], rows: np.ndarray
) -> np.ndarray:
    if (rows >= 0).any():
        return rows
    raise NotJoined(
        f"No key of {primary.phrase} is a key of {node.phrase}: the first of the one is {_shown(keys)}, of the "
        f"other {_shown(other)}. Mend the keys, or choose another column as the key.",
        primary,
        node,
    )


def _twice(primary: Node, node: Node, key: str) -> NotJoined:
    return NotJoined(
        f'The key "{key[:SHOWN]}" stands twice in {node.phrase}, so nothing tells which of the rows belongs to '
        f"{primary.phrase}. Remove one of them, or choose another column as the key.",
        primary,
        node,
    )


def _left_out(primary: Node, node: Node, keys: Sequence[str], rows: np.ndarray) -> str:
    lost = np.flatnonzero(rows < 0)
    key = keys[lost[0]]
    said = f'the key "{key[:SHOWN]}"' if key else "no key"
    if len(lost) == 1:
        return (
            f"1 of {len(rows):,} rows of {primary.phrase} is left out, because its key is not in {node.phrase}: "
            f"it has {said}."
        )
    return (
        f"{len(lost):,} of {len(rows):,} rows of {primary.phrase} are left out, because their keys are not in "
        f"{node.phrase}: the first has {said}."
    )


def _shown(keys: Sequence[str]) -> str:
    first = next((key for key in keys if key), "")
    return f'"{first[:SHOWN]}"' if first else "missing"
