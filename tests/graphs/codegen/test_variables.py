"""Names of variables in exported source: each says what it holds, and none is told apart by an underscore alone."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from graphs.codegen import source
from graphs.codegen.names import WORDS
from graphs.document import load

ROOT = Path(__file__).parents[3]
FILES = [
    *sorted((ROOT / "resources" / "examples").glob("*.lamina")),
    *sorted((ROOT / "tests" / "proofs" / "files").glob("*.lamina")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_words_of_python_get_an_underscore_behind_them(path):
    tree = ast.parse(source(load(path)).text)

    names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}

    odd = {each for each in names if each.endswith("_") and each[:-1] not in {*WORDS, ""}}
    assert odd == {"__name__"}


def test_what_a_network_gives_back_of_its_input_is_called_after_what_makes_it():
    text = source(load(ROOT / "tests" / "proofs" / "files" / "vae.lamina")).text

    assert "        decode_image = self.decode(x)  # (B, 1, 8, 8)\n" in text
    assert "            decode_image, mean, log_variance = model.learn_pass(image)\n" in text


def test_two_results_of_one_name_are_called_alike_in_the_network_and_in_the_loop():
    text = source(load(ROOT / "tests" / "proofs" / "files" / "diffusion_ring.lamina")).text

    assert "        return denoise_noise, noise\n" in text
    assert "            denoise_noise, noise = model.learn_pass(point)\n" in text
    assert "            loss = mse_loss(denoise_noise, noise)\n" in text


def test_a_procedure_is_not_called_as_a_function_that_reads_data():
    document = load(ROOT / "tests" / "proofs" / "files" / "vae.lamina")
    first = replace(document.procedures[0], name="standardize")

    text = source(replace(document, procedures=(first,))).text

    assert text.count("\ndef standardize(") == text.count("\ndef standardize_(") == 1
