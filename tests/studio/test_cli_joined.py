"""Tests of data joined by a key from the command line: trained, evaluated and asked as one table merged by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from studio.cli import main

JOINED = """{
  "lamina": 1,
  "networks": {
    "main": {
      "nodes": {
        "people": {"layer": "CSVFile", "params": {"path": "people.csv", "schema": {"columns": [
          {"name": "town", "role": "key", "dtype": "text"}, {"name": "age", "role": "feature"},
          {"name": "pay", "role": "target"}]}}},
        "towns": {"layer": "CSVFile", "params": {"path": "towns.csv", "schema": {"columns": [
          {"name": "name", "role": "key", "dtype": "text"}, {"name": "size", "role": "feature"}]}}},
        "concatenate": {"layer": "Concatenate"},
        "linear": {"layer": "Linear", "params": {"out_features": 1}},
        "loss": {"layer": "MSELoss"},
        "pay": {"layer": "Output"}
      },
      "wires": [
        "people.features -> concatenate.inputs.0",
        "towns.features -> concatenate.inputs.1",
        "concatenate.output -> linear.input",
        "linear.output -> loss.input",
        "people.pay -> loss.target",
        "linear.output -> pay.input"
      ]
    }
  },
  "objectives": [{"name": "learn", "update": ["*"], "optimizer": {"type": "AdamW", "lr": 0.1}}],
  "run": {"epochs": 3, "batch_size": 8, "seed": 5, "device": "cpu"}
}"""
TOWNS = """        "towns": {"layer": "CSVFile", "params": {"path": "towns.csv", "schema": {"columns": [
          {"name": "name", "role": "key", "dtype": "text"}, {"name": "size", "role": "feature"}]}}},
"""
KEY = '{"name": "town", "role": "key", "dtype": "text"}, {"name": "age", "role": "feature"}'
BOTH = '{"name": "age", "role": "feature"}, {"name": "size", "role": "feature"}'
MERGED = (
    JOINED.replace(TOWNS, "")
    .replace("people.csv", "merged.csv")
    .replace(KEY, BOTH)
    .replace("towns.features -> concatenate.inputs.1", "people.features -> concatenate.inputs.0")
    .replace('        "people.features -> concatenate.inputs.0",\n', "", 1)
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """People, their towns in another order without one, and both as pandas merges them; the current folder."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    people = pd.DataFrame({"town": [f"t{n % 7}" for n in range(60)], "age": random.random(60)})
    towns = pd.DataFrame({"name": ["t6", "t2", "t0", "t5", "t3", "t1"], "size": random.random(6)})
    people["pay"] = people["age"] * 3 + people["town"].str[1:].astype(int)
    people.to_csv("people.csv", index=False)
    towns.to_csv("towns.csv", index=False)
    merged = people.reset_index().merge(towns, left_on="town", right_on="name")
    merged.sort_values("index")[["age", "size", "pay"]].to_csv("merged.csv", index=False)
    (tmp_path / "joined.lamina").write_text(JOINED)
    (tmp_path / "merged.lamina").write_text(MERGED)
    return tmp_path


def said(capsys, *command: str) -> str:
    """What a command prints."""
    assert main(list(command)) == 0
    return str(capsys.readouterr().out)


def test_tables_joined_by_a_key_train_and_answer_as_one_that_was_merged_before(folder, capsys):
    trained = {
        name: said(capsys, "train", f"{name}.lamina", "--run-dir", name)
        for name in ("joined", "merged")
    }

    left_out = (
        "8 of 60 rows of People (CSV file) are left out, because their keys are not in Towns (CSV file): "
        'the first has the key "t4".'
    )
    assert left_out in trained["joined"].replace("\n", " ")
    assert left_out not in trained["merged"].replace("\n", " ")
    epochs = {
        name: [line for line in text.splitlines() if line.startswith(("Epoch ", "Test "))]
        for name, text in trained.items()
    }
    assert len(epochs["joined"]) == 4
    assert epochs["joined"] == epochs["merged"]
    for command in (["evaluate"], ["predict", "--split", "test"]):
        answers = [said(capsys, command[0], name, *command[1:]) for name in ("joined", "merged")]
        assert answers[0] == answers[1]
    assert answers[0].count("\n") == 8


def test_keys_that_join_nothing_end_the_run_in_one_sentence(folder, capsys):
    (folder / "towns.csv").write_text("name,size\nOslo,1\nRome,2\n")

    assert main(["train", "joined.lamina", "--run-dir", "run"]) == 1

    assert capsys.readouterr().err == (
        'lamina: No key of People (CSV file) is a key of Towns (CSV file): the first of the one is "t0", of the '
        'other "Oslo". Mend the keys, or choose another column as the key.\n'
    )
