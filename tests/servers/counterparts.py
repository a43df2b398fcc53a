"""Servers that others wrote: how each is started, and the one table of them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import KEY

FACTS: dict[str, Any] = json.loads(os.environ.get("PSOPENAI_SERVERS", "{}"))
HERE = Path(__file__).parent
MASTER = "sk-master-0123456789abcdef"


class Counterpart(NamedTuple):
    """A server that runs: its base address, the key for it, and the model that it serves if it refuses others."""

    base: str
    key: str = KEY
    model: str | None = None

    @property
    def environment(self) -> dict[str, str | None]:
        return {"OPENAI_API_BASE": self.base, "OPENAI_API_KEY": self.key}


def part(name: str) -> Path:
    """Where a counterpart is installed; skips the test, with the reason, where it is not."""
    if name in FACTS["missing"]:
        pytest.skip(FACTS["missing"][name])
    return Path(FACTS["folder"], name)


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """A program that listens on a port, until the end of the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}
        )
        try:
            _wait_for(process, port, log)
            yield
        finally:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        time.sleep(0.2)
    raise AssertionError(f"no answer on port {port}: {log.read_text(errors='replace')[-3000:]}")


@contextlib.contextmanager
def sandboxed(folder: Path) -> Iterator[Counterpart]:
    """Our own sandbox as a process, in which jobs are quick."""
    port = free_port()
    command = [sys.executable, "-m", "psopenai_py", "Start-VideoSandbox", "-Port", str(port), "-Speed", "20"]
    with running([*command, "-Path", str(folder / "jobs")], port, folder / "sandbox.log"):
        yield Counterpart(f"http://127.0.0.1:{port}/v1")


@contextlib.contextmanager
def proxied(folder: Path) -> Iterator[Counterpart]:
    """LiteLLM's proxy in front of the sandbox, as model sora-2, and of vLLM-Omni's routes, as wan."""
    part("litellm")
    port = free_port()
    program = str(Path(FACTS["python"]).with_name("litellm"))
    command = [program, "--config", str(folder / "config.yaml"), "--host", "127.0.0.1", "--port", str(port)]
    with sandboxed(folder) as upstream, routed("vllm_omni", folder) as other:
        places = {"sora-2": ("openai/sora-2", upstream.base), "wan": ("hosted_vllm/wan", other.base)}
        models = [
            {"model_name": name, "litellm_params": {"model": model, "api_base": base, "api_key": KEY}}
            for name, (model, base) in places.items()
        ]
        config = {"model_list": models, "general_settings": {"master_key": MASTER}}
        (folder / "config.yaml").write_text(json.dumps(config))  # JSON is YAML, too
        # An id that it does not know, it looks for at api.openai.com, which is out of reach here, whatever the network.
        out_of_reach = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
        with running(command, port, folder / "log", {"LITELLM_LOCAL_MODEL_COST_MAP": "True"} | out_of_reach):
            yield Counterpart(f"http://127.0.0.1:{port}/v1", MASTER)


@contextlib.contextmanager
def validated(folder: Path) -> Iterator[Counterpart]:
    """Prism between us and the sandbox: it answers with an error where a request or an answer breaks the contract."""
    program = part("prism") / "node_modules" / ".bin" / "prism"
    port = free_port()
    with sandboxed(folder) as upstream:
        command = [str(program), "proxy", str(HERE / "contract.json"), upstream.base, "--errors"]
        with running([*command, "--host", "127.0.0.1", "--port", str(port)], port, folder / "log"):
            yield Counterpart(f"http://127.0.0.1:{port}")


@contextlib.contextmanager
def routed(name: str, folder: Path) -> Iterator[Counterpart]:
    """The route modules of a server that come in a wheel, with a stub for its engine."""
    port, wheel = free_port(), part(name)
    command = [FACTS["python"], "-m", f"tests.servers.{name}_routes", str(port), str(folder), str(wheel)]
    with running(command, port, folder / "routes.log", {"PYTHONPATH": str(HERE.parent.parent)}):
        yield Counterpart(f"http://127.0.0.1:{port}/v1", model="wan")


#: All that the stories are told to. What one of them cannot do stands in the file of its name in the folder `said`.
COUNTERPARTS: dict[str, Callable[[Path], AbstractContextManager[Counterpart]]] = {
    "sandbox": sandboxed,
    "litellm": proxied,
    "prism": validated,
    "vllm_omni": partial(routed, "vllm_omni"),
    "sglang": partial(routed, "sglang"),
}
