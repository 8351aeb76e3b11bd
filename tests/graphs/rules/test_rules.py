"""Every rule has its sentence, and every way out leaves no such problem there."""

from __future__ import annotations

import pytest

from graphs.check import check
from graphs.content import Document, EarlyStopping
from graphs.expression import Expression
from graphs.graph import End, Graph, Node
from graphs.rule import RULES, Problem
from tests.documents import digits_mlp, document, node
from tests.graphs.rules.graph_rows import GRAPH_ROWS
from tests.graphs.rules.learning_rows import LEARNING_ROWS
from tests.graphs.rules.procedure_rows import PROCEDURE_ROWS
from tests.graphs.rules.rows import classifier, good, with_run
from tests.graphs.rules.run_rows import RUN_ROWS

ROWS = {**GRAPH_ROWS, **LEARNING_ROWS, **PROCEDURE_ROWS, **RUN_ROWS}


def found(document: Document, code: str, nodes: tuple[str, ...]) -> list[Problem]:
    return [
        problem
        for problem in check(document).problems
        if (problem.code, problem.nodes) == (code, nodes)
    ]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_rule_says_what_is_wrong_in_full(row):
    problem = found(row.document, row.code, row.nodes)[0]

    assert problem.message == row.message
    assert problem.severity == row.severity
    assert tuple(fix.title for fix in problem.fixes) == row.fixes


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_every_way_out_leaves_no_such_problem_there(row):
    for fix in found(row.document, row.code, row.nodes)[0].fixes:
        after = fix.apply(row.document)

        assert after != row.document
        assert row.message not in [problem.message for problem in check(after).problems]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_way_out_does_nothing_where_its_nodes_are_gone(row):
    for fix in found(row.document, row.code, row.nodes)[0].fixes:
        if row.code not in ("G301", "G302") and fix.settings is None:
            assert fix.edit(Graph()) == Graph()


def test_every_rule_has_a_row_here_or_in_the_test_of_fit():
    assert set(RULES) - {row.code for row in ROWS.values()} == {"G201"}


def test_what_is_right_has_no_problem():
    assert check(good()).problems == ()
    assert check(digits_mlp()).problems == ()
    assert check(with_run(early_stopping=EarlyStopping("train_loss"))).ok


@pytest.mark.parametrize("activation", ["Sigmoid", "Softmax"])
def test_scores_of_a_layer_behind_hidden_probabilities_are_raw_again(activation):
    right = document(
        {
            "iris": "Iris",
            "hidden": node("Linear", out_features=8),
            "squashed": activation,
            "scores": node("Linear", out_features=3),
            "loss": "CrossEntropyLoss",
        },
        [
            "iris.features -> hidden.input",
            "hidden.output -> squashed.input",
            "squashed.output -> scores.input",
            "scores.output -> loss.logits",
            "iris.label -> loss.target",
        ],
    )

    assert check(right).problems == ()


def test_taking_out_a_layer_that_is_used_elsewhere_leaves_it_there():
    row = ROWS["sigmoid before binary cross entropy, used elsewhere"]

    after = found(row.document, row.code, row.nodes)[0].fixes[0].apply(row.document).main

    assert after.incoming["loss"]["logits"] == End("score", "output")
    assert after.incoming["output"]["input"] == End("sigmoid", "output")


def test_errors_come_first_in_the_order_in_which_data_flow():
    wrong = classifier(
        node("Linear", out_features=0),
        {"tanh": "Tanh", "first": node("Dropout", p=3.0)},
        "iris.features -> first.input",
    )

    problems = check(wrong).problems

    assert [(problem.code, problem.nodes[0]) for problem in problems] == [
        ("G102", "scores"), ("G102", "first"), ("G401", "tanh"), ("G401", "first"),
    ]  # fmt: skip


def test_rules_of_training_do_not_concern_blocks():
    inside = Graph({"a": Node("a", "Linear", {"out_features": Expression("w")})})

    assert check(Document(networks={"main": good().main, "block": inside}), "block").problems == ()


def test_a_network_that_needs_much_memory_is_a_warning_before_training():
    large = document(
        {
            "iris": "Iris",
            "a": node("Linear", out_features=50_000),
            "b": node("Linear", out_features=50_000),
        },
        ["iris.features -> a.input", "a.output -> b.input"],
    )

    (told,) = found(large, "G601", ("b",))

    assert told.severity == "warning"
    assert told.message == (
        "This network needs about 37.3 GiB of memory to train 2.5 billion weights; 2.5 billion are those of "
        "B (Linear). Choose smaller sizes if the machine has less."
    )
