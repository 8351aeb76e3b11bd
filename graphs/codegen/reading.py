"""How generated source reads the data of a document: tables, folders of images, texts, and what a program draws."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from graphs.codegen.text import Bracket, laid_out, literal, statement
from graphs.layers.data_csv import FEATURES, CSVFile
from graphs.layers.data_images import ImageFolder
from graphs.layers.data_pairs import DigitPairs
from graphs.layers.data_points import RandomTensors
from graphs.layers.data_text import CharacterText
from graphs.spec import counted

if TYPE_CHECKING:
    from graphs.layer import DataLayer

IN = 4
KEYS = ""
"""Among the wanted columns: what tells the rows apart, where they are joined by it."""
LINE = 80
"""Characters of a text on one line of source."""


@dataclass(frozen=True)
class Reading:
    """Lines inside `load_data`, then an expression for each column by port.

    `needs` are functions of `data_functions`. `scaled` is, by port, the index of those places whose numbers are
    scaled, where not all are; in the columns of `gaps` numbers may be missing. `keys` is a list of texts, one a row.
    """

    doc: str
    lines: tuple[str, ...]
    columns: Mapping[str, str]
    needs: tuple[str, ...] = ()
    scaled: Mapping[str, str] | None = None
    gaps: tuple[str, ...] = ()
    keys: str = ""


def reading_of(layer: DataLayer, wanted: Collection[str]) -> Reading | None:
    """How the wanted columns of this data set are read in source; None where a person has to say."""
    known = layer.data_code()
    if known is not None:
        lines = tuple(" " * IN + line for line in known.lines)
        return Reading(layer.info.doc, lines, known.columns)
    read = READINGS.get(type(layer))
    return read(layer, wanted) if read is not None else None


def _table(layer: CSVFile, wanted: Collection[str]) -> Reading:
    """A CSV file with the roles of its columns."""
    features = [
        each for each in layer.table if FEATURES in wanted and each.role == "feature" and each.width
    ]
    texts = [each for each in features if each.dtype == "text"]
    predicted = {port: each for port, each in layer.predicted.items() if port in wanted}
    texts += [each for each in predicted.values() if each.role == "class"]
    lines: list[str] = []
    if texts:
        rows = tuple(
            Bracket(f"{literal(each.name)}: [", tuple(map(literal, each.classes)), "]")
            for each in texts
        )
        lines += laid_out("texts = ", Bracket("{", rows, "}"), "", IN)
    sign = {"tab": '"\\t"', "auto": 'None, engine="python"'}.get(
        layer.delimiter, literal(layer.delimiter)
    )
    given = [literal(str(layer.path)), *(f"sep={sign}".split(", ") if sign != '","' else ())]
    key = literal(layer.key) if KEYS in wanted else ""
    words = f"[*texts, {key}]" if texts and key else f"[{key}]" if key else "texts"
    given += [f"dtype=dict.fromkeys({words}, str)"] if texts or key else []
    given += ['na_values=["-", "?", "na", "none"]', "skipinitialspace=True"]
    lines += laid_out("table = ", Bracket("pd.read_csv(", tuple(given)), "", IN)
    lines.append('    table = table.rename(columns=str.strip).dropna(how="all")')
    if texts:  # by their places; one that was not there when the file was read ends it
        place = 'table[name].str.strip().map(known.index, na_action="ignore")'
        lines += ["    for name, known in texts.items():", f"        table[name] = {place}"]
    if key:
        lines += statement(f"table[{key}] = table[{key}].str.strip()", IN)
    if features:
        names = tuple(literal(each.name) for each in features)
        lines += laid_out("names = ", Bracket("[", names, "]"), "", IN)
    spread = [each for each in features if each.dtype == "text"]
    columns = {FEATURES: "torch.tensor(table[names].to_numpy(), dtype=torch.float32)"}
    if spread:
        lines += [
            "    kinds = {name: np.arange(len(known)) for name, known in texts.items()}",
            "    parts = [",
            "        table[[name]].to_numpy() == kinds[name] if name in texts else table[[name]]",
            "        for name in names",
            "    ]",
        ]
        columns[FEATURES] = "torch.tensor(np.hstack(parts), dtype=torch.float32)"
    for port, column in predicted.items():
        name = literal(column.name)
        if column.role == "class":
            columns[port] = f'torch.tensor(table[{name}].astype("int64").to_numpy())'
        else:
            columns[port] = f"torch.tensor(table[[{name}]].to_numpy(), dtype=torch.float32)"
    places = _places_of_numbers((each.width, each.dtype == "number") for each in features)
    doc = f"The rows of {layer.path}, a CSV file.{_found_at(layer.path)}"
    scaled = {FEATURES: places} if spread else {}
    keys = f'table[{key}].fillna("").tolist()' if key else ""
    return Reading(doc, tuple(lines), columns, (), scaled, (FEATURES,), keys)


def _images(layer: ImageFolder, wanted: Collection[str]) -> Reading:
    """A folder of images by class."""
    names = tuple(map(literal, layer.classes))
    mode = literal("RGB" if layer.color == "rgb" else "L")
    home = ".expanduser()" if layer.path.startswith("~") else ""
    lines = [
        *laid_out("names = ", Bracket("[", names, "]"), "", IN),
        f"    folder = Path({literal(str(layer.path))}){home}",
        "    paths = [",
        "        path",
        "        for name in names",
        "        for path in sorted((folder / name).iterdir())",
        '        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")',
        "    ]",
    ]
    if "image" in wanted:
        size = f"({layer.width}, {layer.height})"
        lines.append(f"    images = [read_image(path, {size}, {mode}) for path in paths]")
    columns = {
        "image": "torch.from_numpy(np.stack(images))",
        "label": "torch.tensor([names.index(path.parent.name) for path in paths])",
    }
    doc = f"The images in the folders of {layer.path}, one for each class.{_found_at(layer.path)}"
    keys = '[f"{path.parent.name}/{path.name}" for path in paths]'
    return Reading(doc, tuple(lines), columns, ("read_image",), keys=keys)


def _random(layer: RandomTensors, wanted: Collection[str]) -> Reading:
    """Values of any shape, drawn by numpy."""
    shape = ", ".join(map(str, (layer.samples, *layer.size)))
    drawn = {
        "numbers": f"random.standard_normal(({shape}), dtype=np.float32)",
        "tokens": f"random.integers(0, {layer.vocabulary}, ({shape}))",
        "mask": f"random.random(({shape}), dtype=np.float32) < 0.5",
    }
    first = "values = " if "value" in wanted else ""  # what comes next is drawn behind it
    lines = [f"random = np.random.default_rng({layer.seed})", f"{first}{drawn[layer.kind]}"]
    columns = {"value": "torch.from_numpy(values)"}
    if layer.target == "class":
        columns["label"] = f"torch.from_numpy(random.integers(0, {layer.classes}, {layer.samples}))"
    elif layer.target == "number":
        columns["target"] = (
            f"torch.tensor(random.standard_normal(({layer.samples}, 1)), dtype=torch.float32)"
        )
    doc = "Random values, which stand in for data that are not there yet."
    return Reading(doc, tuple(" " * IN + line for line in lines), columns)


def _pairs(layer: DigitPairs, wanted: Collection[str]) -> Reading:
    """Two digits each, drawn in every part from images of its own."""
    names = {"image1": "first", "image2": "second", "label": "same"}
    row = ", ".join(name if port in wanted else "_" for port, name in names.items())
    images = "images = torch.tensor(data.images, dtype=torch.float32)[:, None]"
    lines = (
        "data = datasets.load_digits()",
        *([images] if {"image1", "image2"} & set(wanted) else []),
        "digits = torch.tensor(data.target)",
        f"random = np.random.default_rng([{layer.seed}, 0xD161])",
        f"shares = {literal(shares_of(layer))}",
        f"parts = zip(split_rows(digits, shares, {layer.seed}), part_sizes({layer.samples}, shares), strict=True)",
        "pairs = [draw_pairs(digits, rows, count, random) for rows, count in parts]",
        f"{row} = (np.concatenate(each) for each in zip(*pairs, strict=True))",
    )
    columns = {
        "image1": "images[first]",
        "image2": "images[second]",
        "label": "torch.from_numpy(same)",
    }
    return Reading(
        layer.info.doc,
        tuple(" " * IN + line for line in lines),
        columns,
        ("part_sizes", "split_classes", "draw_pairs"),
    )


def _text(layer: CharacterText, _: Collection[str]) -> Reading:
    """A text in windows of characters."""
    length = layer.length
    if layer.text:
        lines = _quoted(layer.text)
        doc = f"A text of {len(layer.text):,} characters in windows of {length}."
    else:
        told = layer.samples * length + 1
        lines = [f"    corpus = tell_tales({layer.seed}, {told})"]
        doc = f"Small tales, made up by a program, in windows of {counted(length, 'character')}."
    lines += [
        "    characters = sorted(set(corpus))",
        "    tokens = torch.tensor([characters.index(each) for each in corpus])",
        f"    end = (len(tokens) - 1) // {length} * {length}",
    ]
    if not layer.text:  # a short one may lack a letter
        lines[1] = f"    characters = {literal(''.join(layer.characters))}"
    columns = {
        "text": f"tokens[:end].reshape(-1, {length})",
        "target": f"tokens[1 : end + 1].reshape(-1, {length})",
    }
    return Reading(doc, tuple(lines), columns, () if layer.text else ("tell_tales",))


READINGS: Mapping[type, Callable[[Any, Collection[str]], Reading]] = {
    CSVFile: _table,
    ImageFolder: _images,
    RandomTensors: _random,
    DigitPairs: _pairs,
    CharacterText: _text,
}
"""By the class of a data layer that says no code itself."""


def shares_of(layer: DataLayer) -> tuple[float, ...]:
    """The shares of the rows that train, validate and test, which sum to one."""
    total = sum(layer.split)
    return tuple(layer.split) if total == 1 else tuple(each / total for each in layer.split)


def _found_at(path: str) -> str:
    if PurePath(path).is_absolute() or path.startswith("~"):
        return ""
    return " Its path starts from where this is run."


def _places_of_numbers(widths: Iterable[tuple[int, bool]]) -> str:
    """The index of the places that hold numbers, as a slice if they stand side by side."""
    places: list[int] = []
    at = 0
    for width, is_number in widths:
        places += range(at, at + width) if is_number else ()
        at += width
    if places and places == list(range(places[0], places[-1] + 1)):
        first, last = str(places[0] or ""), str(places[-1] + 1)
        return f"{first}:{last}"
    return f"[{', '.join(map(str, places))}]" if places else ""


def _quoted(text: str) -> list[str]:
    """The lines that give a variable this text, cut behind its lines and where they are too long."""
    pieces = [
        line[start : start + LINE]
        for line in text.splitlines(keepends=True)
        for start in range(0, len(line), LINE)
    ]
    if len(pieces) == 1:
        return [f"    corpus = {literal(text)}"]
    return ["    corpus = (", *(f"        {literal(each)}" for each in pieces), "    )"]
