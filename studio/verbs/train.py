"""`lamina train FILE`: a whole run in the terminal, without Qt."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lightning_modules.place import torchrun_place
from studio.verb import (
    DONE,
    INTERRUPTED,
    MISTAKE,
    PROBLEMS,
    Mistake,
    one_line,
    read_document,
    say,
    verb,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphs.content import Document
    from lightning_modules.crew import Crew
    from lightning_modules.events import Event, Outcome
    from lightning_modules.job import Job
    from lightning_modules.place import Place

DEVICES = ("auto", "cpu", "cuda", "mps")


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the .lamina file to train")
    parser.add_argument(
        "--epochs", type=_count, metavar="N", help="how many times to go through the data"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NODE.PARAM=VALUE",
        help="another value for a parameter of a node; may be given many times",
    )
    parser.add_argument(
        "--device", choices=DEVICES, help="where to train; auto takes the fastest there is"
    )
    parser.add_argument(
        "--devices",
        type=_devices,
        metavar="N",
        help="how many graphics cards (or processes, on the CPU) learn together, each from a batch of its own",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        metavar="N",
        help="another seed for the split, the weights and the order",
    )
    parser.add_argument(
        "--run-dir",
        type=Path,
        metavar="DIR",
        help="the folder for this run (default: in FILE's .runs folder)",
    )
    parser.add_argument(
        "--resume", type=Path, metavar="RUN", help="go on from where the run in this folder ended"
    )
    parser.add_argument(
        "--from",
        type=Path,
        dest="start_from",
        metavar="RUN",
        help="start a new run with what fits of the weights of the run in this folder, or of one of its checkpoints",
    )
    parser.add_argument(
        "--isolate",
        action="store_true",
        help="train in a process of its own, whose crash is told in a sentence, and which outlives this one",
    )
    parser.add_argument(
        "--forecast",
        action="store_true",
        help="do not train: say after a dry run of a few steps how much memory and time it will take",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one event a line as JSON, and nothing else"
    )


@verb(
    "train",
    "Train a file here in the terminal.",
    rank=4,
    examples=(
        "lamina train digits.lamina",
        "lamina train digits.lamina --epochs 5 --set linear.out_features=32 --seed 1",
        "lamina train digits.lamina --resume digits.runs/2026-11-21_10-00-00 --epochs 60",
        "lamina train wider.lamina --from digits.runs/2026-11-21_10-00-00",
        "lamina train digits.lamina --json > events.jsonl",
    ),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Train, show how it goes, and say how it ended: 0 completed, 1 failed or problems, 130 stopped."""
    place = torchrun_place()
    if place is not None and place.rank > 0:
        return _follow(given, place)
    devices = _number_of_devices(given, place)
    document = _document(given)
    if not _is_clean(document):
        return PROBLEMS
    if given.start_from is not None:
        _refuse_bad_source(given.start_from)
    if given.forecast:
        from studio.terminal.forecasting import forecast_in_terminal

        _refuse_missing_device(document, devices)
        base = given.file.resolve().parent
        return forecast_in_terminal(document, base, as_json=given.json, devices=devices)
    job = _job(document, given, devices)
    _refuse_missing_device(document, 1 if place is not None else devices)
    if place is None:
        return train_in_terminal(job, as_json=given.json, isolated=given.isolate or devices > 1)
    from lightning_modules.torchrun import TorchrunCrew

    return train_in_terminal(job, as_json=given.json, crew=TorchrunCrew(job))


def _document(given: argparse.Namespace) -> Document:
    """The document as it is to be trained."""
    from studio.terminal.overrides import with_run, with_settings
    from studio.terminal.own_data import with_own_data

    if given.resume is not None and given.start_from is not None:
        raise Mistake(
            "Give --resume to go on with a run, or --from to start a new one with its weights, but not both."
        )
    document = with_settings(read_document(given.file), given.set)
    document = with_own_data(document, given.file.resolve().parent)
    seed = given.seed if given.resume is None else _seed_to_go_on(given.resume, given.seed)
    return with_run(document, epochs=given.epochs, seed=seed, device=given.device)


def _follow(given: argparse.Namespace, place: Place) -> int:
    """Train as a member of torchrun's team; what there is to say, the first member says."""
    from graphs.check import check

    try:
        document = _document(given)
    except Mistake:
        return MISTAKE
    if not check(document).ok:
        return PROBLEMS
    from lightning_modules.job import Job
    from lightning_modules.torchrun import follow_first

    base = given.file.resolve().parent
    job = Job(document, base, base, given.resume, given.start_from, place.size)
    return follow_first(job, place)


def _number_of_devices(given: argparse.Namespace, place: Place | None) -> int:
    """On how many devices to train: as many as asked for, as torchrun started, or as a run had that goes on.

    Raises:
        Mistake: these are not the same, or do not go together with what else is asked for.
    """
    count: int = given.devices or 1
    if place is not None:
        if given.devices not in (None, place.size):
            raise Mistake(
                f"torchrun has started {place.size} processes, but --devices is {given.devices}. "
                "Leave --devices out."
            )
        if given.isolate:
            raise Mistake("torchrun starts the processes of this run. Leave --isolate out.")
        count = place.size
        if given.forecast:
            raise Mistake("A forecast is made by one process. Start it without torchrun.")
    if given.forecast:
        return count
    if given.resume is None or not given.resume.is_dir():
        return count
    from lightning_modules.run_folder import devices_of, read_record
    from studio.terminal.run_errors import told

    with told(given.resume):
        had = devices_of(read_record(given.resume))
    if had != count and (given.devices is not None or place is not None):
        learned = "1 device" if had == 1 else f"{had} devices"
        asked = "torchrun has started" if place is not None else "--devices is"
        raise Mistake(
            f"The run {given.resume} learned on {learned} and goes on with as many alone, but {asked} {count}. "
            "Take as many, or start a new run with its weights by --from."
        )
    return had


