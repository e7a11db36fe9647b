"""The platforms that workers can use now, and what is wrong with those that can't be used."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from os.path import commonprefix
from typing import Any, Protocol

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.connector import Connector
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.domain import names, plans, services
from workers_operator.domain.handling import Handled, Waiting
from workers_operator.domain.patterns import zone_of
from workers_operator.domain.plans import Plan
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers.account import Account
from workers_operator.reconcilers.inventory import Inventory
from workers_operator.reconcilers.objects import Objects
from workers_operator.reconcilers.publisher import Publisher

NOT_READY_RECHECK_SECONDS = 30.0
RETIRE_SECONDS = 60.0


class PlatformUnusable(Waiting):
    """The platform exists and can't be used now; its own reason says why."""


@dataclass(frozen=True)
class PlatformConfig:
    """One account and environment, as a WorkersPlatform or the environment variables describe it.

    ``domain`` and ``zones`` (name, id) are empty where only the zone's id is known: they are read from the zone then.
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
    zones: tuple[tuple[str, str], ...] = ()
    plans: tuple[Plan, ...] = ()
    base_url: str | None = None
    data_plane: str | None = None
    quota: int = 1200
    reserve_percent: int = 5
    interval: float = 300.0

    @property
    def place(self) -> "PlatformConfig":
        """Without what can change with everything on the account staying as it is."""
        return replace(self, plans=(), interval=0.0)


class Interest(Protocol):
    """What of an account the objects on a platform are about."""

    def buckets(self, platform: str) -> Mapping[str, str]:
        """Bucket ("" for the data bucket) → what all its keys begin with."""

    def hosts(self, platform: str) -> Iterable[str]:
        """Hosts that are wanted."""


Changed = Callable[["Platform", set[tuple[str, str]]], None]


@dataclass
class Platform:
    """A platform with its connections. ``problem`` is why workers can't use it, None when they can."""

    config: PlatformConfig
    fingerprint: str  # of configuration and token: another one means other connections
    api: Api
    data_plane: DataPlane
    inventory: Inventory
    interest: Interest
    on_changed: Changed  # R2 objects that sources name are other ones
    account: Account = field(default_factory=Account)
    objects: Objects = field(default_factory=Objects)
    account_scripts: dict[str, frozenset[str]] = field(default_factory=dict)  # name -> tags
    publisher: Publisher | None = None
    metadata_namespace: str = ""
    domain: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)  # name -> id
    account_name: str = ""
    edited_templates: tuple[str, ...] = ()
    provisioned: bool = False  # dispatch namespace and KV namespace were seen
    observed_at: float | None = None  # monotonic; start of the last complete listing
    problem: Handled | None = None
    fingerprint_key: bytes | None = field(default=None, repr=False)
    key_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    router_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _observing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def plans(self) -> Mapping[str, Plan]:
        """All plans by name: the built-in ones, and the platform's own in their place or beside them."""
        return {**plans.BUILT_IN, **{plan.name: plan for plan in self.config.plans}}

    @property
    def account_key(self) -> tuple[str, str | None]:
        """Names the account that R2 objects are read from."""
        return (self.config.account_id, self.config.base_url)

    def is_same_place(self, other: "Platform") -> bool:
        """Whether both are names for one place: what is on the one is on the other."""
        spaces = self.config.dispatch_namespace, other.config.dispatch_namespace
        return self.account_key == other.account_key and spaces[0] == spaces[1]

    @property
    def service_router(self) -> str:
        """Script name of the service router."""
        return services.router_name(self.config.dispatcher)

    def routing_bindings(self) -> tuple[Mapping[str, Any], ...]:
        """The bindings of whatever leads requests to workers."""
        namespace = self.config.dispatch_namespace
        return (
            {"type": "dispatch_namespace", "name": "DISPATCHER", "namespace": namespace},
            {
                "type": "kv_namespace",
                "name": "WORKER_METADATA",
                "namespace_id": self.metadata_namespace,
            },
        )

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
            await self.account.observe_zones(self.api, self._zones_of_interest(), urgency)
            changed = await self.objects.observe(self.api, self._buckets(), urgency)
            self.observed_at = started
        if changed:
            self.on_changed(self, changed)

    async def observe_zone(self, host: str, urgency: Urgency) -> None:
        """Lists the routes of the zone that a host lies in, unless they are known. Raises a CloudflareError."""
        zone = self.zones.get(zone_of(host, self.zones) or "")
        if zone is None or zone in self.account.zones:
            return
        async with self._observing:
            if zone not in self.account.zones:
                await self.account.observe_zones(self.api, (zone,), urgency)

    async def observe_bucket(self, bucket: str, key: str, urgency: Urgency) -> None:
        """Lists a bucket anew, because ``key`` was not in what is known of it. Raises a CloudflareError."""
        async with self._observing:
            if self.objects.covers(bucket, key) and self.objects.etags(bucket, key) not in (
                (),
                ("",),
            ):
                return  # somebody else was faster
            prefix = self._buckets().get(bucket, key)
            changed = await self.objects.observe_bucket(self.api, bucket, prefix, urgency)
        if changed:
            self.on_changed(self, changed)

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.close()
        await self.data_plane.close()

    def _zones_of_interest(self) -> list[str]:
        hosts = {self.domain, *(h for h in self.interest.hosts(self.config.name) if h[-1:] != ".")}
        found = {zone_of(host, self.zones) for host in hosts}
        return sorted(self.zones[zone] for zone in found if zone is not None)

    def _buckets(self) -> dict[str, str]:
        """What to list: of the data bucket the templates at least."""
        wanted = dict(self.interest.buckets(self.config.name))
        data = self.config.data_bucket
        known = [names.TEMPLATES_PREFIX, *(wanted[b] for b in ("", data) if b in wanted)]
        wanted.pop("", None)
        return wanted | {data: commonprefix(known)}  # noqa: RUF071 - of keys, by characters


