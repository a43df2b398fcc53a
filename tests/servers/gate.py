"""What stands in front of such servers in use, and an engine that is told by the prompt how to behave.

The shipped routes refuse hardly anything. A key check and a limit are a proxy's matter, so words in the prompt, those
of the sandbox, let one answer: in the words of nginx, of vLLM's own key check, and of guards in front of models.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

NGINX = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>nginx</center>"
    "\r\n</body>\r\n</html>\r\n"
)
JSON, HTML = "application/json", "text/html"
#: Status, type and body by the word.
REFUSALS = {
    "401": (401, JSON, '{"error":"Unauthorized"}'),
    "429": (429, HTML, NGINX.format("429 Too Many Requests")),
    "502": (502, HTML, NGINX.format("502 Bad Gateway")),
    "quota": (429, JSON, '{"error":{"message":"Budget has been exceeded","code":"insufficient_quota"}}'),
    "moderation": (400, JSON, '{"detail":"The prompt was refused by the content policy"}'),
    "html": (200, HTML, "<!doctype html><title>Welcome to nginx!</title>"),
}


async def work(prompt: str) -> None:
    """What takes an engine its time, or all of it; raises where it fails."""
    await asyncio.sleep(3600 if "[stall]" in prompt else 0.3)
    if "[fail]" in prompt:
        raise RuntimeError("CUDA out of memory")


class Gate:
    """An ASGI application in front of another one."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind
        self._struck: dict[str, int] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._behind(scope, receive, send)
        body = await _body(receive)
        word = self._word(body.decode(errors="replace"))
        if word == "hang":
            await asyncio.sleep(3600)
        if word == "drop":
            await _answer(send, 200, JSON, b"{", length=100)
            return None  # the server closes a connection on which less came than was announced
        if word in REFUSALS:
            status, kind, text = REFUSALS[word]
            return await _answer(send, status, kind, text.encode())
        return await self._behind(scope, _again(body), send)

    def _word(self, text: str) -> str | None:
        """The word in a prompt, if it still strikes: `[429 x2]` does so twice."""
        found = re.search(r"\[(\w+)(?: x(\d+))?\]", text)
        if not found:
            return None
        self._struck[found[0]] = self._struck.get(found[0], 0) + 1
        return None if found[2] and self._struck[found[0]] > int(found[2]) else found[1]


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


def _again(body: bytes) -> Receive:
    """What receives a body that was read before."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def _answer(send: Send, status: int, kind: str, body: bytes, length: int | None = None) -> None:
    size = len(body) if length is None else length
    headers = [(b"content-type", kind.encode()), (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
