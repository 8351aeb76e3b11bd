"""Runs a job: data, network, training and what is kept, as events; in any thread or process, until it ends."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from pytorch_lightning import Trainer

from graphs.check import check
from graphs.compile import build
from lightning_modules.course import Course
from lightning_modules.data import prepare
from lightning_modules.devices import choose_device, words
from lightning_modules.events import Completed, Event, Failed, Outcome, Started, Stopped
from lightning_modules.keeper import Keeper
from lightning_modules.module import Chunks, GraphModule
from lightning_modules.reports import Reports
from lightning_modules.run_folder import EVENTS, RunFolder

if TYPE_CHECKING:
    from lightning_modules.job import Job


def train(job: Job, on_event: Callable[[Event], None], should_stop: Callable[[], bool]) -> Outcome:
    """Train until all epochs ran, `should_stop` says so between two steps, or it cannot go on.

    Events reach `on_event` in this thread. The outcome is returned, and is the last line of the run
    folder's events.jsonl; `on_event` does not get it.
    """
    began = time.perf_counter()
    try:
        folder = RunFolder.open(job.run_dir)
    except OSError as error:
        return Failed(str(error), traceback.format_exc())
    reports = Reports(on_event, job.run_dir / EVENTS)
    try:
        outcome = _run(job, folder, reports, should_stop, began)
    except Exception as error:  # noqa: BLE001 - the edge of the run: its end is told as an outcome
        outcome = Failed(str(error), traceback.format_exc())
    reports.write(outcome)
    reports.close()
    folder.end(outcome)
    folder.close()
    return outcome


def _run(
    job: Job, folder: RunFolder, reports: Reports, should_stop: Callable[[], bool], began: float
) -> Outcome:
    document = job.document
    settings = document.run
    report = check(document)
    if not report.ok:
        first = report.problems[0]
        return Failed(first.message, nodes=first.nodes)
    device = choose_device(settings.device)
    folder.begin(
        document,
        {"seed": settings.seed, "device": words(device), "threads": torch.get_num_threads()},
    )
    prepared = prepare(document, job.base)
    seed_everything(settings.seed)
    network = build(document).to(device)
    keeper = Keeper(job.run_dir, "val_loss")
    course = Course(network, prepared, device, reports, should_stop, keeper)
    reports.tell(
        Started(
            run_dir=str(job.run_dir),
            title=document.title,
            device=words(device),
            epochs=settings.epochs,
            steps_per_epoch=course.steps_per_epoch,
            start_step=0,
            parameters=sum(each.numel() for each in network.parameters()),
            samples={part: prepared.count(part) for part in prepared.splits},
            seed=settings.seed,
            threads=torch.get_num_threads(),
        )
    )
    trainer = Trainer(
        accelerator={"cuda": "gpu"}.get(device.type, device.type),
        devices=[device.index] if device.type == "cuda" else 1,
        max_epochs=settings.epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=job.run_dir,
    )
    trainer.fit(GraphModule(course), train_dataloaders=Chunks(course))
    position = course.position
    keeper.write(network, position.epoch, position.step)
    seconds = time.perf_counter() - began
    if course.stopped:
        return Stopped(position.epoch, position.step, keeper.best_epoch, seconds)
    return Completed(position.epoch, position.step, keeper.best_epoch, seconds, course.reason)


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
