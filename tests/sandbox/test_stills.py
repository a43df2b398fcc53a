"""Thumbnails and sprite sheets, read by a library that is not ours and compared with the scene."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from psopenai_py.sandbox.media.scene import KEY_INTERVAL, make_scene, to_rgb
from psopenai_py.sandbox.media.stills import spritesheet, thumbnail, webp_image

SIZES = [(720, 1280, 4), (1792, 1024, 12), (4096, 4096, 1), (2, 2, 1), (18, 34, 2), (100, 62, 3), (4096, 2, 60)]


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(("width", "height", "seconds"), SIZES, ids=str)
def test_a_thumbnail_is_the_first_frame_at_half_the_size_of_its_cells(width: int, height: int, seconds: int) -> None:
    scene = make_scene("Dancing Doggo", width, height, seconds, None)
    image = _open(thumbnail(scene))
    assert (image.format, image.size) == ("WEBP", (scene.columns * 8, scene.rows * 8))
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
    assert (image.format, image.size) == ("WEBP", (columns * wide * 8, count // columns * high * 8))
    pixels = image.convert("RGB").load()
    assert pixels is not None
    for place in (0, count - 1):
        cells = scene.cells(seconds * 2 * place // count * KEY_INTERVAL)
        for row in range(high):
            for column in range(wide):
                x = (place % columns * wide + column) * 8 + 3
                y = (place // columns * high + row) * 8 + 3
                drawn = to_rgb(cells[row * step][column * step])
                assert pixels[x, y] == drawn, (place, row, column)


@settings(deadline=None, database=None, max_examples=50)
@given(colors=st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=60), columns=st.integers(1, 9))
def test_any_colors_can_be_written(colors: list[tuple[int, int, int]], columns: int) -> None:
    rows = [(colors * columns)[start : start + columns] for start in range(0, len(colors), columns)]
    image = _open(webp_image(rows)).convert("RGB")
    assert image.size == (8 * columns, 8 * len(rows))
    for row, line in enumerate(rows):
        for column, color in enumerate(line):
            square = image.crop((8 * column, 8 * row, 8 * column + 8, 8 * row + 8))
            assert square.getcolors() == [(64, color)], (row, column)
