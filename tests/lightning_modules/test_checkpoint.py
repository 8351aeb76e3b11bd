"""A checkpoint is whole or it is not read: hashes, dense tensors, and a kill at any moment of writing."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lightning_modules.checkpoint import (
    UNFINISHED,
    CheckpointError,
    read_numbers,
    read_tensors,
    write_checkpoint,
)

OLD = {"a.weight": torch.zeros(3, 2), "a.bias": torch.ones(3)}
NEW = {"a.weight": torch.full((3, 2), 7.0), "a.bias": torch.full((3,), 7.0)}


def test_what_was_written_is_read(tmp_path):
    write_checkpoint(
        tmp_path,
        "best",
        {"epoch": 3, "values": {"val_loss": 0.5}},
        weights=OLD,
        extra={"x": torch.arange(3)},
    )

    numbers = read_numbers(tmp_path, "best")
    assert (numbers["epoch"], numbers["values"]) == (3, {"val_loss": 0.5})
    assert torch.equal(read_tensors(tmp_path, "best")["a.weight"], OLD["a.weight"])
    assert torch.equal(read_tensors(tmp_path, "best", "extra")["x"], torch.arange(3))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "best.extra.safetensors",
        "best.json",
        "best.safetensors",
    ]


@given(data=st.data())
def test_tensors_of_all_kinds_survive(tmp_path_factory, data):
    dtype = data.draw(
        st.sampled_from(
            [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8, torch.bool]
        )
    )
    shape = data.draw(st.lists(st.integers(0, 4), max_size=3))
    tensor = (
        torch.randn(shape).mul(100).to(dtype) if dtype != torch.bool else torch.randn(shape) > 0
    )
    folder = tmp_path_factory.mktemp("checkpoint")

    write_checkpoint(
        folder,
        "last",
        {},
        weights={"x": tensor, "strided": tensor.mT if len(shape) > 1 else tensor.clone()},
    )

    read = read_tensors(folder, "last")
    assert read["x"].dtype == dtype
    assert torch.equal(read["x"], tensor)


class Killed(Exception):  # noqa: N818 - it is no error
    """Stands for a kill: nothing after it happens."""


@pytest.mark.parametrize("moment", range(8))
def test_a_kill_at_any_moment_of_writing_leaves_the_old_or_the_new_checkpoint_whole(
    tmp_path, monkeypatch, moment
):
    write_checkpoint(tmp_path, "last", {"step": 1}, weights=OLD, training={"m": torch.zeros(2)})
    calls = 0
    replace, sync = Path.replace, os.fsync

    def dying(act):
        def step(*given):
            nonlocal calls
            if calls == moment:
                raise Killed
            calls += 1
            return act(*given)

        return step

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying(replace))
        patch.setattr("os.fsync", dying(sync))
        with suppress(Killed):
            write_checkpoint(
                tmp_path, "last", {"step": 2}, weights=NEW, training={"m": torch.ones(2)}
            )

    step = read_numbers(tmp_path, "last")["step"]
    weights, training = read_tensors(tmp_path, "last"), read_tensors(tmp_path, "last", "training")
    assert torch.equal(weights["a.weight"], (OLD if step == 1 else NEW)["a.weight"])
    assert training["m"].sum() == (0 if step == 1 else 2)


def test_after_a_kill_the_next_checkpoint_is_written_over_what_was_left(tmp_path):
    write_checkpoint(tmp_path, "last", {}, weights=OLD)
    (tmp_path / "last.safetensors.new").write_bytes(b"half of it")

    write_checkpoint(tmp_path, "last", {}, weights=NEW)

    assert torch.equal(read_tensors(tmp_path, "last")["a.bias"], NEW["a.bias"])
    assert not (tmp_path / "last.safetensors.new").exists()


def damaged(tmp_path, change):
    write_checkpoint(tmp_path, "last", {}, weights=OLD)
    change()
    with pytest.raises(CheckpointError) as refused:
        read_tensors(tmp_path, "last")
    return str(refused.value)


def test_what_a_kill_left_half_written_is_swept_by_the_next_checkpoint(tmp_path):
    half = tmp_path / UNFINISHED
    half.mkdir()
    (half / ".tmpHalf").write_bytes(bytes(100))

    write_checkpoint(tmp_path, "last", {}, weights=OLD)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["last.json", "last.safetensors"]


def test_parts_of_one_memory_and_tied_weights_come_back_as_they_were(tmp_path):
    whole = torch.arange(10.0)
    written = {"front": whole[:4], "rear": whole[4:], "tied": whole[4:], "middle": whole[2:6]}

    write_checkpoint(tmp_path, "last", {}, weights=written)

    found = read_tensors(tmp_path, "last")
    assert found.keys() == written.keys()
    assert all(torch.equal(found[key], written[key]) for key in written)


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r'"[^"]*gone_run", is gone: it was moved or deleted'):
        write_checkpoint(tmp_path / "gone_run", "last", {}, weights=OLD)


def test_a_changed_byte_is_noticed(tmp_path):
    file = tmp_path / "last.safetensors"

    def change():
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)

    assert (
        damaged(tmp_path, change)
        == f'The checkpoint "{file}" is damaged: its content is not what was written.'
    )


def test_tensors_that_are_gone_are_noticed(tmp_path):
    file = tmp_path / "last.safetensors"

    assert (
        damaged(tmp_path, file.unlink)
        == f'The checkpoint "{file}" is damaged: its content is not what was written.'
    )


def test_a_file_that_is_no_safetensors_is_refused_even_with_its_hash(tmp_path):
    file = tmp_path / "last.safetensors"

    def change():
        file.write_bytes(b"\x80\x04pickle")
        record = json.loads((tmp_path / "last.json").read_text())
        record["sha256"]["weights"] = hashlib.sha256(file.read_bytes()).hexdigest()
        (tmp_path / "last.json").write_text(json.dumps(record))

    assert damaged(tmp_path, change) == f'The checkpoint "{file}" cannot be read: it is damaged.'


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"checkpoint": 1}', '{"checkpoint": 1, "sha256": []}']
)
def test_unreadable_numbers_are_refused(tmp_path, text):
    (tmp_path / "last.json").write_text(text)

    with pytest.raises(CheckpointError) as refused:
        read_numbers(tmp_path, "last")

    assert (
        str(refused.value)
        == f'The checkpoint "{tmp_path / "last.json"}" cannot be read: it is damaged.'
    )


def test_a_checkpoint_of_a_newer_version_is_refused(tmp_path):
    (tmp_path / "last.json").write_text('{"checkpoint": 2, "sha256": {}}')

    with pytest.raises(CheckpointError) as refused:
        read_numbers(tmp_path, "last")

    assert (
        str(refused.value)
        == f'The checkpoint "{tmp_path / "last.json"}" was written by a newer version.'
    )


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CheckpointError) as refused:
        read_numbers(tmp_path, "best")

    assert str(refused.value) == f'There is no checkpoint "best" in "{tmp_path}".'
