"""Finds what no object answers for on a platform's account, and removes what nobody can rely on."""

import logging
import math
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Final

from workers_operator.account.platforms import Platform
from workers_operator.cloudflare import scripts
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain import names, services
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan import leftovers
from workers_operator.domain.plan.leftovers import (
    IdleRouter,
    Inventory,
    Leftover,
    Orphan,
    StrayScript,
    plan_leftover,
)
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.tenancy import ownership
from workers_operator.engine.priority import Priority
from workers_operator.index import ages
from workers_operator.index.index import Index
from workers_operator.reconcilers import account_scripts, zone_access
from workers_operator.reconcilers.platform.attempt import Leftovers

logger = logging.getLogger(__name__)

_PRIORITY: Final = Priority.RESYNC
_MOST_A_PASS: Final = 100  # removals; a platform's pass does not wait for more


@dataclass(frozen=True)
class _Sightings:
    """What the listings of one place have shown. ``since``: monotonic seconds. ``foreign``: others' scripts.

    ``due``: the monotonic second from which on a listing shows what may be removed.
    """

    identity: str
    since: Mapping[Leftover, float] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()
    due: float = math.inf


class LeftoverRemover:
    """Removes a leftover once it has been listed twice, ``window`` seconds apart or more.

    A KV write takes that long to be seen everywhere: until then a worker may look like one that nothing leads to.
    """

    def __init__(self, index: Index, window: float) -> None:
        self._index = index
        self._window = window
        self._seen: dict[str, _Sightings] = {}  # by platform
        self._orphans: dict[str, int] = {}
        self._read: dict[str, str] = {}  # platform -> its identity when its router was read

    def orphans(self, platform: str) -> int:
        """Return the number of orphans at the last look."""
        return self._orphans.get(platform, 0)

    def due(self, platform: str) -> float:
        """Return the monotonic second from which on a listing shows what may be removed; infinity if nothing waits."""
        seen = self._seen.get(platform)
        return seen.due if seen is not None else math.inf

    async def keep_calls(self, platform: Platform) -> None:
        """Have the service router go on leading to what orphans may call. Raises a CloudflareError.

        What they call is known from their objects as long as the process has seen these, and afterwards only from the
        router that is deployed.
        """
        name, router = platform.config.name, platform.config.dispatch.service_router
        if not leftovers.orphans(inventory_of(platform), self._index.owners()):
            self._index.forget_calls(name)
            return
        if self._read.get(name) == platform.identity:
            return
        deployed = await platform.observer.list_account_scripts(_PRIORITY)
        if ownership.of_account_script(deployed.get(router)) == ownership.OURS:
            found = await scripts.download_account_script(platform.api, router, _PRIORITY)
            self._index.keep_calls(name, services.exported(found.decode(errors="replace")))
        self._read[name] = platform.identity

    async def tidy(self, platform: Platform, *, remove_orphans: bool) -> Leftovers:
        """Remove leftovers, orphans only with ``remove_orphans``; return what is left.

        What fails is tried again after the next listing.
        """
        name, removable = platform.config.name, set[Leftover]()
        self._seen[name] = replace(self._sightings(platform), due=math.inf)
        try:
            found = await self._without_foreign(platform, set(self._find(platform)))
            removable = {o for o in found if remove_orphans or not isinstance(o, Orphan)}
            if due := self._seen_long_enough(platform, found, removable):
                await self._remove(platform, due)
        except CloudflareError as error:
            logger.info("WorkersPlatform %s: leftovers stay: %s", name, error)
        left = set(self._find(platform))
        orphans = tuple(sorted(o for o in left if isinstance(o, Orphan)))
        self._note(name, orphans)
        unused = (o.name for o in left & removable if not isinstance(o, Orphan))
        return Leftovers(orphans, tuple(sorted(unused)))

    async def leave(self, platform: Platform) -> None:
        """Remove the service router of a platform that its last worker has left: the platform has no later pass.

        It stays if that fails: a platform goes whatever Cloudflare answers.
        """
        try:
            await self.keep_calls(platform)
            routers = [found for found in self._find(platform) if isinstance(found, IdleRouter)]
            await self._remove(platform, routers)
        except CloudflareError as error:
            logger.info("WorkersPlatform %s: its router stays: %s", platform.config.name, error)

    def _note(self, name: str, orphans: Collection[Orphan]) -> None:
        before, self._orphans[name] = self._orphans.get(name, 0), len(orphans)
        if len(orphans) != before:
            logger.warning(
                "WorkersPlatform %s: orphans: %d (before: %d)", name, len(orphans), before
            )

    # --- find -------------------------------------------------------------------------------------------------------

    def _find(self, platform: Platform) -> Iterator[Leftover]:
        inventory, owners = inventory_of(platform), self._index.owners()
        orphans = leftovers.orphans(inventory, owners)
        yield from orphans
        yield from leftovers.stray_scripts(inventory, owners)
        router = platform.config.dispatch.service_router
        tags = platform.snapshot.account_scripts.content.tags.get(router, frozenset())
        # An orphan may call others: nobody can tell.
        is_idle = not orphans and not account_scripts.callees(platform, self._index)
        if is_idle and names.MANAGED_BY_TAG in tags:
            yield IdleRouter(router)

    async def _without_foreign(
        self, platform: Platform, found: Collection[Leftover]
    ) -> Collection[Leftover]:
        """Leave out scripts that others have uploaded. Raises a CloudflareError."""
        seen = self._sightings(platform)
        strays = {o.name for o in found if isinstance(o, StrayScript)}
        known = {o.name for o in seen.since if isinstance(o, StrayScript)} | seen.foreign
        foreign = seen.foreign & strays
        if strays - known:
            ours = await platform.observer.scripts_of_ours(_PRIORITY)
            foreign = frozenset(strays - ours)
        self._seen[platform.config.name] = replace(seen, foreign=foreign)
        return [o for o in found if not isinstance(o, StrayScript) or o.name not in foreign]

    def _seen_long_enough(
        self, platform: Platform, found: Collection[Leftover], removable: Set[Leftover]
    ) -> Set[Leftover]:
        """Return what may be removed by now; the account is listed again as soon as more may be."""
        seen, listed = self._sightings(platform), platform.observer.observed_at
        assert listed is not None  # noqa: S101 - leftovers are found in a listing
        after, expired, _ = ages.track(seen.since, found, listed, self._window)
        due = min((after[o] + self._window for o in removable - expired), default=math.inf)
        self._seen[platform.config.name] = replace(seen, since=after, due=due)
        return removable & expired

    def _sightings(self, platform: Platform) -> _Sightings:
        seen = self._seen.get(platform.config.name)
        if seen is None or seen.identity != platform.identity:
            return _Sightings(platform.identity)
        return seen

    # --- remove -----------------------------------------------------------------------------------------------------

    async def _remove(self, platform: Platform, due: Collection[Leftover]) -> None:
        name, todo = platform.config.name, list(due)
        if any(isinstance(leftover, StrayScript) for leftover in due):
            ours = await platform.observer.scripts_of_ours(_PRIORITY)
            todo = [o for o in due if not isinstance(o, StrayScript) or o.name in ours]
        left = _MOST_A_PASS
        for leftover in sorted(todo, key=repr):
            if left == 0:
                return
            # Calls take their time: an object may answer for it by now.
            if leftover not in set(self._find(platform)):
                continue
            try:
                observed = await observe(platform, leftover, _PRIORITY)
            except Stalled as problem:
                logger.info("WorkersPlatform %s: an orphan stays: %s", name, problem)
                continue
            left -= 1
            todo_now = plan_leftover(leftover, observed, platform.provisioned.domain)
            logger.info("WorkersPlatform %s: %s", name, "; ".join(todo_now.reasons))
            execution = await platform.executor.execute(todo_now.actions, _PRIORITY)
            if execution.failed is not None:
                logger.info("WorkersPlatform %s: %s", name, execution.failed.error)
                return


async def observe(platform: Platform, leftover: Leftover, priority: Priority) -> ObservedWorker:
    """Return what there is of an orphan; nothing of any other leftover.

    Raises a CloudflareError, and Stalled if it has hosts in a zone whose routes are not listed.
    """
    if not isinstance(leftover, Orphan):
        return ObservedWorker()
    await zone_access.look(platform, leftover.hosts, priority)
    dispatcher, zones = platform.config.dispatch.dispatcher, platform.provisioned.zones
    return platform.snapshot.worker(leftover.script_name, (), dispatcher, zones)


def inventory_of(platform: Platform) -> Inventory:
    """Return what a platform's dispatch namespace and routing table hold."""
    table = platform.snapshot.routing.content
    return Inventory(table.scripts, table.marks, table.hosts_of)
