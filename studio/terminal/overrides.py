"""Parameters changed from the command line: `--set linear.out_features=32` makes another document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphs.edits import set_params
from graphs.optimizers import RUN_PARAMS
from studio.verb import Mistake, near

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.param import Param

RAW = ("str", "path", "choice")
"""Kinds of parameters whose text is the value."""
ROWS = ("pair", "ints", "floats")

RUN = "run"
"""What stands for the run settings where a node would be named, unless a node is called so."""


def with_settings(document: Document, settings: Sequence[str]) -> Document:
    """The document with these `NODE.PARAM=VALUE` settings, in order; later ones win.

    Raises:
        Mistake: there is no such node or parameter, or the value cannot stand there.
    """
    for setting in settings:
        document = _with_setting(document, setting)
    return document


def with_run(document: Document, **changes: Any) -> Document:
    """The document with other run settings; None leaves one as it is."""
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(document, run=replace(document.run, **given)) if given else document


def _with_setting(document: Document, setting: str) -> Document:
    where, equals, text = setting.partition("=")
    node_id, dot, name = where.strip().partition(".")
    if not (equals and dot and node_id and name):
        raise Mistake(
            f"--set needs NODE.PARAM=VALUE, as in linear.out_features=32, but is {setting}."
        )
    nodes = document.main.nodes
    if node_id == RUN and RUN not in nodes:
        return _with_run_setting(document, setting, name, text.strip())
    if node_id not in nodes:
        raise Mistake(f"There is no node called {node_id}.{near(node_id, nodes) or _listed(nodes)}")
    node = nodes[node_id]
    params = node.info.params if node.info else {}
    if name not in params:
        hint = near(name, params) or _listed(params)
        raise Mistake(f"{node.phrase} has no parameter called {name}.{hint}")
    try:
        value = params[name].read(read_value(params[name], text.strip()))
    except ValueError as error:
        raise Mistake(f"{setting} cannot be set: {error}") from error
    return document.with_graph(set_params(document.main, node_id, **{name: value}))


def _with_run_setting(document: Document, setting: str, name: str, text: str) -> Document:
    if name not in RUN_PARAMS:
        hint = near(name, RUN_PARAMS) or _listed(RUN_PARAMS)
        raise Mistake(f"The run settings have no {name}.{hint}")
    param = RUN_PARAMS[name]
    try:
        value = param.read(read_value(param, text))
    except ValueError as error:
        raise Mistake(f"{setting} cannot be set: {error}") from error
    return with_run(document, **{name: value})


def read_value(param: Param, text: str) -> Any:
    """The value that a text means for a parameter; a row may stand without its brackets.

    What is no JSON stays a text, which the parameter then refuses in its own words.
    """
    if param.kind in RAW:
        by_text = {str(choice): choice for choice in param.choices}
        return by_text.get(text, text)
    if text.lower() in ("none", "null"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if param.kind in ROWS and "," in text and not text.startswith("["):
        text = f"[{text}]"
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _listed(names: Any) -> str:
    return f" There are: {', '.join(names)}." if names else " There are none."
