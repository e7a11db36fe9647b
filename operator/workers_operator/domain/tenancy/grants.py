"""Grants: which namespaces may claim what on a platform. Pure. What no grant names, nobody may claim."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, is_named, overlaps
from workers_operator.domain.tenancy.customer_plans import BUILT_IN, CustomerPlan, find
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.tenancy.quotas import NO_QUOTA, Quota, highest
from workers_operator.domain.tenancy.selectors import Labels, NamespaceSelector
from workers_operator.domain.worker import ObjectKey

ALL: Final = "*"
STORAGE: Final = "storage."  # before the kinds of storage among the fields of a grant
SCRIPT_NAMES: Final = "scriptNames"  # a field of a grant
TenancyMode = Literal["SingleTenant", "Granted"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What some namespaces may claim.

    ``namespaces``, ``customers`` and the names in ``allowed``: each a name, a beginning and ``*``, or ``*`` for all.
    ``allowed``: field of the grant → names. Hosts are granted with ``*.`` and a suffix instead of a beginning.
    ``selector``: selects further namespaces by their labels; None: none. ``limits``: of each of its namespaces.
    """

    namespaces: tuple[str, ...]
    customers: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    selector: NamespaceSelector | None = None
    limits: Quota = NO_QUOTA

    def is_for(self, namespace: str, labels: Labels) -> bool:
        """Whether the grant is for a namespace. ``labels``: the namespace's."""
        if _any(self.namespaces, namespace):
            return True
        return self.selector is not None and self.selector.matches(labels)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a namespace may claim for one customer. ``allowed``: field of a grant → names; None: everything."""

    namespace: str = ""
    allowed: Mapping[str, frozenset[str]] | None = None

    @property
    def mode(self) -> TenancyMode:
        """Of whose platform they are: one that a single tenant has, or one with grants."""
        return "SingleTenant" if self.allowed is None else "Granted"

    def names(self, kind: str) -> frozenset[str]:
        """Return the names that are granted of a kind, a field of grants."""
        return frozenset({ALL}) if self.allowed is None else self.allowed.get(kind, frozenset())

    def allows(self, kind: str, name: str) -> bool:
        """Whether a name may be claimed."""
        return _any(self.names(kind), name)

    def allows_exactly(self, kind: str, *names: str) -> bool:
        """Whether one of these names is granted as it is, not by ``*``."""
        return self.allowed is None or not self.names(kind).isdisjoint(names)

    def allows_host(self, host: str) -> bool:
        """Whether a host, exact or ``*.`` and a suffix, may be claimed."""
        return is_named(host, self.names("hosts"))

    def check(self, kind: str, name: str, *, where: str, what: str) -> None:
        """Raise Stalled(NotGranted) unless a name may be claimed. ``where``: the field of the object."""
        if not self.allows(kind, name):
            raise _not_granted(where, self.namespace, what, name, kind)

    def check_host(self, route: Route, reserved: Collection[str] = ()) -> None:
        """Raise Stalled(NotGranted) unless a route's host may be claimed; reserved ones by their own names only.

        A wildcard claims the reserved hosts that it covers, too.
        """
        if not self.allows_host(route.host):
            raise _not_granted(
                f"route {route.zone_pattern}", self.namespace, "host", route.host, "hosts"
            )
        for host in self._lacking(route.host, reserved):
            which = host if host == route.host else f"{route.host} covers {host}, which"
            message = f"{which} is reserved; a grant has to name it as it is, without *"
            raise Stalled(Reason.NOT_GRANTED, f"route {route.zone_pattern}: {message}")

    def may_claim(self, host: str, reserved: Collection[str]) -> bool:
        """Whether a host may be claimed, with all reserved ones that it covers."""
        return self.allows_host(host) and not self._lacking(host, reserved)

    def may_be_called(self, claim: Claim) -> bool:
        """Whether a claim's object may have its script name."""
        return not claim.is_named or self.allows(SCRIPT_NAMES, claim.script_name)

    def _lacking(self, host: str, reserved: Collection[str]) -> list[str]:
        """Return the reserved hosts among those that a host stands for which no grant names as they are."""
        covered = {host} if host in reserved else set[str]()
        if host.startswith("*."):
            covered = {name for name in reserved if overlaps(name, host)}
        return sorted(name for name in covered if not self.allows_exactly("hosts", name))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker may have: its rights, and the limits of its customer's plan."""

    rights: Rights
    plan: CustomerPlan | None = None


