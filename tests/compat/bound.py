"""The requests that bound values make, by the documents of the API: what a test of the command line expects."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from compat.recordings import Case
from tests.conftest import KEY

#: A timer of .NET counts milliseconds in 32 bits.
LONGEST_TIMER = 2**31 - 1
_FORM = {"prompt": "Prompt", "model": "Model", "seconds": "Seconds", "size": "Size"}


def requests(cmdlet: str, bound: Case, files: Path) -> list[Case]:
    """Every request of a call whose job is done, in the form of the recordings. The base address is not in the path."""
    headers = _headers(bound)
    if cmdlet == "New-Video":
        form = headers | {"Content-Type": "multipart/form-data"}
        return [{"method": "POST", "path": _path(bound), "headers": form, "fields": _fields(bound, files)}]
    if cmdlet == "New-VideoRemix":
        body = {"prompt": bound["Prompt"]} | _additional(bound)
        document = headers | {"Content-Type": "application/json"}
        return [{"method": "POST", "path": _path(bound, "/remix"), "headers": document, "json": body}]
    if cmdlet == "Remove-Video":
        return [{"method": "DELETE", "path": _path(bound), "headers": headers | {"Content-Type": "application/json"}}]
    job = {"method": "GET", "path": _path(bound), "headers": headers}
    if cmdlet == "Get-VideoContent":
        # What a server sends unasked is not asked for.
        variant = {"variant": bound["Variant"].lower()} if bound.get("Variant", "video").lower() != "video" else {}
        content = {"method": "GET", "path": _path(bound, "/content", variant), "headers": headers}
        return [job, content] if bound.get("WaitForCompletion") else [content]
    if cmdlet == "Get-Video" and "VideoId" not in bound:
        return [job | {"path": _path(bound, query=_page(bound))}]
    return [job]


def _page(bound: Case) -> dict[str, Any]:
    size = 100 if bound.get("All") else bound.get("Limit", 20)
    after = {"after": bound["After"]} if bound.get("After") else {}
    return {"limit": size, "order": bound.get("Order", "asc").lower()} | after


def _path(bound: Case, below: str = "", query: dict[str, Any] | None = None) -> str:
    base = urlsplit(bound.get("ApiBase", "").strip())
    version = {"api-version": bound.get("ApiVersion") or "preview"} if _azure(bound) else {}
    more = bound.get("AdditionalQuery", {})
    parts = "&".join(part for part in (base.query, urlencode(version | (query or {}) | more)) if part)
    collection = "/openai/v1/video/generations/jobs" if _azure(bound) else "/videos"
    video = f"/{quote(bound['VideoId'], safe='')}" if "VideoId" in bound else ""
    return f"{base.path.rstrip('/')}{collection}{video}{below}" + (f"?{parts}" if parts else "")


def _headers(bound: Case) -> dict[str, str]:
    key = bound.get("ApiKey") or KEY
    bare = _azure(bound) and bound.get("AuthType", "").lower() in ("", "azure")
    organization = bound.get("Organization", "").strip()
    named = {"OpenAI-Organization": organization} if organization else {}
    more = {name: str(value) for name, value in bound.get("AdditionalHeaders", {}).items()}
    return ({"api-key": key} if bare else {"Authorization": f"Bearer {key}"}) | named | more


def _azure(bound: Case) -> bool:
    return bool(bound.get("ApiType") == "Azure")


def _fields(bound: Case, files: Path) -> list[list[str | None]]:
    given = {"Model": "sora-2"} | bound
    form = {name: str(given[parameter]) for name, parameter in _FORM.items() if parameter in given}
    if not form["model"]:
        del form["model"]  # the server has one of its own
    form |= {name: form[name].strip() for name in ("seconds", "size") if name in form}
    form |= {"size": form["size"].lower()} if "size" in form else {}
    form |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in _additional(bound).items()}
    fields: list[list[str | None]] = [[name, None, None, value] for name, value in form.items()]
    if bound.get("InputReference"):
        picture = files / Path(bound["InputReference"]).name
        digest = hashlib.sha256(picture.read_bytes()).hexdigest()
        fields.append(["input_reference", picture.name, "image/png", f"sha256:{digest}"])
    return fields


def _additional(bound: Case) -> Case:
    text = bound.get("AdditionalBody", "{}")
    values: Case = {"a": 1} if text == "@{a=1}" else json.loads(text)
    return values


def refusal(bound: Case, files: Path) -> str | None:
    """The id of the error for values that bind, and cannot be sent; None where they can be."""
    if bound.get("TimeoutSec", 0) < 0:
        return "ParameterArgumentValidationError,Invoke-OpenAIAPIRequest"
    if bound.get("TimeoutSec", 0) * 1000 > LONGEST_TIMER:
        return "System.ArgumentOutOfRangeException,Invoke-OpenAIAPIRequest"
    if not f"{bound.get('Organization', '')}{bound.get('ApiKey', '')}".isascii():
        return "System.FormatException,Invoke-OpenAIAPIRequest"
    if not (files / Path(bound.get("InputReference", "")).name).exists():
        return "System.Management.Automation.ItemNotFoundException,Resolve-FileInfo"
    if "AdditionalBody" in bound and not _is_object(bound):
        return "System.InvalidOperationException,Initialize-OpenAIAPIRequestParam"
    base = urlsplit(bound.get("ApiBase", "http://h").strip())
    if base.scheme in ("ftp", "file"):
        return "WebCmdletIEDomNotSupportedException,Invoke-OpenAIAPIRequest"
    return None if base.netloc and base.scheme else "System.ArgumentException,Initialize-APIBase"


def _is_object(bound: Case) -> bool:
    try:
        return isinstance(_additional(bound), dict)
    except (ValueError, TypeError):
        return False
