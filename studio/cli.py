"""The command line: `lamina FILE` opens the window, `lamina VERB ...` does one thing without it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import studio.verbs  # noqa: F401 - registers all verbs
from studio.verb import INTERRUPTED, MISTAKE, VERBS, Mistake, Parser, Verb, cannot_read, near

if TYPE_CHECKING:
    from types import TracebackType

PROG = "lamina"
TRACEBACK = "LAMINA_TRACEBACK"
WORDS = "Draw a neural network, train it and watch it learn: a desktop studio for deep learning without code."
EXAMPLES = (
    ("lamina", "open the window"),
    ("lamina digits.lamina", "open a file in the window"),
    ("lamina new digits_mlp digits.lamina", "begin with a template"),
    ("lamina train digits.lamina", "train it here in the terminal"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for; the exit code. Mistakes are one sentence on standard error."""
    if argv is None:
        sys.excepthook = _tell_unforeseen  # ours is the process
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except Mistake as mistake:
        print(f"{PROG}: {mistake}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print(f"{PROG}: Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as in `lamina layers | head`: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13  # SIGPIPE
    else:
        return code


def _tell_unforeseen(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """One sentence about an error that nobody foresaw; the traceback for those who ask."""
    if os.environ.get(TRACEBACK):
        sys.__excepthook__(kind, error, trace)
        return
    what = " ".join(f"{kind.__name__}: {error}".split())[:300]
    print(
        f"{PROG}: Something went wrong that should not ({what}). Set {TRACEBACK}=1 to see where.",
        file=sys.stderr,
    )


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in VERBS:
        chosen = VERBS[arguments[0]]
        parser = _parser(chosen)
        return _help_or(parser, arguments[1:], chosen)
    return _open(arguments)


def _help_or(parser: Parser, arguments: list[str], chosen: Verb) -> int:
    try:
        given = parser.parse_args(arguments)
    except SystemExit as leave:  # argparse has shown the help
        return int(leave.code or 0)
    return chosen.run(given)


def _parser(chosen: Verb) -> Parser:
    parser = Parser(
        prog=f"{PROG} {chosen.name}",
        description=chosen.summary,
        epilog="examples:\n" + "\n".join(f"  {example}" for example in chosen.examples),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    chosen.declare(parser)
    return parser


def _open(arguments: list[str]) -> int:
    parser = Parser(
        prog=PROG,
        usage=f"{PROG} [FILE]\n       {PROG} COMMAND ...",
        description=WORDS,
        epilog=_overview(),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="the .lamina file to open in the window"
    )
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    try:
        given = parser.parse_args(arguments)
    except SystemExit as leave:
        return int(leave.code or 0)
    except Mistake:
        if arguments and not arguments[0].startswith("-") and not Path(arguments[0]).exists():
            raise _unknown(arguments[0]) from None
        raise
    if given.version:
        print(f"{PROG} {_version()}")
        return 0
    path = None if given.file is None else Path(given.file)
    if path is not None and not path.exists():
        raise _unknown(given.file)
    return _window(path)


def _window(path: Path | None) -> int:
    from studio.display import why_no_window

    reason = why_no_window()
    if reason:
        raise Mistake(f"{reason} The commands that `{PROG} --help` lists work without a window.")
    gc.disable()  # what is made on the way to the window lives as long as it: there is nothing to collect
    from studio.app import run_window  # Qt, only where a window opens

    return run_window(path)


def _unknown(word: str) -> Mistake:
    if "." not in word and "/" not in word and "\\" not in word:
        return Mistake(
            f"There is no command and no file called {word}.{near(word, VERBS)} See `{PROG} --help`."
        )
    return Mistake(cannot_read(Path(word), FileNotFoundError()))


def _overview() -> str:
    width = max(len(name) for name in VERBS) + 3
    ranked = sorted(VERBS.values(), key=lambda each: each.rank)
    commands = "\n".join(
        f"  {each.name:{width}}{each.summary[0].lower()}{each.summary[1:-1]}" for each in ranked
    )
    wide = max(len(example) for example, _ in EXAMPLES) + 3
    examples = "\n".join(f"  {example:{wide}}{words}" for example, words in EXAMPLES)
    return f"commands:\n{commands}\n\n`{PROG} COMMAND --help` says more about each.\n\nexamples:\n{examples}"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("lamina-studio")  # the distribution, not the program
    except PackageNotFoundError:  # run from the source without installing
        return "(not installed)"


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help with a column wide enough for the longest option."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32)
