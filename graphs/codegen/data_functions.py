"""Functions that generated source defines to read, divide and scale data, line by line as they stand there.

What they give equals to the row what a run of Lamina trains and tests on, so numbers of both can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping

PART_SIZES = [
    "def part_sizes(count: int, shares: tuple[float, ...]) -> list[int]:",
    '    """How many of so many rows train, validate and test, to the nearest row."""',
    "    sizes = [int(count * share) for share in shares]",
    "    by_rest = sorted(range(len(shares)), key=lambda part: sizes[part] - count * shares[part])",
    "    for part in by_rest[: count - sum(sizes)]:",
    "        sizes[part] += 1",
    "    return sizes",
]

SPLIT_ROWS = [
    "def split_rows(count: int, shares: tuple[float, ...], seed: int) -> list[Tensor]:",
    '    """The rows that train, validate and test, drawn by chance."""',
    "    order = np.random.default_rng([seed, 0x5917]).permutation(count)",
    "    parts = torch.from_numpy(order).split(part_sizes(count, shares))",
    "    return [part.sort().values for part in parts]",
]

SPLIT_CLASSES = [
    "def split_rows(labels: Tensor, shares: tuple[float, ...], seed: int) -> list[Tensor]:",
    '    """The rows that train, validate and test, each class spread over them by the same shares."""',
    "    labels = labels.numpy()",
    "    order = np.random.default_rng([seed, 0x5917]).permutation(len(labels))",
    "    place = np.empty(len(labels))",
    "    for each in np.unique(labels):",
    "        rows = order[labels[order] == each]",
    "        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)",
    '    order = order[np.argsort(place[order], kind="stable")]',
    "    parts = torch.from_numpy(order).split(part_sizes(len(labels), shares))",
    "    return [part.sort().values for part in parts]",
]

STANDARDIZE = [
    "def standardize(values: Tensor, train: Tensor, dims: tuple[int, ...]) -> Tensor:",
    '    """Values of mean 0 and deviation 1, as measured on the rows that train."""',
    "    known = values[train].double()",
    "    std, mean = torch.std_mean(known, dims, correction=0, keepdim=True)",
    "    std[std <= 1e-9 * mean.abs()] = 1.0  # of a constant",
    "    return ((values - mean) / std).float()",
]

STANDARDIZE_KNOWN = [
    "def standardize(values: Tensor, train: Tensor, dims: tuple[int, ...]) -> Tensor:",
    '    """Values of mean 0 and deviation 1, as measured on the rows that train; NaN is missing."""',
    "    known = values[train].double()",
    "    mean = known.nanmean(dims, keepdim=True)",
    "    std = (known - mean).square().nanmean(dims, keepdim=True).sqrt()",
    "    std[std <= 1e-9 * mean.abs()] = 1.0  # of a constant",
    "    return ((values - mean) / std).float()",
]

RESCALE = [
    "def rescale(values: Tensor, train: Tensor, dims: tuple[int, ...]) -> Tensor:",
    '    """Values from 0 to 1, as measured on the rows that train."""',
    "    known = values[train].double()",
    "    low, high = known.amin(dims, keepdim=True), known.amax(dims, keepdim=True)",
    "    span = high - low",
    "    span[span <= 1e-9 * low.abs()] = 1.0  # of a constant",
    "    return ((values - low) / span).float()",
]

READ_IMAGE = [
    'SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}',
    "",
    "",
    "def read_image(path: Path, size: tuple[int, int], mode: str) -> np.ndarray:",
    '    """One image (C, height, width), upright, brightness 0 to 1; `size` is its width and height."""',
    "    with Image.open(path) as opened:",
    "        image = ImageOps.exif_transpose(opened).convert(mode)",
    "        image = image.resize(size, Image.Resampling.BILINEAR)",
    "    values = np.asarray(image, dtype=np.float32) / 255",
    '    return values[None] if mode == "L" else values.transpose(2, 0, 1)',
]

FIND_PARTNERS = [
    "def find_partners(keys: list[str], others: list[str]) -> dict[int, int]:",
    '    """For rows of one table those of another one with the same key."""',
    "    places = {key: row for row, key in enumerate(others) if key}",
    "    return {row: places[key] for row, key in enumerate(keys) if key in places}",
]

FIND_FILES = [
    "def find_files(keys: list[str], files: list[str]) -> dict[int, int]:",
    '    """For rows the files that their keys name: by path or bare name, with or without suffix."""',
    "    paths = [PurePosixPath(file) for file in files]",
    "    bare = [str(path.with_suffix('')) for path in paths]".replace("''", '""'),
    "    places: dict[str, int] = {}",
    "    for names in (files, bare, [path.name for path in paths], [path.stem for path in paths]):",
    "        counts = Counter(names)",
    "        for row, name in enumerate(names):",
    "            if counts[name] == 1:",
    "                places.setdefault(name, row)",
    '    named = [key.replace("\\\\", "/").removeprefix("./") for key in keys]',
    "    return {row: places[key] for row, key in enumerate(named) if key in places}",
]

DRAW_PAIRS = [
    "def draw_pairs(",
    "    labels: Tensor, rows: Tensor, count: int, random: np.random.Generator",
    ") -> tuple[np.ndarray, np.ndarray, np.ndarray]:",
    '    """Rows of two images for each pair, and whether they are the same digit, as half of them are."""',
    "    digits, rows = labels.numpy(), rows.numpy()",
    "    same = random.permutation(np.arange(count) % 2)",
    "    first = random.choice(rows, count)",
    "    second = np.empty_like(first)",
    "    for digit in np.unique(digits[rows]):",
    "        is_digit = digits[rows] == digit",
    "        for wanted, pool in ((1, rows[is_digit]), (0, rows[~is_digit])):",
    "            places = np.flatnonzero((digits[first] == digit) & (same == wanted))",
    "            second[places] = random.choice(pool, len(places))",
    "    return first, second, same",
]

TELL_TALES = [
    'ANIMALS = ["fox", "bear", "hare", "owl", "goat", "mouse", "swan", "wolf", "cat", "hen"]',
    'MOODS = ["old", "small", "clever", "tired", "brave", "hungry", "grey", "shy", "merry", "slow"]',
    'PLACES = ["by the river", "on the hill", "in the wood", "under the bridge", "at the well"]',
    'THINGS = ["a red apple", "a silver bell", "a loaf of bread", "a broken wheel", "a golden ring"]',
    'DOINGS = ["ran away", "sang a song", "fell asleep", "told a tale", "went home", "laughed aloud"]',
    'TIMES = ["one morning", "at night", "in winter", "once", "after the rain", "long ago"]',
    "",
    "",
    "def tell_tales(seed: int, length: int) -> str:",
    '    """So many characters of tales of three lines, each about one animal."""',
    "    random = np.random.default_rng([seed, 0x7A1E])",
    "",
    "    def one(words: list[str]) -> str:",
    "        return words[random.integers(len(words))]",
    "",
    '    text = ""',
    "    while len(text) < length:",
    "        hero, friend = (ANIMALS[each] for each in random.choice(len(ANIMALS), 2, replace=False))",
    "        thing = one(THINGS)",
    '        text += f"{one(TIMES)} the {one(MOODS)} {hero} found {thing} {one(PLACES)}.\\n"',
    '        text += f"where is the {friend}, said the {hero}, and who lost {thing}?\\n"',
    '        text += f"then the {hero} {one(DOINGS)}, and the {one(MOODS)} {friend} {one(DOINGS)}.\\n\\n"',
    "    return text[:length]",
]

FUNCTIONS: Mapping[str, list[str]] = {
    "part_sizes": PART_SIZES,
    "split_rows": SPLIT_ROWS,
    "split_classes": SPLIT_CLASSES,
    "standardize": STANDARDIZE,
    "standardize_known": STANDARDIZE_KNOWN,
    "rescale": RESCALE,
    "read_image": READ_IMAGE,
    "find_partners": FIND_PARTNERS,
    "find_files": FIND_FILES,
    "draw_pairs": DRAW_PAIRS,
    "tell_tales": TELL_TALES,
}
"""By name, in the order in which they stand in a file; of two ways to write one function a file has one."""

NAMES = (*FUNCTIONS, "SUFFIXES")
"""What no variable of a file may be called."""
