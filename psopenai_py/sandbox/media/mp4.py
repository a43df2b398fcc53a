"""The MP4 container (ISO/IEC 14496-12 and -15): one video track, index first, to play while it loads."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Track", "container_head"]

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # the language code «und»


@dataclass(frozen=True, slots=True)
class Track:
    """A video track of equally long samples; every `key_interval`-th one is a key frame."""

    width: int
    height: int
    frames_per_second: int
    key_interval: int
    parameter_sets: tuple[bytes, bytes]
    sample_sizes: Sequence[int]


def container_head(track: Track) -> bytes:
    """Return everything up to the first sample; the samples follow in order and end the file."""
    kind = _box(b"ftyp", b"isom", _u32(512), b"isomiso2avc1mp41")
    # All samples are one chunk. Its offset takes four bytes whatever it is: a first draft gives the length.
    offset = len(kind) + len(_movie(track, 0)) + 8
    return kind + _movie(track, offset) + _u32(8 + sum(track.sample_sizes)) + b"mdat"


def _movie(track: Track, offset: int) -> bytes:
    duration = len(track.sample_sizes)
    header = _box(
        b"mvhd", _u32(0, 0, 0, track.frames_per_second, duration, 0x10000, 0x01000000, 0, 0), _MATRIX,
        bytes(24), _u32(2),
    )  # fmt: skip
    size = _u32(track.width << 16, track.height << 16)
    # Flags 3: enabled, in the presentation.
    track_header = _box(b"tkhd", _u32(3, 0, 0, 1, 0, duration), bytes(16), _MATRIX, size)
    return _box(b"moov", header, _box(b"trak", track_header, _media(track, offset)))


def _media(track: Track, offset: int) -> bytes:
    header = _u32(0, 0, 0, track.frames_per_second, len(track.sample_sizes)) + struct.pack(">HH", _UNDETERMINED, 0)
    handler = _u32(0, 0) + b"vide" + bytes(12) + b"VideoHandler\x00"
    here = _box(b"dinf", _box(b"dref", _u32(0, 1), _box(b"url ", _u32(1))))
    information = _box(b"minf", _box(b"vmhd", _u32(1), bytes(8)), here, _sample_table(track, offset))
    return _box(b"mdia", _box(b"mdhd", header), _box(b"hdlr", handler), information)


def _sample_table(track: Track, offset: int) -> bytes:
    sizes = track.sample_sizes
    keys = range(1, len(sizes) + 1, track.key_interval)
    return _box(
        b"stbl",
        _box(b"stsd", _u32(0, 1), _sample_entry(track)),
        _box(b"stts", _u32(0, 1, len(sizes), 1)),
        _box(b"stss", _u32(0, len(keys), *keys)),
        _box(b"stsc", _u32(0, 1, 1, len(sizes), 1)),
        _box(b"stsz", _u32(0, 0, len(sizes), *sizes)),
        _box(b"stco", _u32(0, 1, offset)),
    )


def _sample_entry(track: Track) -> bytes:
    sequence, picture = track.parameter_sets
    # Bytes 1 to 3 of the sequence parameter set are profile, compatibility, level; 0xff: four-byte lengths.
    configuration = (
        b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence
        + b"\x01" + struct.pack(">H", len(picture)) + picture
    )  # fmt: skip
    fields = struct.pack(">6xH16xHHIIIH32xHh", 1, track.width, track.height, 0x480000, 0x480000, 0, 1, 24, -1)
    color = b"nclx" + struct.pack(">HHHB", 1, 1, 1, 0)  # BT.709, video range
    return _box(b"avc1", fields, _box(b"avcC", configuration), _box(b"colr", color))


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _u32(8 + len(content)) + kind + content


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)
