"""The bits of a clip, read back by the rules of the standard: levels, the ids of key frames, escaped zeros."""

from __future__ import annotations

import io
import re

import av
import pytest

from psopenai_py.sandbox.media.clip import Clip
from psopenai_py.sandbox.media.h264 import key_frame, moved_frame, parameter_sets
from psopenai_py.sandbox.media.scene import KEY_INTERVAL, make_scene

GREY = (128, 128, 128)


class _Bits:
    """The payload of a NAL unit, without the bytes that keep it from looking like a start code."""

    def __init__(self, unit: bytes) -> None:
        payload = re.sub(rb"\x00\x00\x03(?=[\x00-\x03])", b"\x00\x00", unit[1:])
        self.text = "".join(f"{byte:08b}" for byte in payload)
        self.at = 0

    def fixed(self, count: int) -> int:
        self.at += count
        return int(self.text[self.at - count : self.at], 2)

    def ue(self) -> int:
        zeros = self.text.index("1", self.at) - self.at
        self.at += zeros
        return self.fixed(zeros + 1) - 1

    @property
    def is_at_the_end(self) -> bool:
        return re.fullmatch("10{0,7}", self.text[self.at :]) is not None


# --- levels (table A-1) -----------------------------------------------------------------------------------------

#: Columns and rows of 16 pixels, frames per second, and the lowest level that holds them; None for none.
LEVELS = [
    pytest.param(1, 1, 24, 10, id="the smallest"),
    pytest.param(56, 1, 24, 11, id="as wide as level 11"),
    pytest.param(57, 1, 24, 21, id="wider than levels of 396 blocks"),
    pytest.param(28, 1, 24, 10, id="as wide as level 10"),
    pytest.param(29, 1, 24, 11, id="wider than level 10"),
    pytest.param(1, 28, 24, 10, id="as high as level 10"),
    pytest.param(1, 29, 24, 11, id="higher than level 10"),
    pytest.param(9, 11, 15, 10, id="as large as level 10"),
    pytest.param(9, 11, 16, 11, id="faster than level 10"),
    pytest.param(10, 10, 10, 11, id="larger than level 10"),
    pytest.param(18, 22, 15, 12, id="faster than level 11"),
    pytest.param(18, 22, 30, 13, id="as fast as level 13"),
    pytest.param(18, 22, 31, 21, id="faster than level 13"),
    pytest.param(80, 45, 30, 31, id="1280x720, as fast as level 31"),
    pytest.param(80, 45, 31, 32, id="1280x720, faster than level 31"),
    pytest.param(256, 256, 24, 60, id="4096x4096"),
    pytest.param(1055, 1, 24, 60, id="the widest"),
    pytest.param(1056, 1, 24, None, id="wider than all"),
    pytest.param(1, 1056, 24, None, id="higher than all"),
    pytest.param(373, 373, 30, 60, id="as large as level 60"),
    pytest.param(374, 373, 24, None, id="larger than all"),
    pytest.param(373, 373, 31, None, id="faster than all"),
]


@pytest.mark.parametrize(("columns", "rows", "frames", "level"), LEVELS)
def test_the_lowest_level_that_holds_a_size(columns: int, rows: int, frames: int, level: int | None) -> None:
    for width, height in ((columns * 16, rows * 16), (columns * 16 - 14, rows * 16 - 14)):
        if level is None:
            with pytest.raises(ValueError, match=f"holds {columns * 16}x{rows * 16} at {frames} frames"):
                parameter_sets(width, height, frames)
        else:
            sequence, _ = parameter_sets(width, height, frames)
            assert sequence[:4] == bytes([0x67, 66, 0b11000000, level])


@pytest.mark.parametrize(("width", "height"), [(16, 16), (2, 2), (18, 30), (32, 18), (30, 34)], ids=str)
def test_a_decoder_sees_the_size(width: int, height: int) -> None:
    data = b"".join(Clip(make_scene("x", width, height, 1, None)).chunks())
    with av.open(io.BytesIO(data), "r") as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(width, height)}


# --- headers of slices ------------------------------------------------------------------------------------------


def test_key_frames_side_by_side_have_different_ids() -> None:
    """7.4.3: of two key frames in a row, idr_pic_id must differ, or a decoder may take them for one."""
    found = []
    for index in range(4):
        bits = _Bits(key_frame([[GREY]], index))
        assert [bits.ue(), bits.ue(), bits.ue(), bits.fixed(8)] == [0, 7, 0, 0]
        found.append(bits.ue())
    assert found == [0, 1, 0, 1]


@pytest.mark.parametrize("number", [1, 2, KEY_INTERVAL - 1, 255])
def test_a_frame_in_between_has_its_number(number: int) -> None:
    bits = _Bits(moved_frame(3, [(2, 0)], number))
    assert [bits.ue(), bits.ue(), bits.ue(), bits.fixed(8), bits.fixed(3)] == [0, 5, 0, number, 0]
    assert [bits.ue(), bits.ue(), bits.ue()] == [0, 1, 6]  # no other quantizer, no deblocking, all are skipped
    assert bits.is_at_the_end


# --- what looks like a start code (7.4.1) ---------------------------------------------------------------------------

#: A run of skipped blocks is written with about as many zeros as its number has bits, and up to twice of them.
SKIPPED = [2**power + more for power in (15, 16, 17, 18, 20, 22, 23, 24) for more in (-2, -1, 0, 1)]


@pytest.mark.parametrize("skipped", SKIPPED)
@pytest.mark.parametrize("number", [0, 1, 255])
def test_no_unit_holds_what_looks_like_a_start_code(skipped: int, number: int) -> None:
    unit = moved_frame(1, [(skipped, 0)], number)
    assert not re.search(rb"\x00\x00[\x00-\x02]|\x00\x00\x03[^\x00-\x03]|\x00\x00\x03?\Z", unit)
    bits = _Bits(unit)
    bits.at = 1 + 5 + 1 + 8 + 3 + 1 + 3  # the header, as above
    assert bits.ue() == skipped
    assert bits.is_at_the_end


def test_zeros_are_escaped_somewhere() -> None:
    units = [moved_frame(1, [(skipped, 0)], 0) for skipped in SKIPPED]
    behind = {unit[at + 3] for unit in units for at in range(len(unit) - 3) if unit[at : at + 3] == b"\0\0\3"}
    assert behind and behind <= {0, 1, 2, 3}
    assert [b"\0\0\3" in unit for unit in units].count(False) > 4
