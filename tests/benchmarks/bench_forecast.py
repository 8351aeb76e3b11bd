"""What a forecast says beside what then happens, for five networks. Arguments: rounds (3), a word of a network's name.

Each round makes a forecast and then the real thing, each in a process of its own: a run of four epochs, an evaluation
and a prediction of its test part. Memory is the peak of the process, on a card that of torch there; `own` is what is
beyond the program itself. A ratio of 1.00 is a forecast that came true; it should stay between 0.8 and 1.2. What is
timed goes before other programs where the system allows it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from graphs.content import Document
from graphs.document import dumps, load
from graphs.graph import End, Node, Wire
from lightning_modules.forecast import MEBI, MODES, Mode, forecast
from tests.benchmarks.priority import go_before_others
from tests.benchmarks.training_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 4


def of_case(case: Case) -> Document:
    """The document of a case, with accuracy and an output."""
    document = case.document(metric=True)
    graph = document.main
    scores = next(each.source for each in graph.wires if each.target.port == "logits")
    if not graph.by_role("output"):
        nodes = {**graph.nodes, "answer": Node("answer", "Output")}
        wires = (*graph.wires, Wire(scores, End("answer", "input")))
        graph = replace(graph, nodes=nodes, wires=wires)
    return replace(document.with_graph(graph), run=replace(document.run, epochs=EPOCHS))


def real(mode: Mode, folder: Path) -> dict[str, float]:
    """What one mode takes in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_forecast", "--real", mode, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def do(mode: Mode, folder: Path) -> None:
    """Do it here, and print what it took."""
    import torch

    from lightning_modules.devices import choose_device
    from lightning_modules.dry_run import Forecast  # noqa: F401 - the program is the same on both sides
    from lightning_modules.evaluation import evaluate
    from lightning_modules.events import EpochEnded, Failed
    from lightning_modules.job import Job
    from lightning_modules.memory import peak_bytes, resident_bytes
    from lightning_modules.prediction import predict_split
    from lightning_modules.run import train

    document, run = load(folder / "case.lamina"), folder / "run"
    on_card = choose_device(document.run.device).type == "cuda"
    program, seconds = 0 if on_card else resident_bytes() or 0, []
    if mode == "train":
        events: list = []
        outcome = train(Job(document, ROOT, run), events.append, lambda: False)
        assert not isinstance(outcome, Failed), outcome
        seconds = [each.seconds for each in events if isinstance(each, EpochEnded)]
    elif mode == "evaluate":
        evaluate(run, "test")
    else:
        predict_split(run, "test")
    peak = torch.cuda.max_memory_allocated() if on_card else peak_bytes() or 0
    print(json.dumps({"own": peak - program, "program": program, "seconds": seconds}))


def measure(case: Case, rounds: int) -> None:
    """Print medians of one network."""
    document = of_case(case)
    time_ratios, rows = [], {mode: [] for mode in MODES}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "case.lamina").write_bytes(dumps(document))
            go_before_others(first=True)
            said = forecast(document, ROOT)
            assert said is not None
            for mode in MODES:
                found = real(mode, folder)
                go_before_others(first=False)  # the run was the first of them
                if mode == "train":
                    took = statistics.median(
                        found["seconds"][1:]
                    )  # the first imports and allocates
                    time_ratios.append((said.seconds_per_epoch, took))
                rows[mode].append(
                    (said.memory[mode], found["own"], said.program or 0, found["program"])
                )
    said_s, took_s = (statistics.median(each[i] for each in time_ratios) for i in (0, 1))
    ratio = statistics.median(a / b for a, b in time_ratios)
    print(f"\n{case.name}: median of {rounds}, forecast / what happened", flush=True)
    print(f"  an epoch  {said_s:8.2f} s  / {took_s:8.2f} s   {ratio:5.2f}", flush=True)
    for mode, values in rows.items():
        own, real_own, program, real_program = (
            statistics.median(each[i] for each in values) for i in range(4)
        )
        whole = (own + program) / max(real_own + real_program, 1)
        print(
            f"  {mode:9} {own / MEBI:8.0f} MB / {real_own / MEBI:8.0f} MB  {own / real_own:5.2f} own, "
            f"{whole:5.2f} with the program ({program / MEBI:.0f} MB)",
            flush=True,
        )


def main() -> None:
    """Measure all networks but the tiny one, or those whose name holds a word."""
    if sys.argv[1:2] == ["--real"]:
        do(sys.argv[2], Path(sys.argv[3]))  # type: ignore[arg-type]
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    for case in CASES[1:]:
        if word in case.name:
            measure(case, rounds)


if __name__ == "__main__":
    main()
