"""A loopback server that answers every request with the same job at once; it prints its port and stays.

It must cost next to nothing, because the processor it runs on is shared with what is measured.
"""

import json
import socketserver

JOB = {
    "id": "video_123",
    "object": "video",
    "model": "sora-2",
    "status": "queued",
    "progress": 0,
    "created_at": 1764000000,
    "size": "720x1280",
    "seconds": "8",
}
BODY = json.dumps(JOB).encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


class Handler(socketserver.StreamRequestHandler):
    """One connection, for as many requests as it brings."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Read requests and answer them until the client closes."""
        while self.rfile.readline():
            self.rfile.read(self.length())
            self.wfile.write(HEAD + BODY)

    def length(self) -> int:
        """Read the header fields; the number of bytes that follow them."""
        length = 0
        for line in iter(self.rfile.readline, b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        return length


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection: one that is left open does not hold up the next."""

    daemon_threads = True


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