class Platforms:
    """The platforms by name."""

    def __init__(
        self, connector: Connector, clock: Clock, interest: Interest, on_changed: Changed
    ) -> None:
        self._connector = connector
        self._clock = clock
        self._interest = interest
        self._on_changed = on_changed
        self._platforms: dict[str, Platform] = {}
        self._problems: dict[str, Handled] = {}
        self._retiring: dict[asyncio.Task[None], Platform] = {}

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
            there_are = ", ".join(sorted(self._platforms)) or "none"
            message = f"there is no WorkersPlatform {name!r}; there are: {there_are}"
            raise Waiting("PlatformNotFound", message, after=NOT_READY_RECHECK_SECONDS)
        return platform

    def connect(self, config: PlatformConfig, token: str) -> Platform:
        """The platform for this configuration and token; connections are made anew only when either changed."""
        fingerprint = hashlib.sha256(f"{config.place!r} {token}".encode()).hexdigest()
        current = self._platforms.get(config.name)
        self._problems.pop(config.name, None)
        if current is not None and current.fingerprint == fingerprint:
            current.config = config
            return current
        api = self._connector.api(
            token=token,
            account_id=config.account_id,
            base_url=config.base_url,
            quota=config.quota,
            reserve_percent=config.reserve_percent,
        )
        platform = Platform(
            config,
            fingerprint,
            api,
            self._connector.data_plane(config.data_plane),
            Inventory(self._clock),
            self._interest,
            self._on_changed,
        )
        platform.problem = Waiting(
            "PlatformNotReady", "it is being set up", after=NOT_READY_RECHECK_SECONDS
        )
        if current is not None and current.config.place == config.place:
            # Only the token is new: what was observed still holds.
            platform.account, platform.objects = current.account, current.objects
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
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        for platform in (*self, *retiring.values()):
            await platform.close()

    def _retire(self, platform: Platform) -> None:
        """Closes the connections when the calls that are under way have had their time."""

        async def close_later() -> None:
            await self._clock.sleep(RETIRE_SECONDS)
            await platform.close()

        task = asyncio.get_running_loop().create_task(close_later())
        self._retiring[task] = platform
        task.add_done_callback(lambda done: self._retiring.pop(done, None))

    def start_publishing(self, platform: Platform, metadata_namespace: str) -> None:
        """The routing lies in this KV namespace from now on."""
        if platform.publisher is None or platform.metadata_namespace != metadata_namespace:
            platform.metadata_namespace = metadata_namespace
            platform.publisher = Publisher(
                platform.api, metadata_namespace, platform.account, self._clock
            )
