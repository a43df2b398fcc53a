"""Reference images: pictures made by a library that is not ours, whole and broken."""

from __future__ import annotations

import base64
import io
import time

import pytest
from PIL import Image

from psopenai_py.sandbox.reference import data_url, read_tint


def _picture(mode: str, kind: str, *, gradient: bool = False, **options: object) -> bytes:
    image = Image.linear_gradient("L").convert("RGB") if gradient else Image.new("RGB", (60, 40), (200, 100, 50))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("RGB", (200, 100, 50)),
        ("RGBA", (200, 100, 50)),
        ("P", (204, 102, 51)),
        ("L", (124, 124, 124)),
        ("LA", (124, 124, 124)),
    ],
    ids=["rgb", "rgba", "palette", "grey", "grey-alpha"],
)
def test_a_png_lends_its_mean_color(mode: str, expected: tuple[int, int, int]) -> None:
    found = read_tint(_picture(mode, "PNG"))
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= 4


@pytest.mark.parametrize("kind", range(5), ids=["none", "sub", "up", "mean", "paeth"])
def test_every_row_filter_is_undone(kind: int) -> None:
    data = _filtered(kind)
    with Image.open(io.BytesIO(data)) as image:
        shade = sum(image.convert("L").tobytes()) // (image.width * image.height)
    assert read_tint(data) == (shade, shade, shade)


def _filtered(kind: int) -> bytes:
    """A small grey PNG whose rows all have the same filter; what it shows is left to the reader."""
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(bytes([kind, *((7 * column + 13 * row) % 31 for column in range(20))]) for row in range(10))
    header = struct.pack(">IIBBBBB", 20, 10, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_picture("RGB", "JPEG"), id="jpeg"),
        pytest.param(_picture("RGB", "JPEG", progressive=True), id="jpeg-progressive"),
        pytest.param(_picture("RGB", "WEBP"), id="webp"),
        pytest.param(_picture("1", "PNG"), id="png-of-one-bit"),
    ],
)
def test_other_pictures_lend_a_color_of_their_own(data: bytes) -> None:
    tint = read_tint(data)
    assert tint == read_tint(data)
    assert all(64 <= part < 192 for part in tint)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_half_a_picture_is_refused(kind: str, share: float) -> None:
    data = _picture("RGB", kind, gradient=True)
    with pytest.raises(ValueError, match=r"cut off|neither"):
        read_tint(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"GIF89a", "it is neither PNG, JPEG nor WebP", id="gif"),
        pytest.param(
            _picture("RGB", "PNG").replace(b"IDAT", b"IDAX"), "the PNG file is cut off or damaged", id="checksum"
        ),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_tint(data)
    assert str(caught.value) == message


def test_a_large_picture_takes_little_time() -> None:
    out = io.BytesIO()
    Image.effect_noise((2048, 1080), 60).convert("RGB").save(out, "PNG", compress_level=1)
    started = time.process_time()
    read_tint(out.getvalue())
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("data:image/png;base64," + base64.b64encode(b"x").decode(), b"x", id="text"),
        pytest.param({"image_url": "DATA:;base64,eA=="}, b"x", id="object"),
        pytest.param({"image_url": "https://example.com/x.png"}, None, id="elsewhere"),
        pytest.param({"file_id": "file_1"}, None, id="file-id"),
    ],
)
def test_a_reference_in_json(value: object, expected: bytes | None) -> None:
    assert data_url(value) == expected


@pytest.mark.parametrize("value", [3, {}, {"image_url": 3}, "", "data:image/png,x", "data:;base64,*"], ids=repr)
def test_a_bad_reference_in_json(value: object) -> None:
    with pytest.raises(ValueError):
        data_url(value)
