"""What a pass over a platform starts from, and how far it has come."""

from dataclasses import dataclass

from workers_operator.account.platforms import Account, Platform
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.plan import orders
from workers_operator.domain.plan.leftovers import Orphan
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.objects import Body, check_requested
from workers_operator.resources import OrdersStatus, ScriptStatus, WorkersPlatform, ZoneStatus


@dataclass(frozen=True)
class PlatformAttempt:
    """What a pass starts from. ``obj`` and ``body`` are None for the platform that environment variables imply.

    ``users``: of a platform that is being deleted, the number of workers that it waits for.
    """

    key: ObjectKey
    config: PlatformConfig
    obj: WorkersPlatform | None = None
    body: Body | None = None
    users: int | None = None

    def former_domain(self, domain: str) -> str | None:
        """Return the domain whose route is still to be given up; None if there is none."""
        known = self.obj.status.domain if self.obj is not None else None
        return known if known != domain else None

    @property
    def removes_orphans(self) -> bool:
        """Whether workers that serve without an object are removed."""
        return self.obj is not None and self.obj.spec.policies.orphans == "Remove"

    @property
    def orders(self) -> str:
        """The identity of the orders about orphans that have not been carried out yet, "" if there are none."""
        if self.obj is None:
            return ""
        asked, known = orders.identity(self.obj.metadata.annotations), self.obj.status.orphan_orders
        return asked if known is None or known.id != asked else ""

    @property
    def former_zones(self) -> tuple[ZoneStatus, ...]:
        """The zones that the spec has no more and that may hold routes of the platform."""
        if self.obj is None:
            return ()
        wanted = {zone.id for zone in self.obj.spec.zones}
        return tuple(zone for zone in self.obj.status.zones if zone.id not in wanted)

    @property
    def forced(self) -> bool:
        """Whether a check was requested."""
        return self.obj is not None and check_requested(self.obj.metadata, self.obj.status)


@dataclass(frozen=True)
class Leftovers:
    """What a pass leaves: orphans, and the names of the scripts that nobody uses and that are to go."""

    orphans: tuple[Orphan, ...] = ()
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlatformProgress:
    """How far a pass has come.

    ``edited``: templates that somebody has edited; ``former_zones``: those that still hold routes of the platform;
    ``scripts``: how the platform's own Workers were left. These and ``leftovers`` are None unless the pass has looked
    at them. ``orders``: what has become of the orders about orphans; None if there are none that are new.
    """

    account: Account | None = None
    platform: Platform | None = None
    edited: tuple[str, ...] | None = None
    leftovers: Leftovers | None = None
    former_zones: tuple[ZoneStatus, ...] | None = None
    orders: OrdersStatus | None = None
    scripts: tuple[ScriptStatus, ...] | None = None
