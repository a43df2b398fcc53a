"""A loopback server with large contents and long lists; it prints its port and stays.

`/v1/videos/SIZE-ANYTHING/content` answers with so many bytes, `/v1/list/COUNT/videos` with pages of so many jobs in
all. Contents go from the file cache to the socket inside the kernel, so that a client is what limits a transfer.
"""

import json
import os
import socketserver
import sys
import tempfile
from urllib.parse import parse_qs, urlsplit

HEAD = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
#: Bytes of the file that is sent, again and again when a content is larger.
LENGTH = 2**24
JOB = {"object": "video", "model": "sora-2", "status": "completed", "progress": 100, "created_at": 1764000000}
JOB |= {"size": "720x1280", "seconds": "8", "error": None, "prompt": "Dancing Doggo", "expires_at": None}


class Handler(socketserver.StreamRequestHandler):
    """One connection, for as many requests as it brings."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer with contents and pages until the client closes."""
        while request := self.rfile.readline():
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            parts = urlsplit(request.split()[1].decode())
            folders = parts.path.split("/")
            if folders[-1] == "content":
                self.send_content(int(folders[-2].partition("-")[0]))
            else:
                after = int(parse_qs(parts.query).get("after", ["0"])[0].removeprefix("video_"))
                self.send_page(int(folders[-2]), after)

    def send_content(self, size: int) -> None:
        """So many bytes that begin like a video."""
        if sys.platform == "win32":
            raise NotImplementedError("Windows has no sendfile.")
        self.begin("video/mp4", size)
        sent = 0
        while sent < size:
            start = sent % LENGTH
            sent += os.sendfile(self.connection.fileno(), content, start, min(LENGTH - start, size - sent))

    def send_page(self, count: int, after: int) -> None:
        """The hundred jobs behind one."""
        jobs = [{"id": f"video_{number}", **JOB} for number in range(after + 1, min(after + 100, count) + 1)]
        page = {"object": "list", "data": jobs, "has_more": after + 100 < count, "last_id": jobs[-1]["id"]}
        body = json.dumps(page).encode()
        self.begin("application/json", len(body))
        self.wfile.write(body)

    def begin(self, media_type: str, size: int) -> None:
        """Status and headers."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {size}\r\n\r\n"
        self.wfile.write(head.encode())

    def finish(self) -> None:
        """Nothing is left to flush; the client may be gone."""


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection, and room for many that come at the same moment."""

    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    with tempfile.TemporaryFile() as file, Server(("127.0.0.1", 0), Handler) as server:
        file.write(HEAD.ljust(LENGTH, b"\0"))
        file.flush()
        content = file.fileno()
        print(server.server_address[1], flush=True)
        server.serve_forever()
