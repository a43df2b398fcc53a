"""What a clip shows: lanes of coloured sky with a figure running in each, as a mosaic of 16-pixel cells.

Pure geometry and colour in whole numbers, the same on every machine. Cells are the codec's macroblocks, so a
clip can be coded without approximating anything. Knows no file format.
"""

from __future__ import annotations

import colorsys
import itertools
import math
import zlib
from dataclasses import dataclass

__all__ = ["CELL", "FRAMES_PER_SECOND", "KEY_INTERVAL", "Color", "Lane", "Scene", "make_scene", "to_rgb"]

CELL = 16
FRAMES_PER_SECOND = 24
KEY_INTERVAL = 12  # frames; figures stand exactly on the cells at each key frame, see _lane

Color = tuple[int, int, int]  # Y, Cb, Cr; BT.709, video range
Rgb = tuple[int, int, int]
Shape = tuple[str, ...]  # one text per row of the lane: '.' sky, '#' and 'o' the figure's two colours

_DOG_TROTS = """
...........#....
..........###...
..........#o###.
#.........#####.
#.........###...
.#########o.....
.##########.....
.##########.....
.#########......
.##....#.##.....
.#.#...#.#.#....
.#..#..#.#..#...
"""
_DOG_JUMPS = """
...........#....
..........###...
.#........#o###.
#.........#####.
#.........###...
.#########o.....
.##########.....
.##########.....
.#########.##...
##......##...#..
#.#......#......
...#............
"""
_BALL = """
..####..
.######.
###oo###
##oooo##
##oooo##
###oo###
.######.
..####..
"""
_BONE = """
.##......##.
####....####
############
.##########.
############
####....####
.##......##.
"""
_FIGURES = tuple(tuple(text.split() for text in poses) for poses in ((_DOG_TROTS, _DOG_JUMPS), (_BALL,), (_BONE,)))


