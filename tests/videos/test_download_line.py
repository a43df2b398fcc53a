"""What the line about a download says, by a clock of the test's own."""

from __future__ import annotations

import pytest

from psopenai_py.videos.download_progress import DownloadProgress

MB = 10**6


@pytest.mark.parametrize(
    ("seconds", "size", "total", "pieces"),
    [
        (0, None, None, ["doggo.mp4 0 B", "0 B/s"]),
        (1, None, None, ["doggo.mp4 0 B", "0 B/s"]),
        (1, 0, 4 * MB, ["doggo.mp4 0 % 0.0 of 4.0 MB", "0 B/s"]),
        (2, 1 * MB, 4 * MB, ["doggo.mp4 25 % 1.0 of 4.0 MB", "500 kB/s", "6 s left"]),
        (2, 4 * MB - 1, 4 * MB, ["doggo.mp4 99 % 4.0 of 4.0 MB", "2.0 MB/s", "0 s left"]),
        (2, 4 * MB, 4 * MB, ["doggo.mp4 100 % 4.0 of 4.0 MB", "2.0 MB/s", "0 s left"]),
        (2, 1 * MB, None, ["doggo.mp4 1.0 MB", "500 kB/s"]),
        (2, 1 * MB, 0, ["doggo.mp4 1.0 MB", "500 kB/s", "0 s left"]),
        (1, 1, 1000, ["doggo.mp4 0 % 0 of 1 kB", "1 B/s", "16 min left"]),
    ],
)
def test_pieces(seconds: float, size: int | None, total: int | None, pieces: list[str]) -> None:
    now = [50.0]
    progress = DownloadProgress("doggo.mp4", lambda: now[0])
    now[0] += seconds
    if size is not None:
        progress.reached(size, total)
    assert progress.pieces() == pieces


def test_the_speed_is_that_of_the_last_looks() -> None:
    """A download that stalls is not as fast any more as it began."""
    now = [0.0]
    progress = DownloadProgress("a", lambda: now[0])
    speeds = []
    for size in (8 * MB, *[8 * MB] * 30):
        now[0] += 1
        progress.reached(size, 9 * MB)
        speeds.append(progress.pieces()[1])
    assert speeds[0] == "8.0 MB/s"
    assert speeds[-1] == "0 B/s"
    assert len(progress.pieces()) == 2


def test_a_download_that_began_again_has_no_speed_below_zero() -> None:
    now = [0.0]
    progress = DownloadProgress("a", lambda: now[0])
    now[0] += 1
    progress.reached(5 * MB, 9 * MB)
    progress.pieces()
    for _ in range(30):
        now[0] += 1
        progress.reached(1 * MB, 9 * MB)
        assert not progress.pieces()[1].startswith("-")
