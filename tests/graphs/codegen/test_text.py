"""Text of a document as a literal of Python: it says what it said, and nothing in it can end it."""

from __future__ import annotations

import ast
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from graphs.codegen.text import literal


@given(st.text())
@example("He said \"no\" and 'yes' \\' \\\" \n\u202e\ud800")
@example("it's")
@example("Größe in m²")
@example("\u05d0")
@example('a "word"')
def test_a_literal_is_read_back_as_the_text_it_was(text):
    found = literal(text)

    assert ast.literal_eval(found) == text
    assert found.isprintable()
    assert not any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in found)


def test_letters_that_people_write_stay_as_they_are():
    assert literal("Größe in m²") == '"Größe in m²"'
    assert literal("a\u202eb") == '"a\\u202eb"'