@dataclass(frozen=True, slots=True)
class Lane:
    """A band of cell rows with one figure that runs from side to side.

    speed: pixels per frame. start: the figure's place on its way there and back, in pixels.
    """

    top: int
    height: int
    poses: tuple[Shape, ...]  # the figure, taking turns at key frames
    edge: int  # pixels of sky that stay free at both sides: what moves in from outside repeats the border
    room: int  # pixels that the figure can move
    speed: int
    start: int
    sky: tuple[Color, ...]  # one colour per row
    palette: tuple[Color, ...]  # the figure's colours, taking turns, too

    def position(self, frame: int) -> int:
        """Return the figure's left edge in pixels."""
        if not self.room:
            return self.edge
        way = (self.start + self.speed * frame) % (2 * self.room)
        return self.edge + min(way, 2 * self.room - way)

    def velocity(self, frame: int) -> int:
        """Return how many pixels the figure moved to the right since the frame before."""
        return self.position(frame) - self.position(frame - 1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole clip: its size in pixels and in cells, its length in frames, its lanes from top to bottom."""

    width: int
    height: int
    columns: int
    rows: int
    frames: int
    lanes: tuple[Lane, ...]

    def cells(self, frame: int) -> list[list[Color]]:
        """Return the rows of a key frame, the only kind in which figures stand on whole cells."""
        return [row for lane in self.lanes for row in _lane_cells(lane, self.columns, frame)]


def make_scene(seed: str, width: int, height: int, seconds: int, tint: Rgb | None) -> Scene:
    """Return the scene for a request: the same for the same request, colours led by the reference's tint."""
    digest = zlib.crc32(seed.encode("utf-8", "surrogatepass"))
    columns, rows = -(-width // CELL), -(-height // CELL)
    count = min(3, max(1, rows // 4))
    edges = [rows * index // count for index in range(count + 1)]
    lanes = tuple(
        _lane(digest, index, columns, top, bottom - top, tint)
        for index, (top, bottom) in enumerate(itertools.pairwise(edges))
    )
    return Scene(width, height, columns, rows, seconds * FRAMES_PER_SECOND, lanes)


def _lane(digest: int, index: int, columns: int, top: int, height: int, tint: Rgb | None) -> Lane:
    poses = tuple(_scaled(pose, columns, height) for pose in _FIGURES[(digest + index) % len(_FIGURES)])
    free = columns - len(poses[0][0])
    edge = min(1, free // 2) * CELL
    room = free * CELL - 2 * edge if edge else 0
    steps = max(1, 2 * room // CELL)
    return Lane(
        top=top,
        height=height,
        poses=poses,
        edge=edge,
        room=room,
        # Divisors of a cell, so that turns and (every KEY_INTERVAL frames) key frames fall on whole cells.
        speed=(4, 8)[(digest >> index) & 1],
        start=(digest >> (4 * index)) % steps * CELL,
        sky=tuple(_sky(digest, tint, index, row, height) for row in range(height)),
        palette=tuple(_hsv((digest % 360) / 360 + turn, 0.75, 1.0) for turn in (0.45, 0.6, 0.75)),
    )


def _scaled(figure: list[str], columns: int, height: int) -> Shape:
    """Scale a figure to the lane: less than half as wide as the clip, free rows around it if there are any."""
    margin = 1 if height > 2 else 0
    tall = height - 2 * margin
    wide = max(1, min((columns - 1) // 2, round(tall * len(figure[0]) / len(figure))))
    body = [
        "".join(figure[row * len(figure) // tall][column * len(figure[0]) // wide] for column in range(wide))
        for row in range(tall)
    ]
    if not any(set(row) - {"."} for row in body):
        body = ["#" * wide] * tall  # too small for its shape
    blank = ["." * wide] * margin
    return (*blank, *body, *blank)


def _sky(digest: int, tint: Rgb | None, index: int, row: int, height: int) -> Color:
    share = (row + 1) / (height + 1)
    if tint is None:
        return _hsv((digest % 360) / 360 + 0.04 * index, 0.55 - 0.25 * share, 0.35 + 0.4 * share)
    light = 0.75 + 0.4 * share - 0.1 * index
    red, green, blue = (min(1.0, part / 255 * light) for part in tint)
    return _to_yuv(red, green, blue)


def _lane_cells(lane: Lane, columns: int, frame: int) -> list[list[Color]]:
    left = lane.position(frame) // CELL
    turn = frame // KEY_INTERVAL
    pose = lane.poses[turn % len(lane.poses)]
    # A figure that can run changes colour once a second; one without room has no other way to move.
    shift = turn // 2 if lane.room else turn
    main, accent = (lane.palette[(shift + step) % len(lane.palette)] for step in (0, 1))
    rows = []
    for sky, shape in zip(lane.sky, pose, strict=True):
        colors = {".": sky, "#": main, "o": accent}
        row = [sky] * columns
        row[left : left + len(shape)] = [colors[mark] for mark in shape]
        rows.append(row)
    return rows


def _hsv(hue: float, saturation: float, value: float) -> Color:
    return _to_yuv(*colorsys.hsv_to_rgb(hue % 1.0, saturation, value))


def _to_yuv(red: float, green: float, blue: float) -> Color:
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        math.floor(16 + 219 * luma + 0.5),
        math.floor(128 + 224 * (blue - luma) / 1.8556 + 0.5),
        math.floor(128 + 224 * (red - luma) / 1.5748 + 0.5),
    )


def to_rgb(color: Color) -> Rgb:
    """Return a colour as red, green, blue from 0 to 255."""
    luma = (color[0] - 16) / 219
    blue = luma + (color[1] - 128) / 224 * 1.8556
    red = luma + (color[2] - 128) / 224 * 1.5748
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    red, green, blue = (max(0.0, min(1.0, part)) for part in (red, green, blue))
    return math.floor(red * 255 + 0.5), math.floor(green * 255 + 0.5), math.floor(blue * 255 + 0.5)
