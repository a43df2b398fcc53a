"""Whose key goes where: seven keys in the environment, and a listening server for each host."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend

import psopenai_py
from psopenai_py import services
from psopenai_py.services import SERVICES, Service
from tests.cmdlets.contents import MP4, content
from tests.conftest import Result, Run
from tests.providers.stub import Stub
from tests.server import Received, Script, Server

KEYS = {service.key_variables[0]: f"key-of-{service.name}-0123456789" for service in SERVICES}
HOSTED = [service for service in SERVICES if service is not services.OPENAI]
PROMPT = ["New-Video", "Dancing Doggo", "-Model", "some-model"]


@pytest.fixture
def everywhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Received]]:
    """Every host is this machine, and all keys are in the environment. Yields what came, wherever it was sent."""
    script: Script = server.script("everywhere", [{"status": 404, "json": {"error": {"message": "Nobody is here."}}}])
    find = socket.getaddrinfo

    def here(host: Any, *rest: Any, **more: Any) -> Any:
        return find("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    yield script.requests


def base(server: Server, host: str) -> str:
    """An address at a host that leads to the server of the tests."""
    return f"http://{host}:{server.host.partition(':')[2]}/everywhere"


def carried(request: Received) -> set[str]:
    """The services whose keys a request carries, wherever they stand in it."""
    text = f"{request.path} {request.headers} {request.body!r}"
    return {service.name for service in SERVICES if KEYS[service.key_variables[0]] in text}


def sent(result: Result, requests: list[Received]) -> set[str]:
    """The same for the one request that a call sent."""
    assert result.exit_code == 1
    [request] = requests
    return carried(request)


HOSTS = [(service, host) for service in SERVICES for host in service.hosts]


@pytest.mark.parametrize(("service", "host"), HOSTS, ids=lambda value: value if isinstance(value, str) else value.name)
def test_a_host_gets_the_key_of_its_service(
    run: Run, server: Server, everywhere: list[Received], service: Service, host: str
) -> None:
    """The provider is guessed from the host, and the host gets no other key, whatever the variables say."""
    env = {"PSOPENAI_PROVIDER": HOSTED[0].name if service is not HOSTED[0] else HOSTED[1].name}
    result = run(*PROMPT, "-ApiBase", base(server, host), env=env)
    assert sent(result, everywhere) == {service.name}


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
def test_an_address_with_an_explicit_provider_gets_its_key(
    run: Run, server: Server, everywhere: list[Received], service: Service
) -> None:
    """A proxy of one's own."""
    arguments = ["-ApiBase", base(server, "proxy.example"), "-Provider", service.name.lower()]
    assert sent(run(*PROMPT, *arguments), everywhere) == {service.name}


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
def test_an_address_of_nobody_gets_no_key_of_a_provider_in_a_variable(
    run: Run, server: Server, everywhere: list[Received], service: Service
) -> None:
    arguments = ["-ApiBase", base(server, "somewhere.example")]
    assert sent(run(*PROMPT, *arguments, env={"PSOPENAI_PROVIDER": service.name}), everywhere) == set()


def test_an_address_of_nobody_gets_the_key_of_openai(run: Run, server: Server, everywhere: list[Received]) -> None:
    """As ever: OpenAI's protocol is spoken by many."""
    assert sent(run(*PROMPT, "-ApiBase", base(server, "gateway.example")), everywhere) == {"OpenAI"}


