"""Adding one means adding one file: registries are complete, and every entry has its words."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import graphs.layers
import graphs.rules
from graphs.layer import CATEGORIES, LAYERS
from graphs.rule import RULES


def modules_of(family) -> list[str]:
    return [f"{family.__name__}.{each.name}" for each in pkgutil.iter_modules(family.__path__)]


@pytest.mark.parametrize("name", modules_of(graphs.layers))
def test_every_file_of_layers_registers_a_layer(name):
    module = importlib.import_module(name)

    assert [each for each in LAYERS.values() if each.__module__ == module.__name__]


def test_every_layer_comes_from_a_file_of_layers():
    assert {each.__module__ for each in LAYERS.values()} <= set(modules_of(graphs.layers))


@pytest.mark.parametrize("type_id", sorted(LAYERS))
def test_every_layer_has_its_words(type_id):
    info = LAYERS[type_id].info

    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", type_id), (
        "a type id is a class name and stays for ever"
    )
    assert info.title
    assert info.category in CATEGORIES
    assert info.doc.endswith((".", ")")), "the docstring opens with a full sentence"
    assert info.also, "words that a newcomer would search for"
    for name, param in info.params.items():
        assert param.doc.endswith("."), f"{name} has no full sentence"


@pytest.mark.parametrize("type_id", sorted(LAYERS))
def test_every_layer_can_be_made_with_its_defaults(type_id):
    made = LAYERS[type_id]()

    assert made == LAYERS[type_id]()
    assert hash(made) == hash(LAYERS[type_id]())


def test_titles_are_told_apart():
    titles = [each.info.title.lower() for each in LAYERS.values()]

    assert sorted(titles) == sorted(set(titles))


def test_every_rule_has_a_code_and_a_sentence():
    assert RULES
    for code, rule in RULES.items():
        assert re.fullmatch(r"[A-Z]\d{3}", code), code
        assert (rule.__doc__ or "").strip(), f"{code} has no docstring"
