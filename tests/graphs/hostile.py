"""What stands in hostile files, and the sentence that each gets after "bad.lamina cannot be opened: "."""

from __future__ import annotations

import json
from pathlib import Path

GOOD = json.loads((Path(__file__).parent / "files" / "digits_mlp.lamina").read_bytes())
TEXT = json.dumps(GOOD)


def with_main(**fields: object) -> bytes:
    """A small document with these fields in its network."""
    network = {"nodes": {"a": {"layer": "ReLU"}, "b": {"layer": "ReLU"}}, "wires": [], **fields}
    return json.dumps({"lamina": 1, "networks": {"main": network}}).encode()


def with_node(**fields: object) -> bytes:
    """A small document of one node."""
    return with_main(nodes={"a": {"layer": "Linear", **fields}})


def with_top(**fields: object) -> bytes:
    """A small document with these fields at the top."""
    return json.dumps({"lamina": 1, "networks": {"main": {}}, **fields}).encode()


NOT_DOCUMENTS = {
    "empty": (b"", "it is empty."),
    "blanks": (b" \n\t", "it holds nothing but blanks."),
    "zeros": (bytes(4096), "it holds nothing but zero bytes, as after a crash of the computer."),
    "html": (
        b"\n<!DOCTYPE html><html>",
        "it is a web page (HTML): download the file itself instead of the page about it.",
    ),
    "zip": (b"PK\x03\x04 and so on", "it is a zip archive: unpack it first."),
    "gzip": (b"\x1f\x8b and so on", "it is a gzip archive: unpack it first."),
    "html behind a mark": (
        b"\xef\xbb\xbf<html>",
        "it is a web page (HTML): download the file itself instead of the page about it.",
    ),
    "svg": (b"<svg></svg>", "it is an XML file, such as an SVG picture or a web page."),
    "webp": (b"RIFF\0\0\0\0WEBP", "it is a WebP picture, a sound or a film."),
    "xz": (b"\xfd7zXZ\0", "it is an xz archive: unpack it first."),
    "png": (b"\x89PNG\r\n", "it is a PNG picture."),
    "jpeg": (b"\xff\xd8\xff\xe0", "it is a JPEG picture."),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:12",
        "it is a git-lfs pointer: run `git lfs pull` to get the file.",
    ),
    "pickle": (
        b"\x80\x04\x95cposix\nsystem\n",
        "it is not text. If it is a Python pickle: Lamina never opens those.",
    ),
    "utf-16": (TEXT.encode("utf-16"), "it is written in UTF-16 or UTF-32: save it as UTF-8."),
    "utf-16 without mark": (
        TEXT.encode("utf-16-le"),
        "it is written in UTF-16 or UTF-32: save it as UTF-8.",
    ),
    "not utf-8": (
        b'{"lamina": 1,\n "title": "Gr' + b'\xfc\xdfe"}',
        "line 2, column 14 is not UTF-8 (byte 0xfc): save it as UTF-8.",
    ),
    "half": (
        b'{"lamina": 1,\n "networks": {"main": {',
        (
            "it ends in the middle, at line 2, column 24: a part of it is missing. "
            "If a file of the same name and .bak stands beside it, open that."
        ),
    ),
    "half in a text": (
        b'{"lamina": 1, "title": "Dig',
        (
            "it ends in the middle, at line 1, column 24: a part of it is missing. "
            "If a file of the same name and .bak stands beside it, open that."
        ),
    ),
    "trailing comma": (
        b'{"lamina": 1,\n "networks": {},\n}',
        "line 3, column 1: there is a comma before a closing bracket. Remove the comma.",
    ),
    "line break in a text": (
        b'{"lamina": 1, "title": "a\nb"}',
        "line 1, column 26: there is a line break or another control character inside a text.",
    ),
    "merge": (
        b'{"lamina": 1,\n<<<<<<< HEAD\n"a": 1\n=======\n"b": 2\n>>>>>>> other\n}',
        "line 2 has a mark of an unfinished merge (<<<<<<< HEAD): finish the merge first.",
    ),
    "more after the end": (
        b'{"lamina": 1}\n{"lamina": 1}',
        'line 2, column 1: there is text after the end of the document: "{"lamina": 1}".',
    ),
    "python": (
        b"import os; os.system('ls')",
        'line 1, column 1 is not JSON: it does not make sense from "import os; os.system" on.',
    ),
    "brackets": (b"[" * 100_000, "its brackets are nested too deep."),
    "duplicate": (
        b'{"lamina": 1, "networks": {"main": {"nodes": {"a": {}, "a": {}}}}}',
        'line 1, column 56: the name "a" stands twice in "nodes" of network main. Rename or remove one of them.',
    ),
    "duplicate in a node": (
        b'{"lamina": 1, "networks": {"main": {"nodes": {"a": {"layer": "ReLU",\n "layer": "Tanh"}}}}}',
        'line 2, column 2: the name "layer" stands twice in node a. Rename or remove one of them.',
    ),
    "duplicate network": (
        b'{"lamina": 1, "networks": {"main": {"face": {}, "nodes": {}, "face": {}}}}',
        'line 1, column 62: the name "face" stands twice in network main. Rename or remove one of them.',
    ),
    "duplicate at the top": (
        b'{"lamina": 1, "lamina": 1}',
        'line 1, column 15: the name "lamina" stands twice in the document. Rename or remove one of them.',
    ),
    "duplicate far behind": (
        b'{"lamina": 1, "run": {"seed": 0,' + b" " * 2**21 + b'"seed": 0}}',
        'the name "seed" stands twice in one object. Rename or remove one of them.',
    ),
    "nan": (
        b'{"lamina": NaN}',
        'line 1, column 12: "lamina" holds NaN, which is not a number that JSON knows.',
    ),
    "nan in a node": (
        b'{"lamina": 1, "networks": {"main": {"nodes": {"a": {"params": {"p": [0, NaN]}}}}}}',
        'line 1, column 73: "p" of node a holds NaN, which is not a number that JSON knows.',
    ),
    "nan in an objective": (
        b'{"lamina": 1, "objectives": [{"name": "NaN", "optimizer":\n {"lr": NaN}}]}',
        'line 2, column 9: "lr" of "optimizer" holds NaN, which is not a number that JSON knows.',
    ),
    "nan far behind": (
        b'{"lamina": 1,' + b" " * 2**21 + b'"title": NaN}',
        "it holds NaN, which is not a number that JSON knows.",
    ),
    "infinity": (
        b'{"lamina": -Infinity}',
        'line 1, column 12: "lamina" holds -Infinity, which is not a number that JSON knows.',
    ),
    "1e400": (
        b'{"lamina": 1e400}',
        'line 1, column 12: "lamina" holds the number 1e400, which is too large.',
    ),
    "digits": (
        b'{"lamina": ' + b"9" * 5000 + b"}",
        'line 1, column 12: "lamina" holds a whole number of 5,000 digits (99999999...); the most that is read is 25.',
    ),
    "list": (b"[]", "it is JSON, but not a Lamina document: it does not begin with a brace."),
    "other json": (
        b'{"cells": []}',
        'it is JSON, but not a Lamina document: it has no "lamina" field with a version.',
    ),
    "version text": (
        b'{"lamina": "1"}',
        'its "lamina" field must be the version of the format, a whole number.',
    ),
    "version true": (
        b'{"lamina": true}',
        'its "lamina" field must be the version of the format, a whole number.',
    ),
    "version 0": (
        b'{"lamina": 0}',
        "it has format 0, which is older than any that this version of Lamina reads.",
    ),
}