@pytest.mark.parametrize("named", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("owner", HOSTED, ids=lambda service: service.name)
def test_the_host_of_another_service_is_refused(
    run: Run, server: Server, everywhere: list[Received], named: Service, owner: Service
) -> None:
    if named is owner:
        pytest.skip("that is its own host")
    result = run(*PROMPT, "-Provider", named.name, "-ApiBase", base(server, owner.hosts[0]))
    assert (result.exit_code, everywhere) == (1, [])
    assert (
        f"{owner.hosts[0]} belongs to {owner.name}, and {named.name} is asked for. Nothing was sent." in result.stderr
    )


#: Finished jobs that name the address of a video.
NAMING: dict[str, Any] = {
    "OpenRouter": lambda address: {"id": "j", "status": "completed", "urls": [address], "unsigned_urls": [address]},
    "XAI": lambda address: {"status": "done", "video": {"url": address}},
    "Ark": lambda address: {"id": "j", "status": "succeeded", "content": {"video_url": address}},
    "MiniMax": lambda address: {"task": {"id": "j", "status": "succeeded", "content": {"url": address}}},
    "Google": lambda address: {
        "id": "j",
        "status": "completed",
        "steps": [{"type": "model_output", "content": [{"type": "video", "uri": address}]}],
    },
    "Together": lambda address: {"id": "j", "status": "completed", "outputs": {"video_url": address}},
}


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
@pytest.mark.parametrize("way", ["address", "redirect"])
def test_no_key_goes_where_a_job_leads(
    run: Run, server: Server, everywhere: list[Received], place: Path, service: Service, way: str
) -> None:
    """Neither that of the service nor that of the host: not to an address, and not behind a redirect."""
    hosts = [one.hosts[0] for one in SERVICES if one is not service] + ["storage.example"]
    for other in hosts:
        home, away = base(server, service.hosts[0]), f"{base(server, other)}/clip.mp4"
        named = away if way == "address" else f"{home}/files/short"

        def answer(request: Received, named: str = named, away: str = away) -> dict[str, Any]:
            if "clip" in request.path:
                return content(MP4)
            if request.path == "/files/short" and service.name == "Google":
                return {"json": {"state": "ACTIVE"}}
            if "short" in request.path or "/content?" in request.path:
                return {"status": 302, "headers": {"Location": away}}
            return {"json": NAMING[service.name](named)}

        server.script("everywhere", answer).requests = everywhere
        run("Get-VideoContent", "j", "-OutFile", "x.mp4", "-Provider", service.name, "-ApiBase", home)
        for request in everywhere:
            at_home = request.headers["host"].partition(":")[0] == service.hosts[0]
            assert carried(request) == ({service.name} if at_home else set())
        assert "clip" in everywhere[-1].path
        everywhere.clear()


def test_azure_with_the_host_of_a_service_is_refused(run: Run, server: Server, everywhere: list[Received]) -> None:
    result = run(*PROMPT, "-ApiType", "Azure", "-ApiBase", base(server, "openrouter.ai"))
    assert (result.exit_code, everywhere) == (1, [])


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
def test_only_the_key_of_the_service_is_enough(run: Run, service: Service) -> None:
    """Without one nothing is sent, and the error names the variable of the service."""
    missing = run(*PROMPT, "-Provider", service.name, env={"OPENAI_API_KEY": KEYS["OPENAI_API_KEY"]})
    assert missing.exit_code == 4
    assert f"the environment variable {service.key_variables[0]}" in missing.stderr
    for variable in service.key_variables:
        shown = run(*PROMPT, "-Provider", service.name, "-WhatIf", env={variable: "key-0123456789"})
        assert shown.exit_code == 0
        assert shown.json["url"].startswith(service.base)


def test_the_base_of_openai_is_not_that_of_a_provider(run: Run, server: Server) -> None:
    env = {"OPENAI_API_BASE": server.script("openai").base, "XAI_API_KEY": KEYS["XAI_API_KEY"]}
    by_name = run(*PROMPT, "-Provider", "XAI", "-WhatIf", env=env)
    by_variable = run(*PROMPT, "-WhatIf", env=env | {"PSOPENAI_PROVIDER": "xai"})
    assert by_name.json["url"] == by_variable.json["url"] == "https://api.x.ai/v1/videos/generations"


def test_a_host_without_a_path_has_that_of_its_service(run: Run) -> None:
    result = run(*PROMPT, "-ApiBase", "https://openrouter.ai", "-WhatIf", env={"OPENROUTER_API_KEY": "key-0123456789"})
    assert result.json["url"] == "https://openrouter.ai/api/v1/videos"


def test_an_unknown_provider_in_the_variable(run: Run) -> None:
    result = run(*PROMPT, env={"PSOPENAI_PROVIDER": "Sora"})
    assert result.exit_code == 1
    assert "There is no provider 'Sora'. Nothing was sent." in result.stderr


def test_a_property_of_another_server_is_no_provider(run: Run, server: Server) -> None:
    """LiteLLM, for one, has a property of this name in its jobs."""
    api = server.script("litellm")
    result = run("Get-Video", "-ApiBase", api.base, stdin='{"id": "video_1", "provider": "google"}')
    assert (result.exit_code, api.requests[-1].path) == (0, "/videos/video_1")


def test_many_piped_jobs_of_several_providers(run: Run, server: Server, storage: Server) -> None:
    """Each goes to its own service, also where the settings are looked for once a run."""
    from tests.providers.xai import XAI

    stub: Stub = XAI(server, storage)
    jobs = [run("New-Video", "Doggo", *stub.call).json for _ in range(3)]
    text = "\n".join(str(job).replace("'", '"').replace("None", "null") for job in jobs)
    result = run("Get-Video", "-ThrottleLimit", "2", *stub.call[2:], stdin=text)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.count('"provider":"XAI"') for line in result.stdout.splitlines()] == [1, 1, 1]


