"""When requests may go out: a call by itself asks nobody; many that run together keep one pace for each server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import APIRequestError, Interrupted

#: Longest wish of a server that all requests heed, in seconds.
_LONGEST = 600.0


class RateLimiter:
    """The pace of a call by itself."""

    def at(self, host: str) -> RateLimiter:
        """The same for the requests to one server."""
        return self

    def admit(self, *, at_once: bool = False) -> None:
        """Return when a request may go out, or at once. Raises Interrupted when none may any more."""

    def left(self) -> float:
        """Seconds until a request may go out."""
        return 0.0

    def slow(self, seconds: float) -> None:
        """A server wants no request for so many seconds."""

    def may_repeat(self, error: APIRequestError) -> bool:
        """True if a request may be repeated after this error, should the settings allow it."""
        return True

    def rest(self, seconds: float) -> bool:
        """Wait before a request is repeated; False if it is not to be repeated after all."""
        time.sleep(seconds)
        return True


class SharedRateLimiter(RateLimiter):
    """The pace of many calls in several threads: what a server asks of one holds for all that go to it.

    Args:
        may_repeat: what is to say whether a request may be repeated.
        enough: tells that no request is to go out any more, also before `stop` is called.
        stopped: is set by `stop`; those of one run share it.
    """

    def __init__(
        self,
        may_repeat: Callable[[APIRequestError], bool],
        enough: Callable[[], bool],
        stopped: threading.Event | None = None,
    ) -> None:
        self._may_repeat = may_repeat
        self._enough = enough
        self._free_at = 0.0
        self._lock = threading.Lock()
        self._stopped = stopped or threading.Event()
        self._by_host: dict[str, SharedRateLimiter] = {}

    def at(self, host: str) -> SharedRateLimiter:
        with self._lock:
            if host not in self._by_host:
                self._by_host[host] = SharedRateLimiter(self._may_repeat, self._enough, self._stopped)
            return self._by_host[host]

    def admit(self, *, at_once: bool = False) -> None:
        if not at_once:
            self.rest(0)
        if self._stopped.is_set() or self._enough():
            raise Interrupted("Nothing was sent.")

    def left(self) -> float:
        return max(self._free_at - time.monotonic(), 0.0)

    def slow(self, seconds: float) -> None:
        with self._lock:  # of two wishes at the same time, the longer one counts
            self._free_at = max(self._free_at, time.monotonic() + min(seconds, _LONGEST))

    def may_repeat(self, error: APIRequestError) -> bool:
        return self._may_repeat(error)

    def rest(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        # What the server asks for may grow meanwhile.
        while (left := max(until - time.monotonic(), self.left())) > 0 and not self._stopped.wait(left):
            pass
        return not self._stopped.is_set()

    def stop(self) -> None:
        """From now on nothing goes out, and nobody waits any longer."""
        self._stopped.set()
