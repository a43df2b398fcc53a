"""What is secret, and how it is shown: keys, names that announce one, addresses, and texts that repeat them.

Everything that is printed, logged or kept passes through here. Standard library only, and cheap to load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

from . import disguises
from .errors import PSOpenAIError

#: The variable that holds the key.
KEY_VARIABLE = "OPENAI_API_KEY"
#: What stands in place of a secret of which nothing may be shown.
HIDDEN = "<hidden>"
#: Names of what authenticates. An idempotency key is none, nor is that of a cache: both must stay readable.
_AUTHENTICATES = (
    r"(?<!idempotency.)(?<!cache.)"
    r"(?:authorization|key|token|secret|cookie|credentials?|passw(?:or)?d|passphrase|signature|bearer"
    r"|(?:\b|[_-])(?:auth|pass|pwd|sig|jwt))[0-9]*(?![a-z0-9])|^code$"
)
_WORD = r"[^\s'\",;&}]+"
_SCHEME = r"(?:Bearer|Basic|Token|Digest|Negotiate|ApiKey|Key)[ \t]+"
#: A key by its look, whatever stands around it: those of known services, and signed tokens.
_KEY = r"(?<![\w-])(?:(?:sk|rk|gsk|hf|xai|r8|ghp|fal)[-_]|AIza|eyJ)[\w.-]{8,}"

#: From so many characters on, a secret is replaced wherever it stands.
_UNMISTAKABLE = 8
#: Shorter ones are replaced where they stand as a word of their own; still shorter ones would be found everywhere.
_SHORTEST = 3
#: How a letter or digit may be written: in JSON, in an address, in HTML, and in UTF-16 that is read as bytes.
_ESCAPES = r"\\[ux]|%[0-9A-Fa-f]|&(?:amp;)*#|\0"
#: What stands in JSON without quotation marks.
_BARE = r"[-+.0-9Ee]+|true|false|null"
#: Characters of an argument that an error message quotes.
_QUOTED = 120


class Secret:
    """A key. Its text is only had by asking for it, so that no dump, log or traceback shows it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def reveal(self) -> str:
        """The key itself."""
        return self._text


@lru_cache(maxsize=64)
def mask(secret: str) -> str:
    """A key or organization as it may be shown: a few characters of a long one, nothing of a short one.

    No quotation mark or backslash is among them: the mask must fit into JSON in place of the secret.
    """
    match = re.fullmatch(r"(sk-proj-|sk-|org-)?([!-~]{3})[!-~]{7,}([!-~]{2})", secret)
    if match is None or re.search(r'["\\]', match[2] + match[3]):
        return HIDDEN
    return f"{match[1] or ''}{match[2]}{'*' * 15}{match[3]}"


@lru_cache(maxsize=256)
def is_secret(name: str) -> bool:
    """True for a header, query parameter or member that, by its name, holds what authenticates."""
    if "%" in name:
        from urllib.parse import unquote

        name = unquote(name)
    return re.search(_AUTHENTICATES, name.lower()) is not None


def shown_url(url: str) -> str:
    """An address as it may be shown: without its user part, with the secrets of its query masked."""
    if "?" not in url:
        return without_userinfo(url)
    place, mark, query = without_userinfo(url).partition("?")
    parts = [part.partition("=") for part in query.split("&")]
    return place + mark + "&".join(f"{n}={mask(v)}" if v and is_secret(n) else n + e + v for n, e, v in parts)


def without_userinfo(url: str) -> str:
    """An address without `user:password@`, also when the scheme is missing.

    A password may hold the characters that end a host: then what stands in place of the port is no number.
    """
    if "@" not in url:
        return url
    scheme = r"((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?"
    url = re.sub(rf"^{scheme}[^/?#]*@", r"\1", url)
    return re.sub(rf"(?s)^{scheme}(?!\[)[^/?#:@]*:(?![0-9]*(?:[/?#]|$))(?!//).*@", r"\1", url)


