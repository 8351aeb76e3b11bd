"""Older formats become the current one, step by step, and the older file is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphs import migrations
from graphs.document import UnreadableDocument, dumps, load, loads, save
from graphs.json_text import Fault
from graphs.migrations import migrated, migration

DIGITS = (Path(__file__).parent / "files" / "digits_mlp.lamina").read_bytes()


@pytest.fixture
def format_0(monkeypatch):
    """A made-up format 0, in which the title was called a name."""
    monkeypatch.setattr(migrations, "MIGRATIONS", {})

    @migration(0)
    def call_the_name_a_title(values):
        values["title"] = values.pop("name")
        return values

    values = json.loads(DIGITS)
    values["name"] = values.pop("title")
    return json.dumps({**values, "lamina": 0}).encode()


def test_an_older_file_opens_as_if_it_were_new(format_0):
    document = loads(format_0)

    assert document == loads(DIGITS)
    assert not document.read_only


def test_the_older_file_is_kept_for_good_at_the_first_save(format_0, tmp_path):
    path = tmp_path / "digits.lamina"
    path.write_bytes(format_0)
    document = load(path)

    save(document, path)
    save(document, path)

    assert path.read_bytes() == DIGITS
    assert (tmp_path / "digits.lamina.format-0.bak").read_bytes() == format_0
    assert (tmp_path / "digits.lamina.bak").read_bytes() == dumps(document)


def test_steps_follow_each_other():
    steps = {
        1: lambda values: {**values, "seen": [*values["seen"], 1]},
        2: lambda values: {**values, "seen": [*values["seen"], 2]},
    }

    assert migrated({"lamina": 1, "seen": []}, steps, 3) == {"lamina": 3, "seen": [1, 2]}
    assert migrated({"lamina": 2, "seen": []}, steps, 3) == {"lamina": 3, "seen": [2]}
    assert migrated({"lamina": 4, "seen": []}, steps, 3) == {"lamina": 4, "seen": []}


def test_a_missing_step_is_said():
    with pytest.raises(Fault) as refused:
        migrated({"lamina": 1}, {2: dict}, 3)

    assert str(refused.value) == (
        "it has format 1, which is older than any that this version of Lamina reads."
    )


def test_two_steps_from_one_version_are_a_mistake(format_0):
    with pytest.raises(AssertionError, match="two migrations start from 0"):
        migration(0)(dict)


def test_format_0_never_was():
    with pytest.raises(UnreadableDocument, match="format 0"):
        loads(b'{"lamina": 0}')
