"""Data in generated source: scikit-learn's sets are read, for others a clear place for one's own data is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graphs.codegen.places import Place
from graphs.codegen.text import docstring, literal
from graphs.graph import End, Node
from graphs.layer import DataLayer
from graphs.size import value
from graphs.spec import Spec

if TYPE_CHECKING:
    from graphs.content import Document

SAMPLES = 256
LENGTH = 16
"""Of random data, which stand where data of one's own shall stand."""

IN = " " * 4


def data_lines(document: Document, place: Place, columns: Mapping[End, str]) -> list[str]:
    """The function that gives the columns as tensors."""
    lines: list[str] = []
    docs: list[str] = []
    tensors: dict[End, str] = {}
    own: tuple[End, ...] = ()  # for which random numbers stand
    for node in document.main.by_role("data"):
        wanted = [end for end in columns if end.node == node.id]
        if not wanted or not isinstance(node.layer, DataLayer):
            continue
        known = node.layer.data_code()
        docs.append(node.layer.info.doc if known else f"Stands in for {node.phrase}.")
        docs += _joined(document, node)
        if known is None:
            own = (*own, *wanted)
            tensors |= {end: _random(place.shapes.output(*end), node) for end in wanted}
            continue
        lines += known.lines
        tensors |= {end: known.columns[end.port] for end in wanted}
    found = ["def load_data() -> tuple[Tensor, ...]:", *docstring([" ".join(docs)], 4)]
    found += [f"{IN}{line}" for line in lines]
    for end, name in columns.items():
        if end in own:
            found.append(
                f"{IN}# Put your own data here: these are random numbers of the right shapes."
            )
            own = ()
        found.append(f"{IN}{name} = {tensors[end]}  {_note(place.shapes.output(*end))}".rstrip())
    names = list(columns.values())
    found += _as_long_as_the_first(columns)
    return [
        *found,
        f"{IN}return ({names[0]},)" if len(names) == 1 else f"{IN}return {', '.join(names)}",
    ]


def _joined(document: Document, node: Node) -> list[str]:
    """The sentence that says which rows belong together, where a key says so."""
    wired = document.main.outgoing
    read = (each for each in document.main.by_role("data") if not each.marks.muted)
    primary = next((each for each in read if wired[each.id]), node)
    one, other = primary.layer, node.layer
    if primary is node or not isinstance(one, DataLayer) or not isinstance(other, DataLayer):
        return []
    if not one.is_joined_to(other):
        return []
    keys = [f'"{each.key}"' if each.key else "file name" for each in (other, one)]
    return [
        (
            f"Each of its rows must stand where the row of {primary.phrase} stands that it belongs to, the one whose "
            f"{keys[1]} is its {keys[0]}."
        )
    ]


def column_lines(
    document: Document, place: Place, columns: Mapping[End, str], *, tests: bool
) -> Iterator[str]:
    """In `main`: the columns, which rows train, and numbers scaled by those alone."""
    names = list(columns.values())
    head = f"({names[0]},)" if len(names) == 1 else ", ".join(names)
    yield f"{IN}{head} = load_data()"
    first = document.main.nodes[next(iter(columns)).node].layer
    assert isinstance(first, DataLayer)
    order = "randperm" if first.shuffle else "arange"
    yield f"{IN}rows = torch.{order}(len({names[0]}))"
    yield f"{IN}cut = int({first.split[0]!r} * len(rows))"
    yield f"{IN}train, test = rows[:cut], rows[cut:]" if tests else f"{IN}train = rows[:cut]"
    for end, name in columns.items():
        layer = document.main.nodes[end.node].layer
        spec = place.shapes.output(*end)
        if isinstance(layer, DataLayer) and spec is not None and spec.dtype == "float32":
            yield from _scaled(name, spec, layer.normalize)


def _scaled(name: str, spec: Spec, how: str) -> Iterator[str]:
    if how == "none" or not spec.dims:
        return
    axis = spec.letters.index("C") if "C" in spec.letters else spec.rank - 1
    others = tuple(index for index in range(spec.rank + 1) if index != axis + 1)
    dims = literal(others if len(others) > 1 else others[0])
    if how == "standard":
        yield f"{IN}mean = {name}[train].mean({dims}, keepdim=True)"
        yield f"{IN}spread = {name}[train].std({dims}, keepdim=True)"
        yield f"{IN}{name} = ({name} - mean) / spread.clamp(min=1e-6)"
        return
    yield f"{IN}low = {name}[train].amin({dims}, keepdim=True)"
    yield f"{IN}high = {name}[train].amax({dims}, keepdim=True)"
    yield f"{IN}{name} = ({name} - low) / (high - low).clamp(min=1e-6)"


def _random(spec: Spec | None, node: Node) -> str:
    assert spec is not None, node.id
    sizes = [value(size, defaultdict(lambda: LENGTH)) for size in spec.sizes]
    shape = ", ".join(map(str, [SAMPLES, *sizes]))
    if spec.dtype == "int64":
        end = "," if not sizes else ""
        return f"torch.randint({spec.of or 2}, ({shape}{end}))"
    if spec.dtype == "bool":
        return f"torch.zeros({shape}, dtype=torch.bool)"
    return f"torch.randn({shape})"


def _note(spec: Spec | None) -> str:
    if spec is None or spec.kind not in ("class", "token") or spec.of is None:
        return ""
    return f"# one of {spec.of}"


def _as_long_as_the_first(columns: Mapping[End, str]) -> list[str]:
    """Where several sources are read, the others begin again until they are as long as the first."""
    first = next(iter(columns))
    others = [name for end, name in columns.items() if end.node != first.node]
    if not others:
        return []
    lines = [f"{IN}count = len({columns[first]})"]
    return [*lines, *(f"{IN}{name} = {name}[torch.arange(count) % len({name})]" for name in others)]
