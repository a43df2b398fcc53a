"""JSON as PowerShell reads and writes it: ConvertFrom-Json, ConvertTo-Json, and the times in a video job.

Text becomes plain Python values and back; callers decide what to do with a `JsonError`. Dates exist as text only.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from json.encoder import encode_basestring


class JsonError(ValueError):
    """Text that is not JSON, or that has keys which a PowerShell object cannot have.

    `error_id` is what New-Video puts before its name; `bare` is the message without any of the text.
    """

    def __init__(self, message: str, error_id: str = "System.ArgumentException", *, bare: str = "") -> None:
        super().__init__(message)
        self.error_id = error_id
        self.bare = bare or message


def loads(text: str, *, dates: bool = True) -> object:
    """Read one JSON document as ConvertFrom-Json does, into dict, list, str, int, float, bool and None.

    With `dates`, a string that PowerShell takes for a date becomes the text it prints for that date, in the
    zone of the process; keys never do. Blank text is None. A repeated key keeps its last value, in the last
    position. Lone surrogates become U+FFFD. Raw control characters in strings, NaN and Infinity are read, as
    servers send them; the rest of PowerShell's leniency (comments, octals, cut-off arrays) is not copied.

    Raises JsonError, also for a leading byte order mark and beyond 256 levels (PowerShell: 1024).
    """
    if not text or text.isspace():
        return None
    text = _without_lone_surrogates(text)
    # Where nothing can be a date, escaped or not, no text has to be looked at; that would take longer than to read all.
    dates = dates and ("T" in text or "/Date(" in text or "\\" in text)
    try:
        value: object = json.loads(text, strict=False, object_pairs_hook=_dated_pairs if dates else _members)
        if text.count("[") + text.count("{") > 256:  # no other can be too deep
            _refuse_depth(value)
        return _dated(value) if dates else value
    except json.JSONDecodeError as error:
        raise _explained(text, error) from None
    except RecursionError:
        raise JsonError("The text is not usable JSON: it is nested too deeply.") from None
    except JsonError:
        raise
    except ValueError:  # Python does not convert integers of more than 4300 digits (PowerShell: 380)
        raise JsonError("The text is not usable JSON: it has an integer of too many digits.") from None


# Parts of the standard library's messages, whose words depend on its version, and ours.
_CAUSES = (
    ("Unterminated string", "a string is not closed"),
    ("escape", "a backslash begins no known escape sequence"),
    ("Extra data", "there is more text after the document"),
    ("delimiter", "a comma, a colon or a closing bracket is missing"),
    ("BOM", "it begins with a byte order mark"),
    ("Expecting", "a key or a value is missing or is not written as JSON"),
)


def _explained(text: str, error: json.JSONDecodeError) -> JsonError:
    cause = next((ours for part, ours in _CAUSES if part in error.msg), "unexpected text")
    place = f'at "{_excerpt(found)}"' if (found := text[error.pos :].strip()) else "where the text ends"
    bare = f"The text is not JSON: line {error.lineno}, column {error.colno}: {cause}"
    return JsonError(f"{bare}, {place}.", bare=f"{bare}.")


def _excerpt(text: str, length: int = 40) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:length])


# Patterns are plain text: `re` compiles one at its first use, and most calls use none.
_RAW_SURROGATE = "[\ud800-\udfff]"
# A pair of escapes, or half a pair (the group), or any other escape, so that "\\ud800" holds none.
_ESCAPE = r"(?s)\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"


def _without_lone_surrogates(text: str) -> str:
    """Replace halves of UTF-16 pairs before parsing; lengths stay, and with them the columns in messages."""
    if not text.isascii():
        text = re.sub(_RAW_SURROGATE, "\ufffd", text)
    if "\\ud" in text or "\\uD" in text:
        text = re.sub(_ESCAPE, lambda match: "\\ufffd" if match[1] else match[0], text)
    return text


def _refuse_depth(value: object) -> None:  # one limit for all interpreters, before any of them gives up at its own
    level: list[object] = [value]
    for _ in range(256 + 1):
        if not (inner := [item for item in level if isinstance(item, (dict, list))]):
            return
        level = [item for each in inner for item in (each.values() if isinstance(each, dict) else each)]
    raise RecursionError


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        members.clear()
        for key, value in pairs:
            members.pop(key, None)  # so that the later one goes to the end, as in PowerShell
            members[key] = value
    if "" in members or "psobject" in members or not "".join(members).islower():
        _refuse_key(members)
    return members


def _refuse_key(members: dict[str, object]) -> None:
    """Raise the error of ConvertFrom-Json for the first bad key, if there is one. Names of properties ignore case."""
    invalid = "System.InvalidOperationException"
    seen: dict[str, str] = {}
    for key in members:
        if not key:
            raise JsonError("The JSON text has an empty key, which a PowerShell object cannot have.", invalid)
        first = seen.setdefault(key.lower(), key)
        if first is not key:
            keys = f'"{_excerpt(first, 24)}" and "{_excerpt(key, 24)}"'
            raise JsonError(f"The JSON text has keys of one object, differing only in case: {keys}.", invalid)
        if key.lower() == "psobject":
            reserved = "System.Management.Automation.ExtendedTypeSystemException"
            raise JsonError(f'The JSON text has the key "{key}", which PowerShell reserves.', reserved)


def _dated_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {key: _dated(value) for key, value in _members(pairs).items()}


def _dated(value: object) -> object:
    if isinstance(value, str):
        return _date_text(value)
    return [_dated(item) for item in value] if isinstance(value, list) else value  # dicts have been done


_EPOCH = datetime(1970, 1, 1)
_FIRST_SECOND = -62135596800  # 0001-01-01T00:00:00
_LAST_SECOND = 253402300799  # 9999-12-31T23:59:59

# Seven digits of fraction and two more are taken where no zone follows, and the two are dropped: recorded so.
_ISO_DATE = (
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,7}))?(?:(?<=\.[0-9]{7})[0-9]{2}|([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_TICK_DATE = r"/Date\((-?[0-9]{1,19})([+-][0-9]{2}(?:[0-9]{2})?)?\)/"


def _date_text(text: str) -> str:
    """The text that PowerShell prints for a string it takes for a date; any other string as it is."""
    try:
        if text[10:11] == "T" and (match := re.fullmatch(_ISO_DATE, text)):
            return _iso_date_text(match)
        if text[:6] == "/Date(" and (match := re.fullmatch(_TICK_DATE, text)):
            return _tick_date_text(match)
    except (ValueError, OverflowError):  # no such day, or beyond year 9999
        pass
    return text


def _iso_date_text(match: re.Match[str]) -> str:
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, zone = f".{match[7] or ''}".rstrip("0."), match[8]
    midnight = hour == 24 and not (minute or second or fraction)
    moment = datetime(year, month, day, 0 if midnight else hour, minute, second) + timedelta(days=midnight)
    if zone is None or zone in "Zz":
        return moment.isoformat() + fraction + (zone or "").upper()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    ahead = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
    return _local_text((moment - _EPOCH) // timedelta(seconds=1) - ahead, fraction)


def _tick_date_text(match: re.Match[str]) -> str:
    seconds, milliseconds = divmod(int(match[1]), 1000)
    moment = _EPOCH + timedelta(seconds=seconds)
    fraction = f".{milliseconds:03}".rstrip("0.")
    # A zone in it says "local" and nothing else: the count is from 1970 in UTC either way.
    return _local_text(seconds, fraction) if match[2] else moment.isoformat() + fraction + "Z"


def _local_text(second: int, fraction: str = "") -> str:
    """A unix second in the zone of the process, held at the edges of years 1 and 9999, as in .NET."""
    minutes = int(_offset(second) / 60)  # .NET has no seconds in an offset; local mean times do
    local = second + minutes * 60
    if local < _FIRST_SECOND:
        local, fraction = _FIRST_SECOND, ""
    elif local > _LAST_SECOND:
        local, fraction = _LAST_SECOND, ".9999999"
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"{(_EPOCH + timedelta(seconds=local)).isoformat()}{fraction}{sign}{hours:02}:{rest:02}"


def _offset(second: int) -> int:
    """Seconds ahead of UTC at a unix second, by the C library, so that TZ means what it always means."""
    try:
        return time.localtime(second).tm_gmtoff
    except (OSError, OverflowError):  # Windows knows 1970 to 3000; the calendar repeats after 400 years
        return time.localtime((second - 86400) % (146097 * 86400) + 86400).tm_gmtoff


# In the order in which PSOpenAI converts them, which becomes their order at the end of the object.
_TIMES = ("created_at", "expires_at", "started_at", "cancelled_at", "failed_at", "completed_at")
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?"


def job_with_local_times(job: dict[str, object]) -> dict[str, object]:
    """A copy of a job with unix seconds as local dates, moved to the end in a fixed order, as PSOpenAI does.

    Seconds may be an int, a float (rounded, half to even), numeric text or True. All else stays as and where
    it is, also milliseconds (beyond year 9999), for which PSOpenAI reports an error and may lose the job.
    """
    converted = dict(job)
    for name in filter(job.get, _TIMES):
        second = _unix_second(job[name])
        if second and _FIRST_SECOND <= second <= _LAST_SECOND:
            del converted[name]
            converted[name] = _local_text(second)
    return converted


def _unix_second(value: object) -> int | None:
    """The whole number that PowerShell would make of a value, as far as times need it."""
    if isinstance(value, str):
        text = value.strip()
        value = float(text) if re.fullmatch(_NUMBER, text) else None  # exact to 2**53, far beyond year 9999
    if isinstance(value, float):
        return round(value) if abs(value) < 2**63 else None  # so neither infinite nor NaN
    return int(value) if isinstance(value, int) else None


def dumps(value: object, *, compress: bool = False) -> str:
    """Write a value as ConvertTo-Json -Depth 100 does, byte for byte, without a newline at the end.

    Lines end in a line feed everywhere. `compress` is -Compress. TypeError: a value is not plain JSON data.
    What is deeper than 100 levels is on one line: in PowerShell a summary such as "@{a=}", here all of it.
    """
    text = "".join(_pieces(value, compress))
    if not text.isascii():  # the three replaced can only occur inside of strings
        text = text.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        if re.search(_RAW_SURROGATE, text):  # in UTF-16 two halves side by side are a pair
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _pieces(value: object, compress: bool) -> list[str]:
    pieces: list[str] = []
    colon = ":" if compress else ": "
    stack: list[tuple[Iterator[tuple[str, object]], str]] = [(iter([("", value)]), "")]
    while stack:  # a stack of our own: the depth of the value must not become the depth of calls
        items, closing = stack[-1]
        for lead, item in items:  # goes on where it was left
            if item and type(item) is not str and isinstance(item, (dict, list, tuple)):
                flat = compress or len(stack) > 101  # the root and 100 levels
                newline = "" if flat else "\n" + "  " * (len(stack) - 1)
                opening, end = "{}" if isinstance(item, dict) else "[]"
                pieces.append(lead + opening)
                stack.append((_items(item, newline if flat else newline + "  ", colon), newline + end))
                break
            pieces.append(lead + (encode_basestring(item) if type(item) is str else _scalar(item)))
        else:
            pieces.append(closing)
            stack.pop()
    return pieces


def _items(container: Iterable[object], lead: str, colon: str) -> Iterator[tuple[str, object]]:
    """Each item with the text that goes before it."""
    comma = ""
    if isinstance(container, dict):
        for key, item in container.items():
            yield comma + lead + encode_basestring(key) + colon, item
            comma = ","
        return
    for item in container:
        yield comma + lead, item
        comma = ","


def _scalar(item: object) -> str:
    if isinstance(item, str):
        return encode_basestring(item)
    if isinstance(item, float):
        return _real(item)
    # The last one: true, false, {}, []; or a TypeError.
    return "null" if item is None else repr(item) if type(item) is int else json.dumps(item)


def _real(number: float) -> str:
    """The digits are Python's, which are .NET's; the notation differs from 1e16 up and in the letter E."""
    mantissa, _, exponent = float.__repr__(number).partition("e")
    if exponent == "+16":  # here .NET still writes all 17 digits out
        return mantissa.replace(".", "").ljust(18 if number < 0 else 17, "0") + ".0"
    if exponent:
        return f"{mantissa}E{exponent}"
    return {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}.get(mantissa, mantissa)
