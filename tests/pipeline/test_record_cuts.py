"""Standard input cut into pieces in every way, and how long and how much is waited for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from psopenai_py.binding.pipeline import Unreadable
from psopenai_py.errors import BindingError
from psopenai_py.pipeline.records import Records

#: Texts with everything that a cut may fall into.
WHOLE: dict[str, str] = {
    "long strings": '{"p": "a long one, with blanks"}\n{"p": ""}\n',
    "escapes": r'{"p": "\"\\\/\b\u00e9\ud83d\ude00\n"}' + '\n"x\\\\"\n',
    "numbers at the edge": "[1, -0, 1.5e+3, 0.1E-2, 12345678901234567890,7]",
    "a number at the end": "[10]\n[2]",
    "lines of numbers": "12\n-3.5\n1e2\n",
    "a number that goes on as none": '{"a": 1}0+',
    "two numbers without a gap": '{"a": 1}0-1.5e',
    "a number with half an exponent": "[{}] 1e",
    "words": "[true,false,null]",
    "nested arrays": '[[["a"], []], {"b": [{}]}]',
    "objects over lines": '{\n "a": 1\n}\n{\n "b": 2}',
    "more bytes than characters": '{"p": "äöü🐶\u2028"}\n{"q": "\ufeff"}',
    "lines of text": "süß 🐶\r\n\r\n  [draft] x\r\nlast",
    "a bracket that is text": "[429 x2] Dancing\nmore",
    "broken ones": '{"a": }\n{"b": 1}\n{"c": "x\n{"d": 2}',
    "an array that is broken": '["a", oops, "b"]',
    "blanks": ' \t\n {"a": 1} \n\n ',
    "a quotation": '"Hi," she said\n"bye"',
}


def _records(pieces: list[bytes]) -> tuple[str, list[object]]:
    left = iter(pieces)
    records = Records(lambda most: next(left, b""))
    return records.form, [str(record) if isinstance(record, Unreadable) else record for record in records]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", WHOLE.values(), ids=list(WHOLE))
def test_two_pieces(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    whole = _records([data])
    for cut in range(1, len(data)):
        assert repr(_records([data[:cut], data[cut:]])) == repr(whole), cut


@pytest.mark.parametrize("text", WHOLE.values(), ids=list(WHOLE))
def test_three_pieces(text: str) -> None:
    data = text.encode()
    whole = repr(_records([data]))
    for first in range(1, len(data) - 1):
        for second in range(first + 1, len(data)):
            found = _records([data[:first], data[first:second], data[second:]])
            assert repr(found) == whole, (first, second)


def test_whole_is_what_a_reader_of_json_finds() -> None:
    for name in ("numbers at the edge", "words", "nested arrays"):
        assert repr(_records([WHOLE[name].encode()])) == repr(("array", json.loads(WHOLE[name])))


# --- what is no text --------------------------------------------------------------------------------------------

NO_TEXT: dict[str, tuple[bytes, str]] = {
    "a zero byte": (b"a\0b", "there is a zero byte, in line 1"),
    "a zero byte in a later line": (b"a\n{}\n\0", "there is a zero byte, in line 3"),
    "a byte that begins nothing": (b"a\n\xff", "byte 0xff is no UTF-8, in line 2"),
    "half a character": (b"a\xc3", "byte 0xc3 is no UTF-8, in line 1"),
    "half a mark": (b"\xef\xbb", "byte 0xef is no UTF-8, in line 1"),
    "a half of a pair": (b"\xed\xa0\x80", "byte 0xed is no UTF-8, in line 1"),
    "a character written too long": (b"\xc0\xaf", "byte 0xc0 is no UTF-8, in line 1"),
    "Latin-1": ("süß".encode("latin-1"), "byte 0xfc is no UTF-8, in line 1"),
    "UTF-16 without a mark": ("ab".encode("utf-16-le"), "there is a zero byte, in line 1"),
    "UTF-16 that is cut": (b"\xff\xfea", "byte 0x61 is no UTF-16-LE, in line 1"),
    "UTF-32": ("a".encode("utf-32"), "there is a zero byte, in line 1"),
    "in a string of JSON": (b'{"p": "a\0b"}', "there is a zero byte, in line 1"),
    "a film": (b"\0\0\0\x20ftypisom\0\0\2\0", "there is a zero byte, in line 1"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "byte 0x89 is no UTF-8, in line 1"),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 65536])
@pytest.mark.parametrize(("data", "why"), NO_TEXT.values(), ids=list(NO_TEXT))
def test_what_is_no_text(data: bytes, why: str, size: int) -> None:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    with pytest.raises(BindingError) as caught:
        _records(pieces)
    assert caught.value.message.startswith(f"Standard input is no text: {why}. ")
    assert caught.value.error_id == "InputNotText"


@pytest.mark.parametrize(("data", "why"), NO_TEXT.values(), ids=list(NO_TEXT))
def test_what_is_known_to_come_is_refused_before_it_does(data: bytes, why: str) -> None:
    """A file is looked through first, however late the bad byte comes."""
    asked: list[int] = []

    def read(most: int) -> bytes:
        asked.append(most)
        return b""

    clean = "a prompt\n".encode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8") * 20_000
    pieces = [clean, data.removeprefix(b"\xff\xfe")] if data[:2] == b"\xff\xfe" else [clean, data]
    with pytest.raises(BindingError) as caught:
        Records(read, preview=pieces if data[:3] != b"\xef\xbb" and data[:4] != b"\xff\xfe\0\0" else [data])
    assert asked == []
    assert caught.value.message.endswith(" Nothing was sent.")


def test_records_before_a_bad_byte_are_given_out_where_nobody_could_know() -> None:
    pieces = iter([b"a\nb\n", b"c\n\xff"])
    records = iter(Records(lambda most: next(pieces, b"")))
    assert [next(records), next(records)] == ["a", "b"]
    with pytest.raises(BindingError, match=r"in line 4\. Neither its record nor what follows was sent\."):
        next(records)


@pytest.mark.parametrize("refused", [b"b\n\xff\nc\n", b"b\n\0\nc\n"])
def test_what_is_left_ends_where_the_text_ends(refused: bytes) -> None:
    """Whoever asks for the rest names jobs in an error, and must not run into another one."""
    pieces = iter([b"a\n", refused, b"d\n"])
    records = Records(lambda most: next(pieces, b""), lambda seconds: True)
    assert next(iter(records)) == "a"
    assert list(records.rest()) == []
    assert list(records.rest()) == []


# --- patience and window ----------------------------------------------------------------------------------------

MEGABYTES = 32


@pytest.mark.parametrize("start", [b'{"p": "', b"", b'["', b"["])
def test_a_record_without_an_end_is_refused(start: bytes) -> None:
    def endless() -> Iterator[bytes]:
        yield start
        while True:
            yield b"x" * 2**16 if start != b"[" else b" " * 2**16

    pieces = endless()
    taken = 0

    def read(most: int) -> bytes:
        nonlocal taken
        taken += most
        return next(pieces)

    with pytest.raises(BindingError, match=f"longer than {MEGABYTES} MB") as caught:
        list(Records(read))
    assert (caught.value.error_id, caught.value.category) == ("InputTooLong", "LimitsExceeded")
    assert taken < 3 * MEGABYTES * 2**20


@pytest.mark.parametrize("size", [2**12, 2**16])
def test_a_long_record_takes_time_in_proportion(size: int) -> None:
    """Each piece could bring the end; to look at all of it for each would take minutes."""
    data = json.dumps({"p": [{"a": "b"}] * 500_000}).encode()
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    began = time.process_time()
    records = list(Records(lambda most: next(pieces, b"")))
    assert len(records) == 1
    assert time.process_time() - began < 10


def test_a_long_record_is_given_out_when_nothing_more_arrives() -> None:
    """It is not held back for more that may never come."""
    long = json.dumps({"p": "x" * 3_000_000}).encode() + b"\n"
    pieces = [long[:2_000_000], long[2_000_000:]]
    left = list(pieces)

    def read(most: int) -> bytes:
        assert left, "asked for what does not come"
        return left.pop(0)

    assert len(next(iter(Records(read, lambda seconds: not left)))["p"]) == 3_000_000


@pytest.mark.parametrize("first", [b"text", b"5", b'"x"'])
@pytest.mark.parametrize(("quiet", "form"), [(True, "lines"), (False, "objects")])
def test_patience_for_a_second_line(first: bytes, quiet: bool, form: str) -> None:
    """Without an end, a single line counts as the first of several only when nothing comes for a while."""
    pieces = [first + b"\n"]
    asked: list[float] = []

    def silent(seconds: float) -> bool:
        asked.append(seconds)
        return quiet

    records = Records(lambda most: pieces.pop() if pieces else b"", silent)
    assert (records.form, asked) == (form, [0.2])


# --- what is left when a run is broken off ------------------------------------------------------------------------

REST: dict[str, tuple[str, int, list[object]]] = {
    "an array": ('[{"id": "a"}, "b", 3]', 1, ["b", 3]),
    "an array of arrays": ("[[1], [2], 3]", 1, [2, 3]),
    "arrays": ('["a", "b"] ["c"]\n["d"]', 1, ["b", "c", "d"]),
    "an array and more": ('["a"] {"id": "b"}', 1, [{"id": "b"}]),
    "lines": ('{"id": "a"}\n{"id": "b"}\n{"id": "c"}\n', 1, [{"id": "b"}, {"id": "c"}]),
    "lines of text": ("a\n\n b \n[c], d\n", 1, ["b", "[c], d"]),
    "lines of numbers": ("1\n2\n[3]\n", 1, [2, [3]]),
    "all": ("a\nb\n", 2, []),
}


@pytest.mark.parametrize("size", [1, 65536])
@pytest.mark.parametrize(("text", "taken", "left"), REST.values(), ids=list(REST))
def test_what_is_left(text: str, taken: int, left: list[object], size: int) -> None:
    data = text.encode()
    pieces = iter([data[start : start + size] for start in range(0, len(data), size)])
    records = Records(lambda most: next(pieces, b""))
    each = iter(records)
    for _ in range(taken):
        next(each)
    assert list(records.rest()) == left
