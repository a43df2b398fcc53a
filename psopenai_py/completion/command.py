"""`psopenai completion`: prints the script for a shell, or installs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import BindingError
from . import scripts


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """`psopenai completion ...`: the script for a shell, or what was written or deleted."""
    words = [word.lower() for word in arguments]
    if words[:1] in (["install"], ["uninstall"]) and set(words[1:]) <= set(scripts.SHELLS):
        from . import install

        shells = dict.fromkeys(scripts.SHELLS[word] for word in words[1:])
        return (install.install if words[0] == "install" else install.uninstall)(list(shells), environ)
    if len(words) == 1 and words[0] in scripts.SHELLS:
        return scripts.script(scripts.SHELLS[words[0]])
    raise BindingError(
        f"Completion is made for: {', '.join(scripts.SHELLS)}.",
        error_id="ParameterArgumentValidationError",
        category="InvalidData",
        reason="ParameterBindingValidationException",
        action=f"{scripts.PROGRAM} completion install, or {scripts.PROGRAM} completion bash to print the script",
    )
