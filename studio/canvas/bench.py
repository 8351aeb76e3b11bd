"""What gestures work with: the store, the scene, the camera, and a way to say something at the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

if TYPE_CHECKING:
    from studio.canvas.camera import Camera
    from studio.canvas.cursor_tip import CursorTip
    from studio.canvas.scene import Scene
    from studio.store import Store


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is, on the canvas and in the viewport, and which keys are held."""

    canvas: QPointF
    view: QPointF
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    def holds(self, key: Qt.KeyboardModifier) -> bool:
        """Whether this modifier key is held."""
        return bool(self.keys & key)


@dataclass(frozen=True)
class Bench:
    """Shared by the hands and their gestures; it changes nothing by itself."""

    store: Store
    scene: Scene
    camera: Camera
    tip: CursorTip
    repaint: Callable[[QRectF | None], None]  # a part of the canvas, or all of it
    visible: Callable[[], QRectF]  # the part of the canvas that is seen
    say: Callable[[str], None]  # in the status line
    open_palette: Callable[..., None]
    rename: Callable[[str], None]
    wire_by_keys: Callable[[str], None]
