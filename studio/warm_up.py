"""Importing what training needs, seconds of work, beside a window that stays alive.

Two things held the interpreter for 0.2 to 0.6 s at a time (measured): loading torch's shared libraries, which is
done here first by a call that lets other threads run; and full garbage collections over millions of new objects,
which are put off until all is imported. Those objects live as long as the program, so they are then frozen, and
no later collection, during training above all, walks through them again.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

FOR_PLOTS = ("numpy",)
"""What pyqtgraph needs, which itself must be imported in the GUI thread (plots_import)."""

PACKAGES = (
    *FOR_PLOTS,
    "sklearn",
    "torch",
    "torchmetrics",
    "pytorch_lightning",
    "lightning_modules.run",
)
"""In the order in which one needs the other."""

LIBRARIES = ("libc10", "libtorch_cpu", "libtorch_python")
"""Of torch, each one needing those before it."""

_one_at_a_time = threading.Lock()


def _always() -> bool:
    return True


def is_loaded(name: str) -> bool:
    """Whether a package is imported, to its end."""
    module = sys.modules.get(name)
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def import_quietly(go_on: Callable[[], bool] = _always, packages: Sequence[str] = PACKAGES) -> None:
    """Import everything that a run needs; `go_on` is asked before each package. Call it in a worker thread.

    A second call waits for the first, and costs nothing once all is there.

    Raises:
        ImportError: a package is missing or broken.
    """
    with _one_at_a_time:
        if all(name in sys.modules for name in packages):
            return
        collecting = gc.isenabled()
        gc.disable()
        try:
            for name in packages:
                if not go_on():
                    return
                if name == "torch":
                    _load_libraries()
                importlib.import_module(name)
            if packages is PACKAGES:
                gc.freeze()
        finally:
            if collecting:
                gc.enable()


def _load_libraries() -> None:
    """Load torch's libraries without holding the interpreter; `import torch` then finds them loaded.

    What does not work is left to torch itself, and Windows, where libraries are loaded in another way, too.
    """
    spec = find_spec("torch")
    if (
        "torch" in sys.modules
        or os.name != "posix"
        or spec is None
        or not spec.submodule_search_locations
    ):
        return
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    dlopen = ctypes.CDLL(
        None
    ).dlopen  # called as a foreign function, which releases the interpreter's lock
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    for name in LIBRARIES:
        for file in (folder / f"{name}.so", folder / f"{name}.dylib"):
            if file.is_file():
                dlopen(os.fsencode(file), os.RTLD_NOW)
