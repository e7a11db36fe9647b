"""A platform that is ready, at the near end of a wire."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from support.calls import ACCOUNT, TOKEN, Handler, Wire
from support.clock import ManualClock
from workers_operator.cloudflare.connector import Connector
from workers_operator.reconcilers.platforms import Platform, PlatformConfig, Platforms

CONFIG = PlatformConfig(
    name="default",
    account_id=ACCOUNT,
    environment="staging",
    zone_id="z",
    dispatch_namespace="ns",
    dispatcher="dispatcher",
    domain="code24.dev",
    zones=(("code24.dev", "z"), ("example.com", "z2")),
)


@dataclass
class Interested:
    """What the objects on a platform are about."""

    wanted_buckets: dict[str, str] = field(default_factory=dict)
    wanted_hosts: set[str] = field(default_factory=set)

    def buckets(self, platform: str) -> Mapping[str, str]:
        return self.wanted_buckets

    def hosts(self, platform: str) -> Iterable[str]:
        return self.wanted_hosts


class Bench:
    """``changed`` lists the R2 objects of which the platform has told that they are other ones."""

    def __init__(self, handler: Handler, config: PlatformConfig = CONFIG) -> None:
        self.clock, self.wire, self.interest = ManualClock(), Wire(handler), Interested()
        self.changed: list[set[tuple[str, str]]] = []
        connector = Connector(self.clock, self.wire, lambda: self.wire.transport)
        self.platforms = Platforms(
            connector, self.clock, self.interest, lambda _, changed: self.changed.append(changed)
        )
        self.platform: Platform = self.platforms.connect(config, TOKEN)
        self.platform.domain, self.platform.zones = config.domain, dict(config.zones)
        self.platform.problem = None
        self.platforms.start_publishing(self.platform, "kv")
