"""How far a download is, as records."""

from __future__ import annotations

import socketserver
import threading
from pathlib import Path

import pytest

from tests.compat.client import Client, end, of_kind

HEAD = b"\0\0\0\x18ftypmp42" + bytes(100)
SIZE = 200_000


def _slow(more: threading.Event) -> type[socketserver.StreamRequestHandler]:
    """Sends half of a video, then a few bytes again and again, and the rest when it is wanted."""

    class Slow(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n")
            self.wfile.write(b"Content-Length: %d\r\n\r\n" % SIZE + HEAD)
            sent = SIZE // 2
            self.wfile.write(bytes(sent - len(HEAD)))
            while not more.wait(0.05) and sent < SIZE - 20:
                self.wfile.write(bytes(20))
                sent += 20
            self.wfile.write(bytes(SIZE - sent))

    return Slow


@pytest.mark.parametrize("quiet", [False, True], ids=["usual", "quiet"])
def test_a_download_tells_how_far_it_is(client: Client, tmp_path: Path, quiet: bool) -> None:
    more = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _slow(more)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        bound = {
            "VideoId": "video_1",
            "OutFile": str(tmp_path / "doggo.mp4"),
            "ApiBase": f"http://127.0.0.1:{server.server_address[1]}/v1",
        }
        preferences = {"progress": "SilentlyContinue" if quiet else "Continue"}
        call = client.send("Get-VideoContent", bound, preferences=preferences)
        first = [] if quiet else [client.next() or {}]
        threading.Timer(1 if quiet else 0, more.set).start()
        records = first + client.records(call)
        server.shutdown()
    assert records[-1]["end"] == end()
    assert (tmp_path / "doggo.mp4").stat().st_size == SIZE
    told = of_kind(records, "progress")
    if quiet:
        assert told == []
        return
    assert told[-1] == {"completed": True}
    assert len(told) >= 2
    for record in told[:-1]:
        assert record["status"] == "downloading" and "doggo.mp4" in record["activity"]
    percents = [record["percent"] for record in told[:-1]]
    assert percents == sorted(percents) and 0 < percents[0] < 100
