"""Tests of the command line: what it prints, its exit codes, and every sentence about a mistake."""

from __future__ import annotations

import json
import re
from importlib.metadata import version

import pytest

from graphs.document import load
from resources.templates import templates
from studio import cli, display
from studio.cli import main
from studio.verb import VERBS

pytestmark = pytest.mark.usefixtures("in_its_folder")


def test_help_lists_every_command_with_its_words(capsys):
    assert main(["--help"]) == 0

    shown = capsys.readouterr().out
    for name, verb in VERBS.items():
        words = verb.summary[0].lower() + verb.summary[1:].rstrip(".")
        assert re.search(rf"^  {name} +{re.escape(words)}$", shown, re.MULTILINE)
    assert "lamina train digits.lamina" in shown


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_command_has_help_with_examples(name, capsys):
    assert main([name, "--help"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: lamina {name} ")
    assert VERBS[name].summary in shown
    assert all(example in shown for example in VERBS[name].examples)


def test_every_example_of_help_is_understood(tmp_path, monkeypatch, capsys):
    """Options in examples exist: a call may fail for want of a file, but not for an option."""
    monkeypatch.chdir(tmp_path)
    for verb in VERBS.values():
        for example in verb.examples:
            arguments = example.partition(" > ")[0].split()[1:]
            main(arguments)
            assert "There is no option" not in capsys.readouterr().err


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == 0

    assert capsys.readouterr().out == f"lamina {version('lamina-studio')}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["trian"],
            "There is no command and no file called trian. Did you mean train? See `lamina --help`.",
        ),
        (
            ["trian", "x"],
            "There is no command and no file called trian. Did you mean train? See `lamina --help`.",
        ),
        (["digit.lamina"], "There is no file digit.lamina. Did you mean digits.lamina?"),
        (["a", "b"], "There is no command and no file called a. See `lamina --help`."),
        (
            ["--vresion"],
            "There is no option --vresion. Did you mean --version? See `lamina --help`.",
        ),
        (["check", "digit.lamina"], "There is no file digit.lamina. Did you mean digits.lamina?"),
        (["check", "."], ". is a folder; give a file."),
        (["new"], "lamina new needs TEMPLATE and FILE. See `lamina new --help`."),
        (
            ["new", "digits_mpl", "x"],
            "There is no template called digits_mpl. Did you mean digits_mlp? `lamina templates` lists them all.",
        ),
        (
            ["new", "digits_mlp", "digits"],
            "digits.lamina is there already and stays as it is. Give another name.",
        ),
        (["new", "digits_mlp", "."], ". is a folder; give the name of a file to make in it."),
        (["new", "digits_mlp", "no/x.lamina"], "There is no folder no. Make it first."),
        (["check"], "lamina check needs FILE. See `lamina check --help`."),
        (
            ["check", "digits.lamina", "more"],
            "There is no further argument more. See `lamina check --help`.",
        ),
        (
            ["train", "digits.lamina", "--epocs", "2"],
            "There is no option --epocs. Did you mean --epochs? See `lamina train --help`.",
        ),
        (
            ["train", "digits.lamina", "--epochs"],
            "--epochs needs a value. See `lamina train --help`.",
        ),
        (
            ["train", "digits.lamina", "--epochs", "0"],
            "--epochs must be a whole number of at least 1, but is 0.",
        ),
        (
            ["train", "digits.lamina", "--seed", "x"],
            "--seed must be a whole number from 0 to 4294967295, but is x.",
        ),
        (
            ["train", "digits.lamina", "--device", "gpu"],
            "--device must be one of auto, cpu, cuda, mps, but is gpu. Did you mean cpu?",
        ),
        (
            ["train", "digits.lamina", "--set", "lr"],
            "--set needs NODE.PARAM=VALUE, as in linear.out_features=32, but is lr.",
        ),
        (
            ["train", "digits.lamina", "--set", "liner.bias=true"],
            "There is no node called liner. Did you mean linear?",
        ),
        (
            ["train", "digits.lamina", "--set", "xyz.bias=true"],
            (
                "There is no node called xyz. There are: digits, flatten, linear, relu, linear_2, relu_2, linear_3, "
                "cross_entropy_loss, accuracy, output."
            ),
        ),
        (
            ["train", "digits.lamina", "--set", "linear.out=3"],
            "Linear has no parameter called out. There are: out_features, bias.",
        ),
        (
            ["train", "digits.lamina", "--set", "relu.bias=3"],
            "ReLU has no parameter called bias. There are none.",
        ),
        (
            ["train", "digits.lamina", "--set", "linear.out_features=many"],
            'linear.out_features=many cannot be set: Out features must be a whole number, but is "many".',
        ),
        (
            ["train", "digits.lamina", "--resume", "gone"],
            "There is no run gone to resume. Give the folder of an earlier run.",
        ),
        (
            ["train", "digits.lamina", "--run-dir", "."],
            ". is there already and not empty. Give another folder for this run.",
        ),
        (["evaluate", "gone"], "There is no run gone. Give the folder of a run."),
        (
            ["evaluate", "digits.lamina"],
            "digits.lamina is a graph and no run. Give the folder that `lamina train digits.lamina` makes.",
        ),
        (["evaluate", "."], '"." is no folder of a run: its run.json cannot be read.'),
        (
            ["evaluate", ".", "--split", "vla"],
            "--split must be one of train, val, test, but is vla. Did you mean val?",
        ),
        (
            ["predict", "."],
            "Give files to predict for, or --split test for the run's own data (one of the two).",
        ),
        (["show", "digits.lamina"], "lamina show needs -o/--out. See `lamina show --help`."),
        (
            ["show", "digits.lamina", "-o", "x.jpg"],
            "A picture is written as .svg or .png, but its name is x.jpg.",
        ),
        (
            ["show", "digits.lamina", "-o", "no/x.svg"],
            "no/x.svg cannot be written: no such file or directory.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(arguments, message, file, capsys):
    assert main(arguments) == 2

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"lamina: {message}\n")


def test_another_file_is_no_run(file, capsys):
    file.with_name("x.csv").write_text("a,b")

    assert main(["evaluate", "x.csv"]) == 2

    assert capsys.readouterr().err == "lamina: x.csv is a file. Give the folder of a run.\n"


@pytest.mark.parametrize("verb", ["check", "train"])
def test_a_file_that_is_no_document_is_said_in_a_sentence(verb, file, capsys):
    file.write_text("{")

    assert main([verb, "digits.lamina"]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(
        "lamina: digits.lamina cannot be opened: it ends in the middle, at line 1"
    )
    assert shown.err.count("\n") == 1


def test_templates_are_listed_a_line_each(capsys):
    assert main(["templates"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        [each.name, each.title] for each in templates()
    ]
    assert lines[0].startswith("digits_mlp ")


def test_templates_are_listed_as_json(capsys):
    main(["templates", "--json"])

    listed = json.loads(capsys.readouterr().out)
    assert [(each["name"], each["title"]) for each in listed] == [
        (each.name, each.title) for each in templates()
    ]


def test_a_new_file_is_the_template_and_gets_its_suffix(file, capsys):
    assert main(["new", "iris_classifier", "flowers"]) == 0

    assert capsys.readouterr().out == (
        "flowers.lamina is made from Iris classifier. Train it with: lamina train flowers.lamina\n"
    )
    assert load(file.with_name("flowers.lamina")).title == "Iris classifier"


def test_a_new_file_never_replaces_one(file):
    before = file.read_bytes()

    main(["new", "iris_classifier", "digits.lamina"])

    assert file.read_bytes() == before


def test_layers_are_listed_under_their_categories(capsys):
    assert main(["layers"]) == 0

    shown = capsys.readouterr().out
    assert re.search(r"^Linear\n(  .*\n)*  Linear +Weighs every input feature", shown, re.MULTILINE)


def test_layers_are_listed_as_json_with_parameters_and_ports(capsys):
    main(["layers", "--json"])

    linear = next(each for each in json.loads(capsys.readouterr().out) if each["type"] == "Linear")
    assert linear["inputs"] == [{"name": "input", "optional": False, "many": False}]
    assert linear["params"][0] == {
        "name": "out_features",
        "kind": "int",
        "default": 64,
        "doc": "How many numbers come out for each sample.",
        "ge": 1,
    }


def test_a_clean_file_is_said_to_be_trainable(file, capsys):
    assert main(["check", "digits.lamina"]) == 0

    assert capsys.readouterr().out == (
        "Digits MLP can be trained.\nIt learns 17,226 numbers; one sample forward takes 34,048 FLOPs.\n"
    )


def test_problems_are_listed_with_ways_out_and_exit_1(file, capsys):
    file.write_text(file.read_text().replace('"digits.image -> flatten.input",', ""))

    assert main(["check", "digits.lamina"]) == 1

    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("Problem G")
    assert shown[-1] == "Digits MLP cannot be trained yet: 1 problem."


def test_check_as_json_keeps_the_contract(file, capsys):
    assert main(["check", "digits.lamina", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["problems"], found["parameters"], found["flops"]) == (
        True,
        [],
        17226,
        34048,
    )
    assert found["activation_bytes"] > 0
    linear = found["nodes"]["linear"]
    assert (linear["type"], linear["outputs"], linear["parameters"]) == (
        "Linear",
        {"output": [128]},
        8320,
    )


def test_without_a_display_the_window_is_refused_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(display.sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    assert main([]) == 2

    assert capsys.readouterr().err == (
        "lamina: There is no window here, because there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "The commands that `lamina --help` lists work without a window.\n"
    )


def test_missing_libraries_are_named_by_package(monkeypatch):
    monkeypatch.setattr(display.sys, "platform", "linux")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.setattr(
        display, "_loads", lambda name: name not in ("libEGL.so.1", "libxcb-cursor.so.0")
    )

    assert display.why_no_window() == (
        "There is no window here, because libraries that Qt needs are missing: on Debian or Ubuntu run "
        "`sudo apt install libegl1 libxcb-cursor0`, on Fedora `sudo dnf install libglvnd-egl xcb-util-cursor`."
    )


def test_a_file_opens_in_the_window(file, monkeypatch):
    opened = []
    monkeypatch.setattr(cli, "_window", lambda path: opened.append(path) or 0)

    assert (main([]), main(["digits.lamina"])) == (0, 0)

    assert [None if path is None else path.name for path in opened] == [None, "digits.lamina"]


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_graph_is_drawn(suffix, file, capsys):
    assert main(["show", "digits.lamina", "-o", f"graph.{suffix}"]) == 0

    assert capsys.readouterr().out == f"graph.{suffix} shows Digits MLP.\n"
    assert len(file.with_name(f"graph.{suffix}").read_bytes()) > 2000
