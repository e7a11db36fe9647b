"""Whether the data plane of a platform answers at all: if every worker fails at once, it is not the workers."""

from collections import defaultdict
from typing import Final

ENOUGH: Final = 20
"""So many workers that fail one after the other stand for all."""
RECENT_SECONDS: Final = 300.0


class ProbedPlane:
    """What the probes of one platform's workers saw. ``failure``: why no probe gets through; "" if any does."""

    def __init__(self) -> None:
        self._seen: dict[
            str, float
        ] = {}  # workers that were well once -> monotonic second of the last probe
        self._failing: set[str] = set()  # of these, since any probe got through
        self.failure = ""

    def got_through(self, worker: str, now: float, *, is_well: bool) -> bool:
        """Note an answer of a worker, well or not; return whether the data plane was failing until now."""
        if is_well or worker in self._seen:
            self._seen[worker] = now
        was_failing = bool(self.failure)
        self._failing.clear()
        self.failure = ""
        return was_failing

    def failed(self, worker: str, now: float, why: str) -> bool:
        """Note that a worker that was well does not answer; return whether the data plane is failing from now on."""
        self._seen[worker] = now
        self._failing.add(worker)
        if self.failure:
            return False
        if len(self._failing) < ENOUGH:
            # One that is gone, or parked, is not waited for.
            self._seen = {w: at for w, at in self._seen.items() if at >= now - RECENT_SECONDS}
        if len(self._failing) >= max(2, min(len(self._seen), ENOUGH)):
            self.failure = f"none of {len(self._failing)} workers answers its probe ({why})"
        return bool(self.failure)


class ProbedPlanes:
    """The data planes by platform."""

    def __init__(self) -> None:
        self._planes: defaultdict[str, ProbedPlane] = defaultdict(ProbedPlane)

    def of(self, platform: str) -> ProbedPlane:
        """Return what is known of a platform's data plane."""
        return self._planes[platform]
