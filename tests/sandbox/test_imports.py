"""What a client pays for mounting the sandbox: the modules that a create and a retrieve load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import io, json, sys
# What any client has loaded by then.
import json, logging, os, re, threading, time, typing, urllib.parse, http, pathlib, zlib, math
class Own(typing.NamedTuple):  # which loads more than its module does from 3.15 on
    name: str
before = set(sys.modules)
from psopenai_py.sandbox import open_sandbox
app = open_sandbox("sandbox:" + sys.argv[1], {})
body = b'{"prompt": "x"}'
create = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/videos", "CONTENT_TYPE": "application/json",
          "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
job = json.loads(b"".join(app(create, lambda *_: None)))
retrieve = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/videos/" + job["id"], "wsgi.input": io.BytesIO()}
assert json.loads(b"".join(app(retrieve, lambda *_: None)))["id"] == job["id"]
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_only_what_is_needed_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = [name for name in json.loads(done.stdout) if name != "__future__"]
    service = ("application", "faults", "forms", "jobs", "operations", "responses", "timeline")
    assert [name for name in loaded if name != "psopenai_py"] == [
        "psopenai_py.sandbox",
        "psopenai_py.sandbox.address",
        "psopenai_py.sandbox.service",
        *(f"psopenai_py.sandbox.service.{name}" for name in service),
    ]
