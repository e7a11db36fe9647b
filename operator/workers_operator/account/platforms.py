"""The platforms that workers can use now, and what is wrong with those that cannot be used."""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Protocol

from workers_operator.account.connection import Connection, Prober, Provisioned, fingerprint
from workers_operator.account.executor import Executor, RoutingWriter
from workers_operator.account.metrics.recent import RecentMetrics
from workers_operator.account.observer import Interest, ObjectsListener, Observer
from workers_operator.account.publisher import Publisher
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.cloudflare.api import Api
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.errors import ReconcileError, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy.estates import Estate, Estates
from workers_operator.engine.clock import Clock
from workers_operator.engine.slots import Unslotted

NOT_READY_RECHECK_SECONDS: Final = 30.0
LOST_AGAIN_SECONDS: Final = 30.0
RETIRE_SECONDS: Final = 60.0


class PlatformUnusable(Waiting):
    """The platform exists and cannot be used now; the reason is the platform's own."""


class PlatformGone(Waiting):
    """There is no such platform, or another finalizer alone holds its object: nothing of a worker can be there."""


class PlatformSuspended(PlatformUnusable):
    """The platform's ``spec.suspend`` is set: nothing is wrong, and nothing is tried until it is removed."""

    def __init__(self, name: str) -> None:
        message = f"WorkersPlatform {name!r} is suspended: nothing is changed there until its spec.suspend is removed"
        super().__init__(Reason.PLATFORM_SUSPENDED, message, after=NOT_READY_RECHECK_SECONDS)


@dataclass(frozen=True)
class Account:
    """An account that is connected: how it is reached, what is known of it, who reads it and who changes it."""

    connection: Connection
    snapshot: AccountSnapshot = field(repr=False)
    observer: Observer = field(repr=False)
    executor: Executor = field(repr=False)
    metrics: RecentMetrics = field(repr=False)

    @property
    def config(self) -> PlatformConfig:
        """The platform's configuration."""
        return self.connection.config

    @property
    def api(self) -> Api:
        """The account's API, for reads."""
        return self.connection.api


@dataclass(frozen=True)
class Platform(Account):
    """An account that is provisioned: workers can be deployed there."""

    provisioned: Provisioned = field(kw_only=True)

    @cached_property
    def identity(self) -> str:
        """What changes when everything that was resolved on the platform has to be resolved anew."""
        return f"{self.connection.fingerprint} {self.provisioned.metadata_namespace}"


class Connections(Protocol):
    """Makes connections: ``cloudflare.connector.Connector``."""

    def api(
        self, *, token: str, account_id: str, base_url: str | None, quota: int, reserve_percent: int
    ) -> Api:
        """Return access to an account. ``quota``: requests per 5 minutes until the API has told its own."""

    def data_plane(self, address: str | None) -> Prober:
        """Return access to the data plane."""


@dataclass(frozen=True)
class Surroundings:
    """What accounts need from the rest of the operator."""

    connections: Connections
    clock: Clock
    interest: Interest
    listener: ObjectsListener
    unslotted: Unslotted


