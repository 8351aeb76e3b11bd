"""Large counts in words that people read: 4096 is "4,096", 11689512 is "11.7 million"."""

from __future__ import annotations

_WORDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_BYTES = ((2**50, "PiB"), (2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
HUGE = 10**18


def count_words(count: int) -> str:
    """A count, with a word for what is above a million."""
    if count >= HUGE:
        return f"10^{len(str(count)) - 1}"
    for unit, word in _WORDS:
        if count >= unit:
            return f"{count / unit:.1f} {word}".replace(".0 ", " ")
    return f"{count:,}"


def byte_words(count: int) -> str:
    """A number of bytes, in the largest unit that it reaches."""
    if count >= HUGE:
        return f"10^{len(str(count)) - 1} bytes"
    for unit, word in _BYTES:
        if count >= unit:
            return f"{count / unit:.1f} {word}".replace(".0 ", " ")
    return f"{count} bytes"
