"""Text as a number, on both sides of every limit: what PowerShell 7.6 made of each of these texts.

`int` is `[int]$text`, `single` is `[float]$text`, and `literal` the type and value of the text as a script; null
stands for an error.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.binding import numbers

Row = dict[str, Any]

TABLE = Path(__file__).parent.parent / "data" / "numbers.jsonl"
ROWS: list[Row] = [json.loads(line) for line in TABLE.read_text("ascii").splitlines()]
named = [row["text"] for row in ROWS]


def _or_none(read: Callable[[str], float], text: str) -> float | None:
    try:
        return read(text)
    except ValueError:
        return None


def _as_single(number: float) -> float:
    try:
        single: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return single


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 434
    assert sum(row["int"] is not None for row in ROWS) > 150
    assert sum(row["literal"] is not None for row in ROWS) > 150


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_an_integer(row: Row) -> None:
    assert _or_none(numbers.to_int32, row["text"]) == row["int"]


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_single(row: Row) -> None:
    found = _or_none(numbers.to_single, row["text"])
    if row["single"] is None or found is None:
        assert found is row["single"]
    else:
        assert repr(_as_single(found)) == repr(_as_single(float(row["single"])))


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_literal(row: Row) -> None:
    found = _or_none(numbers.literal, row["text"].strip())
    if row["literal"] is None or row["literal"].endswith("Infinity"):
        assert found is None
        return
    kind, value = row["literal"].split()
    assert found is not None
    if kind in ("Double", "Decimal"):
        assert found == pytest.approx(float(value), rel=1e-14)
    else:
        assert (found, type(found)) == (int(value), int)
