"""The cmdlets as click sees them, for binding and for completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .binding.binder import Ask, bind
from .binding.spec import Cmdlet

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Set by the completion scripts; its value says which shell asks for what.
COMPLETION_VARIABLE = "_PSOPENAI_COMPLETE"


class CmdletCommand(click.Command):
    """A cmdlet as click sees it: PowerShell's binder takes the place of click's parser.

    click's parser is not used at all: handing it the bound values as a canonical list would convert everything a
    second time, and could only lose what the binder found out.
    """

    def __init__(self, cmdlet: Cmdlet, ask: Ask | None = None, *, piped: bool = False) -> None:
        super().__init__(cmdlet.name, help=cmdlet.synopsis, add_help_option=False)
        self.cmdlet = cmdlet
        self.ask = ask
        self.piped = piped

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Bind the arguments; the result is the context's object. For completion, only keep the words."""
        ctx.obj = list(args) if ctx.resilient_parsing else bind(self.cmdlet, args, ask=self.ask, piped=self.piped)
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer parameter names and values."""
        from click.shell_completion import CompletionItem

        from .candidates import candidates

        found = candidates(self.cmdlet, ctx.obj, incomplete)
        return [CompletionItem(c.value, type="file" if c.file else "plain", help=c.help or None) for c in found]
