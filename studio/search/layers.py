"""Finding a layer type by what people type: its title, its torch name or another word for it."""

from __future__ import annotations

from collections.abc import Iterable

from graphs.layer import Info
from studio.search.fuzzy import NO_MATCH
from studio.search.fuzzy import score as score_text


def score(query: str, info: Info) -> int:
    """How well a layer answers the query; 0 is not at all.

    Equal texts beat beginnings, beginnings beat beginnings of words, then parts, then letters in order
    ("cnv" finds Conv 2D). Titles and torch names beat other words; the description counts least.
    """
    wanted = query.strip().lower()
    if not wanted:
        return 1
    names = (info.title.lower(), info.type.lower())
    best = max(score_text(wanted, name) for name in names) * 3
    best = max(
        best, *(score_text(wanted, word.lower()) * 2 for word in (*info.also, info.category)), 0
    )
    if not best and len(wanted) >= 3 and wanted in info.doc.lower():
        return 1
    return best


def rank(query: str, infos: Iterable[Info]) -> list[Info]:
    """The layers that answer the query, best first; equal ones keep their order."""
    scored = [(score(query, info), info) for info in infos]
    return [info for points, info in sorted(scored, key=lambda pair: -pair[0]) if points > NO_MATCH]
