"""What may be wrong with a run's folder or its data, told as the mistake of a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.verb import Mistake, near, one_line

SUFFIX = ".lamina"


@contextmanager
def told(run_dir: Path) -> Iterator[None]:
    """Turn what a run or its data are refused with into one sentence.

    Raises:
        Mistake: in place of every error whose message is a sentence already.
    """
    if run_dir.is_file():
        graph = run_dir.suffix == SUFFIX
        raise Mistake(
            f"{run_dir} is a graph and no run. Give the folder that `lamina train {run_dir}` makes."
            if graph
            else f"{run_dir} is a file. Give the folder of a run."
        )
    if not run_dir.is_dir():
        beside = (
            [each.name for each in run_dir.parent.iterdir() if each.is_dir()]
            if run_dir.parent.is_dir()
            else []
        )
        raise Mistake(
            f"There is no run {run_dir}.{near(run_dir.name, beside)} Give the folder of a run."
        )
    from graphs.document import UnreadableDocument
    from lightning_modules.explain import SENTENCES
    from lightning_modules.run_folder import read_record

    try:
        read_record(run_dir)
        yield
    except (UnreadableDocument, *SENTENCES) as error:
        raise Mistake(one_line(error)) from error
