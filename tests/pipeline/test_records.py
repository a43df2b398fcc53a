"""Standard input as records: forms, encodings, what is broken, and any bytes in any pieces."""

from __future__ import annotations

import codecs
import itertools
import json
import string
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.binding.pipeline import Unreadable
from psopenai_py.errors import BindingError
from psopenai_py.pipeline.decoded_input import Read
from psopenai_py.pipeline.records import Records

A, B = {"id": "a"}, {"id": "b"}
PRETTY = json.dumps(A, indent=2)


def _reading(chunks: Iterator[bytes]) -> Read:
    """A `read` that gives these pieces, and empty ones for ever after."""
    return lambda most: next(chunks, b"")


def _read(data: bytes | str, size: int = 65536) -> tuple[str, list[object]]:
    """Form and records of an input that comes in pieces of a size; what is unreadable as its text."""
    whole = data.encode() if isinstance(data, str) else data
    pieces = (whole[start : start + size] for start in range(0, len(whole), size))
    records = Records(_reading(iter(pieces)))
    return records.form, [str(record) if isinstance(record, Unreadable) else record for record in records]


FORMS: dict[str, tuple[str | bytes, str, list[object]]] = {
    "nothing": ("", "none", []),
    "blanks": (" \r\n\t\n", "none", []),
    "an object": (json.dumps(A), "objects", [A]),
    "an object and a line end": (json.dumps(A) + "\n", "lines", [A]),
    "an object and a line end of Windows": (json.dumps(A) + " \r\n", "lines", [A]),
    "an object over lines": (PRETTY + "\n", "objects", [A]),
    "objects over lines": (PRETTY + "\n" + PRETTY, "objects", [A, A]),
    "JSON lines": ('{"id": "a"}\n{"id": "b"}\n', "lines", [A, B]),
    "JSON lines from Windows": ('{"id": "a"}\r\n\r\n{"id": "b"}\r\n', "lines", [A, B]),
    "objects on one line": ('{"id": "a"}{"id": "b"}', "lines", [A, B]),
    "a line and then an object over lines": ('{"id": "b"}\n' + PRETTY, "lines", [B, A]),
    "an array": ('[{"id": "a"}, {"id": "b"}]', "array", [A, B]),
    "an array of texts": ('["a","b"]\n', "array", ["a", "b"]),
    "an array of one": ('["a"]', "array", ["a"]),
    "an array of numbers": ("[1, 2.5e3,\n-3]", "array", [1, 2500.0, -3]),
    "an array of words": ("[null,true]", "array", [None, True]),
    "an array over lines": ('[\n  1,\n  "b"\n]\n', "array", [1, "b"]),
    "an empty array": ("[]", "array", []),
    "an empty array with blanks": (" [ \n ] ", "array", []),
    "an array of arrays": ('[["a"], []]', "array", [["a"], []]),
    "arrays": ('["a"]\n["b"]', "array", ["a", "b"]),
    "an array and more": ('["a"] {"id": "b"}', "array", ["a", B]),
    "a text": ("video_1", "objects", ["video_1"]),
    "a line of text": ("video_1\n", "objects", ["video_1"]),
    "lines of text": ("video_1\n\n  video_2 \nvideo 3", "lines", ["video_1", "video_2", "video 3"]),
    "text that later looks like JSON": ('Dancing\n{"id": 1}\n"x"\n5\n', "lines", ["Dancing", '{"id": 1}', '"x"', "5"]),
    "text that begins like an array": ("[fail] Dancing\n[x", "lines", ["[fail] Dancing", "[x"]),
    "text that begins like an array of numbers": ("[429 x2] Dancing", "objects", ["[429 x2] Dancing"]),
    "text that begins with an array": ("[500] Dancing", "objects", ["[500] Dancing"]),
    "text in brackets, whatever letter it begins with": (
        "".join(f"[{letter}-ray] Dancing\n" for letter in string.ascii_letters),
        "lines",
        [f"[{letter}-ray] Dancing" for letter in string.ascii_letters],
    ),
    "a number, and then lines with any letter": (
        "".join(f"{text}\n" for text in ["5", *string.ascii_letters]),
        "lines",
        [5, *string.ascii_letters],
    ),
    "text that begins with a quotation": ('"Hi," she said', "objects", ['"Hi," she said']),
    "texts in quotes": ('"a"\n"b"\n', "lines", ["a", "b"]),
    "a number": ("12345", "objects", [12345]),
    "a number that later lines do not go on with": ("1984\nDancing\n{}", "lines", [1984, "Dancing", {}]),
    "null": ("null\n", "objects", [None]),
    "an array among lines": ('{"id": "a"}\n["b"]\n', "lines", [A, ["b"]]),
    "a mark": (codecs.BOM_UTF8 + b'{"id": "a"}', "objects", [A]),
    "a mark and nothing": (codecs.BOM_UTF8, "none", []),
    "marks between files": ('\ufeff{"id": "a"}\n\ufeff{"id": "b"}\n', "lines", [A, B]),
    "UTF-16": (codecs.BOM_UTF16_LE + "süß 🐶\nb".encode("utf-16-le"), "lines", ["süß 🐶", "b"]),
    "UTF-16, big end first": (codecs.BOM_UTF16_BE + '["süß"]'.encode("utf-16-be"), "array", ["süß"]),
    "a repeated key": ('{"id": "a", "id": "b"}', "objects", [B]),
    "control characters in a text": ('{"id": "a\tb"}', "objects", [{"id": "a\tb"}]),
}


@pytest.mark.parametrize("size", [1, 2, 7, 65536])
@pytest.mark.parametrize(("data", "form", "records"), FORMS.values(), ids=list(FORMS))
def test_forms(data: str | bytes, form: str, records: list[object], size: int) -> None:
    assert _read(data, size) == (form, records)


