"""Source as text: literals, calls that break over lines as ruff breaks them, docstrings and comments of any text."""

from __future__ import annotations

import ast
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphs.code import Verbatim

WIDTH = 100
MAX_WORDS = 4_000
"""Characters of a text of the document that a docstring keeps."""


@dataclass(frozen=True)
class Bracket:
    """`head` opens it, `close` ends it; items are separated by commas. `loop` makes it a comprehension."""

    head: str
    items: tuple[Bracket | str, ...]
    close: str = ")"
    loop: str = ""

    def flat(self) -> str:
        """All on one line."""
        inner = ", ".join(flat(each) for each in self.items)
        lone = "," if self.head.endswith("(") and self.head == "(" and len(self.items) == 1 else ""
        return f"{self.head}{inner}{' ' if self.loop else ''}{self.loop}{lone}{self.close}"


def flat(item: Bracket | str) -> str:
    """The item on one line."""
    return item if isinstance(item, str) else item.flat()


def laid_out(prefix: str, item: Bracket | str, suffix: str, indent: int) -> list[str]:
    """The lines of `prefix item suffix`, on one line if it fits, else broken at the outermost bracket."""
    space = " " * indent
    line = f"{space}{prefix}{flat(item)}{suffix}"
    if len(line) <= WIDTH or isinstance(item, str) or not item.items:
        return [line]
    lines = [f"{space}{prefix}{item.head}"]
    inner = " " * (indent + 4)
    row = ", ".join(flat(each) for each in item.items)
    if len(inner + row) + (len(item.loop) + 1 if item.loop else 0) <= WIDTH:
        lines.append(f"{inner}{row} {item.loop}".rstrip())
    elif item.loop:
        lines += [*laid_out("", item.items[0], "", indent + 4), f"{inner}{item.loop}"]
    else:
        for each in item.items:
            lines += laid_out("", each, ",", indent + 4)
    lines.append(f"{space}{item.close}{suffix}")
    return lines


def summed(name: str, terms: Sequence[str], indent: int) -> list[str]:
    """The lines that give a variable the sum of terms: one line if they fit, else one for each term."""
    space = " " * indent
    line = f"{space}{name} = {' + '.join(terms)}"
    if len(line) <= WIDTH or len(terms) == 1:
        return statement(f"{name} = {terms[0]}", indent) if len(terms) == 1 else [line]
    first, *rest = terms
    inner = f"{space}    {' + '.join(terms)}"
    if len(inner) <= WIDTH:
        return [f"{space}{name} = (", inner, f"{space})"]
    last = f"{space}{name} = {name} + {rest[0]}"
    if len(rest) == 1 and len(last) <= WIDTH:  # ruff would break the last call of such a sum
        return [f"{space}{name} = {first}", last]
    return [
        f"{space}{name} = (",
        f"{space}    {first}",
        *(f"{space}    + {each}" for each in rest),
        f"{space})",
    ]


def printed(words: str, indent: int, *, returns: bool = False) -> list[str]:
    """The lines that print an f-string, or return it, cut at its commas where it is too long."""
    space, inner = " " * indent, " " * (indent + 4)
    line = f'{space}return f"{words}"' if returns else f'{space}print(f"{words}")'
    if len(line) <= WIDTH:
        return [line]
    rows: list[str] = []
    row = ""
    for part in re.split(r"(?<=, )(?![^{]*})", words):
        if len(inner + row + part) + 3 > WIDTH and row:
            rows, row = [*rows, row], ""
        row += part
    lines = [f'{inner}f"{each}"' for each in (*rows, row)]
    return [f"{space}{'return (' if returns else 'print('}", *lines, f"{space})"]


