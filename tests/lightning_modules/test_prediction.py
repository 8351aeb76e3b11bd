"""Tests of what a trained run says about samples, and how that is decoded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer

from graphs.content import Document, Objective, RunSettings, Typed
from graphs.graph import End, Graph, Node, Wire
from lightning_modules.data import prepare
from lightning_modules.data_record import RECORD
from lightning_modules.dataset import DataError
from lightning_modules.evaluation import load_network, predict_network
from lightning_modules.prediction import _chances, _classes, predict_files, predict_split
from tests.documents import changed, document, writer


def document_of(nodes: dict[str, tuple[str, dict]], *wires: str) -> Document:
    """A document that learns fast for two epochs."""
    ends = [wire.split(" -> ") for wire in wires]
    graph = Graph(
        {name: Node(name, kind, params) for name, (kind, params) in nodes.items()},
        tuple(Wire(End(*a.split(".", 1)), End(*b.split(".", 1))) for a, b in ends),
    )
    return Document(
        networks={"main": graph},
        objectives=(Objective(optimizer=Typed("AdamW", {"lr": 0.02})),),
        run=RunSettings(epochs=2),
    )


def forecast():
    """The next value of a wave."""
    return document_of(
        {
            "waves": ("SyntheticSeries", {"samples": 40}),
            "flat": ("Flatten", {}),
            "next": ("Linear", {"out_features": 1}),
            "loss": ("MSELoss", {}),
        },
        "waves.sequence -> flat.input",
        "flat.output -> next.input",
        "next.output -> loss.input",
        "waves.target -> loss.target",
    )


def tumours(decode="auto"):
    """Malignant or benign by one score."""
    return document_of(
        {
            "cells": ("BreastCancer", {}),
            "linear": ("Linear", {"out_features": 1}),
            "loss": ("BCEWithLogitsLoss", {}),
            "answer": ("Output", {"decode": decode}),
        },
        "cells.features -> linear.input",
        "linear.output -> loss.logits",
        "cells.label -> loss.target",
        "linear.output -> answer.input",
    )


@pytest.fixture
def rows(tmp_path):
    """The first five tumours as a table."""
    path = tmp_path / "cells.csv"
    lines = [",".join(f"{value:.6g}" for value in row) for row in load_breast_cancer().data[:5]]
    path.write_text("\n".join([",".join(f"c{index}" for index in range(30)), *lines]))
    return path


def test_one_score_is_decoded_as_yes_or_no(run, rows):
    told = run(tumours())

    answers = predict_files(told.folder, [rows])

    assert [answer.values["answer"] for answer in answers] == ["malignant"] * 5
    assert all(answer.sure["answer"] > 0.5 for answer in answers)
    assert answers[0].sample == "cells.csv row 2"


def test_scores_are_given_as_numbers_where_the_output_says_so(run, rows):
    told = run(tumours(decode="numbers"))

    answers = predict_files(told.folder, [rows])

    assert all(answer.values["answer"] < 0 for answer in answers)
    assert all(answer.sure == {} for answer in answers)


def test_files_are_scaled_as_the_training_part_was(run, rows):
    """The same rows by file and by the prepared data get the same scores."""
    document = tumours(decode="numbers")
    told = run(document)
    prepared = prepare(document, rows.parent)
    columns = load_breast_cancer().data[:5].astype(np.float32)

    answers = predict_files(told.folder, [rows])

    scaled = prepared.scales["cells.features"].apply(torch.from_numpy(columns))
    found = predict_network(load_network(told.folder), {"cells.features": scaled})["answer"]
    assert [answer.values["answer"] for answer in answers] == pytest.approx(
        found.flatten().tolist(), rel=1e-3
    )


def test_a_run_without_a_record_of_its_data_reads_them_once_more(run, rows):
    told = run(tumours())
    before = predict_files(told.folder, [rows])
    (told.folder / RECORD).unlink()

    assert predict_files(told.folder, [rows]) == before


def test_a_part_comes_with_what_the_data_say(run):
    told = run(tumours())

    answers = predict_split(told.folder, "test")

    assert len(answers) == 85
    right = [answer.values["answer"] == answer.target["answer"] for answer in answers]
    assert sum(right) / len(right) > 0.85


def test_tokens_become_the_text_that_they_stand_for(run):
    told = run(writer())
    network = load_network(told.folder)
    prepared = prepare(network.document, told.folder)

    answers = predict_split(told.folder, "test")

    layer = network.document.main.nodes["tales"].layer
    scores = predict_network(network, prepared.splits["test"])["output"]
    likeliest = scores[0].argmax(dim=-1).tolist()
    following = prepared.splits["test"]["tales.target"][0].tolist()
    assert answers[0].values["output"] == "".join(layer.characters[each] for each in likeliest)
    assert answers[0].target["output"] == "".join(layer.characters[each] for each in following)
    assert 0 < answers[0].sure["output"] < 1


def test_an_output_that_learns_nothing_is_a_text_where_the_data_know_only_one_kind_of_token(run):
    read = replace(writer().main.nodes["output"], params={"decode": "text"})
    described = changed(writer(), output=read)
    chances = document(
        {"softmax": "Softmax"}, ["scores.output -> softmax.input", "softmax.output -> output.input"]
    )
    nodes = {**described.main.nodes, **chances.main.nodes}
    wires = [each for each in described.main.wires if each.target.node != "output"]
    graph = replace(described.main, nodes=nodes, wires=(*wires, *chances.main.wires))
    told = run(replace(described.with_graph(graph), procedures=()))

    answers = predict_split(told.folder, "test")

    assert {type(each.values["output"]) for each in answers} == {str}
    assert {len(each.values["output"]) for each in answers} == {16}
    assert {len(each.target) for each in answers} == {0}


def test_numbers_come_in_the_unit_of_the_data(run):
    document = forecast()
    told = run(document)
    prepared = prepare(document, told.folder)

    answers = predict_split(told.folder, "val")

    (name,) = answers[0].values
    truth = prepared.scales["waves.target"].undo(prepared.splits["val"]["waves.target"])
    assert [answer.target[name] for answer in answers] == truth.flatten().tolist()


def test_generated_data_read_no_files(run, rows):
    document = forecast()
    told = run(document)

    with pytest.raises(DataError) as refused:
        predict_files(told.folder, [rows])

    assert str(refused.value) == (
        "Waves (Synthetic series) reads no files. Use --split test for its own samples."
    )


def test_scores_of_several_places_become_a_row_of_classes():
    scores = torch.tensor([[[9.0, 0.0], [0.0, 9.0]], [[0.0, 9.0], [0.0, 9.0]]])

    named, sure = _classes(_chances(scores, is_probability=False), ("no", "yes"))

    assert named == [["no", "yes"], ["yes", "yes"]]
    assert all(each > 0.99 for each in sure)
