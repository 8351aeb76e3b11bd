"""What the window tells about one node in a few lines: shapes in and out, weights, work, and why it waits."""

from __future__ import annotations

from math import prod

from graphs.check import Report
from graphs.graph import Node
from graphs.layer import call
from graphs.size import names
from graphs.spec import KIND_WORDS, Spec


def spec_words(spec: Spec) -> str:
    """A Spec as people read it: `C 1 x H 8 x W 8`, `class of 10`, `a single number`."""
    if not spec.batched and not spec.dims:
        return "one number for the batch"
    shape = " x ".join(f"{axis.name} {axis.size}" for axis in spec.dims)
    if spec.kind == "class":
        what = f"class of {spec.of}" if spec.of else KIND_WORDS[spec.kind]
        return f"{shape}, {what}" if shape else what
    if spec.kind != "number":
        return f"{shape}, {KIND_WORDS[spec.kind]}" if shape else KIND_WORDS[spec.kind]
    return shape or "a single number"


def facts(node: Node, report: Report) -> list[str]:
    """Lines about a node, ready to show."""
    known = report.shapes.nodes.get(node.id)
    if known is None:
        return []
    lines = [
        f"{_port_words(port, 'In')}: {spec_words(spec)}" for port, spec in known.inputs.items()
    ]
    lines += [
        f"{_port_words(port, 'Out')}: {spec_words(spec)}" for port, spec in known.outputs.items()
    ]
    if known.waits:
        lines.append("It waits for a problem before it to be mended.")
    if node.layer is None or not known.outputs:
        return lines
    count = parameter_count(node, report)
    if count:
        lines.append(f"Parameters: {count:,}")
    if all(not names(size) for spec in known.inputs.values() for size in spec.sizes):
        flops = call(node.layer, node.layer.flops, known.inputs)
        if flops:
            lines.append(f"Work per sample: {flops:,} FLOPs")
    return lines


def _port_words(port: str, way: str) -> str:
    """How a port is called in a line: `Input` where that is its name already, else `In query`."""
    return port.capitalize() if port in ("input", "output") else f"{way} {port}"


def parameter_count(node: Node, report: Report) -> int:
    """How many numbers a node learns; 0 where its inputs are not known."""
    known = report.shapes.nodes.get(node.id)
    if node.layer is None or known is None or not known.outputs:
        return 0
    return sum(prod(shape) for shape in call(node.layer, node.layer.weights, known.inputs).values())
