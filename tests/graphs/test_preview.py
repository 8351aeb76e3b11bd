"""A way out says what it would do before anybody takes it."""

from __future__ import annotations

import pytest

from graphs.check import check
from graphs.content import Document
from graphs.graph import Graph
from graphs.preview import preview
from tests.graphs.rules.test_clean_after_fixes import MISTAKES

SAID = {
    "insert Flatten": (
        "Adds Flatten, which gives 1152. Norm gives 1152. Scores gives 10. No problem is left."
    ),
    "set the size that fits": ("Scores gives 10 instead of 64. No problem is left."),
    "remove the softmax": "Removes Softmax. No problem is left.",
    "break a loop at its newest wire": (
        "Sum gives 64. Tanh gives 64. Scores gives 10. No problem is left."
    ),
    "connect the only possible port": "No problem is left.",
}


@pytest.mark.parametrize("name", SAID)
def test_a_preview_says_what_comes_goes_and_changes(name):
    report = check(MISTAKES[name].document)
    fixes = [fix for problem in report.problems for fix in problem.fixes]

    fix = next(each for each in fixes if each.title == MISTAKES[name].fix)

    assert preview(report, fix) == SAID[name]


def test_a_preview_counts_the_problems_that_stay():
    report = check(Document(networks={"main": Graph()}))

    assert preview(report, report.problems[0].fixes[0]) == (
        "Adds Digits, which gives 1x8x8 and a single number. 1 problem is left."
    )
