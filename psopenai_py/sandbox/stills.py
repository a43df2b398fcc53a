"""Pictures out of a scene: the thumbnail (WebP) and the sprite sheet (JPEG)."""

from __future__ import annotations

from functools import cache

from .scene import CELL, KEY_INTERVAL, Scene, to_rgb

__all__ = ["spritesheet", "thumbnail"]

Rgb = tuple[int, int, int]

_SHEET_COLUMNS = 4
_SHEET_FRAMES = 16
_LONGEST_SIDE = 40  # squares of a sprite; larger scenes are thinned out


def thumbnail(scene: Scene) -> bytes:
    """Return the first frame as WebP, half as wide and as high as the clip."""
    from .webp import webp_image

    return webp_image(_colors(scene, 0, 1), CELL // 2, max(1, scene.width // 2), max(1, scene.height // 2))


def spritesheet(scene: Scene) -> bytes:
    """Return up to sixteen frames, evenly spread over the clip, as one JPEG: four a row."""
    from .jpeg import jpeg_image

    keys = scene.frames // KEY_INTERVAL
    columns = min(_SHEET_COLUMNS, keys)
    count = min(_SHEET_FRAMES, keys // columns * columns)
    step = -(-max(scene.columns, scene.rows) // _LONGEST_SIDE)
    sprites = [_colors(scene, keys * place // count * KEY_INTERVAL, step) for place in range(count)]
    rows: list[list[Rgb]] = []
    for first in range(0, count, columns):
        for parts in zip(*sprites[first : first + columns], strict=True):
            rows.append([color for part in parts for color in part])
    return jpeg_image(rows)


def _colors(scene: Scene, frame: int, step: int) -> list[list[Rgb]]:
    convert = cache(to_rgb)
    return [[convert(color) for color in row[::step]] for row in scene.cells(frame)[::step]]
