"""What a verb of the command line is: `train` in `lamina train FILE`; and the registry of all verbs."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

if TYPE_CHECKING:
    from graphs.content import Document

Run: TypeAlias = Callable[[argparse.Namespace], int]
Declare: TypeAlias = Callable[[argparse.ArgumentParser], None]

DONE, PROBLEMS, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: it is done; what was asked about has problems; the call was wrong; Ctrl+C (128 + SIGINT)."""


class Mistake(Exception):  # noqa: N818 - the caller's, not the program's
    """What was asked for cannot be done: one sentence for standard error; the exit code is 2."""


@dataclass(frozen=True)
class Verb:
    """One verb: a line for the list, words and examples for its own help, arguments, and what it does."""

    name: str
    rank: int  # its place in the list, by the order in which people need them
    summary: str
    examples: tuple[str, ...]
    declare: Declare
    run: Run


VERBS: dict[str, Verb] = {}
"""Every verb by name, complete once `studio.verbs` is imported."""


def verb(
    name: str, summary: str, *, rank: int, examples: tuple[str, ...], declare: Declare
) -> Callable[[Run], Run]:
    """Register a function as what `lamina NAME` does; it returns the exit code and raises Mistake."""

    def register(run: Run) -> Run:
        assert name not in VERBS, f"two verbs are called {name}"
        VERBS[name] = Verb(name, rank, summary, examples, declare, run)
        return run

    return register


class Parser(argparse.ArgumentParser):
    """argparse whose mistakes are one sentence, with a near miss named."""

    def error(self, message: str) -> NoReturn:
        """Raise a Mistake in place of printing the usage."""
        raise Mistake(_sentence(self, message))

    def parse_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """The arguments; of unknown ones the first is named, with the option that it may have meant."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            options = [option for action in self._actions for option in action.option_strings]
            what = "option" if unknown[0].startswith("-") else "further argument"
            hint = near(unknown[0].partition("=")[0], options)
            self.error(f"There is no {what} {unknown[0]}.{hint} See `{self.prog} --help`.")
        return found


def say(text: str = "") -> None:
    """Write a line to standard output, where a letter that the terminal cannot show is a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def near(word: str, known: Iterable[str]) -> str:
    """The question whether the nearest known word is meant, after a blank; nothing if none is near."""
    words = list(known)
    lower = {each.lower(): each for each in words}
    found = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f" Did you mean {lower[found[0]]}?" if found else ""


def one_line(error: Exception) -> str:
    """The sentence of an exception."""
    return " ".join(str(error).split())


def read_document(path: Path) -> Document:
    """The document in this file.

    Raises:
        Mistake: there is none.
    """
    from graphs.document import UnreadableDocument, load

    if not path.exists() or path.is_dir():
        raise Mistake(cannot_read(path, FileNotFoundError()))
    try:
        return load(path)
    except UnreadableDocument as error:
        raise Mistake(one_line(error)) from error
    except OSError as error:
        raise Mistake(cannot_read(path, error)) from error


def cannot_read(path: Path, error: OSError) -> str:
    """The sentence for a file that cannot be opened, with the file beside it that may be meant."""
    if not path.exists():
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        return f"There is no file {path}.{near(path.name, beside)}"
    if path.is_dir():
        return f"{path} is a folder; give a file."
    return f"{path} cannot be read: {(error.strerror or str(error)).lower()}."


def _sentence(parser: argparse.ArgumentParser, message: str) -> str:
    """What argparse says, in the words of this program."""
    required = re.match(r"the following arguments are required: (.*)", message)
    if required:
        return (
            f"{parser.prog} needs {required[1].replace(', ', ' and ')}. See `{parser.prog} --help`."
        )
    choice = re.match(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", message)
    if choice:
        known = [each.strip("' ") for each in choice[3].split(",")]
        return f"{choice[1]} must be one of {', '.join(known)}, but is {choice[2]}.{near(choice[2], known)}"
    lacking = re.match(r"argument (\S+): expected (?:one|at least one) argument", message)
    if lacking:
        return f"{lacking[1].split('/')[-1]} needs a value. See `{parser.prog} --help`."
    return re.sub(r"^argument \S+: ", "", message)
