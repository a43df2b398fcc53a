"""What `mutate.py` changes: operators of cosmic-ray, a few of our own in its form, and places that are left alone.

Of each kind, those are taken that a test could tell: the neighbour of a comparison, not all seven others.
"""

import ast
import os
import sys
from collections.abc import Iterator
from typing import Any

from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Keyword

Position = tuple[int, int]
Span = tuple[Position, Position]

_BINARY = ["Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "Div_Mul", "Mod_Add", "BitAnd_BitOr", "BitOr_BitAnd"]
_BINARY += ["LShift_RShift", "RShift_LShift", "Pow_Mul"]
_COMPARISONS = ["Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"]
_OTHERS = ["AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"]
_OTHERS += ["ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "ReplaceBreakWithContinue"]
_OTHERS += ["ReplaceContinueWithBreak", "NumberReplacer", "RemoveDecorator"]
_OTHERS += ["ZeroIterationForLoop"]


class _RemoveCall(Operator):  # type: ignore[misc] # cosmic-ray has no annotations
    """Leaves out a call that is a statement."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "expr_stmt" or not node.parent or node.parent.type != "simple_stmt":
            return
        if node.type in ("atom_expr", "power") and node.children[-1].type == "trailer":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        return Keyword("pass", node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class _ReplaceWord(Operator):  # type: ignore[misc]
    """Changes a short text without blanks: a name, a key, a separator. Sentences are left alone."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "string" and not node.parent.type.startswith("simple_stmt"):
            text = node.value.strip("rbuRBU")
            if text[0] == text[-1] and not text.startswith(text[0] * 3) and 2 < len(text) < 20 and " " not in text:
                yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        at = node.value.index(node.value[-1]) + 1
        node.value = node.value[:at] + "X" + node.value[at:]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class _NegateMembership(Operator):  # type: ignore[misc]
    """`in` becomes `not in`, and the other way round."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "comparison" and _membership(node):
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        word = "not in" if _membership(node) == "in" else "in"
        node.children[1] = Keyword(word, node.children[1].start_pos, prefix=" ")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class _ReplaceException(Operator):  # type: ignore[misc]
    """Handles an exception that nothing raises. cosmic-ray's own one cannot do so for names with dots."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "except_clause" and len(node.children) > 1:
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.children[1] = Keyword("FloatingPointError", node.children[1].start_pos, prefix=" ")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def _membership(node: Any) -> str:
    word = " ".join(node.children[1].get_code().split())
    return word if word in ("in", "not in") else ""


def operators() -> dict[str, Any]:
    """All operators by name."""
    names = [f"ReplaceBinaryOperator_{each}" for each in _BINARY]
    names += [f"ReplaceComparisonOperator_{each}" for each in _COMPARISONS] + _OTHERS
    theirs = {name: get_operator(f"core/{name}")() for name in names}
    ours = (_RemoveCall, _ReplaceWord, _NegateMembership, _ReplaceException)
    return theirs | {each.__name__.strip("_"): each() for each in ours}


def left_alone(code: str) -> list[Span]:
    """Places where a change is none, or none that can be seen here: annotations, slots, other systems' branches."""
    return [_span(each) for node in ast.walk(ast.parse(code)) for each in _unseen(node)]


def _unseen(node: ast.AST) -> Iterator[ast.AST]:
    annotation = getattr(node, "returns" if isinstance(node, ast.FunctionDef) else "annotation", None)
    if annotation:
        yield annotation
    if isinstance(node, ast.ClassDef):
        yield from (each for each in node.decorator_list if "dataclass" in ast.unparse(each))
    elif isinstance(node, ast.FunctionDef):
        yield from (each for each in node.decorator_list if ast.unparse(each) in ("overload", "abstractmethod"))
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        yield node
    elif isinstance(node, ast.keyword) and node.arg == "strict":
        yield node.value  # what is zipped has one length; that it is checked changes nothing
    elif isinstance(node, ast.If):
        yield from _of_other_systems(node)


def _of_other_systems(node: ast.If) -> Iterator[ast.AST]:
    names = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
    test = ast.unparse(node.test)
    if test == "TYPE_CHECKING":
        yield node
    elif names and names <= {"sys", "os"} and ("sys.platform" in test or "os.name" in test):
        yield node.test
        here = bool(eval(test, {"sys": sys, "os": os}))  # noqa: S307 - an expression of our own code
        yield from node.orelse if here else node.body


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
