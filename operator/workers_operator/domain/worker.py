"""A worker: the object that describes it, and its identity and reach at the edge. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from workers_operator.domain import names
from workers_operator.domain.egress.policy import Egress
from workers_operator.domain.routes import Route
from workers_operator.domain.serving import NO_AFFINITY
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits


class ObjectKey(NamedTuple):
    """The identity of a custom resource. ``namespace`` is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str

    @property
    def tenant(self) -> str:
        """On whose behalf the object is reconciled: its namespace's; "" for what concerns all namespaces."""
        return self.namespace

    def __str__(self) -> str:
        return (
            f"{self.kind} {self.namespace}/{self.name}"
            if self.namespace
            else f"{self.kind} {self.name}"
        )


@dataclass(frozen=True, slots=True)
class TrafficRules:
    """What holds for requests. ``egress``: the hosts that its own may go to; ``affinity``: what keeps a client's
    requests on one instance, ``None`` if nothing does.
    """

    egress: Egress | None = None
    affinity: str = NO_AFFINITY


@dataclass(frozen=True, slots=True)
class Worker:
    """The identity of a worker, its routes and what it may do, independent of its code."""

    key: ObjectKey
    uid: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]
    instances: int
    domain: str
    limits: Limits = NO_LIMITS
    rules: TrafficRules = TrafficRules()

    @property
    def zone_patterns(self) -> frozenset[str]:
        """The zone routes that the worker needs besides the platform's own."""
        return frozenset(r.zone_pattern for r in self.routes if not r.covered_by(self.domain))

    @property
    def base(self) -> str:
        return names.base_name(self.script_name)
