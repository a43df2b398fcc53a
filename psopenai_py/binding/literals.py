"""Dictionaries and bodies written as text: JSON, a PowerShell literal, or `@file` with either.

Only literals are read; nothing is ever evaluated. `@{seed=1; tags='a','b'}` is data, `@{seed=Get-Random}` an error.
"""

from __future__ import annotations

import re
from typing import Any

from .. import psjson

#: What PowerShell makes of a hashtable, or of an object with one in it, when it hands it to a program: the
#: content is gone.
_FLATTENED = re.compile(r"System\.[A-Z][\w.`+\[\]]*|@\{\w+=(?=[^'\"]*\bSystem\.[A-Z])[^'\"]*\}")

#: Quotation marks and dashes that mean the same to PowerShell, in any mixture.
_SINGLE, _DOUBLE, _DASH = "['‘’‚‛]", '["“”„]', "[–—―-]"
_DIGITS = rf"(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:e(?:\+|{_DASH})?+[0-9]++)?+"
# Nothing is tried twice: what is no token must be found out in one go, however long it is.
_TOKEN = re.compile(
    rf"""(?P<space>[^\S\r\n]++|\#[^\n]*+|`\r?\n)
      | (?P<newline>\r?\n|\r|;)
      | (?P<open>@\{{|@\()
      | (?P<close>[)}}])
      | (?P<comma>,)
      | (?P<equals>=)
      | (?P<single>{_SINGLE}(?:[^'‘’‚‛]++|{_SINGLE}{{2}})*+{_SINGLE})
      | (?P<double>{_DOUBLE}(?:[^"“”„`]++|`[\s\S]|{_DOUBLE}{{2}})*+{_DOUBLE})
      | (?P<constant>\$(?:true|false|null)\b)
      | (?P<cast>\[(?:ordered|pscustomobject|hashtable)\])
      | (?P<number>(?:\+|{_DASH})?+(?>0[xb][0-9a-f]++|{_DIGITS})[a-z]*+(?![\w.]))
      | (?P<word>[^\W\d][\w-]*+)""",
    re.VERBOSE | re.IGNORECASE,
)
_CONSTANTS: dict[str, bool | None] = {"$true": True, "$false": False, "$null": None}
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
#: An escape sequence of a string in double quotes, or a quotation mark written twice.
_ESCAPED = re.compile(rf"`u\{{(?P<code>[0-9A-Fa-f]{{1,6}})\}}|`[\s\S]|{_DOUBLE}{{2}}")
_DEEPEST = 64
#: Characters that a literal of PowerShell's may have; JSON is read faster, and may have more.
_LONGEST = 2**20
#: Bytes that a file may have: a body of more is a mistake, or a device.
_LARGEST_FILE = 16 * 2**20


class LiteralError(ValueError):
    """The text is not a literal. The message says what is wrong and where; `bare` is it without what was found."""

    def __init__(self, message: str, bare: str = "") -> None:
        super().__init__(message)
        self.bare = bare or message


def parse(text: str) -> Any:
    """Read JSON, a PowerShell literal, or the file that `@path` names, and return plain Python values.

    Raises LiteralError for anything else, OSError for a file that cannot be read.
    """
    trimmed = text.strip()
    if _FLATTENED.fullmatch(trimmed):
        raise LiteralError(
            "PowerShell turned the hashtable into text and its content is lost on the way; pass JSON text "
            "(ConvertTo-Json -Compress), @file.json, or use the PowerShell module"
        )
    if trimmed.startswith(("@{", "@(", "[ordered]", "[pscustomobject]")):
        if len(trimmed) > _LONGEST:
            raise LiteralError(f"the literal is longer than {_LONGEST} characters; write it as JSON")
        # Half a character cannot be sent.
        return _Reader(re.sub("[\ud800-\udfff]", "\ufffd", trimmed)).read()
    if trimmed.startswith("@"):
        return _parse_file(trimmed[1:])
    return _parse_json(trimmed)


def parse_dictionary(text: str) -> dict[str, Any]:
    """Like `parse`, for text that must be a dictionary."""
    value = parse(text)
    if not isinstance(value, dict):
        raise LiteralError(
            'a dictionary is needed: JSON such as {"a": 1}, a PowerShell literal such as @{a=1}, or @file.json'
        )
    return value


def _parse_json(text: str) -> Any:
    if not text:
        raise LiteralError("it is empty")
    try:
        return psjson.loads(text, dates=False)
    except psjson.JsonError as error:
        why = "it is neither a literal such as @{a=1}, nor @file.json, nor JSON; the "
        raise LiteralError(*(why + said[4:].removesuffix(".") for said in (str(error), error.bare))) from None


