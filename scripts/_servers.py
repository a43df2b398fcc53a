"""Runs the tests against servers that others wrote: `python3 scripts/test.py --servers [arguments for pytest]`.

Everything comes from PyPI and npm. What cannot be installed is told to the tests, which skip it with that reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import _environment

#: Wheels of which only the route modules are used: their dependencies would be many gigabytes.
WHEELS = {"sglang": "sglang==0.5.23", "vllm_omni": "vllm-omni==0.30.0"}
PACKAGES = {"prism": "@stoplight/prism-cli@5.14.2", "node_sdk": "openai@6.49.0"}


def run(arguments: list[str]) -> int:
    """Install what is missing, and run the tests; exit code of pytest."""
    python = _environment.python("dev")
    folder = Path(_environment.ROOT, ".environments", "servers-parts")
    folder.mkdir(parents=True, exist_ok=True)
    missing: dict[str, str] = {}
    interpreter = ""
    try:
        interpreter = _environment.python("servers")
    except SystemExit as error:
        missing |= dict.fromkeys(["litellm", *WHEELS], str(error))
    for name, wheel in WHEELS.items():
        _try(missing, name, partial(_unpack, python, wheel, folder / name))
    for name, package in PACKAGES.items():
        _try(missing, name, partial(add, package, folder / name))
    facts = {"folder": str(folder), "python": interpreter, "missing": missing}
    os.environ["PSOPENAI_SERVERS"] = json.dumps(facts)
    # Options alone choose none of the tests, so that without a path those of this folder are meant.
    command = [python, "-m", "pytest", "-o", "testpaths=tests/servers", *arguments]
    return _environment.forward(command, _environment.ROOT)


def _try(missing: dict[str, str], name: str, install: Callable[[], None]) -> None:
    if name in missing:
        return
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "stderr", None) or str(error)
        missing[name] = f"{name} cannot be installed: {output.strip().splitlines()[-1][:200]}"


def _unpack(python: str, wheel: str, folder: Path) -> None:
    """A wheel without its dependencies."""
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    # A wheel for another Python does as well: nothing that is compiled is used.
    command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(part), wheel]
    subprocess.run(command, check=True, capture_output=True, text=True)
    for file in list(part.glob("*.whl")):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(part)
        file.unlink()
    part.rename(folder)


def add(package: str, folder: Path) -> None:
    """A package of npm with its dependencies, whose own install steps are not run."""
    if (folder / "done").exists():
        return
    folder.mkdir(exist_ok=True)
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no npm")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    subprocess.run([*command, package], check=True, capture_output=True, text=True)
    (folder / "done").touch()
