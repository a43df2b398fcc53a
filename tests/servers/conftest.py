"""Servers that others wrote, started for these tests only by `scripts/test.py --servers`."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import KEY

FACTS: dict[str, Any] = json.loads(os.environ.get("PSOPENAI_SERVERS", "{}"))
#: Without them, nothing here is a test.
collect_ignore_glob = [] if FACTS else ["test_*.py"]
HERE = Path(__file__).parent
MASTER = "sk-master-0123456789abcdef"


class Counterpart(NamedTuple):
    """A server that runs: its base address and the key for it."""

    base: str
    key: str = KEY

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


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Counterpart]:
    """A sandbox without jobs."""
    with sandboxed(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def litellm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counterpart]:
    """LiteLLM's proxy in front of the sandbox, as model sora-2, and of vLLM-Omni's routes, as wan."""
    part("litellm")
    wheel = part("vllm_omni")
    port, folder = free_port(), tmp_path_factory.mktemp("litellm")
    program = str(Path(FACTS["python"]).with_name("litellm"))
    command = [program, "--config", str(folder / "config.yaml"), "--host", "127.0.0.1", "--port", str(port)]
    with sandboxed(folder) as upstream, routed("vllm_omni", wheel, folder) as other:
        places = {"sora-2": ("openai/sora-2", upstream.base), "wan": ("hosted_vllm/wan", other.base)}
        models = [
            {"model_name": name, "litellm_params": {"model": model, "api_base": base, "api_key": KEY}}
            for name, (model, base) in places.items()
        ]
        config = {"model_list": models, "general_settings": {"master_key": MASTER}}
        (folder / "config.yaml").write_text(json.dumps(config))  # JSON is YAML, too
        with running(command, port, folder / "log", {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}):
            yield Counterpart(f"http://127.0.0.1:{port}/v1", MASTER)


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counterpart]:
    """Prism between us and the sandbox: it answers with an error where a request or an answer breaks the contract."""
    program = part("prism") / "node_modules" / ".bin" / "prism"
    port, folder = free_port(), tmp_path_factory.mktemp("prism")
    with sandboxed(folder) as upstream:
        command = [str(program), "proxy", str(HERE / "contract.json"), upstream.base, "--errors"]
        with running([*command, "--host", "127.0.0.1", "--port", str(port)], port, folder / "log"):
            yield Counterpart(f"http://127.0.0.1:{port}")


@pytest.fixture(scope="session")
def routes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counterpart]:
    """The route modules of a server with a stub for its engine; `request.param` names it."""
    name = str(request.param)
    with routed(name, part(name), tmp_path_factory.mktemp(name)) as running:
        yield running


@contextlib.contextmanager
def routed(name: str, wheel: Path, folder: Path) -> Iterator[Counterpart]:
    """The route modules of a server that come in a wheel."""
    port = free_port()
    command = [FACTS["python"], "-m", f"tests.servers.{name}_routes", str(port), str(folder), str(wheel)]
    with running(command, port, folder / "routes.log", {"PYTHONPATH": str(HERE.parent.parent)}):
        yield Counterpart(f"http://127.0.0.1:{port}/v1")
