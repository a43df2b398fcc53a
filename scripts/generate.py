"""Renew what is made from the cmdlets' tables: tables of README and manual, help, man pages, PowerShell functions.

    python3 scripts/generate.py [--check]

With --check nothing is written; stale files are named and the exit code is 1.
"""

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import _man  # noqa: E402
import _powershell  # noqa: E402
import _promises  # noqa: E402

from psopenai_py import environment, functions, shell  # noqa: E402
from psopenai_py.binding.spec import Kind, Parameter  # noqa: E402
from psopenai_py.cmdlets import MODULES, load  # noqa: E402
from psopenai_py.cmdlets.shared_parameters import COMMON, PIPELINE, PROVIDER, SERVICE  # noqa: E402
from psopenai_py.help import page as help_page  # noqa: E402
from psopenai_py.help import topics  # noqa: E402
from psopenai_py.program import PROGRAM  # noqa: E402
from psopenai_py.sandbox.service.faults import FAULTS  # noqa: E402
from psopenai_py.services import SERVICES  # noqa: E402

#: What may have parts between marks, each anywhere in any of them.
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "pyproject.toml",
    ROOT / "psopenai_py" / "__init__.py",
    ROOT / ".github" / "SECURITY.md",
    *sorted((ROOT / "compat").glob("*.md")),
    *sorted((ROOT / "compat" / "PSOpenAI.Py").glob("*.psd1")),
]
HELP_PAGES = ROOT / "tests" / "data" / "help"
MAN_PAGES = ROOT / "compat" / "man"
MODULE = ROOT / "compat" / "PSOpenAI.Py"