EVERYTHING: Final = Rights()
_ADVICE: Final = "its administrator can add a grant to the WorkersPlatform's spec.tenancy"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The grants and the customers' plans of a platform. ``single_tenant``: everybody may claim everything.

    ``host_cooldown``: seconds for which a host rests that is given up, before another namespace may have it.
    """

    grants: tuple[Grant, ...] = ()
    plans: tuple[CustomerPlan, ...] = ()
    single_tenant: bool = False
    host_cooldown: float = 0.0

    @property
    def mode(self) -> TenancyMode:
        """Who may claim what, in one word."""
        return "SingleTenant" if self.single_tenant else "Granted"

    @property
    def customer_plans(self) -> Mapping[str, CustomerPlan]:
        """All plans by name: the built-in ones, replaced or extended by the platform's own."""
        return {**BUILT_IN, **{plan.name: plan for plan in self.plans}}

    @property
    def selects_namespaces(self) -> bool:
        """Whether a grant selects namespaces by their labels."""
        return any(grant.selector is not None for grant in self.grants)

    def rights(self, namespace: str, customer: str, labels: Labels) -> "Rights":
        """Return what a namespace with these labels may claim for a customer. Raises Stalled(NotGranted)."""
        if self.single_tenant:
            return EVERYTHING
        of_namespace = [grant for grant in self.grants if grant.is_for(namespace, labels)]
        if not of_namespace:
            message = (
                f"namespace {namespace!r} may not use this platform; {_ADVICE} for the namespace"
            )
            raise Stalled(Reason.NOT_GRANTED, f"spec.platform: {message}")
        found = [grant for grant in of_namespace if _any(grant.customers, customer)]
        if not found:
            raise _not_granted("spec.customerId", namespace, "customer", customer, "customers")
        return Rights(namespace, _merged(tuple(found)))

    def rights_of_template(self, key: ObjectKey, labels: Labels) -> Rights:
        """Return what a template may name: what its namespace may, for whichever customer; of a cluster's all.

        ``labels``: of the namespace.
        """
        if self.single_tenant or not key.namespace:
            return EVERYTHING
        found = tuple(grant for grant in self.grants if grant.is_for(key.namespace, labels))
        return Rights(key.namespace, _merged(found))

    def rights_of(self, claim: Claim, labels: Labels) -> Rights | None:
        """Return what a claim's object may claim, None if it may claim nothing. ``labels``: of its namespace."""
        try:
            return self.rights(claim.key.namespace, claim.customer_id, labels)
        except Stalled:
            return None

    def may_read(self, claim: Claim, bucket: str, labels: Labels) -> bool:
        """Whether a claim's object may read a bucket. ``labels``: of its namespace."""
        rights = self.rights_of(claim, labels)
        return rights is not None and rights.allows(f"{STORAGE}buckets", bucket)

    def quota(self, namespace: str, labels: Labels) -> Quota:
        """Return how much a namespace with these labels may have: the highest limits of its grants."""
        if self.single_tenant:
            return NO_QUOTA
        return highest(grant.limits for grant in self.grants if grant.is_for(namespace, labels))

    def plan(self, named: str | None, rights: Rights) -> CustomerPlan | None:
        """Return the plan that holds for a worker; None: no limits. Raises Stalled(NotGranted or PlanNotFound).

        The grants decide: a worker that names no plan has the highest one that is granted, or the lowest of all.
        """
        plans = self.customer_plans
        if named is not None:
            rights.check("plans", named, where="spec.configuration.plan", what="plan")
            return find(named, plans)
        if rights.allows_exactly("plans", ALL):
            return None
        granted = [plan for plan in plans.values() if rights.allows("plans", plan.name)]
        if granted:
            return max(granted, key=lambda plan: (plan.level, plan.name))
        return min(plans.values(), key=lambda plan: (plan.level, plan.name))

    def granted(
        self,
        claims: Iterable[Claim],
        labels_of: Callable[[str], Labels],
        reserved: Collection[str] = (),
    ) -> list[Claim]:
        """Return claims with those of their routes that are granted; what nobody granted keeps nobody else out.

        Nor does it speak for what is there: an object with a script name that it may not have says nothing about the
        worker of that name. ``labels_of``: returns the labels of a namespace. ``reserved``: hosts that are granted by
        their own names only.
        """
        found = []
        for claim in claims:
            rights = self.rights_of(claim, labels_of(claim.key.namespace))
            if rights is not None and rights.may_be_called(claim):
                routes = tuple(r for r in claim.routes if rights.may_claim(r.host, reserved))
                found.append(replace(claim, routes=routes))
        return found


@lru_cache(maxsize=1024)  # thousands of workers remember what a few combinations of grants allow
def _merged(grants: tuple[Grant, ...]) -> Mapping[str, frozenset[str]]:
    """Return all that any of the grants allows."""
    fields = {name for grant in grants for name in grant.allowed}
    return {
        name: frozenset(one for grant in grants for one in grant.allowed.get(name, ()))
        for name in fields
    }


def reserved_hosts(domain: str, zones: Iterable[str]) -> frozenset[str]:
    """Return the hosts of a platform that no wildcard grants: its domain and its zones, with and without www."""
    return frozenset(host for name in (domain, *zones) for host in (name, f"www.{name}"))


def _not_granted(where: str, namespace: str, what: str, name: str, kind: str) -> Stalled:
    message = f"{where}: namespace {namespace!r} may not use {what} {name!r} on this platform"
    return Stalled(Reason.NOT_GRANTED, f"{message}; {_ADVICE}, grants[].{kind}")


def _any(patterns: Iterable[str], name: str) -> bool:
    return any(
        name.startswith(pattern[:-1]) if pattern.endswith(ALL) else name == pattern
        for pattern in patterns
    )
