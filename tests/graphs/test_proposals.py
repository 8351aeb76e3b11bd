"""A loss or metric with both inputs free is offered its wires: the network's answer, and what the data say."""

from __future__ import annotations

import pytest

from graphs.check import check
from tests.documents import document, node


def described(data, out, judge, *, second=False):
    """A linear layer of `out` scores, and a loss or metric beside it that nothing is wired to."""
    nodes = {"data": data, "scores": node("Linear", out_features=out), "judge": judge}
    wires = ["data.features -> scores.input"]
    if second:
        nodes["other"] = node("Linear", out_features=out)
        wires.append("data.features -> other.input")
    return document(nodes, wires)


def offered(described):
    """The fixes for what is not wired."""
    found = next(each for each in check(described).problems if each.code == "G103")
    return {fix.title: fix for fix in found.fixes}


@pytest.mark.parametrize(
    ("data", "out", "judge", "title"),
    [
        ("Iris", 3, "CrossEntropyLoss", "Connect Scores and label of Data to Judge"),
        ("Diabetes", 1, "MSELoss", "Connect Scores and target of Data to Judge"),
        ("Iris", 3, "Accuracy", "Connect Scores and label of Data to Judge"),
    ],
)
def test_a_target_comes_from_the_data_and_nothing_else_is_offered(data, out, judge, title):
    fixes = offered(described(data, out, judge))

    assert list(fixes) == [title]


def test_wires_that_are_taken_leave_no_input_free_and_a_clean_graph():
    before = described("Diabetes", 1, "MSELoss")

    (fix,) = offered(before).values()

    assert check(fix.apply(before)).problems == ()


def test_labels_are_wired_also_where_the_number_of_scores_is_still_wrong():
    before = described("Iris", 8, "CrossEntropyLoss")

    (fix,) = offered(before).values()
    after = check(fix.apply(before)).problems

    assert fix.title == "Connect Scores and label of Data to Judge"
    assert [each.code for each in after] == ["G203"]
    assert after[0].fixes


def test_of_two_networks_that_fit_each_is_offered():
    fixes = offered(described("Iris", 3, "CrossEntropyLoss", second=True))

    assert list(fixes) == [
        "Connect Other and label of Data to Judge",
        "Connect Scores and label of Data to Judge",
    ]


def test_of_two_networks_with_wrong_numbers_of_scores_none_is_guessed():
    assert offered(described("Iris", 8, "CrossEntropyLoss", second=True)) == {}


def compared(*ends, out=5):
    """Numbers of a linear layer, and a squared error at which these wires end."""
    nodes = {"data": "Diabetes", "scores": node("Linear", out_features=out), "judge": "MSELoss"}
    return document(nodes, ["data.features -> scores.input", *ends])


@pytest.mark.parametrize(
    ("ends", "title"),
    [
        ((), "Connect Scores and target of Data to Judge"),
        (("scores.output -> judge.input",), "Connect target of Data to Judge"),
        (("data.target -> judge.target",), "Connect Scores to Judge"),
    ],
)
def test_numbers_are_wired_also_where_their_count_is_still_wrong_and_two_clicks_mend_all(
    ends, title
):
    before = compared(*ends)

    (fix,) = offered(before).values()
    wired = fix.apply(before)
    (misfit,) = check(wired).problems
    after = misfit.fixes[0].apply(wired)

    assert (fix.title, misfit.code) == (title, "G201")
    assert misfit.fixes[0].title == "Set Out features of Scores to 1"
    assert check(after).problems == ()


def test_nothing_is_offered_to_be_compared_with_itself():
    before = document(
        {
            "data": "Diabetes",
            "scores": "Linear",
            "other": node("Linear", out_features=8),
            "judge": "MSELoss",
        },
        [
            "data.features -> scores.input",
            "scores.output -> other.input",
            "other.output -> judge.input",
        ],
    )

    assert list(offered(before)) == ["Connect target of Data to Judge"]
