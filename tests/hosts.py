"""Hosts for tests: network namespaces with a cable to a third one, in each an sshd of its own. All ends with the block.

Linux and root alone can make them. Addresses and names are inside of the namespaces, so that none is taken outside.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

SSHD = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
_PROGRAMS = ("ip", "ssh", "ssh-keygen", "mount", "parallel", "bash")


class HostsError(Exception):
    """Hosts cannot be made here, with the reason."""


def missing() -> str:
    """Why there can be no hosts here; empty if there can be."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can make network namespaces"
    absent = [name for name in _PROGRAMS if not shutil.which(name)] + ([] if SSHD else ["sshd"])
    if absent:
        return f"needs {', '.join(absent)}"
    name = f"psopenai-{uuid.uuid4().hex[:8]}"
    try:
        _call("ip", "netns", "add", name)
        _call("ip", "-n", name, "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
    except HostsError as error:
        return str(error)
    finally:
        _call("ip", "netns", "delete", name, check=False)
    return ""


class Hosts:
    """Some hosts, and a place from where they are reached, all with the same files.

    Args:
        folder: for keys and configurations.
        programs: where a host finds its programs.
    """

    def __init__(self, folder: Path, programs: str, *names: str) -> None:
        self._folder = folder
        self._programs = programs
        self._mark = f"psopenai-{uuid.uuid4().hex[:8]}"
        # Each cable has a network of its own: the place's end, and the host's.
        self._here = {name: f"10.77.{number}.1" for number, name in enumerate(names)}
        self._there = {name: f"10.77.{number}.2" for number, name in enumerate(names)}
        #: Address of the place for all of them.
        self.address = "10.77.255.1"
        self.ssh = f"ssh -F {folder}/ssh_config"

    def command(self, *words: str, host: str = "place") -> list[str]:
        """A command line that runs in the place, or on a host."""
        return ["ip", "netns", "exec", f"{self._mark}-{host}", *words]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """All hosts, until the end of the block."""
        try:
            self._add("place")
            _call("ip", "-n", f"{self._mark}-place", "address", "add", f"{self.address}/32", "dev", "lo")
            self._make_keys()
            for name in self._there:
                self._add(name)
                self._connect(name)
                self._serve(name)
            for name in self._there:
                self._await(name)
            yield
        finally:
            for name in (*self._there, "place"):
                self.switch_off(name)
                _call("ip", "netns", "delete", f"{self._mark}-{name}", check=False)

    def pull_the_plug(self, name: str) -> None:
        """No byte goes to this host any more, nor comes from it; what runs there runs on."""
        _call("ip", "-n", f"{self._mark}-place", "link", "set", name, "down")

    def switch_off(self, name: str) -> None:
        """End all processes of a host at once."""
        found = subprocess.run(["ip", "netns", "pids", f"{self._mark}-{name}"], capture_output=True, check=False)
        for number in found.stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(number), 9)

    def _add(self, name: str) -> None:
        _call("ip", "netns", "add", f"{self._mark}-{name}")
        _call("ip", "-n", f"{self._mark}-{name}", "link", "set", "lo", "up")

    def _connect(self, name: str) -> None:
        place, host = f"{self._mark}-place", f"{self._mark}-{name}"
        _call("ip", "-n", place, "link", "add", "name", name, "type", "veth", "peer", "name", "cable", "netns", host)
        for namespace, device, address in ((place, name, self._here[name]), (host, "cable", self._there[name])):
            _call("ip", "-n", namespace, "address", "add", f"{address}/24", "dev", device)
            _call("ip", "-n", namespace, "link", "set", device, "up")
        _call("ip", "-n", host, "route", "add", "default", "via", self._here[name])

    def _make_keys(self) -> None:
        for name in ("host_key", "key"):
            _call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._folder / name))
        shutil.copy(self._folder / "key.pub", self._folder / "authorized_keys")
        hosts = "".join(f"Host {name}\nHostName {address}\n" for name, address in self._there.items())
        (self._folder / "ssh_config").write_text(
            f"{hosts}Host *\nUser root\nIdentityFile {self._folder}/key\nIdentitiesOnly yes\nIdentityAgent none\n"
            f"StrictHostKeyChecking no\nUserKnownHostsFile {self._folder}/known_hosts\nLogLevel ERROR\n"
            "ServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 5\nSendEnv OPENAI_API_KEY\n"
        )
        (self._folder / "sshd_config").write_text(
            f"HostKey {self._folder}/host_key\nAuthorizedKeysFile {self._folder}/authorized_keys\nPidFile none\n"
            "StrictModes no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n"
            "AcceptEnv OPENAI_API_KEY\n"
            f"SetEnv PATH={self._programs} PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring\n"
        )

    def _serve(self, name: str) -> None:
        # It wants /run/sshd; a file system of its own is there for this namespace alone.
        start = 'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$0" -f "$1" -E "$2"'
        files = (str(self._folder / "sshd_config"), str(self._folder / f"{name}.log"))
        _call(*self.command("sh", "-c", start, str(SSHD), *files, host=name))

    def _await(self, name: str) -> None:
        end = time.monotonic() + 60
        while True:
            tried = subprocess.run(
                self.command(*self.ssh.split(), name, "true"), capture_output=True, text=True, check=False
            )
            if tried.returncode == 0:
                return
            if time.monotonic() > end:
                raise HostsError(f"ssh does not come in: {tried.stderr}")
            time.sleep(0.1)


def _call(*command: str, check: bool = True) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise HostsError(f"{' '.join(command)}: {done.stderr.strip()}")
