"""Finds what `mutate.py` can change in a file, and changes it. Runs where cosmic-ray is installed."""

import ast
import random
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _operators import Span, left_alone, operators
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code


class Mutant(NamedTuple):
    """One change.

    Attributes:
        file: path below the checkout, with slashes.
        line: the first line that is another.
        operator: the kind of change.
        was: that line, without its indentation; `now` is what became of it.
        code: the whole file with the change.
        loaded: the line is run when its module is loaded, whichever test happens to be the first to load it.
    """

    file: str
    line: int
    operator: str
    was: str
    now: str
    code: str
    loaded: bool


def find(
    root: Path, files: Iterable[str], known: Container[tuple[str, str, str]], amount: int, seed: int
) -> list[Mutant]:
    """So many changes, at most one a line, drawn with `seed`; all of them, several a line, for an amount of 0.

    Those that are `known` to go unnoticed, as file, line before and line after, are not among them.
    """
    kinds = operators()
    places = [
        (file, name, number, line)
        for file in files
        for name, operator in kinds.items()
        for number, line in _places((root / file).read_text("utf-8"), operator)
    ]
    random.Random(seed).shuffle(places)  # noqa: S311 - draws a sample
    found: list[Mutant] = []
    lines: set[tuple[str, int]] = set()
    for file, name, number, line in places:
        if amount and (len(found) == amount or (file, line) in lines):
            continue
        mutant = _mutant(root, file, name, kinds[name], number)
        if mutant and (file, mutant.was, mutant.now) not in known:
            found.append(mutant)
            lines.add((file, line))
    return sorted(found)


def _places(code: str, operator: Any) -> Iterator[tuple[int, int]]:
    """Number and line of each place where the operator changes something that counts."""
    without = left_alone(code)
    spans = (span for node in ast_nodes(get_ast(code)) for span in operator.mutation_positions(node))
    for number, span in enumerate(spans):
        if not any(_within(span, each) for each in without):
            yield number, span[0][0]


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _mutant(root: Path, file: str, name: str, operator: Any, number: int) -> Mutant | None:
    """The change, or None where it is none or the file cannot be read any more."""
    code = (root / file).read_text("utf-8")
    changed = mutate_code(code, operator, number)
    try:
        if changed is None or ast.dump(ast.parse(changed)) == ast.dump(ast.parse(code)):
            return None
    except SyntaxError:
        return None
    pairs = zip(code.splitlines(), [*changed.splitlines(), ""], strict=False)
    line, was, now = next((at, old, new) for at, (old, new) in enumerate(pairs, 1) if old != new)
    return Mutant(file, line, name, was.strip(), now.strip(), changed, _is_loaded(ast.parse(code), line))


def _is_loaded(tree: ast.Module, line: int) -> bool:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return not any(node.body[0].lineno <= line <= (node.end_lineno or 0) for node in functions)
