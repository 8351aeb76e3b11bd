"""A network that is fed with what it gave writes a text, or goes on with a series."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from graphs.content import Feed, Procedure
from graphs.expression import Expression
from graphs.graph import Face, Graph, Node, Placement
from graphs.procedures import ProcedureError
from lightning_modules.evaluation import load_network
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.procedure_work import between
from lightning_modules.run import train
from tests.documents import document, node, series_gru, wire, writer


def trained(described, folder):
    train(Job(described, folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return trained(writer(), tmp_path_factory.mktemp("write"))


def test_it_writes_as_many_characters_as_it_has_steps_the_same_for_a_seed(run):
    first, again, other = (run_procedure(run, "write", Wish(seed=seed)) for seed in (1, 1, 2))

    assert len(first.made[0]) == 40
    assert first == again
    assert first.made != other.made


def test_it_begins_with_a_start_and_makes_as_many_steps_as_are_asked_for(run):
    found = run_procedure(run, "write", Wish("once the fox", steps=5))

    assert found.text.startswith("once the fox")
    assert len(found.text) == len("once the fox") + 5


def test_at_temperature_0_it_takes_the_likeliest(tmp_path):
    folder = trained(writer(params={"temperature": 0}), tmp_path)

    one, other = (run_procedure(folder, "write", Wish(seed=seed)) for seed in (1, 2))

    assert one == other


def test_it_stops_where_its_condition_says_so(tmp_path):
    folder = trained(writer(stop=Expression("step >= 3")), tmp_path)

    assert len(run_procedure(folder, "write").made[0]) == 3


def test_it_goes_on_with_a_series_in_the_unit_of_the_data(tmp_path):
    feed = Feed("series.sequence", "input")
    described = replace(
        series_gru(), procedures=(Procedure("forecast", "autoregressive", feeds=(feed,), steps=7),)
    )
    folder = trained(described, tmp_path)

    found = run_procedure(folder, "forecast")

    assert len(found.made[0]) == 7
    assert len(found.start[0]) == 12
    assert found.text.count(",") == 6


@pytest.mark.parametrize(
    ("name", "start", "sentence"),
    [
        ("sing", None, 'There is no procedure called "sing"; there are: write.'),
        (
            "write",
            "Ä",
            "The start has “Ä”, which the network never saw; it knows: ,.?abcdefghiklmnoprstuvwxy.",
        ),
    ],
)
def test_what_cannot_be_run_is_said(run, name, start, sentence):
    with pytest.raises(ProcedureError) as refused:
        run_procedure(run, name, Wish(start))

    assert str(refused.value) == sentence


def test_it_makes_several_texts_of_one_start(run):
    found = run_procedure(run, "write", Wish("the ", count=3, steps=6))

    assert found.start == ("the ",) * 3
    assert [len(each) for each in found.made] == [6, 6, 6]
    assert len(set(found.made)) > 1


def test_it_tells_its_steps_and_stops_when_asked(run):
    told: list[tuple[int, int]] = []

    found = run_procedure(
        run,
        "write",
        Wish(steps=30),
        on_step=lambda done, of: told.append((done, of)),
        should_stop=lambda: len(told) == 4,
    )

    assert told == [(1, 30), (2, 30), (3, 30), (4, 30)]
    assert len(found.made[0]) == 4


def test_it_leaves_the_global_random_numbers_alone(run):
    before = torch.random.get_rng_state()

    run_procedure(run, "write", Wish(seed=3))

    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_series_stops_where_its_value_says_so_or_its_condition_is_refused(tmp_path):
    feed = Feed("series.sequence", "input")
    described = replace(
        series_gru(epochs=1),
        procedures=(
            Procedure("ever", "autoregressive", feeds=(feed,), steps=9, stop=Expression("value < 9**9")),
            Procedure("break", "autoregressive", feeds=(feed,), steps=9, stop=Expression("step < 1 // (step - 2)")),
        ),
    )  # fmt: skip
    folder = trained(described, tmp_path)

    assert len(run_procedure(folder, "ever").made[0]) == 1
    with pytest.raises(ProcedureError) as refused:
        run_procedure(folder, "break")

    assert str(refused.value) == (
        'Procedure "break" cannot go on: The expression “step < 1 // (step - 2)” divides by zero.'
    )


def with_blocks(*procedures: Procedure):
    """A cell, h and a label -> h, that learns to give the numbers back that it gets."""
    described = document(
        {
            "data": node("RandomTensors", size=[3], classes=4, samples=40),
            "loss": "MSELoss",
        },
        ["data.value -> cell.h", "data.label -> cell.label", "cell.h -> loss.input", "data.value -> loss.target"],
        epochs=1,
    )  # fmt: skip
    inside = Graph(
        {
            name: replace(each, id=name)
            for name, each in {
                "code": node("Embedding", embedding_dim=3),
                "sum": node("Add"),
                "next": node("Linear", out_features=3),
            }.items()
        },
        tuple(
            map(
                wire,
                (
                    "in.label -> code.input",
                    "in.h -> sum.inputs.0",
                    "code.output -> sum.inputs.1",
                    "sum.output -> next.input",
                    "next.output -> out.h",
                ),
            )
        ),
        Face(("h", "label"), ("h",)),
    )
    cell = Node("cell", "", place=Placement("cell", repeat=2))
    main = described.main.changed(nodes={**described.main.nodes, "cell": cell})
    return replace(described, networks={"main": main, "cell": inside}, procedures=procedures)


def test_a_block_is_run_with_all_its_rounds_and_several_feeds(tmp_path):
    feeds = (Feed("label", "which"), Feed("h", "h"))
    shared = {"network": "cell", "feeds": feeds, "params": {"which": 2}}
    described = with_blocks(
        Procedure("again", "sample", steps=Expression("which + 1"), **shared),
        Procedure("on", "autoregressive", steps=3, **shared),
    )
    folder = trained(described, tmp_path)
    state = load_network(folder).state_dict()
    start = torch.randn(5, 3, generator=torch.Generator().manual_seed(7))

    def by_hand(h):
        for index in range(2):
            h = h + state[f"cell.{index}.code.weight"][2]
            h = h @ state[f"cell.{index}.next.weight"].T + state[f"cell.{index}.next.bias"]
        return h

    again = run_procedure(folder, "again", Wish(count=5, seed=7))
    on = run_procedure(folder, "on", Wish(count=1))

    wanted = by_hand(by_hand(by_hand(start)))
    torch.testing.assert_close(torch.tensor(again.made), wanted)
    h, rows = torch.zeros(1, 3), []
    for _ in range(3):
        h = by_hand(h)
        rows.append(h[0])
    torch.testing.assert_close(torch.tensor(on.made), torch.stack(rows))


def test_a_procedure_begins_with_samples_of_the_data(tmp_path):
    feeds = (Feed("label", "data.label"), Feed("h", "data.value"))
    described = with_blocks(
        Procedure("same", "sample", "cell", feeds, 1),
        Procedure("between", "interpolate", "cell", feeds, 3),
    )
    folder = trained(described, tmp_path)

    same = run_procedure(folder, "same", Wish(count=9, seed=1))
    way = run_procedure(folder, "between", Wish(seed=1))

    assert same.shape == "table"
    assert len(same.made) == 9  # more than the six samples of the test part, so some come again
    assert len(way.made) == 3


def test_a_way_along_the_sphere_keeps_its_length_and_one_along_the_line_does_not():
    one, other = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 2.0]])

    sphere, line = (between(one, other, 3, along) for along in ("sphere", "line"))

    torch.testing.assert_close(sphere.norm(dim=2), torch.full((1, 3), 2.0))
    torch.testing.assert_close(sphere[0, 1], torch.full((2,), 2**0.5))
    torch.testing.assert_close(line[0, 1], torch.ones(2))
    torch.testing.assert_close(between(one, one, 2, "sphere")[0], one.expand(2, 2))
