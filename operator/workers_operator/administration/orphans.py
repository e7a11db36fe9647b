"""Orphans as administrators handle them: list them, have them removed, or let an object take them over."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.administration.errors import CommandError, OrderRefused
from workers_operator.administration.patience import POLL_SECONDS, Patience
from workers_operator.administration.platforms import PlatformsClient, PlatformState
from workers_operator.domain.plan.orders import OrphanOrders, identity
from workers_operator.resources import OrdersStatus

_CLEAR_SECONDS: Final = 10.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class ListedOrphan:
    """A worker that serves without an object, as a platform's status tells of it."""

    platform: str
    name: str
    owner: str
    hosts: Sequence[str]


class OrphansCommand:
    """What the command does. ``say`` is told of its progress. Raises CommandError."""

    def __init__(self, client: PlatformsClient, patience: Patience, say: Say) -> None:
        self._client = client
        self._patience = patience
        self._say = say

    async def list(self, platform: str | None) -> Sequence[ListedOrphan]:
        """Return the orphans of all platforms, or of one; says of how many status shows only the first."""
        platforms = await self._platforms(platform)
        for found in platforms:
            orphans = found.status.orphans
            if orphans is not None and orphans.total > len(orphans.workers):
                shown = f"the first {len(orphans.workers)} of {orphans.total}"
                self._say(f"WorkersPlatform {found.name} has more orphans: here are {shown}")
        return [orphan for found in platforms for orphan in _of(found)]

    async def order(self, platform: str | None, orders: OrphanOrders) -> OrdersStatus:
        """Have the operator carry out orders; return what has become of them.

        The annotations are taken back however this ends, also when it is cancelled.
        """
        name = await self._holder(platform, [*orders.remove, *orders.adopt])
        annotations = orders.annotations()
        is_mine = True
        try:
            await self._client.annotate(name, annotations)
            self._say(f"asked the operator of WorkersPlatform {name}; waiting for its answer")
            return await self._answer(name, identity(annotations))
        except OrderRefused:
            is_mine = False
            raise
        finally:
            if is_mine:
                await self._take_back(name, annotations)

    async def _take_back(self, name: str, annotations: Mapping[str, str]) -> None:
        try:
            async with asyncio.timeout(_CLEAR_SECONDS):
                await self._client.take_back(name, annotations)
        except (CommandError, TimeoutError) as error:
            listed = " and ".join(annotations)
            self._say(f"{listed} may be left on WorkersPlatform {name}; remove it: {error}")

    async def _answer(self, name: str, wanted: str) -> OrdersStatus:
        until = self._patience.clock() + self._patience.seconds
        while True:
            found = await self._client.get(name)
            known = found.status.orphan_orders
            if known is not None and known.id == wanted:
                return known
            if self._patience.clock() >= until:
                raise CommandError(_no_answer(found, self._patience.seconds))
            await self._patience.sleep(POLL_SECONDS)

    async def _holder(self, platform: str | None, names: Sequence[str]) -> str:
        """Return the name of the platform on which the orphans are."""
        if platform is not None:
            return platform
        platforms = await self._client.list()
        holders: Mapping[str, Sequence[PlatformState]] = {
            name: [p for p in platforms if any(o.name == name for o in _of(p))] for name in names
        }
        for name, having in holders.items():
            if not having:
                raise CommandError(
                    f"no WorkersPlatform lists an orphan {name!r}; `workers-operator orphans list` shows those that "
                    "there are, and --platform names the one that is meant"
                )
        found = sorted({p.name for having in holders.values() for p in having})
        if len(found) > 1:
            listed = ", ".join(found)
            raise CommandError(
                f"they are on several WorkersPlatforms ({listed}); name one with --platform"
            )
        return found[0]

    async def _platforms(self, platform: str | None) -> Sequence[PlatformState]:
        return await self._client.list() if platform is None else [await self._client.get(platform)]


def _of(platform: PlatformState) -> Iterator[ListedOrphan]:
    orphans = platform.status.orphans
    for orphan in orphans.workers if orphans is not None else ():
        yield ListedOrphan(platform.name, orphan.name, orphan.owner or "", orphan.hosts)


def _no_answer(platform: PlatformState, seconds: float) -> str:
    message = f"the operator has not answered within {seconds:.0f} s; the order is taken back"
    if platform.problem:
        return f"{message}. WorkersPlatform {platform.name} is not Ready: {platform.problem}"
    return f"{message}. Is it running? Its log says more: kubectl -n code24-workers logs deploy/workers-operator"
