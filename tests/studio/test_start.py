"""Tests of what `make run` starts."""

from __future__ import annotations

from studio import app, start


def test_where_a_window_can_open_it_shows_the_first_example(monkeypatch):
    shown = []
    monkeypatch.setattr(
        app, "run_window", lambda path, *, example: shown.append((path, example)) or 0
    )
    monkeypatch.setattr(start, "why_no_window", lambda: "")

    assert start.main([]) == 0

    assert shown == [(None, True)]


def test_arguments_go_to_the_command_line(capsys):
    assert start.main(["templates"]) == 0

    assert capsys.readouterr().out.startswith("digits_mlp")


def test_where_nothing_can_be_written_the_run_goes_to_a_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(start.os, "access", lambda path, mode: False)

    assert not start._run_dir().is_relative_to(tmp_path)
