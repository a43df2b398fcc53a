"""A job's video as bytes: the scene coded, boxed, and handed out in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .h264 import key_frame, moved_frame, parameter_sets
from .mp4 import Track, container_head
from .scene import FRAMES_PER_SECOND, KEY_INTERVAL, Scene

__all__ = ["Clip", "make_clip"]


class Clip:
    """A complete MP4 file. Its samples are kept apart, equal ones once, so it takes little memory."""

    def __init__(self, scene: Scene) -> None:
        self._samples = _samples(scene)
        sets = parameter_sets(scene.width, scene.height, FRAMES_PER_SECOND)
        sizes = [len(sample) for sample in self._samples]
        self._head = container_head(Track(scene.width, scene.height, FRAMES_PER_SECOND, KEY_INTERVAL, sets, sizes))
        self.length = len(self._head) + sum(sizes)

    def chunks(self) -> Iterator[bytes]:
        """Yield the file, a chunk for the index and one for each key frame with those that build on it."""
        yield self._head
        for start in range(0, len(self._samples), KEY_INTERVAL):
            yield b"".join(self._samples[start : start + KEY_INTERVAL])


@lru_cache(maxsize=2)  # players ask for many ranges of the same clip
def make_clip(scene: Scene) -> Clip:
    """Return the clip of a scene: byte for byte the same each time."""
    return Clip(scene)


def _samples(scene: Scene) -> list[bytes]:
    """Return all frames, each with its length in front, as the container wants them."""
    moved: dict[tuple[int, ...], bytes] = {}
    samples = []
    for frame in range(scene.frames):
        number = frame % KEY_INTERVAL
        if number == 0:
            samples.append(_sized(key_frame(scene.cells(frame), frame // KEY_INTERVAL)))
            continue
        speeds = tuple(lane.velocity(frame) for lane in scene.lanes)
        found = moved.get((number, *speeds))
        if found is None:
            bands = [(lane.height, speed) for lane, speed in zip(scene.lanes, speeds, strict=True)]
            found = moved[(number, *speeds)] = _sized(moved_frame(scene.columns, bands, number))
        samples.append(found)
    return samples


def _sized(unit: bytes) -> bytes:
    return len(unit).to_bytes(4, "big") + unit
