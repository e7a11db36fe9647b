"""Keeps every kind watched, whatever becomes of its definition and of the permissions to watch it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.index.objects import Body
from workers_operator.kube.errors import KubeError, KubeNotFound
from workers_operator.resources import KINDS

logger = logging.getLogger(__name__)

_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)
_REPEAT_SECONDS: Final = 60.0
_SWEEP_SECONDS: Final = 5.0  # after a listing: what it reports goes first
Step = Callable[[], Awaitable[None]]


class WatchEnded(Exception):
    """A watch has ended; the message says why."""


class WatchState(Protocol):
    """Is told how the watch of a kind is doing."""

    def listing(self) -> None:
        """Note that a page of a listing has arrived."""

    def watching(self) -> None:
        """Note that the API server has accepted the watch."""

    def failing(self, problem: str) -> None:
        """Note that a request of the watch has failed."""


class KindWatcher(Protocol):
    """Watches kinds: ``scheduling.handlers.KopfWatch``."""

    async def run(self, kind: str, state: WatchState) -> None:
        """Watch a kind until that ends. Raises WatchEnded."""


class Intake(Protocol):
    """Takes in what is observed: ``scheduling.controller.Controller``."""

    async def seed(self, kind: str) -> None:
        """Take in all objects of a kind. Raises KubeError."""

    def observed(self, key: ObjectKey, body: Body) -> None:
        """Take in the state of an object."""

    def is_echo(self, uid: str, resource_version: int) -> bool:
        """Whether a state of an object is known, because we have written it."""

    def deleted(self, key: ObjectKey, uid: str) -> None:
        """Take in that an object is gone."""

    def known(self, kind: str) -> Mapping[ObjectKey, str]:
        """Return the uids of the known objects of a kind."""


class KindClient(Protocol):
    """Asks for kinds: ``kube.client.KubeClient``."""

    async def check_served(self, kind: str) -> None:
        """Return if objects of a kind can be listed. Raises KubeError."""

    def list_metadata(self, kind: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the metadata of all objects of a kind. Raises KubeError."""


class KindSupervisor:
    """Keeps one kind watched. ``problem``: why it is not watched at the moment, None if it is."""

    def __init__(
        self, kind: str, client: KindClient, intake: Intake, watcher: KindWatcher, clock: Clock
    ) -> None:
        self.kind = kind
        self.problem: str | None = "not listed yet"
        self._client = client
        self._intake = intake
        self._watcher = watcher
        self._clock = clock
        self._said: float | None = None  # when the problem was logged last
        self._has_listed = False
        self._to_sweep = asyncio.Event()

    @property
    def plural(self) -> str:
        """The name of the kind as kubectl and the API server have it."""
        return KINDS[self.kind].definition.plural

    async def seed(self) -> None:
        """Take in all objects; returns once that has succeeded."""
        await self._persist(lambda: self._intake.seed(self.kind))
        self.problem = None

    async def wait_served(self) -> None:
        """Return once objects of the kind can be listed."""
        await self._persist(lambda: self._client.check_served(self.kind))

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep_when_listed())
            while True:
                await self.wait_served()
                try:
                    await self._watcher.run(self.kind, self)
                except WatchEnded as error:
                    self.failing(f"the watch has ended ({error})")
                    await self._clock.sleep(_PAUSES[0])

    # --- WatchState -------------------------------------------------------------------------------------------------

    def listing(self) -> None:
        """Note that a page of a listing has arrived."""
        self._has_listed = True

    def watching(self) -> None:
        """Note that the API server has accepted the watch."""
        if self._said is not None:
            logger.info("%s are watched again", self.plural)
        self.problem = self._said = None
        if self._has_listed:
            self._has_listed = False
            self._to_sweep.set()

    def failing(self, problem: str) -> None:
        """Note why the kind is not watched; logged once a minute while it lasts."""
        self.problem = problem
        now = self._clock.monotonic()
        if self._said is None or now - self._said >= _REPEAT_SECONDS:
            self._said = now
            logger.warning("%s cannot be watched: %s; trying again", self.plural, problem)

    # --- steps ------------------------------------------------------------------------------------------------------

    async def _persist(self, step: Step) -> None:
        attempt = 0
        while True:
            try:
                await step()
            except KubeNotFound:
                self.failing("the API server does not serve them; is the CRD installed?")
            except KubeError as error:
                self.failing(error.message)
            else:
                return
            await self._clock.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            attempt += 1

    async def _sweep_when_listed(self) -> None:
        while True:
            await self._to_sweep.wait()
            self._to_sweep.clear()
            await self._clock.sleep(_SWEEP_SECONDS)
            try:
                await self._sweep()
            except KubeError as error:
                logger.info("%s: %s; trying again", self.plural, error.message)
                self._to_sweep.set()

    async def _sweep(self) -> None:
        """Take in which objects are gone: a listing reports those that exist, and nobody those that went before it."""
        known = self._intake.known(self.kind)
        found = {
            (m.get("namespace", ""), m["name"]): m["uid"]
            async for m in self._client.list_metadata(self.kind)
        }
        gone = {k: uid for k, uid in known.items() if found.get((k.namespace, k.name)) != uid}
        for key, uid in gone.items():
            self._intake.deleted(key, uid)
        if gone:
            logger.info("%d %s were gone without notice", len(gone), self.plural)