class Platforms:
    """The platforms by name. Single-threaded; the only owner of what is connected, provisioned and wrong."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._accounts: dict[str, Account] = {}
        self._platforms: dict[str, Platform] = {}
        self._problems: dict[str, ReconcileError] = {}
        self._leaving: set[str] = set()
        self._stated: dict[str, Estate] = {}
        self._retiring: dict[asyncio.Task[None], Connection] = {}
        self._lost: dict[str, float] = {}  # by platform, when its storage was found gone last

    # --- questions --------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Account]:
        """Iterate over the connected accounts in the order in which they were connected."""
        return iter(list(self._accounts.values()))

    def names(self) -> set[str]:
        """Return the names of all platforms that a pass has seen, those that could not be connected included."""
        return {*self._accounts, *self._problems}

    def account(self, name: str) -> Account | None:
        """Return a connected account, whether workers can use it or not."""
        return self._accounts.get(name)

    def provisioned(self, name: str) -> Platform | None:
        """Return a provisioned platform, whether workers can use it or not."""
        return self._platforms.get(name)

    def is_usable(self, name: str) -> bool:
        """Return whether workers can use a platform."""
        return name in self._platforms and name not in self._problems

    def problem(self, name: str) -> ReconcileError | None:
        """Return why workers cannot use a platform, None if they can."""
        return self._problems.get(name)

    def usable(self, name: str) -> Platform:
        """Return a platform that works. Raises PlatformUnusable with its reason, or PlatformGone if there is none.

        What is wrong with it stays between the operator and its administrator: it may name Secrets, or other tenants'.
        """
        if self.is_suspended(name):
            raise PlatformSuspended(name)
        problem, platform = self._problems.get(name), self._platforms.get(name)
        if problem is not None:
            message = f"WorkersPlatform {name!r} cannot be used now ({problem.reason}); its administrator sees why in "
            message += "its status, or in the operator's log"
            raise PlatformUnusable(problem.reason, message, after=NOT_READY_RECHECK_SECONDS)
        if platform is None and self.is_leaving(name):
            raise PlatformGone(*_terminating(name), after=NOT_READY_RECHECK_SECONDS)
        if platform is None:
            # Those that exist are not named: who writes workers need not know of other platforms.
            message = f"there is no WorkersPlatform {name!r}; create it, or set spec.platform to another one"
            raise PlatformGone(Reason.PLATFORM_NOT_FOUND, message, after=NOT_READY_RECHECK_SECONDS)
        return platform

    def estates(self, config: PlatformConfig) -> Estates:
        """Return what platforms have for themselves, those that cannot be used included, as one of them sees it."""
        known = [self._estate(account.config) for account in self]
        known += [estate for name, estate in self._stated.items() if name != config.name]
        return Estates(
            tuple(estate for estate in known if estate.account == config.account_key),
            tuple(sorted({estate.domain for estate in known} - {""})),
        )

    def _estate(self, config: PlatformConfig) -> Estate:
        known = self._platforms.get(config.name)
        if known is None:
            return config.estate
        found = known.provisioned
        return replace(config.estate, domain=found.domain, kv_id=found.metadata_namespace)

    def is_suspended(self, name: str) -> bool:
        """Return whether a platform is left alone because its object asks for that."""
        return isinstance(self._problems.get(name), PlatformSuspended)

    def is_leaving(self, name: str) -> bool:
        """Return whether a platform is being deleted."""
        return name in self._leaving

    def check_stays(self, name: str) -> None:
        """Raise Waiting if a platform is being deleted: nothing new is deployed there."""
        if self.is_leaving(name):
            raise Waiting(*_terminating(name), after=NOT_READY_RECHECK_SECONDS)

    # --- changes ----------------------------------------------------------------------------------------------------

    def state(self, estate: Estate) -> None:
        """Note what a platform is stated to have for itself: it keeps that also while it cannot be used."""
        self._stated[estate.platform] = estate

    def connect(self, config: PlatformConfig, token: str) -> Account:
        """Return the account for a configuration and token; connections are made anew only if either changed.

        Raises Unauthorized for a token that cannot be one.
        """
        current = self._accounts.get(config.name)
        wanted = fingerprint(config, token)
        if current is not None and current.connection.fingerprint == wanted:
            return self._reconfigure(current, config)
        api = self._around.connections.api(
            token=token,
            account_id=config.account_id,
            base_url=config.access.base_url,
            quota=config.access.quota,
            reserve_percent=config.access.reserve_percent,
        )
        data_plane = self._around.connections.data_plane(config.access.data_plane)
        connection = Connection(config, wanted, api, data_plane)
        same_place = current is not None and current.config.place == config.place
        # If only the token is new, everything that was observed still holds.
        kept = current if same_place else None
        account = self._account(
            connection,
            kept.snapshot if kept is not None else AccountSnapshot(),
            kept.metrics if kept is not None else RecentMetrics(),
        )
        self._accounts[config.name] = account
        self._platforms.pop(config.name, None)
        self._problems[config.name] = Waiting(
            Reason.PLATFORM_NOT_READY, "it is being set up", after=NOT_READY_RECHECK_SECONDS
        )
        if current is not None:
            self._retire(current.connection)
        return account

    def provision(self, account: Account, provisioned: Provisioned) -> Platform:
        """Note what set-up has found or created on an account. Workers may use it once ``recovered`` is called."""
        known = self._platforms.get(account.config.name)
        if known is not None and known.provisioned == provisioned:
            return known
        namespace = provisioned.metadata_namespace
        publisher = Publisher(
            RoutingWriter(account.connection, namespace),
            account.snapshot,
            self._around.clock,
            lambda: self._configured(account.connection).tenancy.host_cooldown,
        )
        platform = Platform(
            account.connection,
            account.snapshot,
            account.observer,
            self._executor(account.connection, account.snapshot, publisher),
            account.metrics,
            provisioned=provisioned,
        )
        self._platforms[account.config.name] = platform
        return platform

    def unprovision(self, name: str) -> None:
        """Note that what was provisioned is gone: the next pass of the platform looks, and sets it up again."""
        lost = self._platforms.pop(name, None)
        if lost is not None:
            lost.snapshot.distrust_storage()

    def lost(self, name: str) -> bool:
        """Note that a worker's pass has found the platform's storage gone; return False if that is no news.

        A listing may go on showing what is gone: the platform would be set up in vain, and its workers would find out
        again, in a loop.
        """
        now = self._around.clock.monotonic()
        if now - self._lost.get(name, -math.inf) < LOST_AGAIN_SECONDS:
            return False
        self._lost[name] = now
        self.unprovision(name)
        return True

    def failed(self, name: str, problem: ReconcileError) -> None:
        """Note why workers cannot use a platform."""
        self._problems[name] = problem

    def suspend(self, name: str) -> None:
        """Note that workers cannot use a platform until it is resumed: until a pass of it has another outcome."""
        self._problems[name] = PlatformSuspended(name)

    def recovered(self, name: str) -> None:
        """Note that workers can use a platform."""
        self._problems.pop(name, None)

    def leaving(self, name: str, is_leaving: bool) -> None:
        """Note whether a platform is being deleted. What is on it goes on until it is removed."""
        (self._leaving.add if is_leaving else self._leaving.discard)(name)

    def remove(self, name: str) -> None:
        """Forget a platform that is gone."""
        self._leaving.discard(name)
        self._stated.pop(name, None)
        self.let_go(name)

    def let_go(self, name: str) -> None:
        """Disconnect a platform that is no longer ours, while another finalizer may hold its object."""
        self._problems.pop(name, None)
        self._platforms.pop(name, None)
        self._lost.pop(name, None)
        account = self._accounts.pop(name, None)
        if account is not None:
            self._retire(account.connection)

    async def close(self) -> None:
        """Close all connections."""
        retiring = dict(self._retiring)
        for task in retiring:
            task.cancel()
        for connection in (*(account.connection for account in self), *retiring.values()):
            await connection.close()

    # --- parts ------------------------------------------------------------------------------------------------------

    def _account(
        self, connection: Connection, snapshot: AccountSnapshot, metrics: RecentMetrics
    ) -> Account:
        around = self._around
        observer = Observer(
            connection,
            snapshot,
            around.clock,
            around.interest,
            around.listener,
            lambda: self._configured(connection).tenancy,
        )
        executor = self._executor(connection, snapshot, None)
        return Account(connection, snapshot, observer, executor, metrics)

    def _configured(self, connection: Connection) -> PlatformConfig:
        """Return the configuration as it is now.

        Passes go on for a moment after their platform was removed: what was configured last holds.
        """
        account = self._accounts.get(connection.config.name)
        return account.config if account is not None else connection.config

    def _executor(
        self, connection: Connection, snapshot: AccountSnapshot, publisher: Publisher | None
    ) -> Executor:
        return Executor(connection, snapshot, self._around.clock, self._around.unslotted, publisher)

    def _reconfigure(self, current: Account, config: PlatformConfig) -> Account:
        """Take in what may change while everything on the account stays: plans and interval."""
        if current.config == config:
            return current
        connection = current.connection.with_config(config)
        account = replace(current, connection=connection)
        self._accounts[config.name] = account
        known = self._platforms.get(config.name)
        if known is not None:
            self._platforms[config.name] = replace(known, connection=connection)
        return account

    def _retire(self, connection: Connection) -> None:
        """Close the connections once the calls that are under way have had their time."""

        async def close_later() -> None:
            await self._around.clock.sleep(RETIRE_SECONDS)
            await connection.close()

        task = asyncio.get_running_loop().create_task(close_later())
        self._retiring[task] = connection
        task.add_done_callback(lambda done: self._retiring.pop(done, None))


def _terminating(name: str) -> tuple[Reason, str]:
    message = f"WorkersPlatform {name!r} is being deleted; set spec.platform to another one"
    return Reason.PLATFORM_TERMINATING, message
