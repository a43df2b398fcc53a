"""The clip, as a decoder that is not ours sees it: each size and length, each frame, each pixel."""

from __future__ import annotations

import io
import time

import av
import av.logging
import pytest

from psopenai_py.sandbox.media.clip import Clip
from psopenai_py.sandbox.media.h264 import parameter_sets
from psopenai_py.sandbox.media.scene import CELL, FRAMES_PER_SECOND, KEY_INTERVAL, Scene, make_scene

SIZES = [
    pytest.param(720, 1280, 4, id="720x1280"),
    pytest.param(1280, 720, 8, id="1280x720"),
    pytest.param(1024, 1792, 1, id="1024x1792"),
    pytest.param(1792, 1024, 12, id="1792x1024"),
    pytest.param(4096, 4096, 1, id="largest"),
    pytest.param(2, 2, 1, id="smallest"),
    pytest.param(4096, 2, 1, id="widest"),
    pytest.param(2, 4096, 1, id="highest"),
    pytest.param(34, 18, 60, id="longest"),
    pytest.param(100, 62, 5, id="odd-cells"),
    pytest.param(256, 144, 7, id="small"),
]


def _bytes(clip: Clip) -> bytes:
    data = b"".join(clip.chunks())
    assert len(data) == clip.length
    return data


@pytest.mark.parametrize(("width", "height", "seconds"), SIZES)
def test_each_size_and_length_is_decoded_without_a_word(width: int, height: int, seconds: int) -> None:
    data = _bytes(Clip(make_scene("Dancing Doggo", width, height, seconds, None)))
    with av.logging.Capture() as messages, av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        frames = 0
        for frame in container.decode(stream):
            assert (frame.width, frame.height, frame.pts) == (width, height, frames)
            frames += 1
        assert len(container.streams) == 1
        assert (stream.codec_context.name, stream.codec_context.profile) == ("h264", "Constrained Baseline")
        assert (frames, stream.frames) == (seconds * 24, seconds * 24)
        assert stream.duration is not None and stream.time_base is not None
        assert stream.duration * stream.time_base == seconds
    assert [message for message in messages if message[0] <= av.logging.WARNING] == []


EXACT = [
    pytest.param(256, 144, 3, None, id="three-lanes"),
    pytest.param(100, 62, 4, (200, 30, 90), id="cropped-and-tinted"),
    pytest.param(18, 300, 2, None, id="hardly-room"),
    pytest.param(320, 16, 3, None, id="one-row"),
    pytest.param(10, 10, 2, None, id="one-cell"),
]


@pytest.mark.parametrize("seed", ["Dancing Doggo", "b", "c"])
@pytest.mark.parametrize(("width", "height", "seconds", "tint"), EXACT)
def test_each_pixel_is_as_drawn(
    seed: str, width: int, height: int, seconds: int, tint: tuple[int, int, int] | None
) -> None:
    scene = make_scene(seed, width, height, seconds, tint)
    with av.open(io.BytesIO(_bytes(Clip(scene))), "r") as container:
        for number, frame in enumerate(container.decode(video=0)):
            for part, plane in enumerate(frame.planes):
                scale = 2 if part else 1
                data, stride = bytes(plane), plane.line_size
                for row, expected in enumerate(_lines(scene, number, part)):
                    cell = CELL // scale
                    lines = range(row * cell, min((row + 1) * cell, height // scale))
                    for line in lines:
                        assert data[line * stride :][: width // scale] == expected[: width // scale], (number, line)


def _lines(scene: Scene, frame: int, part: int) -> list[bytes]:
    """One line of samples for each row of cells: the key frame's figure, put where it is at this frame."""
    key = frame - frame % KEY_INTERVAL
    cells = scene.cells(key)
    lines = []
    for lane in scene.lanes:
        wide = len(lane.poses[0][0])
        left = lane.position(key) // CELL
        for row in range(lane.top, lane.top + lane.height):
            figure = [color[part] for color in cells[row][left : left + wide]]
            line = bytearray([lane.sky[row - lane.top][part]] * (scene.columns * CELL))
            place = lane.position(frame)
            line[place : place + wide * CELL] = b"".join(bytes([sample]) * CELL for sample in figure)
            lines.append(bytes(line[::2] if part else line))
    return lines


@pytest.mark.parametrize("seed", [str(number) for number in range(8)])
@pytest.mark.parametrize(("width", "height"), [(720, 1280), (64, 64), (16, 16)], ids=str)
def test_something_moves_and_the_figure_stays_in_the_picture(seed: str, width: int, height: int) -> None:
    scene = make_scene(seed, width, height, 12, None)
    for lane in scene.lanes:
        places = [lane.position(frame) for frame in range(scene.frames)]
        assert lane.edge <= min(places) and max(places) <= lane.edge + lane.room
        assert all(place % CELL == 0 for place in places[::KEY_INTERVAL])
        assert lane.room == 0 or len(set(places)) > 2
    assert scene.cells(0) != scene.cells(KEY_INTERVAL) or any(lane.velocity(1) for lane in scene.lanes)


def test_the_index_comes_first_and_every_half_second_can_be_jumped_to() -> None:
    data = _bytes(Clip(make_scene("x", 64, 64, 4, None)))
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data), "r") as container:
        keys = [packet.pts for packet in container.demux(video=0) if packet.is_keyframe and packet.size]
    assert keys == list(range(0, 4 * FRAMES_PER_SECOND, KEY_INTERVAL))


def test_a_long_large_clip_takes_little_time() -> None:
    started = time.process_time()
    data = _bytes(Clip(make_scene("Dancing Doggo", 1792, 1024, 12, None)))
    assert time.process_time() - started < 1
    assert len(data) < 1_000_000


def test_a_size_beyond_all_levels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No level of H\.264 holds 8192x8192 at 24 frames per second\."):
        parameter_sets(8192, 8192, 24)
