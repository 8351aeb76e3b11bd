"""The source keeps the house rules that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "tools"}
MOST_LINES = 400
MOST_METHODS = 25

# The edges: above them stands nothing of ours that could answer an error. The `run` or `work` of a thread is one
# wherever it is.
EDGES = {
    "studio/app.py",  # the excepthook
    "studio/cli.py",  # the command line: one sentence, never a traceback
    "lightning_modules/run.py",  # the edge of a run: its last event says how it ended
    "lightning_modules/baselines.py",  # the edge of a thread that Python's class for threads does not begin
    "lightning_modules/member.py",  # the edge of a process that learns with others: the first one tells its end
    "lightning_modules/torchrun.py",  # the same, where torchrun began it
}


def test_every_module_opens_with_one_sentence(sources):
    silent = [
        each.name
        for each in sources
        if not re.match(
            r"\S.*?[.:](\s|$)", (ast.get_docstring(each.tree) or "").partition("\n\n")[0], re.DOTALL
        )
    ]

    assert not silent, f"Give each a docstring that says in one sentence what it knows: {silent}"


def test_a_file_answers_one_question_in_at_most_400_lines(sources):
    long = {each.name: n for each in sources if (n := len(each.text.splitlines())) > MOST_LINES}

    assert not long, f"Split these by the questions they answer: {long}"


def test_modules_are_named_after_what_they_know(sources):
    vague = [each.name for each in sources if VAGUE & set(each.module.split("."))]

    assert not vague, f"Name these after what they know: {vague}"


def test_a_class_has_at_most_25_methods(sources):
    # Overrides of Qt are camelCase (N802 lets nothing else be): they count for Qt, not for us.
    big = {
        f"{each.name}: {node.name}": len(own)
        for each in sources
        for node in ast.walk(each.tree)
        if isinstance(node, ast.ClassDef)
        and len(
            own := [
                one.name
                for one in node.body
                if isinstance(one, ast.FunctionDef) and not re.search(r"[a-z][A-Z]", one.name)
            ]
        )
        > MOST_METHODS
    }

    assert not big, f"Share by composition: {big}"


def test_nothing_in_the_source_can_run_what_a_file_says(sources):
    found = [f"{each.name}:{line} {what}" for each in sources for line, what in _dangers(each.tree)]

    assert not found, (
        f"Files are JSON and safetensors, expressions have a parser of their own: {found}"
    )


def test_the_search_for_dangers_finds_them():
    code = """
import pickle
from yaml import load
eval("1")
exec("1")
torch.load("weights.pt")
builtins.eval("1")
module.eval()
safetensors.torch.load_file("weights")
"""

    assert [what for _, what in _dangers(ast.parse(code))] == [
        "pickle",
        "yaml",
        "eval",
        "exec",
        "torch.load",
        "builtins.eval",
    ]


def test_exceptions_are_caught_by_name_except_at_the_edges(sources):
    found = [
        f"{each.name}:{line}"
        for each in sources
        if each.name not in EDGES
        for line in _catches_of_everything(each.tree)
    ]

    assert not found, (
        f"Catch what can happen by its name; only a thread's run and {sorted(EDGES)} catch all: {found}"
    )


def test_the_search_for_catches_of_everything_knows_the_edge_of_a_thread():
    code = """
class Reading(QThread):
    def run(self):
        try: ...
        except Exception: ...
class Answering(BesideThread):
    def work(self):
        try: ...
        except Exception: ...
    def other(self):
        try: ...
        except Exception: ...
try: ...
except (ValueError, BaseException): ...
try: ...
except: ...
try: ...
except ValueError: ...
"""

    assert _catches_of_everything(ast.parse(code)) == [12, 14, 16]


def test_no_file_of_the_project_names_the_machine_it_was_made_on(root):
    here = re.compile(r"(?<![\w.])/(?:tmp|home|root|Users)/\w")
    texts = [
        path
        for folder in (*("graphs", "lightning_modules", "studio", "resources"), ".")
        for pattern in ("*.py", "*.md", "*.toml", "*.lamina", "Makefile")
        for path in (root.glob(pattern) if folder == "." else (root / folder).rglob(pattern))
    ]

    found = [
        str(path.relative_to(root))
        for path in texts
        if here.search(path.read_text(encoding="utf-8"))
    ]

    assert not found, f"Write paths that hold everywhere: {found}"


def _dangers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    forbidden_modules = {
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "shelve",
        "yaml",
    }
    forbidden_calls = {
        "eval",
        "exec",
        "builtins.eval",
        "builtins.exec",
        "torch.load",
        "torch.jit.load",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in forbidden_calls:
                yield node.lineno, called
            continue
        else:
            continue
        for name in names:
            if name.partition(".")[0] in forbidden_modules:
                yield node.lineno, name


def _catches_of_everything(tree: ast.AST) -> list[int]:
    """The lines that catch everything, the edges of threads left out."""
    edges = {
        id(handler)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("Thread") for base in node.bases)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in ("run", "work")
        for handler in ast.walk(method)
    }
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and id(node) not in edges and _catches_all(node)
    )


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in kinds
    )
