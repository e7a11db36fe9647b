"""Fleets in memory: followers that do what a course lets them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workers_operator.domain.fleet.members import FleetMember, FollowerState
from workers_operator.domain.fleet.plan import FleetPlan
from workers_operator.domain.fleet.progress import (
    FleetCourse,
    FleetSituation,
    FleetState,
    FleetStrategy,
    decide,
    former_version,
)
from workers_operator.domain.rollout.orders import RolloutOrder, Verb
from workers_operator.domain.worker import ObjectKey

OLD, NEW, NEXT = "0" * 8, "1" * 8, "2" * 8

ALL_AT_OLD = FleetState(OLD, "Succeeded")


def key(number: int) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", f"w{number}")


def fleet(size: int, version: str = OLD) -> list[FleetMember]:
    return [FleetMember(key(n), version, "Ready") for n in range(size)]


@dataclass
class Fleet:
    """A template with its followers, which deploy what they may when they are told to."""

    strategy: FleetStrategy
    followers: list[FleetMember]
    target: str = NEW
    state: FleetState | None = ALL_AT_OLD
    previous: str = ""
    now: int = 1_000
    bad: frozenset[str] = frozenset()  # versions that fail everywhere
    seen: list[FleetCourse] = field(default_factory=list)

    def decide(self, order: Verb | None = None) -> FleetCourse:
        """One pass over the template; whoever is released begins."""
        course = decide(self.situation(order))
        self.previous = former_version(self.state, self.previous, self.target, self.followers)
        self.state = course.state
        self.seen.append(course)
        plan = self.plan(course)
        self.followers = [self._begin(f, plan) for f in self.followers]
        return course

    def situation(self, order: Verb | None = None) -> FleetSituation:
        former = former_version(self.state, self.previous, self.target, self.followers)
        given = RolloutOrder(f"{order} {self.now}", order) if order else None
        return FleetSituation(
            self.target, former, self.state, self.strategy, self.followers, self.now, given
        )

    def plan(self, course: FleetCourse) -> FleetPlan:
        return FleetPlan("uid", course.version, self.previous, course.released, course.state.retry)

    def _begin(self, follower: FleetMember, plan: FleetPlan) -> FleetMember:
        version = plan.version_of(follower.key, follower.version)
        if follower.state == "Suspended":
            return follower
        if version == follower.version and follower.retried == plan.retry:
            return follower
        if version == follower.version and follower.state != "Failed":
            return replace(follower, retried=plan.retry)
        return replace(follower, version=version, state="OnTheWay", retried=plan.retry)

    def finish(self, most: int = 1_000_000) -> int:
        """Have followers that are on their way arrive, or fail; return how many did."""
        under_way = [f for f in self.followers if f.state == "OnTheWay"][:most]
        for follower in under_way:
            self.turn(follower.key, "Failed" if follower.version in self.bad else "Ready")
        return len(under_way)

    def wait(self, which: ObjectKey, reason: str, *, in_rollout: bool = False) -> None:
        """Have a follower be on its way, and say why."""
        since = None if in_rollout else self.now
        self.followers = [
            replace(f, state="OnTheWay", unready=since, reason=reason) if f.key == which else f
            for f in self.followers
        ]

    def turn(self, which: ObjectKey, state: FollowerState) -> None:
        self.followers = [
            replace(f, state=state, unready=None, reason="") if f.key == which else f
            for f in self.followers
        ]

    def having(self, version: str) -> set[ObjectKey]:
        return {f.key for f in self.followers if f.version == version}

    def on_the_way(self) -> int:
        return sum(f.state == "OnTheWay" for f in self.followers)


def phases(courses: Sequence[FleetCourse]) -> list[str]:
    """The phases in their order, each once in a row."""
    found: list[str] = []
    for course in courses:
        if not found or found[-1] != course.state.phase:
            found.append(course.state.phase)
    return found