def main(arguments: list[str]) -> int:
    """Write or check all generated files."""
    stale = [(path, text) for path, text in generated() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path, _ in stale:
            print(f"stale, run scripts/generate.py: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return 0


def generated() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    for document in DOCUMENTS:
        yield document, renewed(document.read_text("utf-8"))
    for name in MODULES:
        yield HELP_PAGES / f"{name}.txt", help_page.render(load(name).CMDLET) + "\n"
        yield MAN_PAGES / f"{name}.1", _man.page(load(name).CMDLET)
    for topic in topics.TOPICS:
        yield HELP_PAGES / "topics" / f"{topic.name}.txt", topics.render(topic) + "\n"
    yield MODULE / "Cmdlets.ps1", _powershell.functions()


def renewed(text: str) -> str:
    """A document with each marked part made anew. An unknown mark is a KeyError."""
    mark = re.compile(
        r"^( *(?:<!--|#) made: (\S+) ?(\S*?)(?: ?-->)?\n).*?^( *(?:<!--|#) end)", re.DOTALL | re.MULTILINE
    )
    return mark.sub(lambda found: found[1] + PARTS[found[2]](found[3]) + found[4], text)


def cmdlets(_: str) -> str:
    """One row a cmdlet."""
    rows = [f"| `{name}` | {load(name).CMDLET.synopsis} |" for name in MODULES]
    return table(["Cmdlet", "What it does"], rows)


def programs(_: str) -> str:
    """One console script a cmdlet, and the one for all of them."""
    return "".join(f'{name} = "psopenai_py.__main__:main"\n' for name in (PROGRAM, *MODULES))


def python_functions(what: str) -> str:
    """One line a cmdlet that Python programs have as a function."""
    names = [name for name in map(functions.snake_case, MODULES) if hasattr(functions, name)]
    if what == "imports":
        return "".join(f"    from .functions import {name} as {name}\n" for name in sorted(names))
    return "".join(f'    "{name}",\n' for name in sorted(["PSOpenAIError", "__version__", "errors", *names]))


def exported(_: str) -> str:
    """One line a cmdlet that the PowerShell module has."""
    return "".join(f"        '{name}'\n" for name in _powershell.NAMES)


def parameters(name: str) -> str:
    """One row a parameter of the cmdlet's own."""
    shared = {parameter.name for parameter in (*SERVICE, PROVIDER, *PIPELINE)}
    own = [parameter for parameter in help_page.own_parameters(load(name).CMDLET) if parameter.name not in shared]
    return _parameter_table(own)


def service(_: str) -> str:
    """One row a parameter that all cmdlets share which call a service."""
    return _parameter_table([parameter for parameter in (*SERVICE, PROVIDER) if not parameter.hidden])


def pipeline(_: str) -> str:
    """One row a parameter for many piped records."""
    return _parameter_table(list(PIPELINE))


def _parameter_table(rows: list[Parameter[Any]]) -> str:
    return table(["Parameter", "Type", "What it is"], [row(parameter) for parameter in rows])


def common(_: str) -> str:
    """One row a common parameter."""
    rows = [f"| `-{p.name}` | `-{p.aliases[0]}` | {p.help} |" for p in COMMON]
    return table(["Parameter", "Alias", "What it does"], rows)


def faults(_: str) -> str:
    """One row a failure on demand."""
    rows = [f"| `[{fault.word}]` | {fault.meaning} |" for fault in FAULTS]
    return table(["Word", "What happens"], rows)


def providers(_: str) -> str:
    """One row a hosted service: its key and model, and what it can do."""
    rows = []
    for service in SERVICES[1:]:
        provider = import_module(f"psopenai_py.videos.providers.{service.module}").PROVIDER
        calls = {"list": provider.list_page, "delete": provider.delete, "remix": provider.changes["remix"]}
        offers = [name for name, call in calls.items() if call.__name__ != "refuse"]
        model = f"`{service.model}` ({service.checked})" if service.model else "none: give `-Model`"
        keys = " or ".join(f"`{name}`" for name in service.key_variables)
        rows.append(f"| `{service.name}` | {keys} | {model} | {', '.join(offers) or 'nothing'} |")
    return table(["`-Provider`", "Key", "Model, when last looked up", "Besides create, get and download"], rows)


def elsewhere(_: str) -> str:
    """The request that one line becomes on each service, as -WhatIf shows it."""
    rows = []
    for service in SERVICES:
        place = ["-Provider", service.name, "-ApiBase", service.base]
        shown = _shown("Dancing Doggo", "-Seconds", "8", "-Size", "1280x720", *place)
        body = shown.get("body") or {field["name"]: field["value"] for field in shown["fields"]}
        kind = "JSON" if "body" in shown else "multipart"
        text = json.dumps(body, separators=(", ", ": "))
        rows.append(f"| `{service.name}` | `{shown['method']} {shown['url']}` | {kind} `{text}` |")
    return table(["`-Provider`", "Request", "Body"], rows)


def _shown(*arguments: str) -> dict[str, Any]:
    out = io.BytesIO()
    model = [] if "Together" not in arguments else ["-Model", "Wan-AI/Wan2.2-T2V-A14B"]
    shell.run(
        *("New-Video", [*arguments, *model, "-ApiKey", "none-of-yours", "-WhatIf"]),
        stdin=io.BytesIO(),
        stdout=out,
        stderr=io.BytesIO(),
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def row(parameter: Parameter[Any]) -> str:
    """A parameter as a row of a table."""
    kind = "switch" if parameter.kind is Kind.SWITCH else parameter.kind.short_name
    facts = [f"{name}: {text}." for name, text in help_page.facts(parameter).items() if name != "Values"]
    return f"| `-{parameter.name}` | {kind} | {' '.join([parameter.help, *facts])} |"


def table(titles: list[str], rows: list[str]) -> str:
    """A Markdown table."""
    return "\n".join([f"| {' | '.join(titles)} |", "|" + "---|" * len(titles), *rows, ""])


def variables(_: str) -> str:
    """One row an environment variable, or several of one meaning."""
    rows = [f"| {', '.join(f'`{name}`' for name in each.names)} | {each.meaning} |" for each in environment.VARIABLES]
    return table(["Variable", "Meaning"], rows)


def promises(_: str) -> str:
    """One row a promise, with what the tests of it are called and how many they are."""
    return _promises.tables()


PARTS: dict[str, Callable[[str], str]] = {
    "cmdlets": cmdlets,
    "programs": programs,
    "functions": python_functions,
    "exported": exported,
    "parameters": parameters,
    "service": service,
    "providers": providers,
    "elsewhere": elsewhere,
    "pipeline": pipeline,
    "common": common,
    "faults": faults,
    "promises": promises,
    "environment": variables,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
