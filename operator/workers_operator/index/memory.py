"""What the reconciler remembers of a worker between passes. All of it may be lost: after a restart it looks again."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from workers_operator.desired.report import ResolvedSource
from workers_operator.domain.health.instances import NOTHING_SEEN, Instances
from workers_operator.domain.health.probes import StatusRange
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.scaling.behavior import Autoscaling
from workers_operator.domain.scaling.decision import Decision
from workers_operator.domain.tenancy.customer_plans import Limits
from workers_operator.domain.tenancy.grants import Terms
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.index import ages


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an object comes to on its platform, without any content: enough for a pass that uploads nothing.

    It holds as long as everything that it was made from: the object's generation, the platform, the terms, the etags of
    R2 objects, and until a monotonic second. ``version``: its hash; ``size``: bytes of its content, at most.
    """

    generation: int
    platform: str
    terms: Terms
    etags: tuple[str, ...]
    until: float
    source: ResolvedSource
    version: str
    limits: Limits
    size: int

    def at(self, version: str) -> "Resolved":
        """Return the same for a version that serves in its place."""
        return self if version == self.version else replace(self, version=version)


@dataclass(frozen=True, slots=True)
class Routine:
    """What a probe needs to know of a worker at rest whose status says what probes find, instead of its object.

    ``followed``: its template, and the version of it that status tells; None if it follows none. ``path``, ``timeout``,
    ``interval``, ``expected``: of its probes, in seconds. ``measured``: up to when status.metrics tell, ``looked``: up
    to when there were metrics, Unix times; ``is_idle``: neither tells of a request.
    """

    platform: str
    followed: tuple[ObjectKey, str] | None
    path: str
    timeout: float
    interval: float
    expected: tuple[StatusRange, ...] | None
    measured: int | None
    looked: int | None
    is_idle: bool


@dataclass(frozen=True, slots=True)
class AtRest:
    """What a pass found to be as it has to be: passes only probe as long as that is so.

    ``seen``: what it looked at besides the account; ``account``: the worker's part of the account; ``worker``: as it
    serves; ``until``: a monotonic second. ``revision``: of all accounts, when that part was looked at last.
    ``routine``: once a pass that only probed has found nothing to say.
    """

    seen: tuple[object, ...]
    until: float
    account: tuple[object, ...]
    worker: Worker
    revision: tuple[object, ...] = ()
    routine: Routine | None = None


@dataclass(frozen=True, slots=True)
class ScalingMemory:
    """The last decision about a worker's instances, for which task, and when, as Unix times.

    ``written``: when a decision was last written into status. ``seen``: up to when there was data, and whether it could
    not be had.
    """

    task: Autoscaling
    decision: Decision
    at: float
    written: float | None
    seen: tuple[int | None, bool] = (None, False)

    @property
    def is_parked(self) -> bool:
        """Whether there were to be no instances."""
        return self.decision.desired == 0


@dataclass(frozen=True, slots=True)
class ProbeOutcomes:
    """What came of the last probes.

    ``misses``: those in a row that found the version not answering well. ``failures``: failed ones in a row, which
    status counts only when it is written; None: as many as it says. ``missed``: the monotonic second at which the
    dispatcher found no script or no route of a worker that was healthy. ``instances``: what they found of each.
    ``rest``: what need not be looked at as long as they find nothing.
    """

    misses: int = 0
    failures: int | None = None
    missed: float | None = None
    instances: Instances = NOTHING_SEEN
    rest: AtRest | None = None


