"""Modes in generated source: forward predicts, training and evaluation are what the document computes in them."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from graphs.codegen import source
from graphs.compile import build
from tests.documents import digits_mlp
from tests.graphs.test_modes_in_blocks import mixed, stepped
from tests.graphs.written import complaints, imported


@pytest.mark.parametrize(
    "document", [mixed(), mixed(repeat=2), stepped()], ids=["once", "repeat", "scan"]
)
def test_each_pass_of_the_source_computes_what_the_document_computes_in_its_mode(
    document, tmp_path
):
    written, network = source(document), build(document)
    made = getattr(imported(written.text, tmp_path), written.name)()
    keys = written.keys(network.state_dict())
    assert set(made.state_dict()) == set(keys.values())
    made.load_state_dict({keys[key]: value.clone() for key, value in network.state_dict().items()})
    series = document.networks["main"].nodes.get("series") is not None
    given = torch.randn(6, 7, 1) if series else torch.randn(6, 4)
    target = torch.randn(6, 1) if series else torch.randint(3, (6,))
    loss = functional.mse_loss if series else functional.cross_entropy

    trained = loss(made.train()(given), target)
    wanted_train = network.train().objective(0)(given, target)[0]
    judged = loss(made.eval().evaluation_pass(given), target)

    torch.testing.assert_close(trained, wanted_train)
    torch.testing.assert_close(judged, network.eval().evaluation(given, target)[0])
    torch.testing.assert_close(made(given), network.prediction(given)[0])
    assert complaints(written.text, tmp_path) == ""


def test_metrics_are_measured_after_every_epoch(tmp_path, capsys):
    document = digits_mlp()
    module = imported(source(document).text, tmp_path)

    module.main(epochs=2)

    *_, last, test = capsys.readouterr().out.splitlines()
    assert last.startswith("epoch 2: loss ")
    assert test.startswith("test loss ")
    assert float(last.rpartition("accuracy ")[2]) > 0.5


def test_every_epoch_is_judged_on_the_rows_that_validate_and_the_end_on_those_that_test(
    tmp_path, capsys, monkeypatch
):
    module = imported(source(digits_mlp()).text, tmp_path)
    train, val, _ = module.load_data()
    monkeypatch.setattr(module, "load_data", lambda: (train, val, val))

    module.main(epochs=2)

    first, second, test = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1: loss ")
    assert second.startswith("epoch 2: loss ")
    assert second.partition(", val ")[2] == test.removeprefix("test ")