def test_the_keys_of_the_keyring(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """-Provider names the entry; a proxy of one's own gets it, and an entry of its own goes before."""
    from tests.backends import Memory

    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    try:
        assert run("Set-OpenAIKey", "-Provider", "Ark", stdin="stored-0123456789").exit_code == 0
        assert backend.stored == {("psopenai_py", "ark.ap-southeast.bytepluses.com"): "stored-0123456789"}
        assert run("Get-OpenAIKey", "-Provider", "Ark").json["source"] == "keyring"
        api = server.script("ark", [{"status": 404, "json": {}}])
        run(*PROMPT, "-Provider", "Ark", "-ApiBase", api.base)
        assert api.requests[-1].headers["authorization"] == "Bearer stored-0123456789"
        backend.stored["psopenai_py", server.host] = "of-the-proxy-0123456789"
        run(*PROMPT, "-Provider", "Ark", "-ApiBase", api.base)
        assert api.requests[-1].headers["authorization"] == "Bearer of-the-proxy-0123456789"
        assert run("Remove-OpenAIKey", "-Provider", "Ark").exit_code == 0
    finally:
        keyring.set_keyring(before)


def test_a_provider_alone_is_no_record(run: Run) -> None:
    result = run("Get-Video", stdin='{"provider": "XAI"}')
    assert (result.exit_code, result.stdout) == (2, "")
    assert "InputObjectNotBound" in result.stderr


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
@pytest.mark.parametrize("many", [(), ("-ThrottleLimit", "2")], ids=["one by one", "many"])
def test_an_address_gets_no_key_of_a_provider_that_only_a_record_names(
    run: Run, server: Server, everywhere: list[Received], service: Service, many: tuple[str, ...]
) -> None:
    """Whoever wrote the record, such as the server at that address, chose the provider."""
    job = f'{{"id": "job-1", "status": "queued", "provider": "{service.name}"}}'
    arguments = ["-ApiBase", base(server, "gateway.example")]
    result = run("Get-Video", *arguments, *many, stdin=job)
    assert sent(result, everywhere) == set()
    host = f"gateway.example:{server.host.partition(':')[2]}"
    assert result.warnings[-1] == (
        f"The key of {service.name} is not sent to {host}: a record names {service.name}, and -Provider does not."
    )
    everywhere.clear()
    assert sent(run("Get-Video", *arguments, *many, "-Provider", service.name, stdin=job), everywhere) == {service.name}
    everywhere.clear()
    assert sent(run("Get-Video", "-ApiBase", base(server, service.hosts[0]), *many, stdin=job), everywhere) == {
        service.name
    }


def test_functions_send_no_key_of_a_provider_that_only_a_job_names(server: Server, everywhere: list[Received]) -> None:
    job = {"id": "job-1", "provider": "XAI"}
    for name in (None, "XAI"):
        everywhere.clear()
        with pytest.raises(psopenai_py.PSOpenAIError):
            psopenai_py.get_video(job, api_base=base(server, "gateway.example"), provider=name)
        assert carried(everywhere[0]) == ({name} - {None})


def test_an_entry_of_the_keyring_stays_here_too(
    run: Run, server: Server, everywhere: list[Received], backend: KeyringBackend
) -> None:
    keyring.set_password("psopenai_py", "api.x.ai", "stored-0123456789")
    job = '{"id": "job-1", "status": "queued", "provider": "XAI"}'
    run("Get-Video", "-ApiBase", base(server, "gateway.example"), stdin=job)
    assert "stored-0123456789" not in str(everywhere[0].headers)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("xai", "https://api.x.ai/v1/videos/generations"),
        ("GOOGLE", "https://generativelanguage.googleapis.com/v1beta/"),
    ],
)
def test_a_prompt_may_name_a_provider_in_any_case(run: Run, everywhere: list[Received], name: str, url: str) -> None:
    shown = run("New-Video", "-WhatIf", stdin=f'{{"id": "row 7", "prompt": "x", "provider": "{name}"}}')
    assert (shown.exit_code, shown.json["url"][: len(url)]) == (0, url)


@pytest.mark.parametrize("name", ['"Nobody"', '""', "7"])
def test_a_prompt_for_nobody_goes_nowhere(run: Run, everywhere: list[Received], name: str) -> None:
    """It is not for the usual service either; the other records go on."""
    prompts = f'{{"prompt": "x", "provider": {name}}}\n{{"prompt": "y", "provider": "XAI"}}\n'
    shown = run("New-Video", "-WhatIf", stdin=prompts)
    assert (shown.exit_code, shown.stdout.count('"url"')) == (2, 1)
    assert "is none of OpenAI, OpenRouter, XAI" in shown.stderr


def test_a_missing_key_in_a_pipeline_is_that_of_the_provider(run: Run) -> None:
    result = run("Get-Video", "-Provider", "XAI", stdin='{"id": "job-1"}')
    assert (result.exit_code, "OPENAI_API_BASE" in result.stderr) == (4, False)
    assert "the environment variable XAI_API_KEY" in result.stderr
