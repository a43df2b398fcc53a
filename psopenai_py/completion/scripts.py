"""The scripts by which shells ask what to offer, and the answers to them."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, PowerShellComplete, shell_complete

from ..cmdlets import MODULES, load
from ..commands import COMPLETION_VARIABLE, CmdletCommand
from . import templates

PROGRAM = "psopenai"
PROGRAMS = (PROGRAM, *MODULES)
#: Names people use for the shells, and the ones that scripts and answers have.
SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "powershell", "pwsh": "powershell"}
_TEMPLATES = {"bash": templates.BASH, "zsh": templates.ZSH, "fish": templates.FISH}


def script(shell: str) -> str:
    """The script that makes a shell complete all our programs."""
    if shell in _TEMPLATES:
        return _TEMPLATES[shell] % {"variable": COMPLETION_VARIABLE, "programs": " ".join(PROGRAMS)}
    made = (PowerShellComplete(_Programs(name), {}, name, COMPLETION_VARIABLE) for name in PROGRAMS)
    return "\n".join(each.source() for each in made)


def answer(name: str, instruction: str) -> int:
    """Print what a script asks for, and return the exit code."""
    command = _Programs(PROGRAM) if name == PROGRAM else CmdletCommand(load(name).CMDLET)
    return shell_complete(command, {}, name, COMPLETION_VARIABLE, instruction)


class _Programs(click.Group):
    """All cmdlets by name, for completion behind `psopenai`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*MODULES, "help", "completion", "module", "version"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        words = self._words(cmd_name)
        if words:
            return click.Command(cmd_name, params=[click.Argument(["word"], type=click.Choice(words), nargs=-1)])
        name = next((known for known in MODULES if known.lower() == cmd_name.lower()), None)
        return CmdletCommand(load(name).CMDLET) if name else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the cmdlets, in any case. The program itself has no options worth a TAB."""
        near = [name for name in self.list_commands(ctx) if name.lower().startswith(incomplete.lower())]
        return [CompletionItem(name, help=load(name).CMDLET.synopsis if name in MODULES else None) for name in near]

    @staticmethod
    def _words(command: str) -> list[str]:
        if command == "help":
            from ..help import topics

            return [*MODULES, *topics.names()]
        return {"completion": [*SHELLS, "install", "uninstall"], "module": ["install", "uninstall"]}.get(command, [])
