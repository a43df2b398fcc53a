"""Who may import what: packages of others have few importers each, and our own modules look in one direction only.

And how long a file may be.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "psopenai_py"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: The only importers of each package, and whether it may do so before it has to. httpcore is a part of httpx.
IMPORTERS = {
    "click": ({"commands", "completion/scripts", "terminal/screen"}, True),
    "httpx": ({"http/client", "http/connections"}, False),
    "httpcore": ({"http/client"}, False),
    "keyring": ({"keys"}, False),
    "h11": ({f"sandbox/server/{name}" for name in ("server", "connection", "exchange", "body", "wsgi")}, True),
}

#: A part of the package and the parts below it that it may import. Everything may import `errors`, `streams`, `psjson`,
#: `redaction` and the package itself, for its version.
BELOW: dict[str, set[str]] = {
    "__init__": {"functions"},
    "__main__": {"shell"},
    "shell": {
        "binding",
        "cmdlets",
        "commands",
        "completion",
        "help",
        "http",
        "pipeline",
        "program",
        "services",
        "terminal",
    },
    "program": {"cmdlets", "completion", "help", "module", "terminal"},
    "commands": {"binding", "candidates"},
    "candidates": {"binding"},
    "functions": {"binding", "cmdlets", "http", "return_streams"},
    "return_streams": set(),
    "worker": {"binding", "cmdlets", "destination", "environment", "http", "pipeline", "videos"},
    "module": set(),
    "pipeline": {"binding", "cmdlets", "terminal", "units", "http"},
    "terminal": {"units", "videos"},
    "units": set(),
    "completion": {"cmdlets", "commands", "help", "module"},
    "environment": {"destination", "redaction", "services", "settings"},
    "help": {"environment", "binding", "cmdlets", "sandbox", "services"},
    "cmdlets": {"videos", "http", "binding", "destination", "settings", "keys", "loopback", "sandbox", "services"},
    "videos": {"units", "http", "destination", "settings", "binding", "services"},
    "http": {"addresses", "destination", "loopback", "settings", "sandbox", "binding"},
    "settings": {"addresses", "destination", "keys", "services"},
    "destination": {"addresses", "services"},
    "services": set(),
    "keys": set(),
    "addresses": {"loopback"},
    "loopback": set(),
    "binding": set(),
    "sandbox": {"loopback"},
    "signals": set(),
    "streams": set(),
    "errors": set(),
    "psjson": set(),
    "redaction": {"disguises"},
    "disguises": set(),
}
FOR_ALL = {"errors", "psjson", "redaction", "signals", "streams", ""}
#: These could be packages of their own: what they may import at all.
APART = {"sandbox": {"loopback"}, "psjson": set(), "errors": set(), "binding": {"errors", "psjson", "redaction"}}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def part_of(name: str) -> str:
    return name.partition("/")[0]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file names in an import, absolute, and whether it is loaded with the file."""
    here = ["psopenai_py", *name_of(path).split("/")[:-1]]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    later = {id(child) for node in ast.walk(tree) if _is_later(node) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in later
        elif isinstance(node, ast.ImportFrom):
            base = [] if not node.level else here[: len(here) - node.level + 1]
            module = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                yield ".".join([*module, alias.name]), id(node) not in later


def _is_later(node: ast.AST) -> bool:
    """True for a function, and for what is only there for type checkers."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_packages_have_few_importers(path: Path) -> None:
    for module, at_once in imports(path):
        importers, may_at_once = IMPORTERS.get(module.partition(".")[0], (None, True))
        assert importers is None or name_of(path) in importers, module
        assert may_at_once or not at_once, f"{module} belongs inside of the function that needs it"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_else_is_imported(path: Path) -> None:
    known = {"psopenai_py", *IMPORTERS, *sys.stdlib_module_names}
    for module, at_once in imports(path):
        top = module.partition(".")[0]
        assert top in known or (top == "_typeshed" and not at_once)


def _seen(path: Path) -> set[str]:
    """The parts of the package that a file imports, its own left out."""
    found = {module.split(".")[1] for module, _ in imports(path) if module.startswith("psopenai_py.")}
    known = {name_of(other).partition("/")[0] for other in MODULES}
    return {part if part in known else "" for part in found} - {part_of(name_of(path))}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down(path: Path) -> None:
    part = part_of(name_of(path))
    assert _seen(path) <= BELOW[part] | FOR_ALL


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(name_of(path)) in APART], ids=name_of)
def test_some_parts_know_nothing_of_the_rest(path: Path) -> None:
    assert _seen(path) <= APART[part_of(name_of(path))]


def test_the_directions_make_no_circle() -> None:
    done: set[str] = set()
    while left := {part: below - done for part, below in BELOW.items() if part not in done}:
        free = {part for part, below in left.items() if not below}
        assert free, left
        done |= free


def test_files_are_short() -> None:
    """Who looks for something reads one file, and not half of a long one."""
    folders = ("psopenai_py", "tests", "scripts", "compat")
    files = [path for folder in folders for path in (PACKAGE.parent / folder).rglob("*.py")]
    lengths = {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes().count(b"\n") for path in files}
    assert {name: length for name, length in lengths.items() if length > 300} == {}
