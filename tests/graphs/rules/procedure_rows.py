"""Procedures with one thing wrong, the sentence about it, and the ways out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graphs.content import Document, Feed, Procedure
from graphs.document import load
from graphs.expression import Expression
from graphs.graph import Node, Placement
from tests.documents import document, node, series_gru, wire
from tests.graphs.rules.rows import Row, good

PROOFS = Path(__file__).parents[2] / "proofs" / "files"
REMOVE = "Remove the procedure"


def with_procedure(described: Document, *feeds: tuple[str, str], **fields: object) -> Document:
    """The document with one procedure."""
    row = tuple(Feed(*each) for each in feeds)
    made = Procedure(**{"name": "make", "kind": "sample", "feeds": row, **fields})
    return replace(described, procedures=(made,))


def decoder(*feeds: tuple[str, str], **fields: object) -> Document:
    """A procedure that runs the decoder of a VAE: z of 2 numbers -> an image."""
    fields = {"network": "decoder", **fields}
    return with_procedure(load(PROOFS / "vae.lamina"), *feeds, **fields)


def denoiser(*feeds: tuple[str, str], **fields: object) -> Document:
    """A procedure that runs the denoiser of a diffusion model: x of 2 numbers and level -> noise."""
    given = feeds or (("x", "noise"), ("level", "level"))
    fields = {"network": "denoiser", "kind": "denoise", **fields}
    return with_procedure(load(PROOFS / "diffusion_ring.lamina"), *given, **fields)


def writing(*feeds: tuple[str, str], **fields: object) -> Document:
    """A procedure that goes on with a series."""
    given = feeds or (("series.sequence", "input"),)
    return with_procedure(series_gru(), *given, **{"kind": "autoregressive", **fields})


def labelled() -> Document:
    """A network that reads a class label, and a procedure that feeds it with a number out of its range."""
    described = document(
        {
            "pairs": node("RandomTensors", size=[4], classes=3),
            "code": node("Embedding", embedding_dim=4),
            "both": "Add",
            "output": "Output",
        },
        [
            "pairs.label -> code.input",
            "pairs.value -> both.inputs.0",
            "code.output -> both.inputs.1",
            "both.output -> output.input",
        ],
    )
    feeds = (("pairs.value", "noise"), ("pairs.label", "label"))
    return with_procedure(described, *feeds, params={"label": 3})


def unplaced() -> Document:
    """A block that stands nowhere."""
    graph = good().main
    return with_procedure(Document(networks={"main": graph, "block": graph}), network="block")


def unwired() -> Document:
    """A block that is placed where it leads to nothing."""
    vae = load(PROOFS / "vae.lamina")
    again = Node("again", "", place=Placement("decoder"))
    nodes = {name: each for name, each in vae.main.nodes.items() if name != "decode"}
    kept = [each for each in vae.main.wires if "decode" not in (each.source.node, each.target.node)]
    wires = (*kept, wire("sample.output -> again.z"), wire("encode.mean -> image.input"))
    graph = replace(vae.main, nodes={**nodes, "again": again}, wires=wires)
    return with_procedure(vae.with_graph(graph), ("z", "noise"), network="decoder")


NOISE = ("z", "noise")


def row(described: Document, message: str, *fixes: str) -> Row:
    """A warning of G506 about no node."""
    return Row(described, "G506", message, (), (*fixes, REMOVE), "warning")


PROCEDURE_ROWS = {
    f"procedure: {words}": each
    for words, each in {
        "kind": row(
            decoder(NOISE, kind="interpolat"),
            'Procedure "make" is of the kind "interpolat", which this version of Lamina keeps, but cannot run; '
            "it runs: autoregressive, sample, denoise, interpolate. Did you mean interpolate?",
            "Make it interpolate",
        ),
        "kind of a later version": row(
            decoder(NOISE, kind="beam_search"),
            'Procedure "make" is of the kind "beam_search", which this version of Lamina keeps, but cannot run; '
            "it runs: autoregressive, sample, denoise, interpolate.",
        ),
        "network": row(
            decoder(NOISE, network="decodr"),
            'Procedure "make" runs the network "decodr", which this document does not have. Did you mean decoder?',
            "Run decoder",
        ),
        "block that is placed nowhere": row(
            unplaced(),
            'Procedure "make" has nothing to run: the block block is placed nowhere, so it has no weights.',
        ),
        "block that leads to nothing": row(
            unwired(),
            'Procedure "make" has nothing to run: the block decoder is wired to nothing that learns or predicts, '
            "so it has no weights.",
        ),
        "input": row(
            decoder(("zz", "noise")),
            'Procedure "make" feeds "zz", but the inputs of decoder are: z. Did you mean z?',
            "Feed z",
            "Take that feed out",
        ),
        "input twice": row(
            decoder(NOISE, NOISE), 'Procedure "make" feeds "z" twice.', "Keep the first"
        ),
        "nothing fed": row(
            decoder(), 'Procedure "make" feeds nothing to "z".', "Feed z from noise"
        ),
        "column not fed": row(
            with_procedure(good()),
            'Procedure "make" feeds nothing to "iris.features".',
            "Feed iris.features from the data",
        ),
        "source": row(
            decoder(("z", "nois")),
            'Procedure "make" feeds "z" from "nois", which is nothing that it knows. It can take an output or noise '
            "(image, noise), a port of main, or a number of its settings. Did you mean noise?",
            "Feed z from noise",
        ),
        "time where there is none": row(
            decoder(("z", "time")),
            'Procedure "make" feeds "z" from "time", which is nothing that it knows. It can take an output or noise '
            "(image, noise), a port of main, or a number of its settings.",
            "Feed z from noise",
        ),
        "output of another size": row(
            decoder(("z", "image")),
            'Procedure "make" feeds "z" (2 numbers) from the output "image" (1x8x8 numbers). The two do not fit.',
            "Feed z from noise",
        ),
        "value of main of another size": row(
            decoder(("z", "digits.image")),
            'Procedure "make" feeds "z" (2 numbers) from "digits.image" (1x8x8 numbers). The two do not fit.',
            "Feed z from noise",
        ),
        "value of main that is none": row(
            decoder(("z", "encode.middle")),
            'Procedure "make" feeds "z" from "encode.middle", but the outputs of encode are: mean, log_variance.',
            "Feed z from noise",
        ),
        "class from noise": row(
            with_procedure(
                labelled(), ("pairs.value", "noise"), ("pairs.label", "noise"), params={}
            ),
            'Procedure "make" feeds "pairs.label" (labels of 3 classes) from noise, which is decimal numbers. '
            "The two do not fit.",
        ),
        "number out of range": row(
            labelled(),
            'Procedure "make" feeds "pairs.label" (labels of 3 classes) from "label", which is 3. '
            "The two do not fit.",
        ),
        "no output fed back": row(
            writing(("series.sequence", "series.sequence")),
            'Procedure "make" must feed an input from an output of the step before; the outputs are: input.',
            "Feed series.sequence from input",
        ),
        "no noise foretold": row(
            denoiser(("x", "ring.point"), ("level", "level")),
            'Procedure "make" must feed an input from an output of the step before; the outputs are: noise.',
            "Feed x from noise",
        ),
        "setting": row(
            writing(params={"temprature": 0.5}),
            'Procedure "make" has a setting "temprature", which means nothing to it; its settings are: '
            "temperature, top_k, like, result. Did you mean temperature?",
            "Take it out",
        ),
        "setting out of range": row(
            writing(params={"temperature": -1}),
            '"temperature" of procedure "make" must be a number of at least 0, but is -1.',
            "Reset temperature",
        ),
        "setting of another type": row(
            writing(params={"top_k": "many"}),
            '"top_k" of procedure "make" must be a whole number from 0 to 1,000,000, but is "many".',
            "Reset top_k",
        ),
        "setting without a value": row(
            writing(params={"temperature": Expression("1 / 0")}),
            '"temperature" of procedure "make" has no value: The expression “1 / 0” divides by zero.',
            "Reset temperature",
        ),
        "schedule": row(
            denoiser(params={"schedule": "quadratic"}),
            '"schedule" of procedure "make" must be one of linear, cosine, but is "quadratic".',
            "Reset schedule",
        ),
        "unit": row(
            decoder(NOISE, params={"like": "digits.images"}),
            '"like" of procedure "make" must be one of the data\'s digits.image, digits.label, '
            'but is "digits.images".',
            "Reset like",
        ),
        "result": row(
            decoder(NOISE, params={"result": "picture"}),
            '"result" of procedure "make" must be one of image, but is "picture".',
            "Reset result",
        ),
        "result that is no name": row(
            decoder(NOISE, params={"result": {"image": 1}}),
            '"result" of procedure "make" must be one of image, but is an object.',
            "Reset result",
        ),
        "number that is none": row(
            decoder(("z", "place"), params={"place": "left"}),
            '"place" of procedure "make" must be a number, but is "left".',
            "Reset place",
        ),
        "steps": row(
            writing(steps=0),
            'Procedure "make" must make 1 to 100,000 steps, but is to make 0.',
            "Make 100 steps",
        ),
        "steps without a value": row(
            writing(steps=Expression("length * 2")),
            'Procedure "make" cannot be run: The expression “length * 2” names “length”, which is not known here; '
            "known are: none.",
            "Make 100 steps",
        ),
        "more steps than times": row(
            denoiser(steps=200, params={"times": 100}),
            'Procedure "make" is to make 200 steps through 100 times; it can make as many as there are times.',
            "Make 100 steps",
        ),
        "a way of one step": row(
            decoder(NOISE, kind="interpolate"),
            'Procedure "make" must make 2 steps or more, from one end to the other.',
            "Make 10 steps",
        ),
        "stop": row(
            writing(stop=Expression("done")),
            'Procedure "make" cannot be run: The expression “done” names “done”, which is not known here; '
            "known are: step, value.",
            "Let it make all its steps",
        ),
    }.items()
}
