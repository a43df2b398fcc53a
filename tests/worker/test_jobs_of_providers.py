"""A piped job whose provider a call takes: its key stays away from other hosts, and what it knows is kept."""

from __future__ import annotations

from typing import Any

from tests.compat.client import Client
from tests.server import Server

JOB = {"id": "job-1", "provider": "XAI", "model": "m", "seconds": "8", "size": "640x480", "prompt": "Doggo"}


def _asked(client: Client, server: Server, **members: Any) -> tuple[dict[str, Any], str | None]:
    """The job as it is printed, and the key that went out."""
    script = server.script("worker-told", [{"status": 202, "text": ""}])
    parameters = {"VideoId": "job-1", "Provider": "XAI", "ApiBase": script.base}
    records = client.call("Get-Video", parameters, environment={"XAI_API_KEY": "xai-0123456789"}, **members)
    [output] = [record["output"] for record in records if "output" in record]
    return output, script.requests[-1].headers.get("authorization")


def test_a_provider_that_the_user_names(client: Client, server: Server) -> None:
    job, key = _asked(client, server)
    assert (job.get("prompt"), job["model"]) == (None, None)
    assert key == "Bearer xai-0123456789"


def test_a_provider_that_a_job_names(client: Client, server: Server) -> None:
    job, key = _asked(client, server, job=JOB)
    assert {name: job[name] for name in JOB} == JOB
    assert key is None


#: Where the key of a service stands, if it stands in a variable.
VARIABLES = {
    "OpenRouter": ["OPENROUTER_API_KEY"],
    "XAI": ["XAI_API_KEY"],
    "Ark": ["ARK_API_KEY", "BYTEPLUS_API_KEY", "VOLCENGINE_API_KEY"],
    "MiniMax": ["MINIMAX_API_KEY"],
    "Google": ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
    "Together": ["TOGETHER_API_KEY"],
}


def test_a_call_with_variables_of_its_own_takes_no_key_of_the_worker(server: Server) -> None:
    script = server.script("worker-keys", [{"status": 404, "json": {}}])
    keys = {name: f"key-of-{name}-0123456789" for names in VARIABLES.values() for name in names}
    client = Client(keys | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    assert "ready" in (client.next() or {})
    for provider, (first, *_) in VARIABLES.items():
        parameters = {"VideoId": "v", "Provider": provider, "ApiBase": script.base}
        client.call("Get-Video", parameters)
        client.call("Get-Video", parameters, environment={"HOME": "/none"})
        with_worker, with_own = script.requests[-2:]
        assert keys[first] in str(with_worker.headers)
        assert "key-of-" not in str(with_own.headers)
    assert len(script.requests) == 2 * len(VARIABLES)
    assert client.close() == 0
