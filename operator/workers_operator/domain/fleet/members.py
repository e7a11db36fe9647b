"""Followers of a template, and which of them belong to a wave. Pure."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from workers_operator.domain.worker import ObjectKey

FollowerState = Literal["Ready", "OnTheWay", "Failed", "Suspended"]


@dataclass(frozen=True, slots=True)
class FollowerVersions:
    """What of a follower serves, and where: its own versions, not those of the template."""

    platform: str
    script_name: str
    stable: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class FleetMember:
    """A worker that follows a template.

    ``version``: template version last deployed or being deployed, "" for none. ``state``: its health. ``retried``: the
    last retry order that it has taken up. ``unready``: the Unix time since which it is on its
    way, and no rollout of its own is why; ``reason``: what its Ready says meanwhile. ``served``: what serves, if
    anything does.
    """

    key: ObjectKey
    version: str = ""
    state: FollowerState = "OnTheWay"
    retried: str = ""
    unready: int | None = None
    reason: str = ""
    served: FollowerVersions | None = None

    def is_ready_at(self, version: str) -> bool:
        """Whether it is Ready at this version."""
        return self.version == version and self.state == "Ready"


@dataclass(frozen=True, slots=True)
class FleetTrial:
    """What followers are judged by. ``retry``: the order to try again that was given last, "" without one.

    ``started``, ``since``, ``now``: Unix times, of the rollout, of its wave, and now. ``deadline``: seconds after which
    one has failed that is not Ready.
    """

    version: str
    retry: str = ""
    started: int = 0
    since: int = 0
    now: int = 0
    deadline: float = math.inf

    def left(self, follower: FleetMember) -> float:
        """Return the seconds after which a follower is late.

        One that was not Ready already when the rollout began has as long as the others of the wave.
        """
        if follower.unready is None:
            return math.inf
        began = follower.unready if follower.unready >= self.started else self.since
        return began + self.deadline - self.now

    def is_late(self, follower: FleetMember) -> bool:
        """Whether a follower has been on its way to the version for too long; it may become Ready yet."""
        is_on_the_way = follower.version == self.version and follower.state == "OnTheWay"
        return is_on_the_way and self.left(follower) <= 0

    def has_failed(self, follower: FleetMember) -> bool:
        """Whether the version does a follower no good, the last order to try again included."""
        if follower.version != self.version:
            return False
        has_failed = follower.state == "Failed" and follower.retried == self.retry
        return has_failed or self.is_late(follower)

    def is_under_way(self, follower: FleetMember) -> bool:
        """Whether the version is being deployed for a follower."""
        if follower.version != self.version or follower.state in ("Ready", "Suspended"):
            return False
        return not self.has_failed(follower)

    def is_over(self, follower: FleetMember) -> bool:
        """Whether nobody waits for a follower any longer. One that is suspended changes nothing until it is resumed."""
        is_ready = follower.is_ready_at(self.version)
        return is_ready or follower.state == "Suspended" or self.has_failed(follower)


@dataclass(frozen=True, slots=True)
class Portion:
    """A number of followers, or a percentage of all."""

    number: int
    is_percentage: bool = False

    def of(self, total: int) -> int:
        """Return the number of ``total`` followers; a percentage is at least one."""
        if not self.is_percentage:
            return min(self.number, total)
        return min(total, max(1, math.ceil(total * self.number / 100))) if self.number else 0


ONE = Portion(1)
ALL = Portion(100, is_percentage=True)


@dataclass(frozen=True, slots=True)
class FollowerCounts:
    """Followers: total, updated, Ready and failed."""

    total: int
    updated: int
    ready: int
    failed: int


def in_order(followers: Iterable[FleetMember], version: str) -> list[FleetMember]:
    """Return followers in the order in which a version reaches them, whatever their order in the argument.

    Those that it has reached come first. Of the others, it is another order for each version, so that nobody is always
    among the first; those that already fail or are suspended come last, for they would say nothing about the version.
    """

    def place(follower: FleetMember) -> tuple[bool, bool, bytes, ObjectKey]:
        is_mute = follower.state in ("Failed", "Suspended")
        has_started = follower.version == version
        digest = hashlib.sha256(f"{version} {follower.key}".encode()).digest()
        return (not has_started, is_mute, digest, follower.key)

    return sorted(followers, key=place)


def size_of(waves: Sequence[Portion], wave: int, total: int) -> int:
    """Return the number of followers up to a wave: no wave is smaller than the one before."""
    return max(portion.of(total) for portion in waves[: wave + 1])


def count(followers: Iterable[FleetMember], trial: FleetTrial) -> FollowerCounts:
    """Count followers by their state at a version."""
    found = list(followers)
    return FollowerCounts(
        len(found),
        sum(f.version == trial.version for f in found),
        sum(f.is_ready_at(trial.version) for f in found),
        sum(map(trial.has_failed, found)),
    )
