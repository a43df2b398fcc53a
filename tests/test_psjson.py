"""psjson against the recordings of PowerShell, its tables, and properties that hold for any text or value."""

import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from math import inf, nan
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.psjson import JsonError, dumps, job_with_local_times, loads

RECORDINGS = Path(__file__).resolve().parent.parent / "compat" / "recordings"
SetZone = Callable[[str], None]


@pytest.fixture
def zone() -> Iterator[SetZone]:
    """Set the zone of the process for one test."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be set here")
    with pytest.MonkeyPatch.context() as patch:

        def set_zone(name: str) -> None:
            patch.setenv("TZ", name)
            time.tzset()

        yield set_zone
    time.tzset()


def recorded(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RECORDINGS / name).read_text("ascii").splitlines()]


def short(value: object) -> str:
    return f"{value!a:.40}"


named = itemgetter("name")

CASES = {named(case): case for case in recorded("json.jsonl")}
BEYOND_DEPTH = CASES.pop("json_shape_a6f54d")  # PowerShell prints "@{a=}" for what is deeper than 100 levels
INFINITE = [
    CASES.pop("json_lenient_91304c"),
    CASES.pop("json_lenient_e6fbf8"),
]  # no JSON, but servers send it
REFUSED = [case for case in CASES.values() if case["upstream_bug"]]
ERRORS = [case for case in CASES.values() if "error" in case]
OUTPUT = INFINITE + [case for case in CASES.values() if case not in REFUSED and case not in ERRORS]


def test_every_recorded_case_is_run() -> None:
    assert (len(OUTPUT), len(ERRORS), len(REFUSED)) == (151, 22, 13)


def printed(text: str) -> str | None:
    """What a pipeline of PowerShell would print: it takes arrays apart and unwraps a single item."""
    value = loads(text)
    if not isinstance(value, list):
        return dumps(value)
    return dumps(value[0] if len(value) == 1 else value) if value else None


@pytest.mark.parametrize("case", OUTPUT, ids=named)
def test_recorded_output(case: dict[str, Any], zone: SetZone) -> None:
    zone(case.get("tz", "UTC"))
    assert printed(case["input"]) == case["output"]


@pytest.mark.parametrize("case", ERRORS, ids=named)
def test_recorded_error(case: dict[str, Any]) -> None:
    with pytest.raises(JsonError) as caught:
        loads(case["input"])
    assert caught.value.error_id == case["error"]["exception"]
    assert case["error"].get("get_video_id") in (None, f"{caught.value.error_id},Get-Video")


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_recorded_leniency_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(JsonError, match=r"^The text is not JSON: line \d+, column \d+: "):
        loads(case["input"])


def test_beyond_100_levels_all_is_printed_on_one_line() -> None:
    ours, theirs = dumps(loads(BEYOND_DEPTH["input"])).splitlines(), BEYOND_DEPTH["output"].splitlines()
    assert ours[102].strip() == '"a": ' + '{"a": ' * 10 + "1" + "}" * 10
    assert ours[:102] + ours[103:] == theirs[:102] + theirs[103:]


ANSWERED = [case for case in recorded("wire.jsonl") if case["name"].startswith("resp_") and case["stdout_json"]]
JOBS = [case for case in ANSWERED if case["stdout_json"][0] == "{" and not case["upstream_bug"]]


@pytest.mark.parametrize("case", JOBS, ids=named)
def test_recorded_job(case: dict[str, Any], zone: SetZone) -> None:
    zone(case["tz"])
    (answer,) = case["responses"]
    charset = "latin-1" if "iso-8859-1" in str(answer.get("headers")) else "utf-8"
    text = answer.get("text") or b64decode(answer.get("bytes_b64", "")).decode(charset)
    job = loads(text or json.dumps(answer["json"]))
    assert isinstance(job, dict)
    assert dumps(job_with_local_times(job)) == case["stdout_json"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": }', "line 1, column 7: a key or a value is missing or is not written as JSON, at "),
        ('{"a":1\n "b":2}', 'line 2, column 2: a comma, a colon or a closing bracket is missing, at ""b":2}"'),
        ('{"a"', "line 1, column 5: a comma, a colon or a closing bracket is missing, where the text ends."),
        ('"abc', 'line 1, column 1: a string is not closed, at ""abc"'),
        ('"\\x\x00"', "column 2: a backslash begins no known escape sequence"),
        ("1 2", 'column 3: there is more text after the document, at "2"'),
        ("\ufeff{}", "line 1, column 1: it begins with a byte order mark"),
        ('{"": 1}', "empty key"),
        ('{"id": 1, "ID": 2}', 'differing only in case: "id" and "ID"'),
        ('{"PSObject": 1}', '"PSObject"'),
        ("1" * 5000, "an integer of too many digits"),
    ],
    ids=short,
)
def test_error_messages(text: str, message: str) -> None:
    with pytest.raises(JsonError) as caught:
        loads(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("levels", [257, 10_000, 1_000_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_deep_nesting_is_refused(levels: int, opening: str, closing: str) -> None:
    for text in (opening * levels, opening * levels + "1" + closing * levels):
        for dates in (True, False):
            with pytest.raises(JsonError):
                loads(text, dates=dates)


def test_256_levels_are_read_and_written() -> None:
    for text in ("[" * 256 + "1" + "]" * 256, '{"a":' * 256 + "1" + "}" * 256):
        assert dumps(loads(text), compress=True) == text
        assert loads(dumps(loads(text))) == loads(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", "None"), (" \n\t", "None"), ("[NaN, -Infinity, 1e999]", "[nan, -inf, inf]"),
        ('{"a":1,"b":2,"a":3}', "{'b': 2, 'a': 3}"),
        ('{"straße":1,"STRASSE":2}', "{'straße': 1, 'STRASSE': 2}"), ('"\t\r\n\x00"', r"'\t\r\n\x00'"),
        (r'"\ud800"', "'\ufffd'"), (r'"\uD800x"', "'\ufffdx'"), ('"\ud800"', "'\ufffd'"), (r'"\\ud800"', r"'\\ud800'"),
        (r'"\udc36\ud83d x"', "'\ufffd\ufffd x'"),
        (r'"\uD83D\uDC36\ud83d\ud83d\udc36"', "'🐶\ufffd🐶'"),
        (r'{"\ud800":["\udfff"]}', "{'\ufffd': ['\ufffd']}"),
    ],
    ids=short,
)  # fmt: skip
def test_reading(text: str, value: str) -> None:
    assert repr(loads(text)) == value


@pytest.mark.parametrize(
    ("tz", "text", "expected"),
    [
        ("UTC", "2025-10-11T14:51:05.5-23:59", "2025-10-12T14:50:05.5+00:00"),
        ("UTC", "2025-10-11T24:00:00.000+00", "2025-10-12T00:00:00+00:00"),
        ("UTC", "2025-12-31T24:00:00Z", "2026-01-01T00:00:00Z"),
        ("UTC", "2025-10-11T24:00:01Z", "2025-10-11T24:00:01Z"),
        ("UTC", "2025-10-11T24:00:00.1Z", "2025-10-11T24:00:00.1Z"),
        ("UTC", "0001-01-01T00:00:00.5+00:00", "0001-01-01T00:00:00.5+00:00"),
        ("UTC", "9999-12-31T23:59:59.5+00:00", "9999-12-31T23:59:59.5+00:00"),
        ("Nowhere/Unknown", "2025-10-11T14:51:05+09:00", "2025-10-11T05:51:05+00:00"),
        ("America/New_York", "/Date(1760194265120+0900)/", "2025-10-11T10:51:05.12-04:00"),
        ("America/New_York", "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00-04:56"),
        ("America/New_York", "9999-12-31T23:00:00-05:00", "9999-12-31T23:00:00-05:00"),
        ("America/New_York", "2100-07-01T00:00:00+00:00", "2100-06-30T20:00:00-04:00"),
        ("America/St_Johns", "2025-07-01T00:00:00+00:00", "2025-06-30T21:30:00-02:30"),
        ("Asia/Tokyo", "9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59.9999999+09:00"),
        ("Asia/Tokyo", "0001-01-01T00:00:00+09:00", "0001-01-01T00:18:00+09:18"),
        *[
            ("Asia/Tokyo", text, text)
            for text in (
                "9999-12-31T24:00:00Z", "0000-01-01T00:00:00Z", "2025-10-11T14:51:60Z",
                "2025-10-11T14:51:05Z\n", "2025-10-11T14:51:05.123456789Z", "2025-10-11T14:51:05 +09:00",
                "٢٠٢٥-10-11T14:51:05Z", "/Date(9223372036854775807)/", "/Date(99999999999999999999)/",
            )
        ],
    ],
    ids=short,
)  # fmt: skip
def test_dates(tz: str, text: str, expected: str, zone: SetZone) -> None:
    zone(tz)
    document = json.dumps([[text], {text: {"a": text}}])
    assert loads(document) == [[expected], {text: {"a": expected}}]
    assert loads(document, dates=False) == [[text], {text: {"a": text}}]
    assert loads('"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"') == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1760194265, "1760194265", " 1760194265 ", "+1760194265.4", "1.760194265e9"), "2025-10-11T14:51:05"),
        ((1760194265.5, 1760194266.5), "2025-10-11T14:51:06"),
        ((-1, "-1", -1.4), "1969-12-31T23:59:59"),
        ((253402300799,), "9999-12-31T23:59:59"),
        ((-62135596800,), "0001-01-01T00:00:00"),
        ((True,), "1970-01-01T00:00:01"),
        ((None, 0, False, 0.4, "", "soon", [1], {"a": 1}, "2025-10-11", "2025-10-11T14:51:05Z"), None),
        ((253402300800, -62135596801, 1764347090922, "1764347090922", 1e18, 10**23, "1e999"), None),
        ((inf, -inf, nan, "nan", "1_000", "0x10", "٣", "9" * 5000, "1" * 5000 + "x"), None),
    ],
    ids=short,
)
def test_times_of_a_job(values: tuple[object, ...], expected: str | None, zone: SetZone) -> None:
    zone("UTC")
    for value in values:
        job = {"id": "a", "created_at": value, "z": 1}
        wanted = [("id", "a"), ("z", 1), ("created_at", f"{expected}+00:00")] if expected else [*job.items()]
        assert [*job_with_local_times(job).items()] == wanted
        assert [*job.items()] == [("id", "a"), ("created_at", value), ("z", 1)]


def test_instants_in_four_zones(zone: SetZone) -> None:
    instants = {
        1760194265: ("11T14:51:05+00:00", "11T23:51:05+09:00", "11T10:51:05-04:00", "11T15:51:05+01:00"),
        1735689600: ("01T00:00:00+00:00", "01T09:00:00+09:00", "31T19:00:00-05:00", "01T00:00:00+00:00"),
        1751328000: ("01T00:00:00+00:00", "01T09:00:00+09:00", "30T20:00:00-04:00", "01T01:00:00+01:00"),
        1741503599: ("09T06:59:59+00:00", "09T15:59:59+09:00", "09T01:59:59-05:00", "09T06:59:59+00:00"),
        1741503600: ("09T07:00:00+00:00", "09T16:00:00+09:00", "09T03:00:00-04:00", "09T07:00:00+00:00"),
        1762063199: ("02T05:59:59+00:00", "02T14:59:59+09:00", "02T01:59:59-04:00", "02T05:59:59+00:00"),
        1762063200: ("02T06:00:00+00:00", "02T15:00:00+09:00", "02T01:00:00-05:00", "02T06:00:00+00:00"),
    }
    for column, name in enumerate(("UTC", "Asia/Tokyo", "America/New_York", "Europe/London")):
        zone(name)
        for second, texts in instants.items():
            assert str(job_with_local_times({"failed_at": second})["failed_at"])[8:] == texts[column]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e16, "10000000000000000.0"), (-1e16, "-10000000000000000.0"), (1e15, "1000000000000000.0"),
        (99999999999999984.0, "99999999999999980.0"), (12345678901234567.0, "12345678901234568.0"),
        (123456789012345680.0, "1.2345678901234568E+17"), (1e17, "1E+17"), (1.23e20, "1.23E+20"),
        (0.0001, "0.0001"), (1.23e-05, "1.23E-05"), (5e-324, "5E-324"), (-1e308, "-1E+308"), (0.0, "0.0"),
        (-0.0, "-0.0"), (nan, '"NaN"'), (inf, '"Infinity"'), (-inf, '"-Infinity"'), (True, "true"),
        (False, "false"), (None, "null"), (-5, "-5"), (10**23, "1" + "0" * 23),
        ("\x00\x1f\b\f\"\\/\x7f\x80\xa0\ufeff", '"\\u0000\\u001f\\b\\f\\"\\\\/\x7f\x80\xa0\ufeff"'),
        ("\x85\u2028\u2029", '"\\u0085\\u2028\\u2029"'), ("a\ud800b\udc36", '"a\ufffdb\ufffd"'),
        ("\ud83d\udc36", '"🐶"'), ({"\u2028": ()}, '{"\\u2028":[]}'),
        ([{}, [[]], ({"a": 1},)], '[{},[[]],[{"a":1}]]'),
    ],
    ids=short,
)  # fmt: skip
def test_writing(value: object, text: str) -> None:
    assert dumps(value, compress=True) == text


def test_what_is_not_plain_data_is_not_written() -> None:
    for value in (object(), [{1, 2}], {1: 2}):
        with pytest.raises(TypeError):
            dumps(value)


REALS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text('abc-._ 犬🐶"\\\n\x85', min_size=1, max_size=6)  # letters of one case: keys may not differ in it


def plain(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=30)


@given(plain(SCALARS | REALS), st.booleans())
def test_nothing_is_lost_on_the_way_out_and_back(value: object, compress: bool) -> None:
    assert repr(loads(dumps(value, compress=compress), dates=False)) == repr(value)


@given(plain(SCALARS))
def test_layout_is_that_of_the_standard_library(value: object) -> None:
    theirs = json.dumps(value, indent=2, ensure_ascii=False)
    for character in "\x85\u2028\u2029":
        theirs = theirs.replace(character, f"\\u{ord(character):04x}")
    assert dumps(value) == theirs
    assert json.loads(dumps(value, compress=True)) == value


@given(st.text() | st.text('{}[],:"\\ud83-1.5e ').map(lambda text: text + "x" * 99))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        dumps(loads(text)).encode()
    except JsonError as error:
        assert str(error).isprintable() and len(str(error)) < 200
        assert "x" * 61 not in str(error)
