"""A run that was loaded once answers for samples of its data, for files and for drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lightning_modules.data import prepare
from lightning_modules.dataset import DataError
from lightning_modules.evaluation import load_network, predict_network
from lightning_modules.prediction import predict_split
from lightning_modules.trial import Trial
from tests.documents import digits_mlp, document, node, writer


@pytest.fixture
def digits(run):
    return run(digits_mlp(epochs=3)).folder


def irises(path: str = ""):
    data = node("CSVFile", path=path, schema=TABLE) if path else "Iris"
    port = "kind" if path else "label"
    return document(
        {
            "data": data,
            "scores": node("Linear", out_features=2 if path else 3),
            "loss": "CrossEntropyLoss",
        },
        [
            "data.features -> scores.input",
            "scores.output -> loss.logits",
            f"data.{port} -> loss.target",
        ],
        epochs=1,
    )


TABLE = {
    "columns": [
        {"name": "size", "role": "feature", "dtype": "number", "classes": []},
        {"name": "color", "role": "feature", "dtype": "text", "classes": ["blue", "red"]},
        {"name": "kind", "role": "class", "dtype": "text", "classes": ["a", "b"]},
    ],
    "rows": 40,
    "fingerprint": "",
}


@pytest.fixture
def table(run, tmp_path):
    lines = (f"{i},{'red' if i % 2 else 'blue'},{'a' if i < 20 else 'b'}" for i in range(40))
    (tmp_path / "t.csv").write_text("\n".join(("size,color,kind", *lines)))
    return run(irises("t.csv")).folder


def test_a_sample_of_a_part_is_answered_as_on_the_command_line(digits):
    trial = Trial(digits)

    tried = trial.of_part("test", 5)

    wanted = predict_split(digits, "test")[5]
    assert tried.answer.sample == "test 6"
    assert tried.answer.values == wanted.values
    assert tried.answer.target == wanted.target
    assert tried.answer.chances["logits"] == pytest.approx(wanted.chances["logits"], abs=1e-5)
    assert sum(tried.answer.chances["logits"].values()) == pytest.approx(1, abs=1e-5)
    assert trial.facts.counts == {"train": 1258, "val": 270, "test": 269}
    assert (trial.facts.files, trial.facts.drawing) == ("images", (8, 8))


def test_an_image_is_shown_as_bright_as_it_is_in_the_data(digits):
    trial = Trial(digits)
    prepared = prepare(digits_mlp(), Path())
    scale = prepared.scales["digits.image"]
    raw = scale.undo(prepared.splits["test"]["digits.image"][:1])[0, 0].numpy()

    (shown,) = trial.of_part("test", 0).shown

    assert shown.kind == "image"
    assert np.abs(shown.pixels.astype(float) - raw / 16 * 255).max() <= 0.51


def test_a_drawing_is_answered_as_the_same_image_of_the_data(digits):
    trial = Trial(digits)
    prepared = prepare(digits_mlp(), Path())
    image = prepared.splits["test"]["digits.image"][:1]
    ink = prepared.scales["digits.image"].undo(image)[0, 0].numpy() / 16

    drawn = trial.of_drawing(ink)

    with torch.no_grad():
        logits = predict_network(load_network(digits), {"digits.image": image})["logits"]
    chances = torch.softmax(logits[0], -1).tolist()
    assert list(drawn.answer.chances["logits"].values()) == pytest.approx(chances, abs=1e-4)
    assert drawn.answer.sample == "drawing"


def test_files_are_answered_and_shown(digits, tmp_path):
    Image.new("L", (16, 16), 0).save(tmp_path / "black.png")

    (tried,) = Trial(digits).of_files((tmp_path / "black.png",))

    assert tried.answer.sample.endswith("black.png")
    assert not tried.shown[0].pixels.any()


def test_rows_of_tables_are_shown_by_their_headings(run, table, tmp_path):
    trial = Trial(table)
    (tmp_path / "new.csv").write_text("color,size\nred,3\n")

    (tried,) = trial.of_files((tmp_path / "new.csv",))

    assert tried.shown[0].rows == (("size", "3"), ("color", "red"))
    assert (trial.facts.files, trial.facts.drawing) == ("rows", None)
    iris = Trial(run(irises()).folder).of_part("test", 0)
    assert iris.shown[0].rows[0][0] == "sepal length (cm)"
    assert iris.shown[0].rows[0][1] == f"{float(iris.shown[0].rows[0][1]):.1f}"


def test_texts_are_shown_as_texts(run):
    trial = Trial(run(writer(steps=5)).folder)

    (shown,) = trial.of_part("test", 0).shown

    assert shown.kind == "text"
    assert len(shown.text) > 5
    assert shown.text.isascii()


def test_a_text_of_ones_own_is_answered_in_windows(run, tmp_path):
    trial = Trial(run(writer(steps=5)).folder)
    (tmp_path / "tale.txt").write_text("once the old fox found a red apple.\n")

    first, second = trial.of_files((tmp_path / "tale.txt",))

    assert first.shown[0].text == "once the old fox"
    assert second.answer.sample == "tale.txt character 17"
    assert trial.facts.files == "texts"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"short", "tale.txt has 5 characters, but a sample of this network has 16."),
        (
            b"ONCE the old fox found",
            "tale.txt holds the character 'O', which the network was not trained on. Remove it.",
        ),
        (b"\xff\xfe", "{path} cannot be read as text. Save it anew as UTF-8."),
        (None, "There is no file {path}."),
    ],
)
def test_a_text_that_cannot_be_read_is_told(content, message, run, tmp_path):
    trial = Trial(run(writer(steps=5)).folder)
    path = tmp_path / "tale.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DataError) as refused:
        trial.of_files((path,))

    assert str(refused.value) == message.format(path=path)


def test_a_run_whose_data_are_gone_still_answers_for_files(table, tmp_path):
    (tmp_path / "t.csv").unlink()
    (tmp_path / "new.csv").write_text("color,size\nblue,30\n")

    trial = Trial(table)

    assert trial.facts.counts == {}
    assert "t.csv" in trial.facts.why
    assert len(trial.of_files((tmp_path / "new.csv",))) == 1
    with pytest.raises(DataError, match=r"t\.csv"):
        trial.of_part("test", 0)


def test_the_worst_mistakes_come_with_their_samples(digits):
    trial = Trial(digits)

    found, shown = trial.assess("test")

    assert len(shown) == len(found.mistakes) > 0
    again = trial.of_part("test", found.mistakes[0].sample)
    assert np.array_equal(shown[0][0].pixels, again.shown[0].pixels)
    assert again.answer.values["logits"] == found.mistakes[0].predicted
    assert again.answer.target["logits"] == found.mistakes[0].truth


def test_it_can_be_stopped(digits):
    assert Trial(digits).assess("test", lambda: True) is None


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda trial: trial.of_part("test", 269),
            'The part "test" has 269 samples, so there is no 270.',
        ),
        (
            lambda trial: trial.of_drawing(np.zeros((4, 4))),
            "This network reads no single image, so there is nothing to draw for it.",
        ),
        (lambda trial: trial.of_files((Path("gone.png"),)), "There is no file gone.png."),
    ],
)
def test_what_cannot_be_answered_is_refused(ask, message, digits):
    with pytest.raises(DataError) as refused:
        ask(Trial(digits))

    assert str(refused.value) == message


def test_a_network_that_learns_no_target_is_not_assessed(run):
    described = document(
        {
            "noise": node("Noise", size=[4]),
            "latent": node("Linear", out_features=2),
            "loss": "GaussianKL",
        },
        [
            "noise.noise -> latent.input",
            "latent.output -> loss.mean",
            "latent.output -> loss.log_variance",
        ],
        epochs=1,
    )
    trial = Trial(run(described).folder)

    with pytest.raises(DataError) as refused:
        trial.assess()

    assert str(refused.value) == (
        "The losses of this network compare its answers with no target, so there is nothing to tell right from wrong."
    )
