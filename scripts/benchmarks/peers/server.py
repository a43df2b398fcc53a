"""A loopback server that answers every request with a job: `server.py [SECONDS]`, at once or after so many.

It prints its port and stays. It must cost next to nothing, because the processors it runs on are shared with what
is measured; so it reads of a request only where it ends and, to put it into the job, the prompt.
"""

import asyncio
import itertools
import re
import sys

#: The prompt in a form, and in JSON.
PROMPT = re.compile(rb'"prompt"(?:\r\n\r\n|: ?")([^"\r]*)')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
JOB = (
    b'{"id": "video_%d", "object": "video", "model": "sora-2", "status": "queued", "progress": 0,'
    b' "created_at": 1764000000, "size": "720x1280", "seconds": "8", "prompt": "%b"}\n'
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Connection(asyncio.Protocol):
    """One connection, for as many requests as it brings."""

    numbers = itertools.count(1)

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for mypy: so it is for TCP
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete by now."""
        self.received += data
        while end := self.end():
            answer = self.answer(self.received[:end])
            self.received = self.received[end:]
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, answer)
            else:
                self.transport.write(answer)

    def end(self) -> int:
        """Where the first request ends; 0 while that is still to come."""
        head = self.received.find(b"\r\n\r\n") + 4
        if head < 4:
            return 0
        length = LENGTH.search(self.received, 0, head)
        end = head + (int(length[1]) if length else 0)
        return end if len(self.received) >= end else 0

    def answer(self, request: bytes) -> bytes:
        """A job, as it goes over the wire."""
        prompt = PROMPT.search(request)
        job = JOB % (next(self.numbers), prompt[1] if prompt else b"")
        return ANSWER % (len(job), job)


async def serve(delay: float) -> None:
    """Say where, and answer until somebody ends the process."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) if sys.argv[1:] else 0))
