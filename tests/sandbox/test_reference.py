"""Reference images: pictures made by a library that is not ours, whole and broken."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from psopenai_py.sandbox.service.forms import digest
from psopenai_py.sandbox.service.reference import data_url, tint_of


def _tint(data: bytes) -> tuple[int, int, int]:
    return tint_of(digest("", "", [data]))


def _picture(mode: str, kind: str, *, gradient: bool = False, **options: object) -> bytes:
    image = Image.linear_gradient("L").convert("RGB") if gradient else Image.new("RGB", (60, 40), (200, 100, 50))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_picture("RGB", "JPEG"), id="jpeg"),
        pytest.param(_picture("RGB", "JPEG", progressive=True), id="jpeg-progressive"),
        pytest.param(_picture("RGB", "WEBP"), id="webp"),
        *(pytest.param(_picture(mode, "PNG"), id=f"png-{mode}") for mode in ("RGB", "RGBA", "P", "L", "LA", "1")),
    ],
)
def test_a_picture_lends_a_color_of_its_own(data: bytes) -> None:
    tint = _tint(data)
    assert tint == _tint(data)
    assert all(64 <= part < 192 for part in tint)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_half_a_picture_is_refused(kind: str, share: float) -> None:
    data = _picture("RGB", kind, gradient=True)
    with pytest.raises(ValueError, match=r"cut off|neither"):
        _tint(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"GIF89a", "it is neither PNG, JPEG nor WebP", id="gif"),
        pytest.param(_picture("RGB", "PNG").replace(b"IHDR", b"IHDX"), "the file is cut off or damaged", id="header"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        _tint(data)
    assert str(caught.value) == message


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
    assert data_url(value) == (digest("", "", [expected]) if expected else None)


@pytest.mark.parametrize("value", [3, {}, {"image_url": 3}, "", "data:image/png,x", "data:;base64,*"], ids=repr)
def test_a_bad_reference_in_json(value: object) -> None:
    with pytest.raises(ValueError):
        data_url(value)
