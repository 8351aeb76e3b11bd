"""A process that has imported all that a run needs, and forks one for each run: importing takes seconds each time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """Starts runs as `isolation.start_process` does, but at once."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.lightning_modules.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.children: list[Child] = []

    def start(self, run_dir):
        """The process of the run in this folder."""
        child = Child(self, int(self.ask(f"start {run_dir}")))
        self.children.append(child)
        return child

    def start_member(self, folder, rank, _lifeline):
        """The process of a member of a team, as `crew.start_member` starts it; it does not end with this one."""
        child = Child(self, int(self.ask(f"member {rank} {folder}")))
        self.children.append(child)
        return child

    def ask(self, request):
        """The answer, one line."""
        self._program.stdin.write(f"{request}\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().strip()

    def end_children(self):
        """Kill the runs that go on, and forget them all."""
        for each in self.children:
            if each.poll() is None:
                os.kill(each.pid, signal.SIGKILL)
        self.children.clear()

    def close(self):
        """End it."""
        self._program.stdin.close()
        self._program.stdout.close()
        self._program.wait(30)


@dataclass
class Child:
    """A process that the nursery forked."""

    nursery: Nursery
    pid: int
    code: int | None = None

    def poll(self):
        """Its exit code, negative for a signal; None while it runs."""
        if self.code is None:
            answer = self.nursery.ask(f"poll {self.pid}")
            self.code = None if answer == "runs" else int(answer)
        return self.code

    def kill(self):
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


def _serve():
    """Fork where asked to; this program has one thread and computes nothing itself."""
    import sklearn.datasets  # noqa: F401 - else each child imports it: most tests learn digits

    from lightning_modules import isolated, member

    for line in sys.stdin:
        verb, _, what = line.strip().partition(" ")
        if verb == "poll":
            pid, status = os.waitpid(int(what), os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else "runs"
        elif verb == "member":
            rank, _, folder = what.partition(" ")
            answer = os.fork() or _become_member(member.main, Path(folder), int(rank))
        else:
            answer = os.fork() or _become(isolated.main, Path(what))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _become(main, run_dir):
    os.setsid()
    log = os.open(run_dir / "process.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for each in (1, 2):
        os.dup2(log, each)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os._exit(main(run_dir))


def _become_member(main, folder, rank):
    os.setsid()
    quiet = os.open(os.devnull, os.O_WRONLY)
    for each in (1, 2):
        os.dup2(quiet, each)
    never_ends, _held = os.pipe()
    os.dup2(never_ends, 0)
    os._exit(main(folder, rank))


if __name__ == "__main__":
    _serve()
    os._exit(0)  # taking torch down would need a second more
