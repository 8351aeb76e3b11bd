"""A team whose processes torchrun has started, on one computer or on several: they meet where it says."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import TYPE_CHECKING

from torch.distributed.rendezvous import rendezvous

from lightning_modules.crew import LOOK_EVERY_S, NOTICE_WITHIN_S, failed, telling_who
from lightning_modules.isolation import what_is_kept
from lightning_modules.member import follow, tell_end
from lightning_modules.team import PATIENCE, join

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from torch.distributed import Store  # type: ignore[attr-defined]

    from lightning_modules.devices import Device
    from lightning_modules.job import Job
    from lightning_modules.place import Place
    from lightning_modules.team import Team


class TorchrunCrew:
    """The others as the first member sees them: torchrun starts and ends them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._store: Store | None = None

    def __enter__(self) -> Self:
        """They come by themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """They end as soon as nobody answers."""

    def join(self, device: Device) -> Team:
        """Meet them.

        Raises:
            MemberLost: one of them is gone.
        """
        self._store = _store()
        with telling_who(self):
            return join(self._store, 0, self._job.devices, device)

    def why_lost(self) -> str:
        """A sentence on which of them is gone; "" if none is, a few seconds later."""
        until = time.monotonic() + NOTICE_WITHIN_S
        while True:
            for rank in range(1, self._job.devices):
                if (end := self._end_of(rank)) is not None:
                    what = f"The process of device {rank + 1} of {self._job.devices} ended"
                    kept = what_is_kept(self._job.run_dir)
                    return f"{what}: {end} {kept}" if end else f"{what} before the run did. {kept}"
            if time.monotonic() > until:
                return ""
            time.sleep(LOOK_EVERY_S)

    def _end_of(self, rank: int) -> str | None:
        """What a member said before it ended, "" if nothing; None if nothing is known of its end."""
        assert self._store is not None
        if self._store.check([failed(rank)]):
            return _text(self._store, failed(rank))
        if not self._store.check([_process(rank)]):
            return None
        host, _, number = _text(self._store, _process(rank)).rpartition(" ")
        return "" if host == socket.gethostname() and not _runs(int(number)) else None


def follow_first(job: Job, place: Place) -> int:
    """Make all steps as a member that is not the first; the exit code."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the first member hears them, and decides
        signal.signal(each, signal.SIG_IGN)
    stores: list[Store] = []

    def meet(device: Device) -> Team:
        stores.append(_store())
        stores[0].set(_process(place.rank), f"{socket.gethostname()} {os.getpid()}")
        return join(stores[0], place.rank, place.size, device)

    def tell(why: str) -> None:
        (stores[0] if stores else _store()).set(failed(place.rank), why)

    try:
        follow(job, place.card, meet)
    except Exception as error:  # noqa: BLE001 - the edge of the process: the first member tells it
        return tell_end(error, tell)
    return 0


def _store() -> Store:
    store, _, _ = next(rendezvous("env://", timeout=PATIENCE))
    return store


def _process(rank: int) -> str:
    return f"process/{rank}"


def _text(store: Store, key: str) -> str:
    return bytes(store.get(key)).decode("utf-8", "replace")


def _runs(number: int) -> bool:
    """Whether a process of this computer is there."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and somebody else's
        return True
    return True
