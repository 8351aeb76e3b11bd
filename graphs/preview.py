"""What a way out would do, in words, before anybody takes it: what comes, goes and changes, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphs.check import check

if TYPE_CHECKING:
    from graphs.check import Report
    from graphs.rule import Fix
    from graphs.shapes import NodeShapes

MOST_TOLD = 3
"""Of how many nodes it is said what they would give."""


def preview(report: Report, fix: Fix) -> str:
    """What the graph of this report would be after the fix: "Adds Flatten, which gives 64. No problem is left."."""
    after = check(fix.apply(report.document, report.network), report.network, report)
    old, new = report.shapes, after.shapes
    parts = [
        f"Adds {new.graph.nodes[each].name}{_giving(new.nodes[each])}."
        for each in new.graph.order
        if each not in old.graph.nodes
    ]
    gone = [old.graph.nodes[each].name for each in old.graph.nodes if each not in new.graph.nodes]
    parts += [f"Removes {' and '.join(gone)}."] if gone else []
    for node_id, known in new.nodes.items():
        before, info = old.nodes.get(node_id), new.graph.nodes[node_id].info
        if before is None or before.outputs == known.outputs or not known.outputs:
            continue
        if info is not None and info.role in ("loss", "metric"):
            continue  # a number it is in any case
        instead = f" instead of {_specs(before)}" if before.outputs else ""
        parts.append(f"{new.graph.nodes[node_id].name} gives {_specs(known)}{instead}.")
    told = [*parts[:MOST_TOLD], *(["And so on."] if len(parts) > MOST_TOLD else [])]
    left = len(after.problems)
    told.append(
        "No problem is left."
        if not left
        else f"{left} {'problem is' if left == 1 else 'problems are'} left."
    )
    return " ".join(told)


def _giving(known: NodeShapes) -> str:
    return f", which gives {_specs(known)}" if known.outputs else ""


def _specs(known: NodeShapes) -> str:
    return " and ".join(str(spec) for spec in known.outputs.values())
