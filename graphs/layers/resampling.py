"""Larger and smaller images without learned filters: by repeating, interpolating, or rearranging channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from graphs.code import Code, expression, of_torch
from graphs.layer import Layer, layer
from graphs.param import param
from graphs.size import Size
from graphs.spec import Hint, Spec
from graphs.window import IMAGE, SEQUENCE, VOLUME

if TYPE_CHECKING:
    from torch import nn

Mode = Literal["nearest", "linear"]
MODE_DOC = "nearest repeats values, linear blends between neighbours (bilinear for images)."
ALIGN_DOC = "Whether the outermost values stand exactly on the corners; only for linear."
TORCH_MODES = {SEQUENCE: "linear", IMAGE: "bilinear", VOLUME: "trilinear"}
BY_RANK = {2: SEQUENCE, 3: IMAGE, 4: VOLUME}


@layer(
    "Upsample",
    title="Upsample",
    category="Convolution",
    also=("enlarge", "resize", "interpolate", "decoder", "unet", "scale"),
)
class Upsample(Layer):
    """Makes an image or a sequence larger: (C, H, W) -> (C, H*scale, W*scale), or (C, T) -> (C, T*scale).

    Learns nothing itself; with a Conv 2D behind it, it makes fewer chequered patterns than a transposed
    convolution. Usual in U-Net and generators. Source: torch.nn.Upsample.
    """

    scale_factor: int = param(2, ge=1, le=64, doc="How many times larger each side becomes.")
    mode: Mode = param("nearest", doc=MODE_DOC)
    align_corners: bool = param(False, doc=ALIGN_DOC, advanced=True)

    def infer(self, input: Spec) -> Spec:
        letters = _letters(input)
        sides = (side * self.scale_factor for side in input.sizes[1:])
        return input.numbers().with_axes(input.sizes[0], *sides, letters=letters)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        linear = self.mode == "linear"
        return nn.Upsample(
            scale_factor=float(self.scale_factor),
            mode=_torch_mode(input, self.mode),
            align_corners=self.align_corners if linear else None,
        )

    def code(self, input: Spec) -> Code:
        values: dict[str, Any] = {"mode": _torch_mode(input, self.mode)}
        if self.mode == "linear" and self.align_corners:
            values["align_corners"] = True
        return of_torch("Upsample", input, {"scale_factor": float(self.scale_factor), **values})


@layer(
    "Interpolate",
    title="Interpolate",
    category="Convolution",
    also=("resize", "scale", "downsample", "same size", "unet"),
)
class Interpolate(Layer):
    """Brings an image or a sequence to given sides, or to those of another: (C, H, W) -> (C, *size).

    Wire `like` to take its sides, as where the two arms of a U-Net meet; else `size` says them.
    Source: torch.nn.functional.interpolate.
    """

    size: tuple[int, ...] = param(
        (32,), ge=1, unit="px", doc="The new sides, or one number for all; unused if like is wired."
    )
    mode: Mode = param("nearest", doc=MODE_DOC)
    align_corners: bool = param(False, doc=ALIGN_DOC, advanced=True)

    def infer(self, input: Spec, like: Spec | None = None) -> Spec:
        letters = _letters(input)
        sides: tuple[Size, ...] = self.sides(input)
        if like is not None:
            if like.rank != input.rank:
                like.fail(
                    f"takes the sides of an input with as many axes as {input}, but gets {like}."
                )
            sides = like.sizes[1:]
            if 0 in sides:
                like.fail(f"needs sides of at least 1, but gets {like}.")
        elif len(sides) != input.rank - 1:
            input.fail(
                f"needs one number as its Size, or {input.rank - 1} for {input}, but has {len(self.size)}.",
                code="G205",
                hints=(Hint("set", params=(("size", (32,)),)),),
            )
        return input.numbers().with_axes(input.sizes[0], *sides, letters=letters)

    def sides(self, input: Spec) -> tuple[int, ...]:
        """The sides that the parameter says."""
        return self.size * (input.rank - 1) if len(self.size) == 1 else self.size

    def build(self, input: Spec, like: Spec | None = None) -> nn.Module:
        from graphs.modules.resampling import Interpolate as Module

        linear = self.mode == "linear"
        return Module(
            self.sides(input),
            _torch_mode(input, self.mode),
            align_corners=self.align_corners if linear else None,
        )

    def code(self, input: Spec, like: Spec | None = None) -> Code:
        size = self.sides(input) if like is None else "{like}.shape[2:]"
        corners = ", align_corners=True" if self.mode == "linear" and self.align_corners else ""
        mode = _torch_mode(input, self.mode)
        return expression(f'F.interpolate({{input}}, size={size}, mode="{mode}"{corners})')


@layer(
    "PixelShuffle",
    title="Pixel shuffle",
    category="Convolution",
    also=("super resolution", "depth to space", "sub-pixel", "upsample"),
)
class PixelShuffle(Layer):
    """Turns channels into pixels: (C*r*r, H, W) -> (C, H*r, W*r).

    A Conv 2D before it learns the finer image: usual in super resolution.
    Source: Shi et al. 2016; torch.nn.PixelShuffle.
    """

    upscale_factor: int = param(2, ge=1, le=64, doc="How many times larger each side becomes.")

    def infer(self, input: Spec) -> Spec:
        input.expect_float().axes("C", "H", "W", of="an image")
        channels = input.fixed(0, "the number of channels")
        block = self.upscale_factor**2
        if channels % block:
            fits = (channels // block + 1) * block
            input.fail(
                f"needs a multiple of {block} channels to make sides {self.upscale_factor} times larger, "
                f"but gets {channels}. Let the layer before it give {fits} channels.",
                hints=(Hint("before", params=(("size", fits),)),),
            )
        _, height, width = input.sizes
        return input.numbers().with_axes(
            channels // block, height * self.upscale_factor, width * self.upscale_factor
        )

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.PixelShuffle(self.upscale_factor)


@layer(
    "PixelUnshuffle",
    title="Pixel unshuffle",
    category="Convolution",
    also=("space to depth", "downsample", "patches"),
)
class PixelUnshuffle(Layer):
    """Turns pixels into channels: (C, H*r, W*r) -> (C*r*r, H, W).

    Makes an image smaller and loses nothing. Source: Shi et al. 2016; torch.nn.PixelUnshuffle.
    """

    downscale_factor: int = param(2, ge=1, le=64, doc="How many times smaller each side becomes.")

    def infer(self, input: Spec) -> Spec:
        channels, height, width = input.expect_float().axes("C", "H", "W", of="an image")
        factor = self.downscale_factor
        for name, side in (("height", height), ("width", width)):
            if (side // factor) * factor != side:
                input.fail(
                    f"divides both sides by {factor}, but the {name} of {input} leaves a rest. "
                    "Make it fit with Interpolate or padding."
                )
        return input.numbers().with_axes(channels * factor**2, height // factor, width // factor)

    def build(self, input: Spec) -> nn.Module:
        from torch import nn

        return nn.PixelUnshuffle(self.downscale_factor)


def _letters(input: Spec) -> tuple[str, ...]:
    """The letters of a sequence with channels first, an image or a volume.

    Raises:
        Mismatch: it is none of them, or empty.
    """
    input.expect_float()
    if input.rank not in BY_RANK:
        input.fail(
            f"needs a sequence with channels first (C, T), an image (C, H, W) or a volume (C, D, H, W), "
            f"but gets {input.shown}."
        )
    if 0 in input.sizes:
        input.fail(f"needs at least one value, but gets {input}.")
    return BY_RANK[input.rank]


def _torch_mode(input: Spec, mode: Mode) -> str:
    return TORCH_MODES[BY_RANK[input.rank]] if mode == "linear" else mode