def _seed_to_go_on(resume: Path, asked: int | None) -> int | None:
    """The seed of the run that goes on: with another one it would be another run.

    Raises:
        Mistake: it is no run, a damaged one, or was trained with another seed than is asked for.
    """
    from studio.terminal.run_errors import told

    if not resume.is_dir():
        raise Mistake(f"There is no run {resume} to resume. Give the folder of an earlier run.")
    with told(resume):
        from lightning_modules.checkpoint import LAST, read_numbers, read_tensors
        from lightning_modules.run_folder import read_record

        seed = read_record(resume).get("seed")
        for part in read_numbers(resume, LAST)["sha256"]:
            read_tensors(resume, LAST, part)
    if asked is not None and asked != seed:
        raise Mistake(
            f"The run {resume} has the seed {seed} and goes on with it alone, but --seed is {asked}. "
            "Leave --seed out, or train anew without --resume."
        )
    return seed if isinstance(seed, int) else None


def _refuse_bad_source(path: Path) -> None:
    """Look at the weights to start from before anything is made.

    Raises:
        Mistake: there are none, or they are damaged.
    """
    from lightning_modules.checkpoint import CheckpointError, read_tensors
    from lightning_modules.warm_start import SourceError, find_source

    try:
        source = find_source(path)
        read_tensors(source.folder, source.checkpoint, sha256=source.sha256)
    except (CheckpointError, SourceError) as error:
        raise Mistake(one_line(error)) from error


def _refuse_missing_device(document: Document, count: int) -> None:
    from lightning_modules.devices import NoDevice, choose_device, refuse_too_many

    try:
        choose_device(document.run.device)
        refuse_too_many(document.run.device, count)
    except NoDevice as error:
        raise Mistake(str(error)) from error


def train_in_terminal(
    job: Job, *, as_json: bool = False, isolated: bool = False, crew: Crew | None = None
) -> int:
    """Run a job, here or in a process of its own, with a bar (or lines, or JSON lines); the exit code.

    With a `crew` that is there already this process is the first member of its team.
    """
    from lightning_modules.events import Completed, Failed, to_json
    from studio.terminal.baselines import baseline_lines
    from studio.terminal.stopping import StopOnSignal
    from studio.terminal.watching import Watcher, evaluated_words, outcome_words

    if as_json:
        with StopOnSignal(hurries=crew is None) as stop:
            outcome = _train(job, lambda event: say(to_json(event)), stop, isolated, crew)
        say(to_json(outcome))
    else:
        with Watcher(job.document.main) as watcher, StopOnSignal(hurries=crew is None) as stop:
            outcome = _train(job, watcher.take, stop, isolated, crew)
        if not isinstance(outcome, Failed):
            say(outcome_words(outcome))
            if watcher.progress.evaluated is not None:
                say(evaluated_words(watcher.progress.evaluated, job.document.main))
                if watcher.baselines is not None:
                    split = watcher.progress.evaluated.split
                    for line in baseline_lines(watcher.baselines, split, job.document.main):
                        say(line)
            say(f"Kept in {job.run_dir}")
    if isinstance(outcome, Failed):
        print(f"lamina: {outcome.reason}", file=sys.stderr)
        if outcome.batch_size:
            print(f"        --set run.batch_size={outcome.batch_size} does so.", file=sys.stderr)
        return PROBLEMS
    return DONE if isinstance(outcome, Completed) else INTERRUPTED


def _train(
    job: Job,
    on_event: Callable[[Event], None],
    stop: Callable[[], bool],
    isolated: bool,
    crew: Crew | None,
) -> Outcome:
    if isolated:
        from lightning_modules.isolation import train_apart

        outcome = train_apart(job, on_event, stop)
        assert outcome is not None, "nobody asked to leave it"
        return outcome
    from lightning_modules.run import train

    return train(job, on_event, stop, crew)


def _job(document: Document, given: argparse.Namespace, devices: int) -> Job:
    from lightning_modules.job import Job
    from lightning_modules.run_places import new_run_dir

    file = given.file.resolve()
    run_dir = given.run_dir or _near(new_run_dir(file), given.file)
    goes_on = given.resume is not None and run_dir.resolve() == given.resume.resolve()
    if run_dir.exists() and not goes_on and (not run_dir.is_dir() or any(run_dir.iterdir())):
        raise Mistake(
            f"{run_dir} is there already and not empty. Give another folder for this run."
        )
    return Job(document, file.parent, run_dir, given.resume, given.start_from, devices)


def _near(run_dir: Path, file: Path) -> Path:
    """The run's folder as it is written from where the file was named."""
    try:
        return file.parent / run_dir.relative_to(file.resolve().parent)
    except ValueError:
        return run_dir


def _is_clean(document: Document) -> bool:
    """Whether it can be trained; what cannot is said on standard error."""
    from graphs.check import check

    report = check(document)
    if report.ok:
        return True
    for problem in report.problems:
        if problem.severity == "error":
            print(f"lamina: {problem.message}", file=sys.stderr)
    return False


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"--epochs must be a whole number of at least 1, but is {text}."
        )
    return int(text)


def _devices(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"--devices must be a whole number of at least 1, but is {text}."
        )
    return int(text)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"--seed must be a whole number from 0 to {2**32 - 1}, but is {text}."
        )
    return int(text)
