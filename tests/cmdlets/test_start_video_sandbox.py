"""Start-VideoSandbox: a server for any client, its options, and its end."""

from __future__ import annotations

import itertools
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from psopenai_py import get_video_content, new_video, wait_video
from psopenai_py.errors import RateLimitExceededError, UnauthorizedError
from psopenai_py.sandbox.service.faults import FAULTS
from tests.conftest import Run
from tests.pipeline.desk import until
from tests.sandbox.processes import running

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

pytestmark = on_unix


def test_a_job_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    with running("-Path", str(tmp_path / "jobs"), "-Speed", "1000") as sandbox:
        job = new_video("Dancing Doggo", size="64x64", api_base=sandbox.url)
        done = wait_video(job["id"], poll_interval_sec=0.1, api_base=sandbox.url)
        data = get_video_content(job["id"], api_base=sandbox.url)
        assert data is not None
        assert (done["status"], data[4:8]) == ("completed", b"ftyp")
        assert sandbox.announced == {"url": sandbox.url, "folder": str(tmp_path / "jobs")}
        code, err = sandbox.stop()
    assert code == 0
    assert err == (
        f"Try it: New-Video 'Dancing Doggo' -ApiBase {sandbox.url}\nIn a browser: {sandbox.page}\n"
        "Ctrl-C stops the sandbox.\nStopped.\n"
    )


def test_the_page_is_opened_in_the_browser_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = tmp_path / "opened"
    browser = f"{sys.executable} -c 'import sys; open(sys.argv[2], sys.argv[3]).write(sys.argv[1])' %s {opened} w"
    monkeypatch.setenv("BROWSER", browser)
    with running("-Open", "-Path", str(tmp_path / "jobs")) as sandbox:
        until(lambda: opened.exists() and opened.read_text().endswith("/"))
        assert opened.read_text() == sandbox.page
        assert b"<title>Video sandbox</title>" in urllib.request.urlopen(sandbox.page).read()


def test_without_a_browser_the_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", f"{sys.executable} -c 'raise SystemExit(1)' %s")
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with running("-Open") as sandbox:
        assert sandbox.process.stderr is not None
        warning = f"WARNING: No browser could be opened. The page is at {sandbox.page}\n"
        assert warning in itertools.islice(sandbox.process.stderr, 4)
        assert sandbox.stop()[0] == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_signal_that_ends_it_ends_it_cleanly(name: str) -> None:
    with running() as sandbox:
        new_video("x", api_base=sandbox.url)
        code, err = sandbox.stop(signal.Signals[name])
        assert (code, err.splitlines()[-1]) == (0, "Stopped.")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(sandbox.address)


def test_requests_are_shown_on_request() -> None:
    with running("-Verbose") as sandbox:
        new_video("a secret prompt", api_base=sandbox.url, api_key="sk-not-to-be-shown")
        assert sandbox.process.stderr is not None
        lines = list(iter(sandbox.process.stderr.readline, "Ctrl-C stops the sandbox.\n"))
        lines.append(sandbox.process.stderr.readline())  # it is there some time after the answer
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{sandbox.url}/nothing")
        refused.value.close()
        lines.append(sandbox.process.stderr.readline())
        code, err = sandbox.stop()
    assert (code, err) == (0, "Stopped.\n")
    told = [line for line in lines if line.startswith("VERBOSE: ")]
    assert [line.split()[1:4] for line in told] == [["POST", "/v1/videos", "200"], ["GET", "/v1/nothing", "404"]]
    assert "secret" not in "".join(lines) and "sk-not" not in "".join(lines)


def test_ctrl_c_does_not_wait_for_clients() -> None:
    """One client holds its connection open, another one waits for an answer that never comes."""
    with (
        running("-Fault", "hang get") as sandbox,
        socket.create_connection(sandbox.address),
        socket.create_connection(sandbox.address) as waiting,
    ):
        waiting.sendall(b"GET /v1/videos/video_1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert sandbox.stop()[0] == 0


def test_a_key() -> None:
    with running("-ApiKey", "sk-of-the-sandbox") as sandbox:
        with pytest.raises(UnauthorizedError):
            new_video("x", api_base=sandbox.url)
        with pytest.raises(UnauthorizedError):
            new_video("x", api_base=sandbox.url, api_key="sk-of-somebody-else")
        assert new_video("x", api_base=sandbox.url, api_key="sk-of-the-sandbox")["status"] == "queued"
        assert "sk-of" not in sandbox.stop()[1]


def test_failures_on_demand() -> None:
    with running("-Fault", "429 x2") as sandbox:
        with pytest.raises(RateLimitExceededError):
            new_video("x", api_base=sandbox.url)
        assert new_video("x", api_base=sandbox.url, max_retry_count=1)["status"] == "queued"


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("Start-VideoSandbox", str(port))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Start-VideoSandbox: Port {port} on 127.0.0.1 is taken by another program. Choose another one, or 0 for any "
        "free.\n"
        "    + CategoryInfo          : NotSpecified: (:) [Start-VideoSandbox], ArgumentException\n"
        "    + FullyQualifiedErrorId : System.ArgumentException,Start-VideoSandbox\n"
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["-Speed", "0"], "The sandbox's speed must be a number above 0"),
        (["-Speed", "fast"], "The sandbox's speed must be a number above 0"),
        (["-Fault", "418"], "The sandbox knows no fault '418'. It knows fail, blocked, slow,"),
        (["-Path", "~nosuchuser/x"], "The folder of -Path cannot be found: "),
        (["-ListenAddress", "not an address"], "The sandbox cannot listen on port 0 of 'not an address'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_options(run: Run, arguments: list[str], text: str) -> None:
    result = run("Start-VideoSandbox", "-Port", "0", *arguments)
    assert (result.exit_code, result.stdout, result.error_ids) == (
        1,
        "",
        ["System.ArgumentException,Start-VideoSandbox"],
    )
    assert text in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_bad_ports(run: Run, port: str) -> None:
    assert run("Start-VideoSandbox", port).exit_code == 2


def test_the_help_lists_the_failures(run: Run) -> None:
    text = " ".join(run("Start-VideoSandbox", "-?").stdout.split())
    assert all(f"[{row.word}]: {row.meaning}" in text for row in FAULTS)
