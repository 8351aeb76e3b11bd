"""What a class says of a layer becomes its words, ports, parameters and the ids of its nodes."""

from __future__ import annotations

from typing import ClassVar

import pytest

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.graph import ID
from graphs.layer import LAYERS, Input, Layer, call, infer, read
from graphs.spec import Mismatch, Spec
from tests.graphs.layers.words import spec, wired


@pytest.mark.parametrize(
    ("type_id", "stem"),
    [
        ("Conv2d", "conv2d"),
        ("MaxPool2d", "max_pool2d"),
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("SiLU", "silu"),
        ("GRU", "gru"),
        ("MSELoss", "mse_loss"),
        ("L1Loss", "l1_loss"),
        ("R2Score", "r2_score"),
        ("BCEWithLogitsLoss", "bce_with_logits_loss"),
        ("CrossEntropyLoss", "cross_entropy_loss"),
        ("CSVFile", "csv_file"),
        ("TransformerEncoderLayer", "transformer_encoder_layer"),
    ],
)
def test_ids_of_nodes_read_as_in_torch(type_id, stem):
    assert LAYERS[type_id].info.stem == stem


def test_every_stem_is_an_id_and_no_two_are_the_same():
    stems = [cls.info.stem for cls in LAYERS.values()]

    assert all(ID.fullmatch(stem) for stem in stems)
    assert len(stems) == len(set(stems))


def test_ports_are_what_infer_takes_and_gives():
    info = {
        name: LAYERS[name].info
        for name in ("LSTM", "Add", "Subtract", "CrossEntropyLoss", "Digits")
    }

    assert info["LSTM"].inputs == (
        Input("input"),
        Input("h", optional=True),
        Input("c", optional=True),
    )
    assert info["LSTM"].outputs == ("output", "h", "c")
    assert info["Add"].inputs == (Input("inputs", many=True),)
    assert info["Subtract"].inputs == (Input("input"), Input("other"))
    assert info["CrossEntropyLoss"].inputs == (Input("logits"), Input("target"))
    assert info["Digits"].inputs == info["Digits"].outputs == ()
    assert LAYERS["Digits"]().outputs() == ("image", "label")


def test_parameters_of_its_own_come_before_those_of_all_data():
    assert list(LAYERS["SyntheticSeries"].info.params) == [
        "samples", "length", "kind", "noise", "seed", "split", "normalize", "shuffle",
    ]  # fmt: skip


def test_the_first_line_is_its_sentence_and_the_rest_its_help():
    info = LAYERS["ReLU"].info

    assert info.doc == "Keeps positive numbers and turns negative ones into 0: any axes, unchanged."
    assert info.help.startswith("The usual choice after Linear")


def test_reading_gives_a_layer_or_a_sentence_for_every_fault():
    layer, none = read(LAYERS["Conv2d"], {"kernel_size": 5, "stride": [2, 1]})
    nothing, faults = read(
        LAYERS["Conv2d"], {"out_channels": 0, "kernel_size": "3", "padding_mode": "wrap", "size": 3}
    )

    assert layer == LAYERS["Conv2d"](kernel_size=(5, 5), stride=(2, 1))
    assert none == ()
    assert nothing is None
    assert faults == (
        "Out channels must be at least 1, but is 0.",
        'Kernel size must be one or two whole numbers, but is "3".',
        'Padding mode must be one of zeros, reflect, replicate, circular, but is "wrap".',
        (
            "It has no parameter called size; its parameters are: out_channels, kernel_size, stride, padding, "
            "dilation, groups, bias, padding_mode."
        ),
    )


def test_inputs_are_handed_over_by_port_and_optional_ones_left_out():
    class Noting(Layer):
        info: ClassVar = LAYERS["LSTM"].info

        def infer(self, input: Spec, h: Spec | None = None, c: Spec | None = None) -> tuple:
            return input, h, c

    got = call(Noting(), Noting().infer, wired("LSTM", {"c": "1x64", "input": "7x6"}))

    assert got == (spec("7x6"), None, spec("1x64"))


def test_a_row_of_ports_is_handed_over_in_order():
    inputs = {f"inputs.{index}": spec(f"{index + 1}") for index in reversed(range(12))}

    joined = infer(LAYERS["Concatenate"](), inputs)

    assert joined["output"].sizes == (sum(range(1, 13)),)


def test_a_wire_to_the_name_of_a_row_of_ports_is_no_error_of_the_program():
    inputs = {"inputs": spec("7"), "inputs.0": spec("5"), "inputs.1": spec("5")}

    assert infer(LAYERS["Add"](), inputs)["output"].sizes == (5,)


def test_a_misfit_knows_at_which_port_it_stands():
    with pytest.raises(Mismatch) as caught:
        infer(LAYERS["CrossEntropyLoss"](), wired("CrossEntropyLoss", ("64", "3")))

    assert caught.value.port == "target"


def test_data_build_no_module():
    with pytest.raises(LookupError, match=r"^Digits has no module of its own\.$"):
        LAYERS["Digits"]().build()
