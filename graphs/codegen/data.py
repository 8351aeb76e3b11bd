"""Data in generated source: the function that reads, divides and scales the columns that the network uses."""

from __future__ import annotations

import ast
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graphs.codegen import data_functions
from graphs.codegen.data_functions import FUNCTIONS
from graphs.codegen.places import Place
from graphs.codegen.reading import KEYS, reading_of, shares_of
from graphs.codegen.text import Bracket, docstring, laid_out, literal, statement
from graphs.graph import End, Graph, Node
from graphs.layer import DataLayer
from graphs.size import value
from graphs.spec import Spec

if TYPE_CHECKING:
    from graphs.codegen.reading import Reading
    from graphs.content import Document

SAMPLES = 256
LENGTH = 16
"""Of random data, which stand where data of one's own shall stand."""

IN = " " * 4
NAMES = (
    "train", "val", "test", "count", "rows", "keys", "others", "classes", "train_set", "val_set", "test_set",
    "train_loader", "val_loader", "test_loader", "loader", "evaluate", "step", *data_functions.NAMES,
)  # fmt: skip
"""Names of what reads data and trains, which no column may have."""

SCALED_BY = {"standard": "standardize", "minmax": "rescale"}
"""By how a data set scales its numbers: the name of the function that does it."""


def taken_names(graph: Graph) -> set[str]:
    """The names that no column may have: those of functions, and of what is read before them."""
    found = set(NAMES)
    for node in graph.by_role("data"):
        layer = node.layer if isinstance(node.layer, DataLayer) else None
        reading = reading_of(layer, layer.outputs()) if layer is not None else None
        body = textwrap.dedent("\n".join(reading.lines)) if reading is not None else ""
        found |= {
            each.id
            for each in ast.walk(ast.parse(body))
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
    return found


def data_lines(
    document: Document, place: Place, columns: Mapping[End, str], *, tests: bool
) -> list[str]:
    """The functions that give the rows that train, and, if something `tests`, those that test."""
    one = _Data(document, place, columns)
    body = [*one.read(), *one.divided(tests=tests), *one.scaled()]
    said = "Gives the rows that train, those that validate, and those that test."
    docs = [*one.documented(), said if tests else "Gives the rows that train."]
    kind = "tuple[TensorDataset, ...]" if tests else "TensorDataset"
    found: list[str] = []
    for name, lines in FUNCTIONS.items():
        if name in one.needs:
            found += [*lines, "", ""]
    found += [f"def load_data() -> {kind}:", *docstring([" ".join(docs)], 4), *body]
    rows = "rows" if tests else "train"
    made = Bracket("TensorDataset(", tuple(f"{name}[{rows}]" for name in columns.values()))
    if tests:
        made = Bracket("tuple(", (made,), loop="for rows in (train, val, test)")
    return [*found, *laid_out("return ", made, "", 4)]


class _Data:
    """The columns of a document and how they are read; `needs` are the functions that this takes."""

    def __init__(self, document: Document, place: Place, columns: Mapping[End, str]) -> None:
        self._document, self._place, self._columns = document, place, columns
        graph = document.main
        self._nodes = [
            node
            for node in graph.by_role("data")
            if any(end.node == node.id for end in columns) and isinstance(node.layer, DataLayer)
        ]
        wired = (each for each in graph.by_role("data") if not each.marks.muted)
        self._primary = next((each for each in wired if graph.outgoing[each.id]), self._nodes[0])
        # By node that is joined to the first one by its key: the variable of who belongs to whom.
        self._partners = {
            node.id: f"partner_{index}" if index > 1 else "partner"
            for index, node in enumerate(filter(self._is_joined, self._nodes), 1)
        }
        self._readings = {node.id: self._reading(node) for node in self._nodes}
        self.needs: set[str] = set()
        for reading in self._readings.values():
            self.needs |= set(reading.needs if reading is not None else ())

    @property
    def _first(self) -> Node:
        """The node whose rows make the epoch."""
        return self._primary if self._primary in self._nodes else self._nodes[0]

    def _reading(self, node: Node) -> Reading | None:
        assert isinstance(node.layer, DataLayer)
        wanted = {end.port for end in self._columns if end.node == node.id}
        label = self._label() if node is self._first else None
        wanted |= {label.port} if label is not None else set()
        if node.id in self._partners or (node is self._first and self._partners):
            wanted.add(KEYS)
        return reading_of(node.layer, wanted)

    def _is_joined(self, node: Node) -> bool:
        """Whether rows of a node belong to those of the first one by their keys."""
        one, other = self._first.layer, node.layer
        assert isinstance(one, DataLayer)
        assert isinstance(other, DataLayer)
        known = reading_of(one, ()) is not None and reading_of(other, ()) is not None
        return known and node is not self._first and one.is_joined_to(other)

    def documented(self) -> Iterator[str]:
        """What is read, in words."""
        for node in self._nodes:
            reading = self._readings[node.id]
            yield reading.doc if reading is not None else f"Stands in for {node.phrase}."
            if node.id in self._partners:
                yield f"Its rows belong to those of {self._first.phrase} with the same key."

    def read(self) -> Iterator[str]:
        """The columns as the file or the set has them, of one source after the other."""
        for node in self._nodes:
            reading = self._readings[node.id]
            if reading is None:
                yield f"{IN}# Put your own data here: these are random numbers of the right shapes."
            for line in reading.lines if reading is not None else ():
                yield from statement(line.removeprefix(IN), 4) if line[4:5].strip() else [line]
            for end, name in self._columns.items():
                if end.node == node.id:
                    spec = self._place.shapes.output(*end)
                    read = reading.columns[end.port] if reading else _random(spec, node)
                    yield from statement(f"{name} = {read}  {_note(spec)}".rstrip(), 4)
            if node is self._first and reading is not None:
                label = self._label()
                if label is not None and label not in self._columns:
                    yield from statement(f"classes = {reading.columns[label.port]}", 4)
            if node is self._first and self._partners and reading is not None:
                yield f"{IN}keys = {reading.keys}"
            if node.id in self._partners and reading is not None:
                yield f"{IN}others = {reading.keys}"
                yield f"{IN}{self._partners[node.id]} = {self._found(node)}"
        yield from self._as_long_as_the_first()
        yield from self._joined()

    def divided(self, *, tests: bool) -> Iterator[str]:
        """Which rows train, and which test."""
        layer = self._first.layer
        assert isinstance(layer, DataLayer)
        name = next(name for end, name in self._columns.items() if end.node == self._first.id)
        label = self._label()
        shares, seed = literal(shares_of(layer)), self._document.run.seed
        self.needs.add("part_sizes")
        if not layer.shuffle:
            made = f"torch.arange(len({name})).split(part_sizes(len({name}), {shares}))"
        elif label is None or self._readings[self._first.id] is None:
            self.needs.add("split_rows")
            made = f"split_rows(len({name}), {shares}, seed={seed})"
        else:
            self.needs.add("split_classes")
            made = f"split_rows({self._columns.get(label, 'classes')}, {shares}, seed={seed})"
        yield f"{IN}train, {'val, test' if tests else '_, _'} = {made}"

    def scaled(self) -> Iterator[str]:
        """The lines that scale numbers as measured on the rows that train, and fill in what is missing."""
        for end, name in self._columns.items():
            reading = self._readings.get(end.node)
            gaps = reading is not None and end.port in reading.gaps
            how, dims = self._scaling(end)
            if gaps and how != "standard":
                mean = f"{name}[train].nanmean(0)"
                yield f"{IN}# A missing number becomes the mean of the rows that train."
                yield from statement(f"{name} = torch.where({name}.isnan(), {mean}, {name})", 4)
            places = ((reading.scaled if reading is not None else None) or {}).get(end.port, ":")
            if how == "none" or not places:
                continue
            function = SCALED_BY[how]
            self.needs.add(
                f"{function}_known" if self._has_gaps and how == "standard" else function
            )
            some = name if places == ":" else f"{name}[:, {places}]"
            yield from statement(f"{some} = {function}({some}, train, {literal(dims)})", 4)
            if gaps and how == "standard":
                yield f"{IN}{name} = {name}.nan_to_num(0)  # a missing number becomes the mean"

    @property
    def _has_gaps(self) -> bool:
        return any(reading is not None and reading.gaps for reading in self._readings.values())

    def _scaling(self, end: End) -> tuple[str, tuple[int, ...]]:
        """How the numbers of a column are scaled ("none" where they are not), and over which axes together."""
        layer = self._document.main.nodes[end.node].layer
        spec = self._place.shapes.output(*end)
        if not isinstance(layer, DataLayer) or spec is None or spec.dtype != "float32":
            return "none", ()
        if layer.normalize == "none" or not spec.dims:
            return "none", ()
        axis = spec.letters.index("C") if "C" in spec.letters else spec.rank - 1
        return layer.normalize, tuple(each for each in range(spec.rank + 1) if each != axis + 1)

    def _label(self) -> End | None:
        """The column whose classes every part gets its share of: one that something is wired to, before others."""
        node = self._first
        assert isinstance(node.layer, DataLayer)
        specs = node.layer.columns()
        named = [port for port, spec in specs.items() if spec.kind == "class" and spec.names]
        wired = {wire.source.port for wire in self._document.main.outgoing[node.id]}
        port = next(iter(sorted(named, key=lambda each: each not in wired)), None)
        return End(node.id, port) if port is not None and node.layer.shuffle else None

    def _as_long_as_the_first(self) -> Iterator[str]:
        """Where several sources are read, the others begin again until they are as long as the first."""
        own = [name for end, name in self._columns.items() if end.node == self._first.id]
        others = [
            name
            for end, name in self._columns.items()
            if end.node != self._first.id and end.node not in self._partners
        ]
        if others:
            yield f"{IN}count = len({own[0]})"
        for name in others:
            yield f"{IN}{name} = {name}[torch.arange(count) % len({name})]"

    def _found(self, node: Node) -> str:
        """The expression of which row of a node belongs to which row of the first one."""
        first, other = self._first.layer, node.layer
        assert isinstance(first, DataLayer)
        assert isinstance(other, DataLayer)
        self.needs.add("find_files" if first.has_files or other.has_files else "find_partners")
        if first.has_files:
            return "{file: row for row, file in find_files(others, keys).items()}"
        return f"{'find_files' if other.has_files else 'find_partners'}(keys, others)"

    def _joined(self) -> Iterator[str]:
        """The lines that put side by side what belongs together, and leave out rows without a partner."""
        if not self._partners:
            return
        names = list(self._partners.values())
        shared = " & ".join(f"{name}.keys()" for name in names) if len(names) > 1 else names[0]
        yield f"{IN}rows = sorted({shared})"
        for end, name in self._columns.items():
            partner = self._partners.get(end.node)
            taken = f"[{partner}[row] for row in rows]" if partner else "rows"
            yield f"{IN}{name} = {name}[{taken}]"
        label = self._label()
        if label is not None and label not in self._columns:
            yield f"{IN}classes = classes[rows]"


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
