"""The values of a file become a Document: title, networks, objectives, procedures, run settings and view."""

from __future__ import annotations

from typing import Any, get_args

from graphs.content import (
    MAIN,
    Document,
    EarlyStopping,
    Feed,
    Minimise,
    Objective,
    Precision,
    Procedure,
    RunSettings,
    Typed,
)
from graphs.expression import Expression
from graphs.fields import (
    MAX_DESCRIPTION,
    Fields,
    check_id,
    check_path,
    check_text,
    few,
    is_number,
    read_value,
    shown,
)
from graphs.graph import Graph
from graphs.json_text import Fault
from graphs.reading_network import read_network, read_view

MAX_NETWORKS = 1000
DEVICES = ("auto", "cpu", "cuda", "mps")


def read_document(values: dict[str, Any]) -> tuple[Document, list[str]]:
    """The document, and what in it this version does not know, in words ("node x is of a type "Y"").

    Raises:
        Fault: something cannot be understood; the sentence names it.
    """
    unknown: list[str] = []
    fields = Fields("the document", values, unknown)
    fields.has("lamina")
    networks = _read_networks(fields, unknown)
    document = Document(
        title=fields.text("title", ""),
        description=fields.text("description", "", longest=MAX_DESCRIPTION),
        networks=networks,
        objectives=fields.items(
            "objectives", lambda each, where: _read_objective(each, where, unknown)
        )
        if fields.has("objectives")
        else (Objective(),),
        procedures=fields.items(
            "procedures", lambda each, where: _read_procedure(each, where, unknown)
        ),
        run=_read_run(fields.raw("run", {}), unknown),
    )
    fields.done()
    return document, unknown


def _read_networks(fields: Fields, unknown: list[str]) -> dict[str, Graph]:
    found = fields.object("networks")
    if MAIN not in found:
        raise Fault(f'it has no network called "{MAIN}", which is the one that is trained.')
    if len(found) > MAX_NETWORKS:
        raise Fault(f"it has {len(found):,} networks; the most is {MAX_NETWORKS:,}.")
    networks = {
        check_id(name, "the id of a network"): read_network(each, name, unknown)
        for name, each in found.items()
    }
    for graph in networks.values():
        for node in graph.nodes.values():
            if node.place is not None and node.place.network not in networks:
                raise Fault(
                    f'node {node.id} places the network "{node.place.network}", but there is no such network.'
                )
    for name, each in fields.object("view").items():
        if name in networks:
            networks[name] = read_view(each, name, networks[name], unknown)
        else:
            unknown.append(f"the view has a field {shown(name)}")
    return networks


def _read_objective(value: Any, where: str, unknown: list[str]) -> Objective:
    fields = Fields.of(value, where, unknown)
    default = Objective()
    name = fields.text("name", default.name)
    fields.where = f'objective "{name}"'
    optimizer = fields.raw("optimizer")
    scheduler = fields.raw("scheduler")
    to_epoch = fields.raw("to_epoch")
    clip = fields.raw("clip")
    objective = Objective(
        name=name,
        minimise=fields.items("minimise", lambda each, there: _read_minimise(each, there, unknown)),
        update=fields.items("update", _read_update) if fields.has("update") else default.update,
        optimizer=default.optimizer
        if optimizer is None
        else _read_typed(optimizer, "optimizer", fields),
        scheduler=None if scheduler is None else _read_typed(scheduler, "scheduler", fields),
        every=fields.whole("every", default.every),
        from_epoch=fields.whole("from_epoch", default.from_epoch),
        to_epoch=None if to_epoch is None else fields.whole("to_epoch", 0),
        batch=fields.choice("batch", ("same", "next"), default.batch),
        clip=None if clip is None else fields.number("clip", 0.0),
    )
    fields.done()
    return objective


def _read_update(value: Any, where: str) -> str:
    return "*" if value == "*" else check_id(value, where)


def _read_minimise(value: Any, where: str, unknown: list[str]) -> Minimise:
    if isinstance(value, str):
        return Minimise(check_path(value, where))
    fields = Fields.of(value, where, unknown)
    weight = read_value(fields.raw("weight", 1.0), f'"weight" of {where}')
    if not isinstance(weight, Expression) and not is_number(weight):
        raise fields.wrong("weight", "a number or an expression")
    loss = check_path(fields.raw("loss"), f'"loss" of {fields.where}')
    fields.done()
    return Minimise(loss, weight if isinstance(weight, Expression) else float(weight))


def _read_typed(value: Any, name: str, parent: Fields) -> Typed:
    where = f"the {name} of {parent.where}"
    fields = Fields.of(value, where, parent.unknown)
    type_id = fields.text("type", longest=64)
    params = {
        key: read_value(each, f'"{key}" of {where}')
        for key, each in few(dict(fields.rest()), where).items()
    }
    for key in params:
        check_text(key, f"a parameter of {where}")
    return Typed(type_id, params)


def _read_procedure(value: Any, where: str, unknown: list[str]) -> Procedure:
    fields = Fields.of(value, where, unknown)
    name = fields.text("name")
    fields.where = f'procedure "{name}"'
    steps = read_value(fields.raw("steps", 1), f'"steps" of {fields.where}')
    if not isinstance(steps, Expression):
        steps = fields.whole("steps", 1)
    procedure = Procedure(
        name=name,
        kind=fields.identifier("kind"),
        network=fields.identifier("network", MAIN),
        feeds=fields.items("feeds", lambda each, there: _read_feed(each, there, unknown)),
        steps=steps,
        stop=fields.expression("stop"),
        params={
            key: read_value(each, f'"{key}" of {fields.where}')
            for key, each in fields.params().items()
        },
    )
    fields.done()
    return procedure


def _read_feed(value: Any, where: str, unknown: list[str]) -> Feed:
    fields = Fields.of(value, where, unknown)
    feed = Feed(fields.text("port", longest=160), fields.text("source", longest=160))
    fields.done()
    return feed


def _read_run(value: Any, unknown: list[str]) -> RunSettings:
    fields = Fields.of(value, "run", unknown)
    default = RunSettings()
    stopping = fields.raw("early_stopping")
    run = RunSettings(
        epochs=fields.whole("epochs", default.epochs),
        batch_size=fields.whole("batch_size", default.batch_size),
        seed=fields.whole("seed", default.seed),
        device=fields.choice("device", DEVICES, default.device),
        precision=fields.choice("precision", get_args(Precision), default.precision),
        threads=fields.whole("threads", default.threads),
        early_stopping=None if stopping is None else _read_early_stopping(stopping, unknown),
        compile=fields.flag("compile"),
        channels_last=fields.flag("channels_last"),
        fused=fields.flag("fused"),
    )
    fields.done()
    return run


def _read_early_stopping(value: Any, unknown: list[str]) -> EarlyStopping:
    fields = Fields.of(value, '"early_stopping" of run', unknown)
    default = EarlyStopping()
    stopping = EarlyStopping(
        monitor=fields.text("monitor", default.monitor),
        patience=fields.whole("patience", default.patience),
        min_delta=fields.number("min_delta", default.min_delta),
    )
    fields.done()
    return stopping