def _parse_file(path: str) -> Any:
    from pathlib import Path

    if not path:
        raise LiteralError("the name of a file is needed behind the @")
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except (ValueError, RuntimeError) as error:  # a null character; a home folder that nobody has
        raise LiteralError(f"the file {path!r} cannot be read: {str(error).rstrip('.')}") from None
    if len(data) > _LARGEST_FILE:
        raise LiteralError(f"the file {path!r} is larger than {_LARGEST_FILE // 2**20} MB")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding).strip()
    except UnicodeDecodeError:
        raise LiteralError(f"the file {path} is not UTF-8 or UTF-16 text") from None
    if text.startswith("@") and not text.startswith(("@{", "@(")):
        raise LiteralError(f"the file {path} does not hold JSON or a literal")
    return parse(text)


class _Reader:
    """A recursive-descent reader of PowerShell's literal syntax."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.token = ""
        self.advance()

    def read(self) -> Any:
        value = self.expression(0)
        self.skip_newlines()
        if self.kind:
            raise self.unexpected()
        return value

    def advance(self) -> None:
        """Step to the next token; `kind` is empty at the end."""
        while True:
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                self.kind = "" if self.at == len(self.text) else "unknown"
                self.token = self.text[self.at : self.at + 20]
                return
            self.at, self.kind, self.token = match.end(), str(match.lastgroup), match[0]
            if self.kind != "space":
                return

    def skip_newlines(self) -> None:
        while self.kind == "newline":
            self.advance()

    def take(self, kind: str, token: str | None = None) -> str:
        if self.kind != kind or (token is not None and self.token != token):
            raise self.unexpected()
        taken = self.token
        self.advance()
        return taken

    def expression(self, depth: int) -> Any:
        """One value, or several with commas between, which PowerShell reads as an array."""
        values = [self.value(depth)]
        while self.kind == "comma":
            self.advance()
            self.skip_newlines()
            values.append(self.value(depth))
        return values[0] if len(values) == 1 else values

    def value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise LiteralError(f"the literal is nested more than {_DEEPEST} levels deep")
        if self.kind == "comma":
            # PowerShell's way to write a list of one: ,'a'
            self.advance()
            return [self.value(depth + 1)]
        if self.kind == "cast":
            self.advance()
        if self.kind == "open":
            return self.dictionary(depth) if self.token == "@{" else self.array(depth)  # noqa: S105 - a token of the text
        kind, token = self.kind, self.token
        if kind not in ("single", "double", "constant", "number"):
            raise self.unexpected()
        self.advance()
        if kind == "constant":
            return _CONSTANTS[token.lower()]
        return _number(token) if kind == "number" else _string(token)

    def dictionary(self, depth: int) -> dict[str, Any]:
        self.take("open", "@{")
        result: dict[str, Any] = {}
        known: set[str] = set()
        self.skip_newlines()
        while self.kind != "close":
            key = self.key()
            if key.lower() in known:
                raise LiteralError(f"the key '{key[:40]}' stands twice in the literal")
            known.add(key.lower())
            self.take("equals")
            self.skip_newlines()
            result[key] = self.expression(depth + 1)
            if self.kind != "close":
                self.take("newline")
                self.skip_newlines()
        self.take("close", "}")
        return result

    def key(self) -> str:
        kind, token = self.kind, self.token
        if kind not in ("word", "number", "single", "double"):
            raise self.unexpected()
        self.advance()
        return _string(token) if kind in ("single", "double") else token

    def array(self, depth: int) -> list[Any]:
        self.take("open", "@(")
        result: list[Any] = []
        self.skip_newlines()
        while self.kind != "close":
            value = self.expression(depth + 1)
            result.extend(value if isinstance(value, list) else [value])
            self.skip_newlines()
        self.take("close", ")")
        return result

    def unexpected(self) -> LiteralError:
        if not self.kind:
            return LiteralError("the literal ends too early")
        start = self.at if self.kind == "unknown" else self.at - len(self.token)
        rule, found = "only literals are read, no expressions", self.token.strip()[:40]
        form = "(strings need quotes, dictionaries are @{name='value'; other=1})"
        return LiteralError(
            f"{rule}: '{found}' is not understood {form}",
            f"{rule}: what stands at character {start + 1} is not understood {form}",
        )


def _string(token: str) -> str:
    """The content of a quoted string. In double quotes, variables would be expanded, so they are refused."""
    quote, body = token[0], token[1:-1]
    if re.match(_SINGLE, quote):
        return re.sub(rf"{_SINGLE}({_SINGLE})", r"\1", body)  # the second of two is the one that counts
    if re.search(r"\$[\w({:?^$]", re.sub(r"`[\s\S]", "", body)):
        raise LiteralError("only literals are read: a double-quoted string must not contain $; use single quotes")
    return _ESCAPED.sub(_unescaped, body)


def _unescaped(match: re.Match[str]) -> str:
    if match["code"]:
        code = int(match["code"], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise LiteralError(f"there is no character {match[0][1:]}")
        return chr(code)
    return _ESCAPES.get(match[0][1], match[0][1])


def _number(token: str) -> int | float:
    from .numbers import literal

    try:
        return literal(token)
    except ValueError:
        why = "is not a number that can be used"
        raise LiteralError(f"{token[:20]} {why}", f"what looks like a number {why}") from None
