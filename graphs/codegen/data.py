"""Data in generated source: scikit-learn's sets are read, for others a clear place for one's own data is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graphs.codegen.places import Place
from graphs.codegen.text import Bracket, docstring, laid_out, literal, statement
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
NAMES = (
    "data", "rows", "cut", "train", "test", "count", "train_set", "test_set", "standardize", "rescale", "random",
    "labels", "period", "phase", "height", "turns", "sines", "squares", "waves", "angle", "points", "upper", "lower",
)  # fmt: skip
"""Names of the functions that read data, which no column may have."""

SCALING: Mapping[str, tuple[str, list[str]]] = {
    "standard": (
        "standardize",
        [
            "def standardize(values: Tensor, train: Tensor, dims: tuple[int, ...]) -> Tensor:",
            '    """Values of mean 0 and deviation 1, as measured on the rows that train."""',
            "    mean = values[train].mean(dims, keepdim=True)",
            "    std = values[train].std(dims, keepdim=True)",
            "    return (values - mean) / std.clamp(min=1e-6)",
        ],
    ),
    "minmax": (
        "rescale",
        [
            "def rescale(values: Tensor, train: Tensor, dims: tuple[int, ...]) -> Tensor:",
            '    """Values from 0 to 1, as measured on the rows that train."""',
            "    low = values[train].amin(dims, keepdim=True)",
            "    high = values[train].amax(dims, keepdim=True)",
            "    return (values - low) / (high - low).clamp(min=1e-6)",
        ],
    ),
}
"""By how a data set scales its numbers: the name and the lines of the function that does it."""


def data_lines(
    document: Document, place: Place, columns: Mapping[End, str], *, tests: bool
) -> list[str]:
    """The functions that give the rows that train, and, if something `tests`, the others."""
    scaled = _scaled(document, place, columns)
    found: list[str] = []
    for how in dict.fromkeys(how for how, _ in scaled.values()):
        found += [*SCALING[how][1], "", ""]
    docs = [*_documented(document, columns)]
    docs.append(
        "Gives the rows that train, then those that test."
        if tests
        else "Gives the rows that train."
    )
    kind = "tuple[TensorDataset, TensorDataset]" if tests else "TensorDataset"
    found += [f"def load_data() -> {kind}:", *docstring([" ".join(docs)], 4)]
    found += _read(document, place, columns)
    found += _divided(document, columns, tests=tests)
    for end, (how, dims) in scaled.items():
        name = columns[end]
        found.append(f"{IN}{name} = {SCALING[how][0]}({name}, train, {literal(dims)})")
    sets = ["train", "test"] if tests else ["train"]
    made = [
        Bracket("TensorDataset(", tuple(f"{name}[{part}]" for name in columns.values()))
        for part in sets
    ]
    if len(made) == 1:
        return [*found, *laid_out("return ", made[0], "", 4)]
    for part, one in zip(sets, made, strict=True):
        found += laid_out(f"{part}_set = ", one, "", 4)
    return [*found, f"{IN}return train_set, test_set"]


def _read(document: Document, place: Place, columns: Mapping[End, str]) -> Iterator[str]:
    """The columns as the file or the set has them, of one source after the other."""
    for node in document.main.by_role("data"):
        wanted = [end for end in columns if end.node == node.id]
        if not wanted or not isinstance(node.layer, DataLayer):
            continue
        known = node.layer.data_code()
        if known is None:
            yield f"{IN}# Put your own data here: these are random numbers of the right shapes."
        for line in known.lines if known is not None else ():
            yield from statement(line, 4)
        for end in wanted:
            spec = place.shapes.output(*end)
            read = known.columns[end.port] if known is not None else _random(spec, node)
            yield f"{IN}{columns[end]} = {read}  {_note(spec)}".rstrip()
    yield from _as_long_as_the_first(columns)


def _documented(document: Document, columns: Mapping[End, str]) -> Iterator[str]:
    """What is read, in words."""
    for node in document.main.by_role("data"):
        if not any(end.node == node.id for end in columns) or not isinstance(node.layer, DataLayer):
            continue
        known = node.layer.data_code()
        yield node.layer.info.doc if known else f"Stands in for {node.phrase}."
        yield from _joined(document, node)


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


def _divided(document: Document, columns: Mapping[End, str], *, tests: bool) -> Iterator[str]:
    """Which rows train, and which test."""
    end, name = next(iter(columns.items()))
    first = document.main.nodes[end.node].layer
    assert isinstance(first, DataLayer)
    order = "randperm" if first.shuffle else "arange"
    yield f"{IN}rows = torch.{order}(len({name}))"
    yield f"{IN}cut = int({first.split[0]!r} * len(rows))"
    yield f"{IN}train, test = rows[:cut], rows[cut:]" if tests else f"{IN}train = rows[:cut]"


def _scaled(
    document: Document, place: Place, columns: Mapping[End, str]
) -> dict[End, tuple[str, tuple[int, ...]]]:
    """The columns whose numbers are scaled: how, and over which axes together."""
    found: dict[End, tuple[str, tuple[int, ...]]] = {}
    for end in columns:
        layer, spec = document.main.nodes[end.node].layer, place.shapes.output(*end)
        if not isinstance(layer, DataLayer) or spec is None or spec.dtype != "float32":
            continue
        if layer.normalize != "none" and spec.dims:
            axis = spec.letters.index("C") if "C" in spec.letters else spec.rank - 1
            dims = tuple(index for index in range(spec.rank + 1) if index != axis + 1)
            found[end] = layer.normalize, dims
    return found


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
