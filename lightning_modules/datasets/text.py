"""Text cut into windows of characters; and small tales, made up by a program, to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.layers.data_text import CharacterText
from lightning_modules.dataset import Column, DataError, Inputs, Table, inputs, source

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


@inputs("CharacterText")
def texts(layer: DataLayer, paths: tuple[Path, ...]) -> Inputs:
    """Text files in windows of the layer's length, one behind the other; what is left at the end is not read."""
    assert isinstance(layer, CharacterText)
    place = {character: index for index, character in enumerate(layer.characters)}
    names: list[str] = []
    rows: list[list[int]] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise DataError(f"There is no file {path}.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read as text. Save it anew as UTF-8.") from error
        new = next((each for each in text if each not in place), None)
        if new is not None:
            raise DataError(
                f"{path.name} holds the character {new!r}, which the network was not trained on. Remove it."
            )
        if len(text) < layer.length:
            raise DataError(
                f"{path.name} has {len(text)} characters, but a sample of this network has {layer.length}."
            )
        for begin in range(0, len(text) - layer.length + 1, layer.length):
            names.append(f"{path.name} character {begin + 1}")
            rows.append([place[each] for each in text[begin : begin + layer.length]])
    return Inputs(tuple(names), {"text": Column(np.array(rows, dtype=np.int64))})


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
