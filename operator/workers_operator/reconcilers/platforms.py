"""The platforms that workers can use now, and what is wrong with those that can't be used."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.connector import Connector
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.domain.handling import Handled, Waiting
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers.account import Account
from workers_operator.reconcilers.publisher import Publisher

NOT_READY_RECHECK_SECONDS = 30.0
RETIRE_SECONDS = 60.0


class PlatformUnusable(Waiting):
    """The platform exists and can't be used now; its own reason says why."""


@dataclass(frozen=True)
class PlatformConfig:
    """One account and environment, as a WorkersPlatform or the environment variables describe it.

    ``domain`` is empty where only the zone's id is known: it is read from the zone then.
    """

    name: str
    account_id: str
    environment: str
    zone_id: str
    dispatch_namespace: str
    dispatcher: str
    metadata_title: str = "WORKER_METADATA"
    data_bucket: str = "workers-data"
    analytics_dataset: str = "workers_analytics"
    domain: str = ""
    base_url: str | None = None
    data_plane: str | None = None
    quota: int = 1200
    reserve_percent: int = 5
    interval: float = 300.0


@dataclass
class Platform:
    """A platform with its connections. ``problem`` is why workers can't use it, None when they can."""

    config: PlatformConfig
    fingerprint: str  # of configuration and token: another one means other connections
    api: Api
    data_plane: DataPlane
    account: Account = field(default_factory=Account)
    publisher: Publisher | None = None
    metadata_namespace: str = ""
    domain: str = ""
    account_name: str = ""
    provisioned: bool = False  # namespace, KV and bucket were seen
    observed_at: float | None = None  # monotonic; start of the last complete listing
    problem: Handled | None = None
    _observing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def observe(self, clock: Clock, urgency: Urgency, *, not_before: float) -> None:
        """Lists the account, unless a listing has begun at ``not_before`` or later. Raises a CloudflareError."""
        async with self._observing:
            if self.observed_at is not None and self.observed_at >= not_before:
                return
            started = clock.monotonic()
            await self.account.observe(
                self.api,
                namespace=self.config.dispatch_namespace,
                metadata_namespace=self.metadata_namespace,
                urgency=urgency,
            )
            self.observed_at = started

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.close()
        await self.data_plane.close()


class Platforms:
    """The platforms by name."""

    def __init__(self, connector: Connector, clock: Clock) -> None:
        self._connector = connector
        self._clock = clock
        self._platforms: dict[str, Platform] = {}
        self._problems: dict[str, Handled] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[Platform]:
        return iter(list(self._platforms.values()))

    def known(self, name: str) -> Platform | None:
        """A platform, whether it can be used or not."""
        return self._platforms.get(name)

    def usable(self, name: str) -> Platform:
        """A platform that works. Raises PlatformUnusable with the platform's reason, Waiting if there is none."""
        platform = self._platforms.get(name)
        problem = self._problems.get(name) or (platform.problem if platform else None)
        if problem is not None:
            message = f"WorkersPlatform {name!r}: {problem.message}"
            raise PlatformUnusable(problem.reason, message, after=NOT_READY_RECHECK_SECONDS)
        if platform is None:
            message = f"there is no WorkersPlatform {name!r}"
            raise Waiting("PlatformNotFound", message, after=NOT_READY_RECHECK_SECONDS)
        return platform

    def connect(self, config: PlatformConfig, token: str) -> Platform:
        """The platform for this configuration and token; connections are made anew only when either changed."""
        fingerprint = hashlib.sha256(f"{config!r} {token}".encode()).hexdigest()
        current = self._platforms.get(config.name)
        self._problems.pop(config.name, None)
        if current is not None and current.fingerprint == fingerprint:
            return current
        api = self._connector.api(
            token=token,
            account_id=config.account_id,
            base_url=config.base_url,
            quota=config.quota,
            reserve_percent=config.reserve_percent,
        )
        platform = Platform(config, fingerprint, api, self._connector.data_plane(config.data_plane))
        platform.problem = Waiting(
            "PlatformNotReady", "it is being set up", after=NOT_READY_RECHECK_SECONDS
        )
        same_account = current is not None and current.config == config
        if (
            current is not None and same_account
        ):  # only the token is new: what was observed still holds
            platform.account = current.account
        self._platforms[config.name] = platform
        if current is not None:
            self._retire(current)
        return platform

    def unusable(self, name: str, problem: Handled) -> None:
        """Workers can't use the platform for a reason that lies outside of its account."""
        self._problems[name] = problem

    def remove(self, name: str) -> None:
        """The platform is gone."""
        self._problems.pop(name, None)
        platform = self._platforms.pop(name, None)
        if platform is not None:
            self._retire(platform)

    async def close(self) -> None:
        """Closes all connections."""
        for task in self._retiring:
            task.cancel()
        for platform in self:
            await platform.close()

    def _retire(self, platform: Platform) -> None:
        """Closes the connections when the calls that are under way have had their time."""

        async def close_later() -> None:
            await self._clock.sleep(RETIRE_SECONDS)
            await platform.close()

        task = asyncio.get_running_loop().create_task(close_later())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def start_publishing(self, platform: Platform, metadata_namespace: str) -> None:
        """The routing lies in this KV namespace from now on."""
        if platform.publisher is None or platform.metadata_namespace != metadata_namespace:
            platform.metadata_namespace = metadata_namespace
            platform.publisher = Publisher(
                platform.api, metadata_namespace, platform.account, self._clock
            )
