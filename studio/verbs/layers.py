"""`lamina layers`: every layer type with its words."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from studio.verb import DONE, say, verb

if TYPE_CHECKING:
    from graphs.layer import Info
    from graphs.param import Param


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print a JSON list with parameters and ports"
    )


@verb(
    "layers",
    "List every layer with what it does.",
    rank=8,
    examples=("lamina layers", "lamina layers --json"),
    declare=_declare,
)
def run(given: argparse.Namespace) -> int:
    """Print the registry of layers in order of the library."""
    import graphs.layers  # noqa: F401 - registers all layer types
    from graphs.layer import CATEGORIES, LAYERS

    infos = sorted(
        (each.info for each in LAYERS.values()),
        key=lambda info: (CATEGORIES.index(info.category), info.title),
    )
    if given.json:
        say(json.dumps([_plain(info) for info in infos], indent=2, ensure_ascii=False))
        return DONE
    width = max(len(info.type) for info in infos)
    for category in CATEGORIES:
        mine = [info for info in infos if info.category == category]
        if mine:
            say(f"{category}")
            for info in mine:
                say(f"  {info.type:{width}}  {info.doc}")
    return DONE


def _plain(info: Info) -> dict[str, Any]:
    return {
        "type": info.type,
        "title": info.title,
        "category": info.category,
        "role": info.role,
        "doc": info.doc,
        "also": list(info.also),
        "inputs": [
            {"name": port.name, "optional": port.optional, "many": port.many}
            for port in info.inputs
        ],
        "outputs": list(info.outputs),
        "params": [_plain_param(each) for each in info.params.values() if not each.hidden],
    }


def _plain_param(param: Param) -> dict[str, Any]:
    bounds = {
        name: getattr(param, name)
        for name in ("ge", "gt", "le", "lt")
        if getattr(param, name) is not None
    }
    choices = {"choices": list(param.choices)} if param.choices else {}
    unit = {"unit": param.unit} if param.unit else {}
    return (
        {"name": param.name, "kind": param.kind, "default": param.default, "doc": param.doc}
        | unit
        | bounds
        | choices
    )
