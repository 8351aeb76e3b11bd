"""Documents changed at random open or are refused; what opens is checked, mended and saved without an error."""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.check import check
from graphs.document import NotSaved, UnreadableDocument, dumps, loads
from graphs.summary import summary
from tests.graphs.mutation import mutated

MANY = int(os.environ.get("LAMINA_SOAK_DOCUMENTS", "100000"))
MOST_SECONDS = 2.0


def judged(data: bytes) -> str:
    """What became of a document: refused, clean, with problems, or read-only. It must never be an error."""
    try:
        document = loads(data, "odd.lamina")
    except UnreadableDocument as refused:
        sentence = str(refused)
        assert sentence.startswith("odd.lamina cannot be opened: ")
        assert sentence.endswith((".", '".'))
        assert len(sentence.splitlines()) == 1
        return "refused"
    reports = [check(document, network) for network in document.networks]
    for report in reports:
        json.dumps(summary(report), allow_nan=False)
        for problem in report.problems:
            assert problem.message.endswith((".", "?")), problem
            for fix in problem.fixes:
                fix.apply(document)
    if document.read_only:
        assert dumps(document) == data
        return "read-only"
    try:
        again = dumps(document)
    except NotSaved as refused:
        raise AssertionError(f"what was opened cannot be saved: {refused}") from refused
    assert loads(again) == document
    assert dumps(loads(again)) == again
    return "clean" if all(report.ok for report in reports) else "with problems"


@given(st.randoms(use_true_random=False))
def test_a_mutated_document_is_refused_or_checked_and_never_an_error(chance):
    judged(mutated(chance))


@pytest.mark.soak
def test_a_hundred_thousand_mutated_documents_are_refused_or_checked():
    start, slowest = time.monotonic(), (0.0, -1)
    became: Counter[str] = Counter()
    first = random.randrange(10**9)

    for seed in range(first, first + MANY):
        data = mutated(random.Random(seed))
        begun = time.process_time()  # others may work beside it
        try:
            became[judged(data)] += 1
        except Exception as error:
            raise AssertionError(
                f"Random({seed}) makes a document that is an error: {error!r}"
            ) from error
        slowest = max(slowest, (time.process_time() - begun, seed))

    seconds = time.monotonic() - start
    print(
        f"\n{MANY:,} documents in {seconds:,.0f} s: {dict(became)}; the slowest took {slowest[0]:.2f} s ({slowest[1]})"
    )
    assert slowest[0] < MOST_SECONDS
    assert set(became) == {"refused", "clean", "with problems", "read-only"}
