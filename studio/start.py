"""What `make run` starts: the window with the first example, or, where there is none, its training in the terminal."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli import main as command_line
from studio.display import why_no_window
from studio.verb import say

if TYPE_CHECKING:
    from lightning_modules.job import Job


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, or do the main job here; the exit code. Arguments go to the `lamina` command."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments:
        return command_line(arguments)
    reason = why_no_window()
    if reason:
        say(f"{reason} The first example is trained here in the terminal instead.")
        return train_first_example()
    gc.disable()  # as `lamina` does: there is nothing to collect on the way to the window
    from studio.app import run_window

    return run_window(None, example=True)


def train_first_example() -> int:
    """Train the example with a progress bar, and draw its graph and its curves; the exit code."""
    from graphs.document import load
    from lightning_modules.job import Job
    from resources.templates import FIRST, template
    from studio.verbs.train import train_in_terminal

    path = template(FIRST).path
    job = Job(load(path), path.parent, _run_dir())
    code = train_in_terminal(job)
    if (job.run_dir / "events.jsonl").exists():
        _draw(job)
    return code


def _draw(job: Job) -> None:
    from graphs.check import check
    from lightning_modules.events import from_json
    from studio.curves.run import RunCurves
    from studio.pictures.curves import curves_picture
    from studio.pictures.files import write
    from studio.pictures.graph import graph_picture

    lines = (job.run_dir / "events.jsonl").read_text(encoding="utf-8").splitlines()
    titles = {node.id: node.name for node in job.document.main.nodes.values()}
    curves = RunCurves(titles).take_all(map(from_json, lines))
    graph = graph_picture(check(job.document))
    write(curves_picture(curves), job.run_dir / "curves.png")
    write(graph, job.run_dir / "graph.png")
    write(graph, job.run_dir / "graph.svg")
    say("Its curves are drawn there in curves.png, its graph in graph.png and graph.svg.")


def _run_dir() -> Path:
    """A new folder below `runs` where the command was called; where nothing can be written, a temporary one."""
    from lightning_modules.run_places import new_run_dir

    here = Path.cwd()
    home = here if os.access(here, os.W_OK) else Path(tempfile.mkdtemp(prefix="lamina-"))
    return home / "runs" / new_run_dir(None).name


if __name__ == "__main__":
    sys.exit(main())
