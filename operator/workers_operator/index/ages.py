"""Ages: since when something has been observed, until its time has passed. Pure."""

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def track(
    since: Mapping[T, float], present: Collection[T], now: float, window: float
) -> tuple[dict[T, float], frozenset[T], float | None]:
    """Follow how long things have been present.

    ``since`` maps a thing to the monotonic second at which it was first present. Returns the new map, the things whose
    ``window`` seconds have passed, and the seconds until the next one's have (None: none is left).
    """
    after = {thing: since.get(thing, now) for thing in present}
    expired = frozenset(thing for thing, start in after.items() if now - start >= window)
    waiting = [start + window - now for thing, start in after.items() if thing not in expired]
    return after, expired, min(waiting, default=None)
