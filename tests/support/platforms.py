"""A platform that is ready, at the near end of a wire."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Final

import httpx

from support.calls import ACCOUNT, TOKEN, Handler, Wire, ok
from support.clock import ManualClock
from support.storage import Storage
from workers_operator.account.connection import Provisioned
from workers_operator.account.platforms import Platform, Platforms, Surroundings
from workers_operator.cloudflare.connector import Connector
from workers_operator.desired.platform import DispatchNames, DomainConfig, PlatformConfig
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.engine.priority import Priority

CONFIG: Final = PlatformConfig(
    name="default",
    account_id=ACCOUNT,
    environment="staging",
    domain=DomainConfig("z", "code24.dev", (("code24.dev", "z"), ("example.com", "z2"))),
    dispatch=DispatchNames("ns", "dispatcher"),
)
PROVISIONED: Final = Provisioned(CONFIG.domain.name, dict(CONFIG.domain.zones), "Code24", "kv")


@dataclass
class Interested:
    """What the objects on a platform are about."""

    wanted_buckets: dict[str, str] = field(default_factory=dict)
    wanted_hosts: set[str] = field(default_factory=set)

    def buckets(self, platform: str, tenancy: Tenancy, data_bucket: str) -> Mapping[str, str]:
        return self.wanted_buckets

    def hosts(self, platform: str, tenancy: Tenancy) -> Iterable[str]:
        return self.wanted_hosts


def slotless(priority: Priority) -> nullcontext[None]:
    """For passes that hold no slot: nothing is released inside the block."""
    return nullcontext()


class Bench:
    """``changed`` lists the R2 objects that the platform has reported as changed."""

    def __init__(self, handler: Handler, provisioned: Provisioned = PROVISIONED) -> None:
        self.clock, self.wire, self.interest = ManualClock(), Wire(handler), Interested()
        self.changed: list[set[tuple[str, str]]] = []
        self.provisioned = provisioned
        connector = Connector(self.clock, self.wire, lambda: self.wire.transport)
        around = Surroundings(connector, self.clock, self.interest, self, slotless)
        self.platforms = Platforms(around)
        account = self.platforms.connect(CONFIG, TOKEN)
        self.platform: Platform = self.platforms.provision(account, provisioned)
        self.platforms.recovered(CONFIG.name)

    def objects_changed(self, platform: PlatformConfig, changed: set[tuple[str, str]]) -> None:
        assert platform == CONFIG
        self.changed.append(changed)

    async def look(self, priority: Priority = Priority.RESYNC) -> None:
        """List the whole account anew."""
        await self.clock.advance(1)
        now = self.clock.monotonic()
        await self.platform.observer.observe(self.provisioned, priority, not_before=now)


def nothing_but(storage: Storage) -> Handler:
    """Return an account with this storage, and without scripts, keys and zone routes."""

    async def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "/workers/" in path or path.endswith("/keys"):
            return ok([])
        return await storage(request)

    return answer
