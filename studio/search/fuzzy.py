"""How well a text answers what a person typed: whole, beginning, beginning of a word, part, letters in order."""

from __future__ import annotations

NO_MATCH = 0


def score(wanted: str, text: str) -> int:
    """Points of 0 (not at all) to 100 (equal) for a lower-case query against a lower-case text."""
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
    return 10 if len(wanted) > 1 and letters_in_order(wanted.replace(" ", ""), text) else NO_MATCH


def letters_in_order(wanted: str, text: str) -> bool:
    """Whether the text begins with the query's first letter and has the others later, in order."""
    rest = iter(text)
    return text[:1] == wanted[:1] and all(letter in rest for letter in wanted)
