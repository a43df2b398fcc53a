"""How a secret may be written in a text that repeats it: each character in several ways, and the whole in Base64."""

from __future__ import annotations

import re
from functools import lru_cache

#: A whole run of them, as escapes of escapes have; longer ones are none, and would take time.
_BACKSLASHES = r"(?<!\\)\\{1,16}"
#: The same in addresses and in HTML.
_PERCENT, _AMPERSAND = "%(?:25){0,16}", "&(?:amp;){0,16}"
#: The two characters of Base64 that addresses write otherwise.
_IN_ADDRESSES = str.maketrans("+/", "-_")


@lru_cache(maxsize=64)
def in_base64(secret: str) -> tuple[str, ...]:
    """The parts of Base64 that only the secret makes, wherever it begins in what was encoded; for both alphabets."""
    from binascii import b2a_base64

    data = secret.encode("utf-8", "surrogatepass")
    found = []
    for before in range(3):
        # Of the characters at both ends, some bits are those of the bytes around it.
        first, last = (8 * before + 5) // 6, 8 * (before + len(data)) // 6
        found.append(b2a_base64(bytes(before) + data, newline=False).decode()[first:last])
    return tuple(dict.fromkeys([*found, *(part.translate(_IN_ADDRESSES) for part in found)]))


def character(character: str) -> str:
    """A character as it is, or as JSON, an address or HTML may write it, with all backslashes before that."""
    units = character.encode("utf-16-be", "surrogatepass")
    code = ord(character)
    ways = {
        "\\": [_BACKSLASHES],
        '"': [rf'(?:{_BACKSLASHES})?"', f"{_AMPERSAND}quot;"],
        "'": [rf"(?:{_BACKSLASHES})?'", f"{_AMPERSAND}apos;"],
        "/": [rf"(?:{_BACKSLASHES})?/"],
        "&": [_AMPERSAND],
        "<": ["<", f"{_AMPERSAND}lt;"],
        ">": [">", f"{_AMPERSAND}gt;"],
        " ": [r"[ +]"],
    }.get(character, [re.escape(character)])
    in_json = "".join(rf"{_BACKSLASHES}u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    in_address = "".join(f"{_PERCENT}{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    return f"(?:{'|'.join(ways)}|(?i:{in_json}|{in_address}|{_AMPERSAND}#(?:0*{code}|x0*{code:x});))"
