"""Reference images: whether an upload is a picture at all, and the colour it lends to the clip.

A PNG's colour is the mean of its upper part, which is all that is unpacked. JPEG and WebP are checked for a
sound structure and lend a colour that follows from their bytes. No network: an address is not fetched.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator

__all__ = ["data_url", "read_tint"]

Rgb = tuple[int, int, int]

_PNG = b"\x89PNG\r\n\x1a\n"
_LONGEST_SIDE = 16_384
_SAMPLE_BYTES = 48 * 1024  # of unpacked pixels: undoing filters byte by byte takes its time
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type


def data_url(value: object) -> bytes | None:
    """Return the bytes of a reference given in JSON: a data URL, alone or as `image_url`.

    None for a file id or an address elsewhere, which the sandbox accepts and leaves alone. A ValueError
    says what is wrong.
    """
    if isinstance(value, dict):
        if "file_id" in value:
            return None
        value = value.get("image_url")
    if not isinstance(value, str) or not value:
        raise ValueError("it must be a file, a data URL, or an object with image_url or file_id")
    if not value.lower().startswith("data:"):
        return None
    header, comma, data = value.partition(",")
    if not comma or not header.lower().endswith(";base64"):
        raise ValueError("its data URL is not in base64")
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise ValueError("its data URL is not valid base64") from None


def read_tint(data: bytes) -> Rgb:
    """Return the colour of a picture; a ValueError when it is not a whole PNG, JPEG or WebP."""
    if data.startswith(_PNG):
        return _png_tint(data) or _checksum_tint(data)
    if data.startswith(b"\xff\xd8"):
        _check_jpeg(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        if len(data) < 20 or struct.unpack("<I", data[4:8])[0] + 8 > len(data):
            raise ValueError("the WebP file is cut off")
    elif not data:
        raise ValueError("the file is empty")
    else:
        raise ValueError("it is neither PNG, JPEG nor WebP")
    return _checksum_tint(data)


def _checksum_tint(data: bytes) -> Rgb:
    checksum = zlib.crc32(data)
    return 64 + (checksum & 127), 64 + (checksum >> 8 & 127), 64 + (checksum >> 16 & 127)


def _check_jpeg(data: bytes) -> None:
    """Walk the segments up to the first scan; there must be a frame header and an end."""
    at, has_frame = 2, False
    while True:
        if at + 4 > len(data) or data[at] != 0xFF:
            raise ValueError("the JPEG file is cut off or damaged")
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xDA:
            break
        has_frame = has_frame or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))
        at += 2 + length
    if not has_frame or b"\xff\xd9" not in data[at:]:
        raise ValueError("the JPEG file is cut off or damaged")


def _png_tint(data: bytes) -> Rgb | None:
    """Return the mean colour of the upper rows; None for the rare kinds (interlaced, or not of 8 bits)."""
    chunks = list(_png_chunks(data))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise ValueError("the PNG file is cut off or damaged")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE) or kind not in _CHANNELS:
        raise ValueError("the PNG file's header is not usable")
    stride = 1 + width * _CHANNELS[kind]
    rows = max(1, min(height, _SAMPLE_BYTES // stride))
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    try:
        pixels = zlib.decompressobj().decompress(packed, rows * stride)
    except zlib.error:
        raise ValueError("the PNG file's pixels are damaged") from None
    if depth != 8 or interlaced:
        return None
    if len(pixels) < rows * stride:
        raise ValueError("the PNG file has too few pixels")
    palette = next((content for name, content in chunks if name == b"PLTE"), b"")
    return _mean(_unfiltered(pixels, stride, _CHANNELS[kind]), kind, palette)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError("the PNG file is cut off")
        length = struct.unpack(">I", data[at : at + 4])[0]
        end = at + 8 + length
        name, content, checksum = data[at + 4 : at + 8], data[at + 8 : end], data[end : end + 4]
        if len(checksum) < 4 or zlib.crc32(name + content) != int.from_bytes(checksum, "big"):
            raise ValueError("the PNG file is cut off or damaged")
        yield name, content
        if name == b"IEND":
            return
        at = end + 4
    raise ValueError("the PNG file is cut off")


def _unfiltered(pixels: bytes, stride: int, step: int) -> bytearray:
    """Undo the row filters (PNG specification, section 9) and leave their marks out."""
    above = bytearray(stride - 1)
    whole = bytearray()
    for start in range(0, len(pixels), stride):
        row = bytearray(pixels[start + 1 : start + stride])
        _undo(pixels[start], row, above, step)
        whole += row
        above = row
    return whole


def _undo(kind: int, row: bytearray, above: bytearray, step: int) -> None:
    if kind == 0:
        return
    if kind == 2:
        row[:] = bytes((value + up) & 255 for value, up in zip(row, above, strict=True))
        return
    for place, up in enumerate(above):
        left = row[place - step] if place >= step else 0
        corner = above[place - step] if place >= step else 0
        guess = left if kind == 1 else (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        row[place] = (row[place] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    by_left, by_up, by_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _mean(pixels: bytearray, kind: int, palette: bytes) -> Rgb:
    if kind == 3:
        used = [palette[3 * index : 3 * index + 3] for index in pixels]
        planes = [[color[part] for color in used if len(color) == 3] for part in range(3)]
    else:
        step = _CHANNELS[kind]
        planes = [list(pixels[part::step]) for part in ((0, 1, 2) if step >= 3 else (0, 0, 0))]
    if not planes[0]:
        raise ValueError("the PNG file's palette is missing")
    red, green, blue = (sum(plane) // len(plane) for plane in planes)
    return red, green, blue
