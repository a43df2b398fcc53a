"""Dictionaries and bodies written as text: JSON, a PowerShell literal, or `@file` with either.

Only literals are read; nothing is ever evaluated. `@{seed=1; tags='a','b'}` is data, `@{seed=Get-Random}` an error.
"""

from __future__ import annotations

import re
from typing import Any

from .. import psjson

#: What PowerShell makes of a hashtable, or of an object with one in it, when it hands it to a program: the
#: content is gone.
_FLATTENED = re.compile(r"System\.[A-Z][\w.`+\[\]]*|@\{\w+=[^'\"]*\bSystem\.[A-Z][^'\"]*\}")

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\n]*|`\r?\n)
      | (?P<newline>\r?\n|;)
      | (?P<open>@\{|@\()
      | (?P<close>[)}])
      | (?P<comma>,)
      | (?P<equals>=)
      | (?P<single>'(?:[^']|'')*')
      | (?P<double>"(?:[^"`]|`[\s\S]|"")*")
      | (?P<constant>\$(?:true|false|null)\b)
      | (?P<cast>\[(?:ordered|pscustomobject|hashtable)\])
      | (?P<number>[+-]?(?:0[xb][0-9a-f]+|[0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?|\.[0-9]+(?:e[+-]?[0-9]+)?)[a-z]*(?![\w.]))
      | (?P<word>[A-Za-z_][\w-]*)""",
    re.VERBOSE | re.IGNORECASE,
)
_CONSTANTS: dict[str, bool | None] = {"$true": True, "$false": False, "$null": None}
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
#: An escape sequence of a string in double quotes, or a quotation mark written twice.
_ESCAPED = re.compile(r'`u\{(?P<code>[0-9A-Fa-f]{1,6})\}|`[\s\S]|""')
_DEEPEST = 64


class LiteralError(ValueError):
    """The text is not a literal. The message says what is wrong and where."""


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
        why = str(error).removesuffix(".")
        raise LiteralError(
            f"it is neither a literal such as @{{a=1}}, nor @file.json, nor JSON; {why[0].lower()}{why[1:]}"
        ) from None


def _parse_file(path: str) -> Any:
    from pathlib import Path

    if not path:
        raise LiteralError("the name of a file is needed behind the @")
    try:
        data = Path(path).expanduser().read_bytes()
    except (ValueError, RuntimeError) as error:  # a null character; a home folder that nobody has
        raise LiteralError(f"the file {path!r} cannot be read: {error}") from None
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
        self.skip_newlines()
        while self.kind != "close":
            key = self.key()
            if key.lower() in (known.lower() for known in result):
                raise LiteralError(f"the key '{key}' stands twice in the literal")
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
        return LiteralError(
            f"only literals are read, no expressions: '{self.token.strip()}' is not understood"
            " (strings need quotes, dictionaries are @{name='value'; other=1})"
        )


def _string(token: str) -> str:
    """The content of a quoted string. In double quotes, variables would be expanded, so they are refused."""
    quote, body = token[0], token[1:-1]
    if quote == "'":
        return body.replace("''", "'")
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
        raise LiteralError(f"{token[:20]} is not a number that can be used") from None
