"""Thumbnails and sprite sheets, read by a library that is not ours and compared with the scene."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from psopenai_py.sandbox.jpeg import jpeg_image
from psopenai_py.sandbox.scene import KEY_INTERVAL, make_scene, to_rgb
from psopenai_py.sandbox.stills import spritesheet, thumbnail
from psopenai_py.sandbox.webp import webp_image

SIZES = [(720, 1280, 4), (1792, 1024, 12), (4096, 4096, 1), (2, 2, 1), (18, 34, 2), (100, 62, 3), (4096, 2, 60)]


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(("width", "height", "seconds"), SIZES, ids=str)
def test_a_thumbnail_is_the_first_frame_at_half_its_size(width: int, height: int, seconds: int) -> None:
    scene = make_scene("Dancing Doggo", width, height, seconds, None)
    image = _open(thumbnail(scene))
    assert (image.format, image.size) == ("WEBP", (width // 2, height // 2))
    cells = scene.cells(0)
    pixels = image.convert("RGB").load()
    assert pixels is not None
    for y in range(0, image.height, 7):
        for x in range(0, image.width, 13):
            assert pixels[x, y] == to_rgb(cells[y // 8][x // 8]), (x, y)


@pytest.mark.parametrize(("width", "height", "seconds"), SIZES, ids=str)
def test_a_sprite_sheet_shows_frames_from_the_whole_clip(width: int, height: int, seconds: int) -> None:
    scene = make_scene("Dancing Doggo", width, height, seconds, None)
    image = _open(spritesheet(scene))
    count, columns = min(16, seconds * 2 // 4 * 4 or 2), min(4, seconds * 2)
    step = -(-max(scene.columns, scene.rows) // 40)
    wide, high = -(-scene.columns // step), -(-scene.rows // step)
    assert (image.format, image.size) == ("JPEG", (columns * wide * 8, count // columns * high * 8))
    pixels = image.convert("RGB").load()
    assert pixels is not None
    for place in (0, count - 1):
        cells = scene.cells(seconds * 2 * place // count * KEY_INTERVAL)
        for row in range(high):
            for column in range(wide):
                x = (place % columns * wide + column) * 8 + 3
                y = (place // columns * high + row) * 8 + 3
                drawn = to_rgb(cells[row * step][column * step])
                assert _distance(pixels[x, y], drawn) <= 4, (place, row, column)


def _distance(one: object, other: tuple[int, int, int]) -> int:
    assert isinstance(one, tuple)
    return max(abs(int(a) - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("colors", [1, 2, 3, 4, 5, 9, 100, 256])
def test_any_number_of_colors_can_be_written(colors: int) -> None:
    rows = [[(shade, 255 - shade, shade * 7 % 256) for shade in range(colors)]]
    image = _open(webp_image(rows, 3, 3 * colors - 1, 2)).convert("RGB")
    assert [image.getpixel((3 * column, 1)) for column in range(colors)] == rows[0]
    drawn = _open(jpeg_image(rows)).convert("RGB")
    for column, color in enumerate(rows[0]):
        assert _distance(drawn.getpixel((8 * column + 4, 4)), color) <= 4