WRONG_DOCUMENTS = {
    "no main": (
        with_top(networks={"other": {}}),
        'it has no network called "main", which is the one that is trained.',
    ),
    "title": (with_top(title=5), '"title" of the document must be a text, but is 5.'),
    "long title": (
        with_top(title="x" * 10_000_000),
        '"title" of the document has 10,000,000 characters; the most that is read is 200.',
    ),
    "nul": (
        with_top(title="a\0b"),
        '"title" of the document holds a character that cannot be shown (U+0000).',
    ),
    "direction": (
        with_top(title="abc\u202edef"),
        '"title" of the document holds a character that cannot be shown (U+202E).',
    ),
    "surrogate": (
        with_node(title="\ud800"),
        '"title" of node a holds a character that cannot be shown (U+D800).',
    ),
    "networks": (
        with_top(networks=[]),
        '"networks" of the document must be an object in braces, but is [].',
    ),
    "network": (
        with_top(networks={"main": 3}),
        "network main must be an object in braces, but is 3.",
    ),
    "network id": (
        with_top(networks={"main": {}, "My net": {}}),
        (
            "the id of a network must be an id (a small letter, then up to 63 small letters, digits and "
            'underscores), but is "My net".'
        ),
    ),
    "code as id": (
        with_main(nodes={'x"), getattr(a': {"layer": "ReLU"}}),
        (
            "the id of a node of network main must be an id (a small letter, then up to 63 small letters, "
            'digits and underscores), but is "x"), getattr(a".'
        ),
    ),
    "reserved id": (
        with_main(nodes={"in": {"layer": "ReLU"}}),
        'the id of a node of network main must not be "in", which means the edge of a block.',
    ),
    "node": (with_main(nodes={"a": []}), "node a must be an object in braces, but is []."),
    "no layer": (
        with_main(nodes={"a": {}}),
        'node a must have either a "layer" or a "network".',
    ),
    "layer": (with_node(layer=None), '"layer" of node a must be a text, but is nothing.'),
    "code as layer": (
        with_node(layer="os.system"),
        '"layer" of node a must be the name of a layer type, but is "os.system".',
    ),
    "params": (
        with_node(params=[1]),
        '"params" of node a must be an object in braces, but is [1].',
    ),
    "many params": (
        with_node(params={f"p{index}": 1 for index in range(1001)}),
        '"params" of node a has 1,001 entries; the most that is read is 1,000.',
    ),
    "param name": (
        with_node(params={"__class__": 1}),
        'node a has a parameter called "__class__", which is not a name.',
    ),
    "deep param": (
        with_node(params={"out_features": json.loads("[" * 20 + "]" * 20)}),
        'parameter "out_features" of node a nests too deep.',
    ),
    "long expression": (
        with_node(params={"out_features": {"expr": "1+" * 500_000}}),
        (
            'parameter "out_features" of node a is an expression of 1,000,000 characters; '
            "the most that is read is 200."
        ),
    ),
    "control in param": (
        with_node(params={"bias": "a\x1bb"}),
        'parameter "bias" of node a holds a character that cannot be shown (U+001B).',
    ),
    "frozen": (with_node(frozen=1), '"frozen" of node a must be true or false, but is 1.'),
    "weights": (
        with_node(weights="My weights"),
        (
            '"weights" of node a must be an id (a small letter, then up to 63 small letters, digits and '
            'underscores), but is "My weights".'
        ),
    ),
    "only": (
        with_node(only="always"),
        '"only" of node a must be one of train, evaluate, predict, but is "always".',
    ),
    "when": (
        with_node(when="i == 0"),
        '"when" of node a must be an expression: {"expr": "..."}, but is "i == 0".',
    ),
    "tie": (
        with_node(tie={"weight": "b"}),
        '"tie" of node a must name a weight as NODE.WEIGHT, but has "b".',
    ),
    "placed nowhere": (
        with_main(nodes={"a": {"network": "block"}}),
        'node a places the network "block", but there is no such network.',
    ),
    "repeat": (
        with_main(nodes={"a": {"network": "main", "repeat": 2**30}}),
        '"repeat" of node a must be a whole number from 1 to 10,000, or an expression, but is 1073741824.',
    ),
    "repeat and scan": (
        with_main(nodes={"a": {"network": "main", "repeat": 2, "scan": "T"}}),
        'node a has both "repeat" and "scan"; it can have one of them.',
    ),
    "scan outputs": (
        with_main(nodes={"a": {"network": "main", "scan": "T", "outputs": {"h": "all"}}}),
        'output h of node a must be one of last, stack, collect, but is "all".',
    ),
    "wires": (
        with_main(wires={}),
        '"wires" of network main must be a list, but is an empty object.',
    ),
    "wire": (
        with_main(wires=["a -> b"]),
        'a wire of network main must be written "a.output -> b.input", but is "a -> b".',
    ),
    "wire from nowhere": (
        with_main(wires=["c.output -> b.input"]),
        'wire c.output -> b.input of network main names "c", but there is no such node.',
    ),
    "wire to nowhere": (
        with_main(wires=["a.output -> c.input"]),
        'wire a.output -> c.input of network main names "c", but there is no such node.',
    ),
    "wire twice": (
        with_main(wires=["a.output -> b.input"] * 2),
        "wire a.output -> b.input of network main stands twice. Remove one of them.",
    ),
    "two wires at one input": (
        with_main(wires=["a.output -> b.input", "a.other -> b.input"]),
        (
            "wire a.other -> b.input of network main and a.output -> b.input end at the same input. "
            "Remove one of them."
        ),
    ),
    "wire at no face": (
        with_main(wires=["in.x -> a.input"]),
        "wire in.x -> a.input of network main uses in.x, a port that its face has not.",
    ),
    "face twice": (
        with_main(face={"inputs": ["x", "x"]}),
        '"inputs" of the face of network main has a port twice.',
    ),
    "position": (
        with_top(view={"main": {"positions": {"a": [0, 1e308]}}}),
        (
            'the position of "a" in network main must be 2 numbers between -1,000,000 and 1,000,000, '
            "but is [0, 1e+308]."
        ),
    ),
    "frame": (
        with_top(view={"main": {"frames": [{"rect": [0, 0, 1]}]}}),
        (
            '"rect" of item 1 of "frames" of the view of network main must be 4 numbers between -1,000,000 '
            "and 1,000,000, but is [0, 0, 1]."
        ),
    ),
    "colour": (
        with_top(view={"main": {"frames": [{"color": "url(x)", "rect": [0, 0, 1, 1]}]}}),
        (
            '"color" of item 1 of "frames" of the view of network main must be a colour such as #4080c0, '
            'but is "url(x)".'
        ),
    ),
    "note": (
        with_top(view={"main": {"notes": [{"position": [0, 0], "width": 0}]}}),
        '"width" of item 1 of "notes" of the view of network main must be a width in pixels, but is 0.',
    ),
    "objectives": (
        with_top(objectives={}),
        '"objectives" of the document must be a list, but is an empty object.',
    ),
    "objective": (
        with_top(objectives=["learn"]),
        'item 1 of "objectives" of the document must be an object in braces, but is "learn".',
    ),
    "optimizer": (
        with_top(objectives=[{"optimizer": {"lr": 1}}]),
        'the optimizer of objective "learn" has no "type"; it must be a text.',
    ),
    "every": (
        with_top(objectives=[{"every": "two"}]),
        '"every" of objective "learn" must be a whole number, but is "two".',
    ),
    "weight": (
        with_top(objectives=[{"minimise": [{"loss": "a", "weight": True}]}]),
        '"weight" of item 1 of "minimise" of objective "learn" must be a number or an expression, but is true.',
    ),
    "update": (
        with_top(objectives=[{"update": ["All"]}]),
        (
            'item 1 of "update" of objective "learn" must be an id (a small letter, then up to 63 small '
            'letters, digits and underscores), but is "All".'
        ),
    ),
    "procedure": (
        with_top(procedures=[{"kind": "sample"}]),
        'item 1 of "procedures" of the document has no "name"; it must be a text.',
    ),
    "epochs": (
        with_top(run={"epochs": 1.5}),
        '"epochs" of run must be a whole number, but is 1.5.',
    ),
    "seed": (
        with_top(run={"seed": 10**20}),
        '"seed" of run must be a whole number, but is 100000000000000000000.',
    ),
    "device": (
        with_top(run={"device": "tpu"}),
        '"device" of run must be one of auto, cpu, cuda, mps, but is "tpu".',
    ),
    "early stopping": (
        with_top(run={"early_stopping": {"min_delta": "small"}}),
        '"min_delta" of "early_stopping" of run must be a number, but is "small".',
    ),
}
