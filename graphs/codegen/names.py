"""Names in generated source: which words an id of a document must not become, and what it becomes then."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphs.graph import End

MODULE_NAMES = frozenset((
    "T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init",
    "children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr",
    "float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule",
    "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
    "named_modules", "named_parameters", "parameters", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "register_full_backward_pre_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_module", "register_parameter", "register_state_dict_post_hook",
    "register_state_dict_pre_hook", "requires_grad_", "set_extra_state", "set_submodule",
    "share_memory", "state_dict", "to", "to_empty", "train", "training", "type", "xpu",
    "zero_grad",
))  # fmt: skip
"""What every torch module has already: a child of that name would break it."""

PASSES = ("learning_pass", "evaluation_pass")
"""Methods that classes of generated source may have beside those of torch."""

SOURCE_NAMES = frozenset((
    "self", "super", "torch", "nn", "F", "math", "main", "np", "train_test_split",
    "TensorDataset", "DataLoader", "Tensor", "l", "x", "model", "device", "optimizer",
    "optimizers", "scheduler", "schedulers", "batch", "epoch", "epochs", "loss", "losses",
    "total", "data", "load_data", "split",
))  # fmt: skip
"""Words with a meaning of their own in the source that is written; `l` looks like a 1."""

WORDS = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}) - {"input"}
"""Of Python itself. `input` is what torch, too, calls an input."""


def attribute(node_id: str) -> str:
    """What a checked id is called as an attribute of a module: itself, or with an underscore behind."""
    taken = keyword.iskeyword(node_id) or node_id in MODULE_NAMES or node_id in PASSES
    return f"{node_id}_" if taken else node_id


def is_taken(name: str) -> bool:
    """Whether a word means something else in the source."""
    return name in SOURCE_NAMES or name in WORDS


class Variables:
    """Names of variables of one function; no two values have the same one."""

    def __init__(self, *taken: str) -> None:
        self._taken = {*SOURCE_NAMES, *WORDS, *taken}

    @property
    def taken(self) -> frozenset[str]:
        """All names that are not free."""
        return frozenset(self._taken)

    def new(self, wanted: str, instead: str = "") -> str:
        """The wanted name, made of letters, digits and underscores, or one like it that is free.

        Where another value has that name, the one `instead` is wanted.
        """
        stem = identifier(wanted)
        if instead and stem in self._taken and not is_taken(stem):
            stem = identifier(instead)
        name, number = stem, 2
        if name in self._taken:
            name = f"{stem}_"
        while name in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name)
        return name


def identifier(text: str) -> str:
    """Plain letters, digits and underscores, beginning with a letter, made of any text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:48].rstrip("_")
    return words if words[:1].isalpha() else f"value_{words}".rstrip("_")


def longer(end: End) -> str:
    """What an end is called beside another one of the same port."""
    return end.node if end.port == "output" else f"{end.node}_{end.port}"


ARTICLES = ("a", "an", "the")


class Classes:
    """Names of classes of one file."""

    def __init__(self) -> None:
        self._taken = {*WORDS, *SOURCE_NAMES}

    def reserve(self, name: str) -> None:
        """Take a name for something else."""
        self._taken.add(name)

    def new(self, text: str, fallback: str) -> str:
        """A class's name made of words: "Digits MLP" is DigitsMLP, "a resnet_block" ResnetBlock."""
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
        words = [each for each in words if each.lower() not in ARTICLES][:8] or words[:8]
        stem = "".join(word[:1].upper() + word[1:] for word in words)[:48]
        stem = stem if stem[:1].isalpha() else f"{fallback}{stem}"
        name, number = stem, 2
        if name in self._taken and fallback == "Network":
            name = f"{stem}Network"
        while name in self._taken:
            name, number = f"{stem}{number}", number + 1
        self._taken.add(name)
        return name
