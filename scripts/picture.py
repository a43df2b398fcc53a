"""Draw the README's picture: what a terminal shows of a few commands on the sandbox.

    python3 scripts/picture.py

It needs bash, and `script` of util-linux, which gives the commands a terminal. Writes compat/terminal.svg.
"""

import os
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import _environment

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "compat" / "terminal.svg"
COLUMNS = 96
COMMANDS = [
    "New-Video 'Dancing Doggo' -Seconds 8 -Size 1280x720 > job.json",
    "Get-VideoContent -WaitForCompletion -OutFile doggo.mp4 < job.json",
    "New-Video -Secnds 8 'Dancing Doggo'",
    "Get-Video",
]
#: Width of a character and height of a line, in pixels, for a font of 14 pixels.
CELL = (8.43, 20)
#: Browsers join spaces.
NO_BREAK = "\u00a0"


def main() -> int:
    """Exit code 1 if a command printed nothing that could be drawn."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [line for command in COMMANDS for line in (f"$ {command}", *shown(command, Path(folder)))]
    PICTURE.write_text(drawn(lines), "utf-8", newline="\n")
    return 0 if len(lines) > len(COMMANDS) else 1


def shown(command: str, folder: Path) -> list[str]:
    """What is left on the screen when the command is over."""
    programs = Path(_environment.python("dev")).parent
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "OPENAI_API_BASE": f"sandbox:{folder}/jobs?speed=10",
        "NO_COLOR": "1",
        "TERM": "xterm",
    }
    terminal = ["script", "-qec", f'bash -c "stty cols {COLUMNS}; {command}"', "/dev/null"]
    done = subprocess.run(terminal, cwd=folder, env=environment, capture_output=True, check=False)
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", done.stdout.decode())
    return [part for part in (row.rstrip("\r").rpartition("\r")[2].rstrip() for row in text.split("\n")) if part]


def drawn(lines: list[str]) -> str:
    """The lines as a picture of a terminal."""
    width, height = round(COLUMNS * CELL[0]) + 40, len(lines) * CELL[1] + 40
    rows = [
        f'<text x="20" y="{35 + number * CELL[1]}" fill="{"#9ece6a" if line.startswith("$ ") else "#d8dee9"}">'
        f"{escape(line, quote=False).replace(' ', NO_BREAK)}</text>"
        for number, line in enumerate(lines)
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14">'
    )
    return "\n".join([head, f'<rect width="{width}" height="{height}" rx="8" fill="#1e2430"/>', *rows, "</svg>", ""])


if __name__ == "__main__":
    sys.exit(main())
