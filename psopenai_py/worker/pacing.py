"""The pace of a call that rests: no request goes out while the client still works on what the last one brought."""

from __future__ import annotations

from collections.abc import Callable

from ..http.rate_limit import RateLimiter


class RestingLimiter(RateLimiter):
    """Asks before each request. `rest` returns when the client wants more of the call."""

    def __init__(self, rest: Callable[[], None]) -> None:
        self._rest_first = rest

    def admit(self, *, at_once: bool = False) -> None:
        self._rest_first()
