"""What `lamina export` writes of procedures makes what `lamina predict` makes, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from graphs.codegen import source
from graphs.content import Feed, Procedure
from graphs.document import load
from graphs.expression import Expression
from lightning_modules.data import prepare
from lightning_modules.data_record import read_record
from lightning_modules.evaluation import load_network
from lightning_modules.job import Job
from lightning_modules.procedure import Wish, run_procedure
from lightning_modules.run import train
from studio.cli import main
from tests.documents import series_gru, writer
from tests.graphs.written import complaints

PROOFS = Path(__file__).parents[2] / "proofs" / "files"

SCRIPT = """
import importlib, json, sys
import safetensors.torch
import torch

found = {}
for name, calls in json.loads(sys.argv[1]).items():
    module = importlib.import_module(name)
    model = getattr(module, calls.pop("class"))()
    model.load_state_dict(safetensors.torch.load_file(f"{name}.safetensors"))
    for function, given in calls.items():
        tensors = {key: torch.tensor(value) if isinstance(value, list) else value for key, value in given.items()}
        found[f"{name}.{function}"] = getattr(module, function)(model, **tensors).tolist()
print(json.dumps(found))
"""


def trained(document, folder: Path) -> Path:
    short = replace(document, run=replace(document.run, epochs=1))
    train(Job(short, folder, folder / "run"), lambda _event: None, lambda: False)
    return folder / "run"


def exported(run: Path, out: Path, capsys) -> str:
    """Write a run as Python; the name of its class."""
    assert main(["export", str(run), "--to", "python", str(out)]) == 0, capsys.readouterr().err
    return source(load(run / "document.lamina")).name


def test_the_exported_functions_make_what_the_procedures_make(tmp_path, capsys):
    names = ("vae", "diffusion_ring", "writer", "series")
    folders = {name: tmp_path / name for name in names}
    for folder in folders.values():
        folder.mkdir()
    forecast = Procedure(
        "forecast", "autoregressive", "main", (Feed("series.sequence", "input"),), 4
    )
    documents = {
        "vae": load(PROOFS / "vae.lamina"),
        "diffusion_ring": load(PROOFS / "diffusion_ring.lamina"),
        "writer": writer(),
        "series": replace(series_gru(), procedures=(forecast,)),
    }
    runs = {name: trained(documents[name], folders[name]) for name in names}
    classes = {name: exported(runs[name], tmp_path / f"{name}.py", capsys) for name in names}
    row = torch.randperm(270, generator=torch.Generator().manual_seed(4))
    images = prepare(documents["vae"], tmp_path).splits["test"]["digits.image"]
    row = torch.randperm(len(images), generator=torch.Generator().manual_seed(4))[:2]
    encoder = load_network(runs["vae"])
    hidden = torch.relu(encoder.layer("encode").n_hidden(images[row].flatten(1)))
    ends = encoder.layer("encode").n_mean(hidden).tolist()
    record = {name: read_record(run) for name, run in runs.items()}
    unit = record["series"].scales["series.sequence"]
    series = run_procedure(runs["series"], "forecast", Wish())
    began = unit.apply(torch.tensor(series.start)[..., None]).tolist()
    calls = {
        "vae": {"class": classes["vae"], "sample": {"count": 5, "seed": 3}, "walk": {"z": ends, "steps": 6}},
        "diffusion_ring": {
            "class": classes["diffusion_ring"],
            "sample": {"count": 7, "seed": 3},
            "wander": {"count": 7, "seed": 3, "steps": 40},
        },
        "writer": {"class": classes["writer"], "write": {"text": [[0]], "seed": 3}},
        "series": {"class": classes["series"], "forecast": {"sequence": began}},
    }  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(calls)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    pixels = record["vae"].scales["digits.image"]
    points = record["diffusion_ring"].scales["ring.point"]
    for name, procedure, wish, scale in (
        ("vae", "sample", Wish(count=5, seed=3), pixels),
        ("vae", "walk", Wish(steps=6, seed=4), pixels),
        ("diffusion_ring", "sample", Wish(count=7, seed=3), points),
        ("diffusion_ring", "wander", Wish(count=7, seed=3, steps=40), points),
    ):
        made = torch.tensor(run_procedure(runs[name], procedure, wish).made)
        theirs = scale.undo(torch.tensor(found[f"{name}.{procedure}"]))
        torch.testing.assert_close(theirs, made, rtol=1e-4, atol=1e-4)
    words = documents["writer"].main.nodes["tales"].layer.characters
    text = "".join(words[token] for token in found["writer.write"][0])
    assert text == run_procedure(runs["writer"], "write", Wish(seed=3)).text
    after = unit.undo(torch.tensor(found["series.forecast"]))[0, -4:, 0]
    torch.testing.assert_close(after, torch.tensor(series.made[0]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "params",
    [
        {"schedule": "cosine", "eta": 0.5, "predicts": "x0"},
        {"schedule": "linear", "times": 100, "sampler": "ddpm", "clip": 2.5},
    ],
)
def test_functions_of_all_settings_are_as_ruff_would_write_them(params, tmp_path):
    document = load(PROOFS / "diffusion_ring.lamina")
    feeds = (Feed("x", "noise"), Feed("level", "time"))
    stop = Expression("step > 3 or_" if "times" in params else "time < 0.5")
    made = Procedure("make it", "denoise", "denoiser", feeds, 20, stop, params)
    way = Procedure("on", "interpolate", "denoiser", (Feed("x", "noise"), Feed("level", "much")), 4,
                    params={"along": "sphere", "much": 0.5})  # fmt: skip

    text = source(replace(document, procedures=(made, way))).text

    assert complaints(text, tmp_path) == ""
    assert "def sphere_between" in text
    if "times" in params:
        assert '# Not written: procedure "make it".' in text
    else:
        assert "if t / times < 0.5:" in text