@dataclass(slots=True)
class Memory:
    """What is remembered of one worker; changed by its own methods only.

    ``stale``: something that ``resolved`` was made from has changed. ``next_probe``: monotonic second. ``unconfirmed``:
    routed anew, and not seen to answer since. ``requested``: the check that was requested last, and the monotonic
    second from which on a listing knows all that the user knew. ``waits``: others keep it out of something that it asks
    for.
    """

    resolved: Resolved | None = None
    stale: bool = False
    next_probe: float = 0.0
    unconfirmed: bool = False
    probes: ProbeOutcomes = field(default_factory=ProbeOutcomes)
    superseded: dict[ScriptId, float] = field(default_factory=dict)
    requested: tuple[str, float] = ("", -math.inf)
    scaling: ScalingMemory | None = None
    waits: bool = False

    @property
    def misses(self) -> int:
        """Probes in a row that found the version not answering well."""
        return self.probes.misses

    @property
    def rest(self) -> AtRest | None:
        """What a pass found to be as it has to be, unless a probe found something else since."""
        found = self.probes
        is_well = (
            not self.misses
            and not found.failures
            and found.missed is None
            and not found.instances.any_fails
            and not self.unconfirmed
            and not self.superseded
        )
        return found.rest if is_well else None

    def keep_rest(self, rest: AtRest | None) -> None:
        """Keep what a pass found to be as it has to be; None if something is not."""
        self.probes = replace(self.probes, rest=rest)

    def keep_routine(self, routine: Routine | None) -> None:
        """Keep what the next probe needs to know, if nothing but a probe is due then."""
        if self.rest is not None and self.rest.routine != routine:
            self.keep_rest(replace(self.rest, routine=routine))

    def request(self, check: str, now: float) -> None:
        """Take in which check is requested; one that is known was seen before."""
        if self.requested[0] != check:
            # A listing that began at this very moment may have begun before.
            self.requested = (check, math.nextafter(now, math.inf))

    def mark_stale(self) -> None:
        """Have the next pass resolve anew."""
        self.stale = True

    @contextmanager
    def resolving(self) -> Iterator[None]:
        """Take what is known for fresh: a change from now on, or a failure inside, makes it stale again."""
        was_stale, self.stale = self.stale, False
        try:
            yield
        except BaseException:
            self.stale = self.stale or was_stale
            raise

    def wait_for_others(self, waits: bool) -> None:
        """Keep whether others keep it out of something."""
        self.waits = waits

    def remember(self, resolved: Resolved) -> None:
        """Keep the outcome of resolving."""
        self.resolved = resolved

    def track_superseded(
        self, superseded: frozenset[ScriptId], now: float, window: float
    ) -> tuple[frozenset[ScriptId], float | None]:
        """Return the scripts whose ``window`` seconds have passed, and the seconds until the next one's have."""
        self.superseded, expired, due = ages.track(self.superseded, superseded, now, window)
        return expired, due

    def published(self) -> None:
        """Have the version probed at once."""
        self.next_probe, self.unconfirmed, self.probes = 0.0, True, ProbeOutcomes(0, 0)

    def scaled(self, scaling: ScalingMemory | None) -> None:
        """Keep the decision about the number of instances; None if there is none to be made."""
        self.scaling = scaling

    def probed(self, *, is_conclusive: bool, failures: int, next_probe: float) -> None:
        """Keep the outcome of a probe."""
        self.unconfirmed = self.unconfirmed and not is_conclusive
        misses = 0 if is_conclusive else self.misses + 1
        self.probes = replace(self.probes, misses=misses, failures=failures)
        self.next_probe = next_probe

    def learn(self, instances: Instances) -> None:
        """Keep what is known of the instances."""
        self.probes = replace(self.probes, instances=instances)

    def miss(self, at: float | None) -> None:
        """Keep when something of the worker was found to be missing; None: it is there."""
        if self.probes.missed != at:
            self.probes = replace(self.probes, missed=at)

    def schedule_probe(self, next_probe: float) -> None:
        """Have the version probed at a monotonic second."""
        self.next_probe = next_probe


class Memories:
    """Memories by object."""

    def __init__(self) -> None:
        self._memories: dict[ObjectKey, Memory] = {}

    def of(self, key: ObjectKey) -> Memory:
        """Return the object's memory, a fresh one at first."""
        return self._memories.setdefault(key, Memory())

    def forget(self, key: ObjectKey) -> None:
        """Forget an object."""
        self._memories.pop(key, None)
