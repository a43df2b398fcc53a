"""Signals at any moment: no id of a job is lost, nothing half-made stays behind, the exit code tells which it was."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests import unmeasured
from tests.http.answers import LOST
from tests.http.sockets import listening
from tests.pipeline.desk import LIMIT, Desk, feed, interrupt, line, lines, prompts, start, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to one process")

#: As many on every system, whether it has them or not.
SIGNALS = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
#: Tries a signal; more of them find rarer moments.
TRIES = int(os.environ.get("PSOPENAI_TEST_SIGNALS", "8"))
JOB = b'{"id":"video_paid","object":"video","status":"queued"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(JOB)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("arguments", [["New-Video", "x"], ["New-VideoRemix", "x", "video_1"]], ids=lambda a: a[0])
def test_around_the_response(arguments: list[str], number: signal.Signals) -> None:
    for seed in range(TRIES):
        pause = random.Random(f"{number}{seed}").uniform(0, 0.02)
        with listening(_answer) as server:
            process = _start(*arguments, "-ApiBase", server.base)
            assert server.asked.wait(LIMIT)
            time.sleep(pause)
            process.send_signal(number)
            out, err = process.communicate(timeout=LIMIT)
        assert "video_paid" in out + err or LOST in err, (pause, out, err)
        assert process.returncode in (0, 128 + number), (pause, out, err)
        assert "Traceback" not in err


def _start(*arguments: str) -> subprocess.Popen[str]:
    """So many are started that it matters how long a start takes; the coverage of one is that of all."""
    return start(*arguments, stdin=subprocess.DEVNULL, env=unmeasured.environment())


def _answer(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    time.sleep(0.004)
    connection.sendall(JOB)


@pytest.mark.parametrize("number", SIGNALS)
def test_at_any_moment_of_a_call(desk: Desk, number: signal.Signals) -> None:
    """From the start of the interpreter to its end."""
    for seed in range(TRIES):
        prompt = f"try{seed}"
        process = _start("New-Video", prompt)
        time.sleep(random.Random(f"{number}{seed}").uniform(0.02, 0.3))
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
        assert not desk.asked[prompt] or prompt in out + err or LOST in err, (out, err)
        if "Fatal Python error: init_" in err or "Could not import runpy module" in err:
            continue  # the interpreter itself was not up yet
        # Before the handlers stand the signal itself ends it; and Python ends itself by SIGINT when an interruption
        # came while it executed text, whoever handled that.
        assert process.returncode in (0, 128 + number, -number, -signal.SIGINT), (out, err)


def test_ctrl_c_before_the_handlers_stand() -> None:
    code = """if True:
        import os, signal, sys

        class Finder:
            def find_spec(self, name, *_):
                if name == "psopenai_py.signals":
                    os.kill(os.getpid(), signal.SIGINT)

        sys.meta_path.insert(0, Finder())
        from psopenai_py.__main__ import main
        main()"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("number", SIGNALS)
def test_many_at_a_time_are_finished(desk: Desk, number: signal.Signals) -> None:
    """The first one is slow, so that all others wait to be printed."""
    names = prompts(40)
    desk.held = {"p1"}
    process = start("New-Video", "-ThrottleLimit", "4")
    feed(process, lines(names))
    desk.wait(lambda: len(desk.asked) == 40 and desk.under_way == {"p1"})
    interrupt(process, number)
    desk.answer("p1")
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (128 + number, "".join(map(line, names)))
    assert "40 records are done." in err


@pytest.mark.parametrize("number", SIGNALS)
def test_a_download_leaves_no_part(number: signal.Signals, tmp_path: Path) -> None:
    begun, out = threading.Event(), tmp_path / "out"
    out.mkdir()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5000000\r\n\r\n")
        connection.sendall(b"\x00\x00\x00\x18ftypmp42" + bytes(100_000))
        begun.set()
        connection.recv(1)

    with listening(talk) as server:
        process = start("Get-VideoContent", "v", "-OutFile", str(out / "v.mp4"), "-ApiBase", server.base)
        assert begun.wait(LIMIT)
        until(lambda: bool(list(out.iterdir())))
        process.send_signal(number)
        process.communicate(timeout=LIMIT)
    assert (process.returncode, list(out.iterdir())) == (128 + number, [])


def test_what_is_ignored_stays_ignored(desk: Desk) -> None:
    """As under nohup."""
    desk.held = {"seed"}
    code = (
        "import signal, os, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, sys.executable, "-m", "psopenai_py", "New-Video", "seed"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    desk.wait(lambda: desk.under_way == {"seed"})
    process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    desk.answer("seed")
    out, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert b'"seed"' in out


def test_the_function_keeps_the_id_too(desk: Desk) -> None:
    """A Python program that is interrupted learns from the exception what may have happened."""
    desk.held = {"seed"}
    code = (
        "from psopenai_py import new_video\n"
        "try:\n    new_video('seed')\nexcept KeyboardInterrupt as error:\n    print(error.note)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    desk.wait(lambda: desk.under_way == {"seed"})
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=LIMIT)
    assert out.strip() == LOST
