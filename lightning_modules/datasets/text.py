"""Text cut into windows of characters; and small tales, made up by a program, to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_text import CharacterText
from lightning_modules.dataset import Column, Table, source

if TYPE_CHECKING:
    from pathlib import Path

    from graphs.layer import DataLayer

STREAM = 0x7A1E

ANIMALS = ("fox", "bear", "hare", "owl", "goat", "mouse", "swan", "wolf", "cat", "hen")
MOODS = ("old", "small", "clever", "tired", "brave", "hungry", "grey", "shy", "merry", "slow")
PLACES = ("by the river", "on the hill", "in the wood", "under the bridge", "at the well")
FOUND = ("a red apple", "a silver bell", "a loaf of bread", "a broken wheel", "a golden ring")
DOINGS = ("ran away", "sang a song", "fell asleep", "told a tale", "went home", "laughed aloud")
TIMES = ("one morning", "at night", "in winter", "once", "after the rain", "long ago")


@source("CharacterText")
def character_text(layer: DataLayer, base: Path) -> Table:  # noqa: ARG001 - the shape of a source
    """Windows one behind the other, in the order of the text; the target is one character ahead."""
    assert isinstance(layer, CharacterText)
    text = layer.text or tales(layer.seed, layer.samples * layer.length + 1)
    place = {character: index for index, character in enumerate(layer.characters)}
    tokens = np.array([place[each] for each in text], dtype=np.int64)
    count = (len(tokens) - 1) // layer.length
    end = count * layer.length
    shape = (count, layer.length)
    return Table(
        {
            "text": Column(tokens[:end].reshape(shape)),
            "target": Column(tokens[1 : end + 1].reshape(shape)),
        }
    )


def tales(seed: int, characters: int) -> str:
    """So many characters of tales of three lines, each about one animal, the same for the same seed."""
    random = np.random.default_rng([seed, STREAM])
    parts: list[str] = []
    length = 0
    while length < characters:
        parts.append(_tale(random))
        length += len(parts[-1])
    return "".join(parts)[:characters]


def _tale(random: np.random.Generator) -> str:
    def one(words: tuple[str, ...]) -> str:
        return words[random.integers(len(words))]

    hero, friend = (ANIMALS[each] for each in random.choice(len(ANIMALS), 2, replace=False))
    thing = one(FOUND)
    return (
        f"{one(TIMES)} the {one(MOODS)} {hero} found {thing} {one(PLACES)}.\n"
        f"where is the {friend}, said the {hero}, and who lost {thing}?\n"
        f"then the {hero} {one(DOINGS)}, and the {one(MOODS)} {friend} {one(DOINGS)}.\n\n"
    )
