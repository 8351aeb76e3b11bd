"""A run that makes numbers which are none ends as failed and names where, whether its loss shows it or not."""

from __future__ import annotations

import pytest

from graphs.compile import build
from graphs.content import Objective, Typed
from lightning_modules.checkpoint import read_numbers
from lightning_modules.data import prepare
from lightning_modules.events import Failed
from lightning_modules.run_folder import read_record
from tests.documents import digits_mlp, document, node

WHOLE = 1258
"""The samples of digits that are learned from: as one batch, an epoch is one step."""

WILD = Objective(optimizer=Typed("SGD", {"lr": 1e38}))
RAN_AWAY = (
    "After step 1 the weights of Hidden (Linear) are no finite numbers. "
    "Try a smaller learning rate, or limit the gradient."
)


@pytest.fixture
def stretched(monkeypatch):
    """Pictures a thousand times as bright: the loss is a number, and the first step leads to none."""

    def read(described, base):
        prepared = prepare(described, base)
        for each in prepared.splits.values():
            each["digits.image"] *= 1000
        return prepared

    monkeypatch.setattr("lightning_modules.run.prepare", read)


def assert_ran_away(told):
    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == RAN_AWAY
    assert (told.outcome.nodes, told.outcome.steps) == (("hidden",), 1)
    assert read_record(told.folder)["state"] == "failed"
    assert not (told.folder / "last.json").exists()
    assert not (told.folder / "best.json").exists()


def test_weights_that_ran_away_in_the_last_step_of_a_run_fail_it(run, stretched):
    assert_ran_away(run(digits_mlp(WILD, batch_size=WHOLE, epochs=1)))


def test_weights_that_ran_away_before_a_run_was_stopped_fail_it(run, stretched):
    assert_ran_away(run(digits_mlp(WILD, epochs=1), stop_after=1))


def test_weights_that_ran_away_are_never_written_down(run, stretched, monkeypatch):
    monkeypatch.setattr("lightning_modules.keeper.WRITE_EVERY_S", 0.0)
    monkeypatch.setattr("lightning_modules.keeper.Keeper.due", lambda _keeper: True)

    assert_ran_away(run(digits_mlp(WILD, epochs=3)))


def test_what_was_kept_before_weights_ran_away_stays(run, monkeypatch):
    good = run(digits_mlp(epochs=1))

    def stretch(described, base):
        prepared = prepare(described, base)
        for each in prepared.splits.values():
            each["digits.image"] *= 3e38
        return prepared

    monkeypatch.setattr("lightning_modules.run.prepare", stretch)
    before = read_numbers(good.folder, "last")
    bad = run(digits_mlp(epochs=2), resume=good.folder, folder=good.folder)

    assert isinstance(bad.outcome, Failed)
    assert read_numbers(good.folder, "last")["step"] >= before["step"]
    assert read_numbers(good.folder, "best") == {
        **read_numbers(good.folder, "best"),
        "epoch": 1,
        "step": 20,
    }


def test_a_gradient_that_is_not_finite_is_told_with_the_layer_where_it_began(run, monkeypatch):
    """Weights of the hidden layer get a gradient that no ordinary network has."""

    def spoiled(described):
        network = build(described)
        wide = next(each for each in network.parameters() if each.shape == (32, 64))
        wide.register_hook(lambda gradient: gradient * float("inf"))
        return network

    monkeypatch.setattr("lightning_modules.run.build", spoiled)

    told = run(digits_mlp(Objective(clip=1.0), epochs=1))

    assert told.outcome.reason == (
        "The gradient became NaN (not a number) at step 1; it began in Hidden (Linear). "
        "Try a smaller learning rate, or scale the data."
    )
    assert told.outcome.nodes == ("hidden",)


def table(tmp_path, cell):
    rows = "\n".join(f"{size},{2 * size}" for size in range(1, 40))
    (tmp_path / "houses.csv").write_text(f"size,price\n{rows}\n{cell}\n")
    columns = [
        {"name": "size", "role": "feature", "dtype": "number"},
        {"name": "price", "role": "target", "dtype": "number"},
    ]
    return document(
        {
            "table": node("CSVFile", path="houses.csv", schema={"columns": columns, "rows": 40}),
            "guess": node("Linear", out_features=1),
            "loss": "MSELoss",
        },
        [
            "table.features -> guess.input",
            "guess.output -> loss.input",
            "table.price -> loss.target",
        ],
        epochs=1,
    )


def test_a_cell_that_is_no_finite_number_is_named_by_row_and_column(run, tmp_path):
    told = run(table(tmp_path, "-1e39,3"))

    assert isinstance(told.outcome, Failed)
    assert told.outcome.reason == (
        'Row 41 of houses.csv holds "-1e39" in the column "size", which is infinite or too large a number. '
        "Mend that cell, or ignore the column."
    )
    assert (told.outcome.nodes, told.outcome.steps) == (("table",), 0)
