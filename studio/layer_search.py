"""Finding a layer type by what people type: its title, its torch name or another word for it."""

from __future__ import annotations

from collections.abc import Iterable

from graphs.layer import Info

NO_MATCH = 0


def score(query: str, info: Info) -> int:
    """How well a layer answers the query; 0 is not at all.

    Equal texts beat beginnings, beginnings beat beginnings of words, then parts, then letters in order
    ("cnv" finds Conv 2D). Titles and torch names beat other words; the description counts least.
    """
    wanted = query.strip().lower()
    if not wanted:
        return 1
    names = (info.title.lower(), info.type.lower())
    best = max(_score_text(wanted, name) for name in names) * 3
    best = max(best, *(_score_text(wanted, word.lower()) * 2 for word in (*info.also, info.category)), 0)
    if not best and len(wanted) >= 3 and wanted in info.doc.lower():
        return 1
    return best


def rank(query: str, infos: Iterable[Info]) -> list[Info]:
    """The layers that answer the query, best first; equal ones keep their order."""
    scored = [(score(query, info), info) for info in infos]
    return [info for points, info in sorted(scored, key=lambda pair: -pair[0]) if points > NO_MATCH]


def _score_text(wanted: str, text: str) -> int:
    if wanted == text:
        return 100
    if text.startswith(wanted):
        return 80 - min(len(text) - len(wanted), 20)
    words = text.replace("-", " ").split()
    if any(word.startswith(wanted) for word in words):
        return 50
    if wanted in text:
        return 40
    if text.replace(" ", "").startswith(wanted.replace(" ", "")):
        return 60
    return 10 if len(wanted) > 1 and _letters_in_order(wanted.replace(" ", ""), text) else NO_MATCH


def _letters_in_order(wanted: str, text: str) -> bool:
    rest = iter(text)
    return text[:1] == wanted[:1] and all(letter in rest for letter in wanted)
