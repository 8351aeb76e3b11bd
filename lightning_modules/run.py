"""Runs a job: data, network, training and what is kept, as events; in any thread or process, until it ends."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from graphs.check import check
from graphs.compile import Network, build
from lightning_modules import training_state
from lightning_modules.baselines import BaselineThread
from lightning_modules.checkpoint_record import LAST
from lightning_modules.course import Course
from lightning_modules.crew import StartedCrew, telling_who
from lightning_modules.data import Prepared, prepare
from lightning_modules.data_record import write_record
from lightning_modules.devices import (
    choose_device,
    choose_threads,
    flags,
    free_memory,
    refuse_too_many,
    threads,
    words,
)
from lightning_modules.divided import divide
from lightning_modules.evaluation import evaluate_network, why_last
from lightning_modules.events import Completed, Event, Failed, Outcome, Started, Stopped, Warned
from lightning_modules.explain import explain
from lightning_modules.finite import are_finite, explain_not_finite, weights_of
from lightning_modules.keeper import Keeper
from lightning_modules.module import Chunks, GraphModule, make_trainer
from lightning_modules.notes import Doctor
from lightning_modules.out_of_memory import way_out
from lightning_modules.pausing import Pause
from lightning_modules.quiet import quiet
from lightning_modules.reports import Reports
from lightning_modules.run_folder import (
    EVENTS,
    RunFolder,
    RunFolderError,
    devices_of,
    read_record,
)
from lightning_modules.switch_gains import told_gains
from lightning_modules.switches import refusals
from lightning_modules.tensorboard_file import TensorBoardFile
from lightning_modules.transfer import same_training, take_weights
from lightning_modules.warm_start import find_source

if TYPE_CHECKING:
    from graphs.content import Document
    from lightning_modules.crew import Crew
    from lightning_modules.devices import Device
    from lightning_modules.job import Job
    from lightning_modules.splits import Split

_ONE = threading.Lock()
"""Seeds, the number of threads and what is done with warnings belong to the whole program: one run at a time."""

EVALUATION_AFTER_STOP_S = 1.0
"""Who stops a run does not wait longer than this for its test."""

SMALL_BYTES = 2_000_000
"""Weights up to this size are written in some 40 ms, with all that belongs to them."""

CHANGED = "The document was changed since that run, so training begins anew with what fits of its weights."
NOT_COMPILED = "Compiled code stays off: several devices train together."
NOTHING_FITS = "Nothing of that run fits this network, so all its weights are new."


def train(
    job: Job,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    crew: Crew | None = None,
) -> Outcome:
    """Train until all epochs ran, `should_stop` says so between two steps, or it cannot go on.

    Events reach `on_event` in this thread. The outcome is returned, and is the last line of the run
    folder's events.jsonl; `on_event` does not get it. A document with errors makes no folder. Where an
    objective rests, its loss is NaN. A job of several devices starts a process for each of the others, unless
    there is a `crew` already: then this process is its first member.
    """
    if not _ONE.acquire(blocking=False):
        return Failed(
            "Another run is going on in this program. Wait until it ends, or stop it first."
        )
    try:
        return _train(job, on_event, should_stop, crew)
    finally:
        free_memory()
        _ONE.release()


def _train(
    job: Job,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool],
    crew: Crew | None,
) -> Outcome:
    problems = check(job.document).problems
    if problems and problems[0].severity == "error":  # errors stand first
        return Failed(problems[0].message, nodes=problems[0].nodes)
    try:
        folder = RunFolder.open(job.run_dir, goes_on=_goes_on_in_place(job))
    except OSError as error:
        foreseen = isinstance(error, RunFolderError)  # its sentence says all there is to say
        return Failed(explain(error), "" if foreseen else traceback.format_exc())
    doctor, board = Doctor(job.document), TensorBoardFile(job.run_dir)

    def answer(event: Event) -> list[Event]:
        return [*doctor.take(event), *board.take(event)]

    reports = Reports(on_event, job.run_dir / EVENTS, answer)
    run = _Run(job, folder, reports, should_stop, doctor, crew)
    try:
        with quiet(lambda text: reports.tell(Warned(text))):
            outcome = run.go()
    except Exception as error:  # noqa: BLE001 - the edge of the run: its end is told as an outcome
        node = run.nodes_of(error)
        fits = getattr(error, "batch_size", 0)
        outcome = Failed(explain(error), traceback.format_exc(), node, run.steps, fits)
    try:
        reports.write(*board.close(), outcome)
        folder.end(outcome)
    except (
        OSError
    ) as error:  # a full disk, most likely: what ended the run before is the better news
        if not isinstance(outcome, Failed):
            outcome = Failed(explain(error), traceback.format_exc(), steps=run.steps)
    finally:
        reports.close()
        folder.close()
    return outcome


def _record_before(job: Job) -> Mapping[str, Any]:
    """The record of the run that goes on; empty if there is none that can be read."""
    try:
        return read_record(job.resume) if job.resume is not None else {}
    except RunFolderError:  # what is wrong with that folder is said where its weights are read
        return {}


def _first_source(job: Job) -> object:
    """What the record of the run that goes on says of the weights that it once started with, if it did."""
    return _record_before(job).get("started_from")


def _refuse_other_devices(job: Job) -> None:
    """A run goes on with as many devices: its steps learned from that many batches each.

    Raises:
        RunFolderError: it had another number of them.
    """
    before = _record_before(job)
    had = devices_of(before)
    if before and had != job.devices:
        raise RunFolderError(other_devices(had, job.devices))


def other_devices(had: int, asked: int) -> str:
    """What a person reads who goes on with a run on another number of devices."""
    before = "1 device" if had == 1 else f"{had} devices"
    return (
        f"That run learned on {before} and goes on with as many alone, but {asked} "
        f"{'is' if asked == 1 else 'are'} asked for. Ask for {had}, or start a new run with its weights."
    )


def _goes_on_in_place(job: Job) -> bool:
    return job.resume is not None and job.resume.resolve() == job.run_dir.resolve()


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - whoever draws from the global generator draws the same
    torch.manual_seed(seed)


class _Run:
    """One job under way."""

    def __init__(
        self,
        job: Job,
        folder: RunFolder,
        reports: Reports,
        should_stop: Callable[[], bool],
        doctor: Doctor,
        crew: Crew | None,
    ) -> None:
        self._job, self._folder, self._reports = job, folder, reports
        self._doctor = doctor
        self._crew = crew or (StartedCrew(job) if job.devices > 1 else None)
        self._should_stop = should_stop
        self._began = time.perf_counter()
        self._course: Course | None = None

    @property
    def steps(self) -> int:
        """How many optimizer steps were made."""
        return self._course.position.step if self._course is not None else 0

    @staticmethod
    def nodes_of(error: Exception) -> tuple[str, ...]:
        """The nodes that an error names."""
        nodes: tuple[str, ...] = getattr(error, "nodes", ())
        return nodes

    def go(self) -> Outcome:
        """Train; how it ended."""
        document = self._job.document
        device = choose_device(document.run.device)
        refuse_too_many(document.run.device, self._job.devices)
        _refuse_other_devices(self._job)
        with threads(choose_threads(document, devices=self._job.devices)):
            return self._train(document, device)

    def _train(self, document: Document, device: Device) -> Outcome:
        settings, job = document.run, self._job
        self._folder.begin(
            document,
            {
                "title": document.title,
                "base": str(job.base.resolve()),
                "resumed_from": str(job.resume) if job.resume else None,
                "started_from": _first_source(job),
                "seed": settings.seed,
                "device": words(device, job.devices),
                "devices": job.devices,
                "precision": settings.precision,
                "threads": torch.get_num_threads(),
                "flags": flags(),
            },
        )
        with self._crew or nullcontext():
            prepared, keeper, course = self._learn(document, device)
        return self._end(course, keeper, prepared)

    def _learn(self, document: Document, device: Device) -> tuple[Prepared, Keeper, Course]:
        """Make all steps, with the others if there are any."""
        settings, job = document.run, self._job
        prepared = prepare(document, job.base)
        write_record(prepared, job.run_dir)
        seed_everything(settings.seed)
        network = build(document).to(device)
        team = self._crew.join(device) if self._crew is not None else None
        if team is not None:
            divide(network, team)
        course = self._course = Course(
            network, prepared, device, self._reports, self._should_stop, team
        )
        keeper = course.keeper = self._keeper(course)
        course.capture = lambda: training_state.capture(course, keeper)
        course.pause = Pause(job.run_dir)
        told = self._begin_weights(course, keeper)
        if team is not None:
            team.agree(goes_on=job.resume is not None and not told)
            team.take_over(network.state_dict())
        off = [Warned(each.sentence) for each in refusals(network, device)]
        if team is not None and document.run.compile:
            off.append(Warned(NOT_COMPILED))
        left_out = map(Warned, prepared.left_out)
        self._reports.tell(self._started(course, prepared), *told, *off, *left_out)
        baselines = BaselineThread(network, prepared, job.run_dir)
        course.news = baselines.news
        baselines.begin()
        try:
            self._fit(course, settings.epochs - course.position.epoch)
            course.tell_rest()
            whole = not course.stopped and course.fault is None
            self._reports.tell(*baselines.end(wait=whole))
        finally:
            baselines.end(wait=False)
        return prepared, keeper, course

    def _keeper(self, course: Course) -> Keeper:
        stopping = course.document.run.early_stopping
        node = stopping.monitor.partition("_")[2] if stopping else ""
        metric = course.metrics.get(node)
        higher = bool(getattr(metric, "higher_is_better", False))
        names_best = not why_last(course.document)
        size = sum(each.nbytes for each in course.network.state_dict().values())
        return Keeper(
            self._job.run_dir,
            stopping,
            higher_is_better=higher,
            names_best=names_best,
            small=size <= SMALL_BYTES,
        )

    def _begin_weights(self, course: Course, keeper: Keeper) -> list[Event]:
        """Start from weights of an earlier run if asked to; what there is to tell about it.

        A run goes on exactly if the document trains the same; else a new one starts with what fits of its weights.
        """
        resume, start = self._job.resume, self._job.start_from
        told: list[Event] = []
        if resume is not None:
            if same_training(self._job.document, resume):
                training_state.restore(course, keeper, resume)
                return []
            told.append(Warned(CHANGED))
            source = find_source(resume, LAST)
        elif start is not None:
            source = find_source(start)
        else:
            return []
        began = take_weights(course.network, source)
        facts = {"run": began.source, "checkpoint": began.checkpoint, "sha256": began.sha256}
        self._folder.note({"started_from": facts})
        if not any(each.kept or each.resized for each in began.layers):
            told.append(Warned(NOTHING_FITS))
        return [*told, began]

    def _started(self, course: Course, prepared: Prepared) -> Started:
        document = course.document
        return Started(
            run_dir=str(self._job.run_dir),
            title=document.title,
            device=words(course.device, self._job.devices),
            epochs=document.run.epochs,
            steps_per_epoch=course.steps_per_epoch,
            start_step=course.position.step,
            parameters=sum(each.numel() for each in course.network.parameters()),
            samples={part: prepared.count(part) for part in prepared.splits},
            seed=document.run.seed,
            threads=torch.get_num_threads(),
        )

    def _fit(self, course: Course, epochs: int) -> None:
        if epochs <= 0:
            return
        trainer = make_trainer(course.device, epochs, self._job.run_dir)
        with way_out(course) if self._crew is None else telling_who(self._crew):
            trainer.fit(GraphModule(course), train_dataloaders=Chunks(course))

    def _end(self, course: Course, keeper: Keeper, prepared: Prepared) -> Outcome:
        network, position = course.network, course.position
        assert course.capture is not None
        if not course.weights_are_good():
            assert course.fault is not None
            if are_finite(weights_of(network)):
                keeper.write(network, course.capture)
            keeper.write_best()
            reason, nodes = explain_not_finite(network, course.fault, position.step)
            self._reports.tell(*self._doctor.failed())
            return Failed(reason, nodes=nodes, steps=position.step)
        keeper.write(network, course.capture)
        whole = not course.stopped and not course.reason
        self._reports.tell(*self._doctor.end(whole=whole))
        self._evaluate(course, keeper, prepared)
        seconds = time.perf_counter() - self._began - course.rested_s
        best = keeper.best_epoch
        if course.stopped:
            return Stopped(position.epoch, position.step, best, seconds)
        if self._crew is None:
            self._reports.tell(*map(Warned, told_gains(course)))
        return Completed(position.epoch, position.step, best, seconds, course.reason)

    def _evaluate(self, course: Course, keeper: Keeper, prepared: Prepared) -> None:
        """Tell what the weights that count are worth on the test part, or without one on the validation part.

        They are the best, or the last where nothing says which are best, as for whoever evaluates the run later.
        """
        part: Split = "test" if prepared.count("test") else "val"
        last = bool(why_last(course.document)) and course.position.epoch > 0
        if not (last or keeper.has_best) or prepared.count(part) == 0:
            return
        share = prepared.count(part) / max(prepared.count("val"), 1)
        if course.stopped and course.validation_s * share > EVALUATION_AFTER_STOP_S:
            return
        network: Network = course.network
        if not last:
            network.load_state_dict(dict(keeper.best_weights))
        self._reports.tell(evaluate_network(network, prepared, part, self._job.devices))
