"""The index: everything that is known of the cluster, kept up to date by what is observed of each object."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from workers_operator.desired import references as refs
from workers_operator.desired import worker as desired
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS, MalformedTemplate
from workers_operator.desired.fleet.templates import read as read_template
from workers_operator.desired.references import Reference
from workers_operator.domain.fleet.members import FleetMember
from workers_operator.domain.plan.leftovers import Owners
from workers_operator.domain.services import Callee
from workers_operator.domain.tenancy.grants import STORAGE, Rights, Tenancy
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.claims import ClaimsIndex
from workers_operator.index.dataplanes import ProbedPlanes
from workers_operator.index.fleets import Fleets
from workers_operator.index.memory import Memories
from workers_operator.index.namespaces import Namespaces
from workers_operator.index.objects import Body, ObjectCache, Readiness, Standing
from workers_operator.index.references import References
from workers_operator.resources import WorkerCounts

Entitled = Callable[[Claim], bool]
"""Whether a claim's worker may have what is deployed for all workers of a platform."""

_WORKER_KINDS: Final = ("EliteWorker", "CustomerWorker")


class Index:
    """Objects, their claims and references, what passes remember of them, and namespaces. Single-threaded."""

    def __init__(self) -> None:
        self.objects = ObjectCache()
        self.claims = ClaimsIndex()
        self.references = References()
        self.memories = Memories()
        self.namespaces = Namespaces()
        self.fleets = Fleets()
        # platform -> workers that are or were called; an object that is gone may have left its worker behind
        self._called: defaultdict[str, set[Callee]] = defaultdict(set)
        self.data_planes = ProbedPlanes()

    def put(self, key: ObjectKey, body: Body, now: str) -> frozenset[Reference]:
        """Take in a worker's claims and references; return references to it that lead elsewhere now.

        ``now``: RFC 3339, since when it asks for what it has not asked for before.
        """
        obj = desired.read(key, body)
        if isinstance(obj, desired.Malformed):
            self.claims.remove(key)  # its pass will say what is wrong
            return frozenset()
        platform, former = self.claims.find(key) or ("", None)
        moved = former is not None and platform != obj.spec.platform
        claim = desired.claim(key, obj, "")
        if former is not None and former.uid == claim.uid:
            claim = claim.following(former if not moved else replace(former, routes=()), now)
        else:
            since = {route: desired.asked_since(obj, route, now) for route in claim.routes}
            later = {route: at for route, at in since.items() if at != claim.created}
            claim = replace(claim, since=later)
        self.claims.put(obj.spec.platform, claim)
        self.references.put(key, refs.references_of(key, obj))
        return frozenset({refs.worker(key)}) if moved else frozenset()

    def put_template(self, key: ObjectKey, body: Body) -> None:
        """Take in what a template refers to."""
        obj = read_template(key, body)
        if not isinstance(obj, MalformedTemplate):
            self.references.put(key, refs.references_of_template(key, obj))

    def followers(self, template: ObjectKey) -> list[FleetMember]:
        """Return the workers that follow a template, as they are now."""
        found = map(self.objects.following, self.references.to(refs.template(template)))
        return [one.follower for one in found if one is not None and one.template == template]

    def forget(self, key: ObjectKey) -> None:
        """Forget a worker or a template that is gone."""
        self.fleets.forget(key)
        self.claims.remove(key)
        self.references.remove(key)
        self.memories.forget(key)

    def of_namespace(self, namespace: str) -> list[ObjectKey]:
        """Return the workers of a namespace that a label of it may matter to, and those that they keep out."""
        found: dict[ObjectKey, None] = {}
        for kind in _WORKER_KINDS:
            for key in self.objects.uids(kind):
                platform, _ = self.claims.find(key) or ("", None)
                if key.namespace == namespace and self.namespaces.selects(platform):
                    found |= dict.fromkeys((key, *self.claims.rival_keys(key)))
        return list(found)

    def count_workers(self, platform: str) -> WorkerCounts:
        """Count the workers of a platform: all, those that are ready, and those that are suspended."""
        total, found = len(self.claims.on(platform)), Counter[Readiness]()
        for standing, number in self.standings(platform).items():
            found[standing.readiness] += number
        ready, suspended = found[Readiness.READY], found[Readiness.SUSPENDED]
        return WorkerCounts(total=total, ready=ready, suspended=suspended)

    def standings(self, platform: str) -> Counter[Standing]:
        """Count the workers of a platform by how they are doing."""
        records = map(self.objects.get, self.claims.on(platform))
        return Counter(record.standing for record in records if record is not None)

    def users(self, platform: str) -> set[ObjectKey]:
        """Return the workers that a platform cannot go before: they name it, or something of them is there."""
        return {*self.claims.on(platform), *self.objects.there(platform)}

    def has_users(self, platform: str) -> bool:
        """Return whether ``users`` has any, in constant time."""
        return bool(self.claims.on(platform) or self.objects.there(platform))

    def owners(self) -> Owners:
        """Return the objects that something on an account may belong to."""
        uids = {key: uid for kind in _WORKER_KINDS for key, uid in self.objects.uids(kind).items()}
        claims = {key: self.claims.find(key) for key in uids}
        return Owners(
            uids=frozenset(uids.values()),
            script_names={str(key): found[1].script_name for key, found in claims.items() if found},
            malformed=frozenset(str(key) for key, found in claims.items() if found is None),
        )

    def callees(self, platform: str, entitled: Entitled) -> list[Callee]:
        """Return all workers of a platform that others call or, until ``forget_calls``, have called, sorted.

        ``entitled``: tells the workers that count.
        """
        found = (self.claims.find(key) for key in self.references.all_callees())
        called = self._called[platform]
        called |= {
            Callee(claim.script_name, claim.uid)
            for scope, claim in filter(None, found)
            if scope == platform and entitled(claim)
        }
        return sorted(called)

    def keep_calls(self, platform: str, callees: Iterable[Callee]) -> None:
        """Take in workers that may be called by what serves without an object."""
        self._called[platform].update(callees)

    def forget_calls(self, platform: str) -> None:
        """Forget which workers have been called by objects that are gone."""
        self._called.pop(platform, None)

    def has_confined(self, platform: str, entitled: Entitled) -> bool:
        """Return whether a worker of a platform has a list of hosts of its own. ``entitled``: those that count."""
        found = map(self.claims.find, self.references.to(refs.outbound(platform)))
        return any(entitled(claim) for _, claim in filter(None, found))

    # --- what the objects on a platform are about: account.observer.Interest ------------------------------------------

    def buckets(self, platform: str, tenancy: Tenancy, data_bucket: str) -> Mapping[str, str]:
        """Return bucket ("" for the data bucket) → common prefix of all keys that objects name, and may."""

        def may_read(key: ObjectKey, bucket: str) -> bool:
            found, labels = self.claims.find(key), self.namespaces.labels(key.namespace)
            if key.kind in TEMPLATE_KINDS:
                rights = tenancy.rights_of_template(key, labels)
                return rights.allows(f"{STORAGE}buckets", bucket or data_bucket)
            return found is not None and tenancy.may_read(found[1], bucket or data_bucket, labels)

        return self.references.buckets(platform, may_read)

    def hosts(self, platform: str, tenancy: Tenancy) -> set[str]:
        """Return the hosts that objects claim, and may; default ones without the platform's domain."""
        known: dict[tuple[str, str], Rights | None] = {}  # by namespace and customer
        found = set[str]()
        for _, claim in filter(None, map(self.claims.find, self.claims.on(platform))):
            who = claim.key.namespace, claim.customer_id
            if who not in known:
                known[who] = tenancy.rights_of(claim, self.namespaces.labels(claim.key.namespace))
            rights = known[who]
            if rights is not None:
                hosts = (route.host for route in claim.routes)
                found |= {h for h in hosts if h[-1:] == "." or rights.allows_host(h)}
        return found
