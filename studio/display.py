"""Whether a window can open here, found out without Qt, which would end the program with words of its own."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys

LIBRARIES = {
    # what Qt loads: (its package on Debian and Ubuntu, on Fedora)
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
LIBRARIES_FOR_X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
WITHOUT_SCREEN = ("offscreen", "minimal", "vnc")
"""Platforms of Qt that draw nowhere, which tests use."""


def why_no_window() -> str:
    """The sentence that says why no window can open here, with what to install; empty if one can."""
    if importlib.util.find_spec("PySide6") is None:
        return "There is no window here, because PySide6 is not installed; `pip install -e .` installs it."
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in WITHOUT_SCREEN:
        return _missing(LIBRARIES)
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if not wayland and not x11:
        return (
            "There is no window here, because there is no display "
            "(neither DISPLAY nor WAYLAND_DISPLAY is set)."
        )
    only_wayland = wayland and platform != "xcb"
    return _missing(LIBRARIES if only_wayland else LIBRARIES | LIBRARIES_FOR_X11)


def _missing(libraries: dict[str, tuple[str, str]]) -> str:
    lacking = [packages for name, packages in libraries.items() if not _loads(name)]
    if not lacking:
        return ""
    debian, fedora = (" ".join(dict.fromkeys(each)) for each in zip(*lacking, strict=True))
    return (
        "There is no window here, because libraries that Qt needs are missing: "
        f"on Debian or Ubuntu run `sudo apt install {debian}`, on Fedora `sudo dnf install {fedora}`."
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
