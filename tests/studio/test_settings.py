"""What is remembered between two starts, and that strange values are as good as none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from studio.settings import RECENT_LIMIT, Settings


@pytest.fixture
def file(tmp_path, qapp) -> Path:
    return tmp_path / "window.ini"


def test_values_are_there_at_the_next_start(file, tmp_path):
    first = Settings(file)
    first.theme, first.folder = "dark", tmp_path
    first.geometry, first.layout = QByteArray(b"\x00\x01"), QByteArray(b"docks")
    first.isolated = True
    first.save()

    second = Settings(file)

    assert (second.theme, second.folder) == ("dark", tmp_path)
    assert (second.geometry, second.layout) == (QByteArray(b"\x00\x01"), QByteArray(b"docks"))
    assert second.isolated


def test_a_first_start_has_defaults(file):
    settings = Settings(file)

    assert settings.theme == "system"
    assert settings.folder == Path.home() or settings.folder.is_dir()
    assert settings.recent == ()
    assert settings.geometry.isEmpty()
    assert not settings.isolated


@pytest.mark.parametrize(
    "text",
    [
        "[General]\ntheme=purple\nrecent=@Invalid()\nfolder=7\n",
        "\x00\xff",
        "[window]\ngeometry=7\n[run]\nisolated=maybe\n",
    ],
)
def test_strange_values_count_as_absent(file, text):
    file.write_text(text, encoding="latin-1")

    settings = Settings(file)

    assert settings.theme == "system"
    assert settings.recent == ()
    assert settings.geometry.isEmpty()
    assert not settings.isolated


def test_the_latest_file_stands_first_and_once(file, tmp_path):
    settings = Settings(file)
    paths = [tmp_path / f"{index}.lamina" for index in range(RECENT_LIMIT + 3)]
    for path in paths:
        path.write_text("")
        settings.add_recent(path)

    settings.add_recent(paths[-3])

    assert settings.recent[:3] == (paths[-3], paths[-1], paths[-2])
    assert len(settings.recent) == RECENT_LIMIT


def test_one_recent_file_is_still_a_list_at_the_next_start(file, tmp_path):
    path = tmp_path / "a.lamina"
    path.write_text("")
    first = Settings(file)
    first.add_recent(path)
    first.save()

    assert Settings(file).recent == (path,)


def test_recent_files_can_be_forgotten(file, tmp_path):
    path = tmp_path / "a.lamina"
    path.write_text("")
    settings = Settings(file)
    settings.add_recent(path)

    settings.clear_recent()

    assert settings.recent == ()