@pytest.mark.parametrize("size", [1, 65536])
@pytest.mark.parametrize(
    ("data", "records"),
    {
        "in the middle of lines": ('{"id": "a"}\n{"id": }\n{"id": "b"}', [A, "{", B]),
        "a line that is not closed": ('{"id": "a"}\n{"id":\n{"id": "b"}', [A, "{", B]),
        "a text that is not closed": ('{"id": "a"}\n{"id": "x\n{"id": "b"}', [A, "{", B]),
        "text among objects": ('{"id": "a"}\noops\n{"id": "b"}', [A, "o", B]),
        "the last line": ('{"id": "a"}\n{"id": "b', [A, "{"]),
        "the only object": ('{"id": ', ["{"]),
        "an element": ('["a", oops, "b"]', ["a", "o"]),
        "an array that is not closed": ('["a",', ["a", ""]),
        "an array that is only opened": ("[", [""]),
        "an array that is closed wrongly": ('["a"}', ["a", "}"]),
        "too deep": ("[" * 100_000, ["["]),
        "too many digits": (f"[{'1' * 5000}]", ["1"]),
    }.values(),
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_broken_parts(data: str, records: list[object], size: int) -> None:
    """What is no JSON is one unreadable record, which shows how it begins; the lines behind it are read."""
    whole = data.encode()
    size = max(size, len(whole) // 1000)
    pieces = (whole[start : start + size] for start in range(0, len(whole), size))
    found = list(Records(_reading(iter(pieces))))
    assert len(found) == len(records)
    for record, wanted in zip(found, records, strict=True):
        if isinstance(record, Unreadable):
            assert "not JSON" in str(record) or "not closed" in str(record)
            assert f": {wanted}" in str(record) or wanted == ""
        else:
            assert record == wanted


@pytest.mark.parametrize(
    ("lines", "values", "waits"),
    [([b'{"id": "a"}\n', b'{"id": "b"}\n'], [A, B], 0), ([b"a\n", b"b\n"], ["a", "b"], 1)],
    ids=["objects", "text"],
)
def test_what_a_slow_program_writes_is_handled_as_it_comes(
    lines: list[bytes], values: list[object], waits: int
) -> None:
    """The first line is a record although nobody knows yet whether another one follows."""
    lines = list(lines)
    asked: list[float] = []
    given_out: list[str] = []

    def read(most: int) -> bytes:
        given_out.append("read")
        return lines.pop(0) if lines else b""

    def quiet(seconds: float) -> bool:
        asked.append(seconds)
        return True

    records = Records(read, quiet)
    assert (records.form, len(given_out), len(asked)) == ("lines", 1, waits)
    each = iter(records)
    assert (next(each), len(given_out)) == (values[0], 1)
    assert (next(each), len(given_out)) == (values[1], 2)
    assert list(each) == []


@pytest.mark.parametrize(
    ("pieces", "reads"),
    [([b'["a",', b'"b"]'], [1, 2]), ([b'[{"id": 1}', b', {"id": 2}]'], [1, 2])],
    ids=["texts", "objects"],
)
def test_elements_of_an_array_are_handled_as_they_come(pieces: list[bytes], reads: list[int]) -> None:
    left = list(pieces)
    seen = []
    for _ in Records(lambda most: left.pop(0) if left else b""):
        seen.append(len(pieces) - len(left))
    assert seen == reads


@pytest.mark.parametrize("form", ["array", "lines", "text"])
def test_memory_does_not_grow_with_the_input(form: str) -> None:
    """4 MB go through, and about a piece of it is held."""
    element = json.dumps({"id": "x" * 200, "n": 1})
    start, between = {"array": ("[", ","), "lines": ("", "\n"), "text": ("text\n", "\n")}[form]
    piece = "".join(between + element for _ in range(250)).encode()
    pieces = itertools.chain([start.encode() + piece[1:]], itertools.repeat(piece, 79), [b"]" if start == "[" else b""])
    records = Records(_reading(pieces))
    tracemalloc.start()
    total = sum(1 for _ in records)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total in (20_000, 20_001)
    assert peak < 10 * len(piece)


_PARTS = (
    *("[", "]", "{", "}", ",", ":", '"', '"x"', "\\", "\\u00", "1", "1.", "5e", "-", "tru", "true", "null", "NaN"),
    *("é", "🐶", "\ufeff", "-Infinity", "video_1", '{"id":"a"}', " ", "\n", "\r\n"),
)
_LOOKALIKES = st.lists(st.sampled_from(_PARTS), max_size=12).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(max_size=60), _LOOKALIKES), st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_any_bytes_in_any_pieces_give_the_same_records(data: bytes, sizes: list[int]) -> None:
    def pieces() -> Iterator[bytes]:
        rest = data
        for size in itertools.cycle(sizes):
            if not rest:
                return
            yield rest[:size]
            rest = rest[size:]

    assert repr(_outcome(pieces())) == repr(_outcome(iter([data]))) or not _is_text(data)
    for read in (pieces(), iter([data])):
        assert (_outcome(read)[2] is None) is _is_text(data)


def _outcome(pieces: Iterator[bytes]) -> tuple[str, list[object], str | None]:
    """Form, records, and why the rest was refused."""
    form, found = "", list[object]()
    try:
        records = Records(_reading(pieces))
        form = records.form
        for record in records:
            found.append(str(record) if isinstance(record, Unreadable) else record)
    except BindingError as error:
        return form, found, error.error_id
    return form, found, None


def _is_text(data: bytes) -> bool:
    """True for what another reader of text takes, too."""
    marks = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    try:
        return "\0" not in data.decode(marks.get(data[:2], "utf-8"))
    except UnicodeDecodeError:
        return False
