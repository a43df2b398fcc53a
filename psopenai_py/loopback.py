"""What means this machine. On its own, since clients and the sandbox's server have nothing else in common."""

from __future__ import annotations

from functools import lru_cache

LOOPBACK = "127.0.0.1"


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """True for this machine: localhost, names below it, and the loopback addresses."""
    from ipaddress import ip_address

    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
        # Python's own answer for `::ffff:127.0.0.1` changed with 3.13.
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    except ValueError:
        return False
