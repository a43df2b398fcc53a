"""Man pages of the programs, from the same help that `-Help` shows."""

import re
from collections.abc import Iterator

from psopenai_py.binding.spec import Cmdlet
from psopenai_py.help import page as help_page


def page(cmdlet: Cmdlet) -> str:
    """The page in roff's man macros: its sections as they are, with the names that section 1 has for them."""
    text = help_page.render(cmdlet)
    sections = re.findall(r"^([A-Z ]+)\n((?:(?: .*)?\n)*)", f"{text}\n", re.MULTILINE)
    lines = [f'.TH {_escaped(cmdlet.name.upper())} 1 "" psopenai_py "User Commands"', ".nh", ".ad l"]
    lines += [".SH NAME", f"{_escaped(cmdlet.name)} \\- {_escaped(cmdlet.synopsis)}"]
    for title, body in sections:
        if title not in ("NAME", "SYNOPSIS"):
            lines += [f".SH {'SYNOPSIS' if title == 'SYNTAX' else title}", ".nf", *_lines(body), ".fi"]
    return "\n".join([*lines, ""])


def _lines(body: str) -> Iterator[str]:
    for line in body.rstrip("\n").split("\n"):
        yield _escaped(line.removeprefix("    "))


def _escaped(text: str) -> str:
    """Hyphens that can be copied, and no line that roff takes for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith(".") else text