def shown_proxy(proxy: str) -> str:
    """The address of a proxy as it may be shown. It has no path, so all before the last @ is the user's."""
    return re.sub(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?.*@", r"\1", proxy, flags=re.DOTALL)


def shown_header(name: str, value: str) -> str:
    """The value of a header as it may be shown, whoever set it."""
    if is_secret(name):
        scheme = re.match(_SCHEME, value, re.IGNORECASE)
        shown = scheme[0] if scheme else ""
        return shown + mask(value.removeprefix(shown))
    if name.lower() in ("location", "content-location", "referer"):
        return shown_url(value)
    return mask(value) if name.lower() == "openai-organization" else value


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be shown: what authenticates is masked, whoever set it."""
    return {name: shown_header(name, value) for name, value in headers.items()}


def shown_member(name: str, value: Any) -> Any:
    """A member of a body as it may be shown, with those inside of it."""
    if isinstance(value, Mapping):
        return {inner: shown_member(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown_member(name, item) for item in value]
    return mask(value) if value and isinstance(value, str) and is_secret(name) else value


def shown_argument(argument: object) -> str:
    """The beginning of what somebody typed, as an error message may quote it: without what looks like a secret."""
    try:
        text = without_secrets(str(argument)[: 8 * _QUOTED])
    except ValueError:  # an integer of more digits than Python converts
        return "..."
    return shortened(text)


def shortened(text: str) -> str:
    """As much of a text as an error message quotes."""
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "..."


def without_secrets(text: str) -> str:
    """A text without what looks like a secret: a key, what stands behind a name that announces one, a password."""
    text = re.sub(_KEY, lambda match: mask(match[0]), text)
    text = re.sub(rf"(?i)\b(bearer )(?!sk-){_WORD}", rf"\1{HIDDEN}", text)
    text = re.sub(r"//[^/\s]*@", "//", without_userinfo(text) if "://" in text else text)
    text = re.sub(r"(?<![\w+.-])[A-Za-z][\w+.-]*://[^\s'\"]*@[^\s'\"]*", lambda match: without_userinfo(match[0]), text)
    return re.sub(rf"(?i)([\w-]+)(['\"]?\s*[:=]\s*['\"]?)((?:{_SCHEME})?)({_WORD})", _shown_assignment, text)


def _shown_assignment(match: re.Match[str]) -> str:
    name, between, scheme, value = match.groups()
    shown = HIDDEN if is_secret(name) and "*" * 15 not in value else value
    return f"{name}{between}{scheme}{shown}"


class Masks:
    """Secrets, and their masked forms in place of them in whatever may repeat them, as servers and libraries do."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._shown: dict[str, str] = {}
        self._encoded: dict[str, tuple[str, ...]] = {}
        for secret in secrets:
            self.add(secret, mask(secret))

    @classmethod
    def of(cls, headers: Mapping[str, str], url: str, members: Iterable[tuple[str, Any]] = ()) -> Masks:
        """What authenticates a request: in its headers, in the query of its address, among members of its body."""
        named = [*members]
        if "?" in url:
            from urllib.parse import parse_qsl, urlsplit

            named += parse_qsl(urlsplit(url).query)
        found = [value for name, value in named if isinstance(value, str) and is_secret(name)]
        for name, value in headers.items():
            if is_secret(name):
                found += _credentials(value)
        return cls(found)

    def add(self, secret: str, shown: str) -> None:
        """From now on, replace this one too."""
        # A quotation mark at its end could be that of the text around it.
        bare = secret.strip('"\\ \t')
        if len(bare) >= _SHORTEST and bare not in self._shown:
            # Longer ones first, since one may be a part of another; a new table, since others may be reading this one.
            known = {**self._shown, bare: shown}
            self._shown = dict(sorted(known.items(), key=lambda item: -len(item[0])))

    def hide_from(self, hide: Callable[[str, str], None]) -> None:
        """Have somebody else replace them too: `hide` takes a secret and what is shown in its place."""
        for secret, shown in self._shown.items():
            hide(secret, shown)

    def text(self, text: str) -> str:
        """A text without them, however they are escaped in it; what was JSON still is."""
        for secret, shown in self._shown.items():
            if not _is_common(secret):
                if secret[: _UNMISTAKABLE - 1] in text:
                    text = _without_beginning(text.replace(secret, shown), secret)
                # To look at each character costs much more than to see that there is nothing to find.
                if _is_bare(secret) and not re.search(_ESCAPES, text):
                    continue
            text = _pattern(secret).sub(shown.replace("\\", r"\\"), text)
        return self._without_encoded(text)

    def _without_encoded(self, text: str) -> str:
        for secret in self._shown:
            if secret not in self._encoded:
                self._encoded[secret] = () if _is_common(secret) else disguises.in_base64(secret)
            for part in self._encoded[secret]:
                if part in text:
                    text = text.replace(part, HIDDEN)
        return text

    def data(self, data: bytes, charset: str = "utf-8") -> bytes:
        """The same for a text in a charset."""
        if not self._shown:
            return data
        # What is none in its charset is taken byte by byte; the pattern knows the zeros of UTF-16.
        for name in (charset, "latin-1"):
            try:
                text = data.decode(name)
                masked = self.text(text)
                return data if masked == text else masked.encode(name)
            except UnicodeError:
                continue
        return data

    @contextmanager
    def in_errors(self) -> Iterator[None]:
        """Keep them out of errors that are raised inside."""
        try:
            yield
        except PSOpenAIError as error:
            raise error.redacted(self.text).with_traceback(error.__traceback__) from error.__cause__


@lru_cache(maxsize=64)
def _credentials(value: str) -> Sequence[str]:
    """The secret parts of a header's value: all behind the scheme, its long words, and a password in Basic."""
    bare = re.sub(f"^{_SCHEME}", "", value, flags=re.IGNORECASE)
    words = [word.partition("=")[2].strip('"') or word for word in re.split(r"[\s,;]+", bare)]
    found = [bare, *(word for word in words if len(word) >= _UNMISTAKABLE)]
    if value[:6].lower() == "basic ":
        from binascii import Error, a2b_base64

        with suppress(Error, ValueError):
            found.append(a2b_base64(bare).decode().partition(":")[2])
    return found


def _without_beginning(text: str, secret: str) -> str:
    """A text that was cut, without the part of a secret at its end, if that is more than a mask shows."""
    for length in range(min(len(secret) - 1, len(text)), _UNMISTAKABLE - 2, -1):
        if text.endswith(secret[:length]):
            return text[:-length] + HIDDEN
    return text


@lru_cache(maxsize=64)
def _is_common(secret: str) -> bool:
    """True for a text that may well stand somewhere without being the secret: a short one, or a number."""
    return len(secret) < _UNMISTAKABLE or re.fullmatch(_BARE, secret) is not None


@lru_cache(maxsize=64)
def _is_bare(secret: str) -> bool:
    """True for a secret that is written in one way only, unless somebody escapes what needs no escape."""
    return secret.isascii() and re.fullmatch(r"[\w.+=-]+", secret) is not None


@lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str]:
    """Finds a secret, each character as it is or escaped, with the zeros between that UTF-16 read as bytes has."""
    found = r"\0*".join(map(disguises.character, secret))
    if _is_common(secret):
        # As a word of its own; neither the name of a member nor an id.
        found = rf"""(?<![\w-])(?<!\w\.)(?<!id":")(?<!id":\s")(?:{found})(?![\w-]|\.\w|"\s*:)"""
    if re.fullmatch(_BARE, secret):
        found = rf"(?!(?<=[\s:,\[]){re.escape(secret)}\s*[,\]}}]){found}"
    return re.compile(found)
