"""The other members of a team, seen by the first: it starts their processes, meets them, and says why one is lost.

They read the job from a folder of their own, meet there, and end when the first one does: their standard input ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from torch.distributed import FileStore  # type: ignore[attr-defined]  # torch has no stub for it

from lightning_modules.isolation import end_of_process, what_is_kept, write_job
from lightning_modules.team import join

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from lightning_modules.devices import Device
    from lightning_modules.job import Job
    from lightning_modules.team import Team

STORE = "meeting"
LOOK_EVERY_S = 0.02
NOTICE_WITHIN_S = 3.0
"""So long after a broken connection it is looked for who broke it."""

END_WITHIN_S = 10.0
"""After the last step a member may need so long to be gone."""

LEFT_ALONE = 75
"""The exit code of a member that ended because another did."""

LOOPBACK = ("lo", "lo0")
INTERFACE = "GLOO_SOCKET_IFNAME"


class MemberLost(RuntimeError):  # noqa: N818 - named after what happened
    """A member of the team is gone; the message is a sentence for people."""


class Member(Protocol):
    """What is needed of another member's process."""

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""

    def kill(self) -> None:
        """End it at once."""


class Crew(Protocol):
    """The other members: as a context they are there, and gone at its end."""

    def __enter__(self) -> Self:
        """Let them come."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let them go, at once if something went wrong."""

    def join(self, device: Device) -> Team:
        """Meet them.

        Raises:
            MemberLost: one of them is gone.
        """

    def why_lost(self) -> str:
        """A sentence on which of them is gone and why; "" if none is."""


@contextmanager
def telling_who(crew: Crew) -> Iterator[None]:
    """Where the team breaks while it works, say which member is lost.

    Raises:
        MemberLost: instead of what torch says of a broken connection.
    """
    try:
        yield
    except RuntimeError as error:
        why = crew.why_lost()
        if why:
            raise MemberLost(why) from error
        raise


class StartedCrew:
    """Members that are started here, one process for each device but the first."""

    def __init__(self, job: Job, start: Callable[[Path, int, int], Member] | None = None) -> None:
        """`start` starts a member by its folder, its rank, and the end of a pipe that ends when this process does."""
        self._job, self._start = job, start or start_member
        self._folder = Path()
        self._processes: dict[int, Member] = {}
        self._lifeline = -1
        self._store: FileStore | None = None

    def __enter__(self) -> Self:
        """Start them: they import and read the data while the first one does.

        Raises:
            OSError: the system starts no more processes.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="lamina-team-"))
        end, self._lifeline = os.pipe()
        try:
            write_job(replace(self._job, run_dir=self._folder))
            for rank in range(1, self._job.devices):
                self._processes[rank] = self._start(self._folder, rank, end)
        except OSError:
            self._end(at_once=True)
            raise
        finally:
            os.close(end)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until they are gone; where something went wrong, end them."""
        self._end(at_once=kind is not None)

    def join(self, device: Device) -> Team:
        """Meet them as soon as all are ready.

        Raises:
            MemberLost: one of them is gone.
        """
        size = self._job.devices
        self._store = FileStore(str(self._folder / STORE), size)
        while not self._store.check([ready(rank) for rank in self._processes]):
            if why := self._why():
                raise MemberLost(why)
            time.sleep(LOOK_EVERY_S)
        with telling_who(self), on_loopback():
            return join(self._store, 0, size, device)

    def why_lost(self) -> str:
        """A sentence on which of them is gone and why; "" if none is, a few seconds later."""
        until = time.monotonic() + NOTICE_WITHIN_S
        while True:
            why = self._why()
            if why or time.monotonic() > until:
                return why
            time.sleep(LOOK_EVERY_S)

    def _why(self) -> str:
        """The first of them that ended by itself: others end because it did."""
        for rank, process in self._processes.items():
            code = process.poll()
            if code in (None, 0, LEFT_ALONE):
                continue
            assert code is not None
            what = f"The process of device {rank + 1} of {self._job.devices}"
            told = self._told(rank)
            end = f"{what} ended: {told}" if told else end_of_process(code, what)
            return f"{end} {what_is_kept(self._job.run_dir)}"
        return ""

    def _told(self, rank: int) -> str:
        """What a member said before it ended."""
        if self._store is None or not self._store.check([failed(rank)]):
            return ""
        return bytes(self._store.get(failed(rank))).decode("utf-8", "replace")

    def _end(self, *, at_once: bool) -> None:
        until = time.monotonic() + (0 if at_once else END_WITHIN_S)
        while self._left() and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        for each in self._left():
            each.kill()
        while self._left():  # until the system knows
            time.sleep(LOOK_EVERY_S)
        os.close(self._lifeline)
        self._processes.clear()
        self._store = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _left(self) -> list[Member]:
        return [each for each in self._processes.values() if each.poll() is None]


def ready(rank: int) -> str:
    """Where a member says that it is about to meet the others."""
    return f"ready/{rank}"


def failed(rank: int) -> str:
    """Where a member says why it ends."""
    return f"failed/{rank}"


@contextmanager
def on_loopback() -> Iterator[None]:
    """Let members on one computer talk past its networks, on which nobody else can then hear them."""
    names = [name for _, name in socket.if_nameindex()] if hasattr(socket, "if_nameindex") else []
    found = next((each for each in LOOPBACK if each in names), None)
    if found is None or INTERFACE in os.environ:
        yield
        return
    os.environ[INTERFACE] = found
    try:
        yield
    finally:
        del os.environ[INTERFACE]


def start_member(folder: Path, rank: int, lifeline: int) -> Member:
    """Python with `lightning_modules.member`; what it prints goes where this process prints.

    Raises:
        OSError: the system starts no more processes.
    """
    command = [sys.executable, "-P", "-m", "lightning_modules.member", str(folder), str(rank)]
    return subprocess.Popen(command, stdin=lifeline)  # noqa: S603 - this Python, and a path that no shell reads
