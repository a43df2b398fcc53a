"""Entry points: `python -m psopenai_py Verb-Noun ...` and one small callable for each console script."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

from . import signals


def main() -> NoReturn:
    """`psopenai CMDLET ...` and `python -m psopenai_py CMDLET ...`."""
    _run("psopenai")


def new_video() -> NoReturn:
    """`New-Video ...`"""
    _run("New-Video")


def get_video() -> NoReturn:
    """`Get-Video ...`"""
    _run("Get-Video")


def get_video_content() -> NoReturn:
    """`Get-VideoContent ...`"""
    _run("Get-VideoContent")


def wait_video() -> NoReturn:
    """`Wait-Video ...`"""
    _run("Wait-Video")


def new_video_remix() -> NoReturn:
    """`New-VideoRemix ...`"""
    _run("New-VideoRemix")


def remove_video() -> NoReturn:
    """`Remove-Video ...`"""
    _run("Remove-Video")


def get_video_model() -> NoReturn:
    """`Get-VideoModel ...`"""
    _run("Get-VideoModel")


def start_video_sandbox() -> NoReturn:
    """`Start-VideoSandbox ...`"""
    _run("Start-VideoSandbox")


def set_openai_key() -> NoReturn:
    """`Set-OpenAIKey ...`"""
    _run("Set-OpenAIKey")


def get_openai_key() -> NoReturn:
    """`Get-OpenAIKey ...`"""
    _run("Get-OpenAIKey")


def remove_openai_key() -> NoReturn:
    """`Remove-OpenAIKey ...`"""
    _run("Remove-OpenAIKey")


def _run(name: str) -> NoReturn:
    # Modules live until the end. To search them for garbage, again and again while they load and once more at the
    # exit, is a sixth of the cost of a call. A long run is still searched; PyPy has another collector.
    if hasattr(gc, "freeze"):
        gc.set_threshold(50_000)
    code = 0
    try:
        signals.install()
        try:
            from .shell import run

            code = run(name, sys.argv[1:])
        finally:
            signals.ignore()
    except KeyboardInterrupt:
        # Before the front was up, so that nothing was sent; or when all was said.
        code = code or signals.exit_code()
    if hasattr(gc, "freeze"):
        gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
