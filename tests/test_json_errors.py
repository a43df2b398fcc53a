"""What errors about JSON repeat of it, on both sides of each length."""

from __future__ import annotations

import pytest

from psopenai_py.psjson import JsonError, loads


def _error(text: str) -> JsonError:
    with pytest.raises(JsonError) as caught:
        loads(text)
    return caught.value


@pytest.mark.parametrize("length", [1, 39, 40, 41, 1000])
def test_what_stands_where_the_error_is(length: int) -> None:
    error = _error("1 " + "x" * length)
    bare = "The text is not JSON: line 1, column 3: there is more text after the document"
    assert (str(error), error.bare) == (f'{bare}, at "{"x" * min(length, 40)}".', f"{bare}.")


@pytest.mark.parametrize("length", [1, 23, 24, 25, 1000])
def test_keys_that_differ_only_in_case(length: int) -> None:
    error = _error(f'{{"{"k" * length}": 1, "{"K" * length}": 2}}')
    first, second = "k" * min(length, 24), "K" * min(length, 24)
    keys = f'"{first}" and "{second}"'
    assert str(error) == f"The JSON text has keys of one object, differing only in case: {keys}."
    assert error.error_id == "System.InvalidOperationException"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u2028", "\ufffe"], ids=ascii)
def test_what_cannot_be_shown(character: str) -> None:
    assert str(_error(f"1 a{character}b")).endswith(', at "a?b".')
