"""A loopback server with large contents and long lists; it prints its port and stays.

`/v1/videos/SIZE/content` answers with so many bytes, `/v1/list/COUNT/videos` with pages of so many jobs in all.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HEAD = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
CHUNK = bytes(2**20)
JOB = {"object": "video", "model": "sora-2", "status": "completed", "progress": 100, "created_at": 1764000000}
JOB |= {"size": "720x1280", "seconds": "8", "error": None, "prompt": "Dancing Doggo", "expires_at": None}


class Handler(BaseHTTPRequestHandler):
    """One connection, for as many requests as it brings."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with content or with a page."""
        parts = urlsplit(self.path)
        folders = parts.path.split("/")
        if folders[-1] == "content":
            self.send_content(int(folders[-2]))
        else:
            after = int(parse_qs(parts.query).get("after", ["0"])[0].removeprefix("video_"))
            self.send_page(int(folders[-2]), after)

    def send_content(self, size: int) -> None:
        """So many bytes that begin like a video."""
        self.begin("video/mp4", size)
        self.wfile.write(HEAD)
        left = size - len(HEAD)
        while left > 0:
            self.wfile.write(CHUNK[:left])
            left -= len(CHUNK)

    def send_page(self, count: int, after: int) -> None:
        """The hundred jobs behind one."""
        jobs = [{"id": f"video_{number}", **JOB} for number in range(after + 1, min(after + 100, count) + 1)]
        page = {"object": "list", "data": jobs, "has_more": after + 100 < count, "last_id": jobs[-1]["id"]}
        body = json.dumps(page).encode()
        self.begin("application/json", len(body))
        self.wfile.write(body)

    def begin(self, media_type: str, size: int) -> None:
        """Status and headers."""
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