def statement(line: str, indent: int) -> list[str]:
    """The lines of `return call` or `name = call`, which is broken at its bracket if it is too long."""
    space = " " * indent
    bare = line.lstrip()
    deeper = indent + len(line) - len(bare)
    code, _, said = bare.partition("  # ")
    if len(space + line) <= WIDTH or "(" not in code or code.startswith(("#", "for ")):
        return [space + line]
    tree = ast.parse(code if not code.startswith("return ") else code[7:]).body[0]
    value = tree.value if isinstance(tree, ast.Assign | ast.Expr) else None
    last = ""
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Call):
        last = f"[{ast.unparse(value.slice)}]"
        value = value.value
        if last == "[0]" and any(each.arg == "need_weights" for each in value.keywords):
            return _unpacked(code.removesuffix(last), said, deeper)
    if not isinstance(value, ast.Call):
        return [space + line]
    text = code.removeprefix("return ")
    head = f"{text[: value.func.end_col_offset]}("
    prefix = "return " if code.startswith("return ") else ""
    items = [ast.get_source_segment(text, each) or "" for each in value.args]
    items += [f"{each.arg}={ast.get_source_segment(text, each.value)}" for each in value.keywords]
    note = [f"{' ' * deeper}# {said}"] if said else []
    return [*note, *laid_out(prefix, Bracket(head, tuple(items)), last, deeper)]


def _unpacked(code: str, said: str, indent: int) -> list[str]:
    """The lines of an attention, which gives its output and weights as a pair: no place in it is broken off alone."""
    note = f"  # {said}" if said else ""
    if code.startswith("return "):
        pair = statement(f"output, _ = {code.removeprefix('return ')}{note}", indent)
        return [*pair, f"{' ' * indent}return output"]
    name, _, call = code.partition(" = ")
    return statement(f"{name}, _ = {call}{note}", indent)


def literal(value: Any) -> str:
    """A value as Python source. Text is written as a literal in which nothing can end or hide."""
    if isinstance(value, Verbatim):
        return value.text
    if isinstance(value, str):
        shown = "".join(each if _is_plain(each) else ascii(each)[1:-1] for each in repr(str(value)))
        body = shown[1:-1].replace("\\'", "'") if shown.startswith("'") else shown[1:-1]
        if body.count('"') > body.count("'"):  # as ruff chooses: what has to be escaped less often
            return "'" + body.replace("'", "\\'") + "'"
        return '"' + body.replace('"', '\\"') + '"'
    if isinstance(value, tuple):
        inner = ", ".join(literal(each) for each in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    assert value is None or isinstance(value, (bool, int, float)), type(value)
    return repr(value)


def _is_plain(character: str) -> bool:
    """Whether it is seen where it stands: nothing hidden, and nothing that is written from right to left."""
    return character.isprintable() and unicodedata.bidirectional(character) not in ("R", "AL", "AN")


def harmless(text: str) -> str:
    """Text of a document as one line for docstrings and comments: no control, format or lone surrogate signs."""
    kept = (each if unicodedata.category(each)[0] not in "CZ" else " " for each in text[:MAX_WORDS])
    line = " ".join("".join(kept).split())
    return line.replace("\\", "/").replace('"""', "'''")


def docstring(paragraphs: Iterable[str], indent: int) -> list[str]:
    """The lines of a docstring; `paragraphs` may hold text of the document."""
    space = " " * indent
    clean = [each for each in (_quoteless(harmless(each)) for each in paragraphs) if each]
    if not clean:
        return []
    if len(clean) == 1 and len(clean[0]) + indent + 6 <= WIDTH:
        return [f'{space}"""{clean[0]}"""']
    lines: list[str] = []
    for each in clean:
        wrapped = textwrap.wrap(
            each, WIDTH - indent - 6, break_long_words=True, break_on_hyphens=False
        )
        lines += [*([""] if lines else []), *wrapped]
    lines = [f"{space}{line}" if line else "" for line in lines]
    lines[0] = f'{space}"""{lines[0][indent:]}'
    return [*lines, f'{space}"""']


def comment(text: str, indent: int) -> list[str]:
    """The lines of a comment; `text` may come from the document, and says nothing to tools that read comments."""
    text = re.sub(
        r"\b(noqa|fmt|isort|ruff|type|mypy|pylint|pragma)\s*:", r"\1 ", text.replace("#", " ")
    )
    text = text.replace("noqa", "no qa")
    return [
        f"{' ' * indent}# {line}"
        for line in textwrap.wrap(harmless(text), WIDTH - indent - 2, break_on_hyphens=False)
    ]


def _quoteless(text: str) -> str:
    """Without double quotes at the edges, which would join those of the docstring."""
    inner = re.sub(r'^"+|"+$', lambda found: "'" * len(found[0]), text)
    return inner.strip()
