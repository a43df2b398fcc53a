"""What a download tells meanwhile, and for how long it rests after a break."""

from __future__ import annotations

import contextlib

import pytest

from psopenai_py.errors import ConnectionFailedError, PSOpenAIError
from psopenai_py.videos.download import copy
from tests.cmdlets.contents import MP4
from tests.videos.hosts import Behaviour, Host, Sink, dropped, error, plain, ranges, refusing

SIZE = len(MP4)
AWAY = refusing(error(503))

PAUSES: dict[str, tuple[list[Behaviour], list[float]]] = {
    "longer while no further byte comes": ([refusing(dropped())], [0.5, 1, 2, 4]),
    "short again after a further byte": (
        [ranges(3000), AWAY, AWAY, ranges(10), AWAY, ranges()],
        [0.25, 0.5, 1, 0.25, 0.5],
    ),
    "short for each part": ([ranges(3000), ranges(10), ranges(10), ranges()], [0.25, 0.25, 0.25]),
}


@pytest.mark.parametrize(("behaviours", "pauses"), PAUSES.values(), ids=list(PAUSES))
def test_pauses(behaviours: list[Behaviour], pauses: list[float]) -> None:
    host = Host(list(behaviours))
    with contextlib.suppress(ConnectionFailedError):
        host.copy(Sink())
    assert host.naps == pauses


def test_each_break_is_told_with_what_had_come() -> None:
    host = Host([ranges(3000), refusing(ConnectionFailedError("refused")), ranges(10), ranges()])
    host.copy(Sink())
    assert host.broke == [
        "The download broke off after 3000 bytes and goes on: dropped",
        "The download broke off after 3000 bytes and goes on: refused",
        "The download broke off after 3010 bytes and goes on: dropped",
    ]


FULL: list[tuple[int, int | None]] = [*((size, SIZE) for size in range(1000, SIZE, 1000)), (SIZE, SIZE)]
FAR: dict[str, tuple[list[Behaviour], list[tuple[int, int | None]]]] = {
    "a known length": ([plain()], FULL),
    "no length": ([plain(content_length="")], [(size, None) for size, _ in FULL]),
    "continued": ([ranges(3000), ranges()], [*FULL[:3], (SIZE, SIZE)]),
    "begun again": ([plain(3000, etag='"1"'), plain(etag='"2"')], [*FULL[:3], *FULL]),
    "a length that the rest tells": (
        [plain(3000, etag='"1"', content_length=""), ranges()],
        [(1000, None), (2000, None), (3000, None), (SIZE, SIZE)],
    ),
}


@pytest.mark.parametrize(("behaviours", "told"), FAR.values(), ids=list(FAR))
def test_how_far_it_is(behaviours: list[Behaviour], told: list[tuple[int, int | None]]) -> None:
    seen: list[tuple[int, int | None]] = []
    sink, host = Sink(), Host(list(behaviours))
    copy(host.fetch, sink, sleep=host.naps.append, progress=lambda size, total: seen.append((size, total)))
    assert (seen, bytes(sink.data)) == (told, MP4)


@pytest.mark.parametrize(
    ("behaviours", "action"),
    [
        ([ranges(3000), refusing(error(404))], "The video is still on the server; call again."),
        ([refusing(error(404))], ""),
        ([refusing(ConnectionFailedError("refused", action="Look."))], "Look."),
        ([ranges(3000), ranges(0)], "The video is still on the server; call again."),
    ],
    ids=["gone meanwhile", "not there", "not reached", "no further byte"],
)
def test_what_to_do_when_it_ends(behaviours: list[Behaviour], action: str) -> None:
    with pytest.raises(PSOpenAIError) as caught:
        Host(list(behaviours)).copy(Sink())
    assert caught.value.action == action
