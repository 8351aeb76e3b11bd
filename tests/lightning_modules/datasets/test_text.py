"""Tests of text cut into characters."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.layer import LAYERS, infer
from graphs.layers.data_text import BUILT_IN
from graphs.spec import Mismatch
from lightning_modules.data import prepare
from lightning_modules.dataset import SOURCES
from lightning_modules.datasets.text import tales
from tests.documents import document, node

SONG = "row, row, row your boat, gently down the stream. " * 5


def text_of(values, layer):
    return "".join(layer.characters[token] for token in values.ravel())


def test_windows_follow_each_other_and_targets_are_one_character_ahead(tmp_path):
    layer = LAYERS["CharacterText"](text=SONG, length=10)

    columns = SOURCES["CharacterText"](layer, tmp_path).columns

    text, target = columns["text"].values, columns["target"].values
    assert text.shape == target.shape == (24, 10)
    assert text_of(text, layer) == SONG[:240]
    assert text_of(target, layer) == SONG[1:241]


def test_the_test_is_the_end_of_the_text(tmp_path):
    data = node("CharacterText", text=SONG, length=10)
    wired = document({"data": data, "out": "Output"}, ["data.text -> out.input"])

    splits = prepare(wired, tmp_path).splits

    rows = [splits[part]["data.text"].numpy() for part in ("train", "val", "test")]
    layer = wired.main.nodes["data"].layer
    assert text_of(np.concatenate(rows), layer) == SONG[:240]


def test_tales_have_the_characters_that_the_layer_knows():
    assert set(tales(0, 50_000)) == set(BUILT_IN)
    assert len(tales(3, 777)) == 777
    assert infer(LAYERS["CharacterText"](), {})["text"].names == BUILT_IN


def test_a_tale_tells_of_two_animals():
    first = tales(1, 400).split("\n")[:3]

    hero = first[0].split(" found ")[0].split()[-1]
    assert f"said the {hero}" in first[1]
    assert first[2].startswith(f"then the {hero} ")
    assert not first[1].startswith(f"where is the {hero}")


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            {"text": "short", "length": 4},
            (
                "needs 41 characters or more for samples of 4, but its text has 5. Make Length smaller, "
                "or the text longer."
            ),
        ),
        (
            {"text": "a" * 50, "length": 4},
            "needs a text with at least two different characters, but there is only one in it.",
        ),
    ],
)
def test_a_text_that_is_too_poor_is_refused(params, sentence):
    with pytest.raises(Mismatch) as caught:
        infer(LAYERS["CharacterText"](**params), {})

    assert caught.value.message == sentence
    assert caught.value.code == "G207"
