"""The account snapshot: what one platform's account holds, as listed once per interval and kept up by our own writes.

A listing takes a few calls plus pages, never one per worker. The only change from outside is ``record``, and its twin
for writes whose answer was lost; every listing merges with what was written meanwhile (``account.listing``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from workers_operator.account.contents import (
    AccountScripts,
    BucketObjects,
    Buckets,
    KVNamespaces,
    TrustedNamespaces,
    ZoneRoutes,
)
from workers_operator.account.listing import Listing
from workers_operator.account.routing import RoutingTable
from workers_operator.account.writes import (
    AccountScriptDeleted,
    AccountScriptUploaded,
    BucketCreated,
    KVNamespaceCreated,
    NamespaceTrusted,
    RoutingWritten,
    ScriptRemoved,
    ScriptUploaded,
    Write,
    ZoneRouteCreated,
)
from workers_operator.cloudflare.zones import ZoneRoute
from workers_operator.domain import names
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.serving import Mark, Paths
from workers_operator.domain.tampering import Fingerprint, Fingerprints
from workers_operator.domain.tenancy.rest import Rests


class AccountSnapshot:
    """The listings of one account. Single-threaded."""

    def __init__(self) -> None:
        self.routing = Listing(RoutingTable())
        self.account_scripts = Listing(AccountScripts())
        self.dispatch_namespaces = Listing(TrustedNamespaces())
        self.kv_namespaces = Listing(KVNamespaces())
        self.buckets = Listing(Buckets())
        self._zones: dict[str, Listing[ZoneRoutes]] = {}  # by id
        self._objects: dict[str, Listing[BucketObjects]] = {}  # by bucket
        self._unconfirmed_scripts: dict[str, bool] = {}  # name -> whether the answer was lost
        # How this process has left what it uploaded, by where it is and name.
        self._uploaded: dict[tuple[type[Write], str], Fingerprint] = {}

    # --- changes --------------------------------------------------------------------------------------------------

    def record(self, write: Write) -> None:
        """Take in a write that was carried out."""
        match write:
            case ScriptUploaded(name, fingerprint):
                self._unconfirmed_scripts.pop(name, None)
                self._uploaded[ScriptUploaded, name] = fingerprint
            case ScriptRemoved(name):
                self._unconfirmed_scripts.pop(name, None)
                self._uploaded.pop((ScriptUploaded, name), None)
            case AccountScriptUploaded(name, _, fingerprint):
                self._uploaded[AccountScriptUploaded, name] = fingerprint
            case AccountScriptDeleted(name):
                self._uploaded.pop((AccountScriptUploaded, name), None)
        self.routing.record(write)
        self.account_scripts.record(write)
        self.dispatch_namespaces.record(write)
        self.kv_namespaces.record(write)
        self.buckets.record(write)
        for zone in self._zones.values():
            zone.record(write)
        for bucket in self._objects.values():
            bucket.record(write)

    def record_unconfirmed(self, write: Write, *, lost: bool = True) -> None:
        """Take in a write that may have been carried out. ``lost``: its answer was, unlike one that says otherwise."""
        match write:
            case ScriptUploaded(name):
                self._unconfirmed_scripts[name] = lost or self._unconfirmed_scripts.get(name, False)
            case RoutingWritten():
                self.routing.mark_unconfirmed()
            case ZoneRouteCreated(route):
                self.zone(route.zone_id).mark_unconfirmed()
            case NamespaceTrusted():
                self.dispatch_namespaces.mark_unconfirmed()
            case KVNamespaceCreated():
                self.kv_namespaces.mark_unconfirmed()
            case BucketCreated():
                self.buckets.mark_unconfirmed()

    def distrust_storage(self) -> None:
        """Have namespaces and buckets listed again: one that was there is gone."""
        self.dispatch_namespaces.mark_unconfirmed()
        self.kv_namespaces.mark_unconfirmed()
        self.buckets.mark_unconfirmed()

    # --- listings -------------------------------------------------------------------------------------------------

    def zone(self, zone_id: str) -> Listing[ZoneRoutes]:
        """Return the listing of a zone's routes."""
        return self._zones.setdefault(zone_id, Listing(ZoneRoutes(zone_id)))

    def objects(self, bucket: str) -> Listing[BucketObjects]:
        """Return the listing of a bucket's objects."""
        return self._objects.setdefault(bucket, Listing(BucketObjects(bucket)))

    def keep_buckets(self, wanted: Collection[str]) -> None:
        """Forget the objects of all other buckets."""
        for bucket in self._objects.keys() - set(wanted):
            del self._objects[bucket]

    # --- what concerns a pass ---------------------------------------------------------------------------------------

    @property
    def zone_routes(self) -> Mapping[str, str | None]:
        """Pattern → script, of all zones listed so far."""
        return _ZoneRoutes(self._zones)

    @property
    def zones_seen(self) -> tuple[object, ...]:
        """What changes whenever zone routes may have: our own writes, and the times of listings."""
        return tuple((zone.taken, zone.content.writes) for zone in self._zones.values())

    @property
    def revision(self) -> tuple[object, ...]:
        """What changes whenever the routing table, zone routes or R2 objects may have."""
        zones = ((zone_id, zone.revision) for zone_id, zone in self._zones.items())
        buckets = ((bucket, objects.revision) for bucket, objects in self._objects.items())
        return (self.routing.revision, *zones, *buckets)

    def zone_route(self, pattern: str) -> ZoneRoute | None:
        """Return a zone route by its pattern."""
        found = (listing.content.routes.get(pattern) for listing in self._zones.values())
        return next((route for route in found if route is not None), None)

    def is_routed(self, zone_id: str, script: str) -> bool:
        """Return whether a route of a zone leads to a Worker of the account."""
        return any(route.script == script for route in self.zone(zone_id).content.routes.values())

    def worker(
        self, script_name: str, hosts: Iterable[str], dispatcher: str, zones: Mapping[str, str]
    ) -> ObservedWorker:
        """Return one worker's part: its scripts, its mark, its hosts, and those that overlap with ``hosts``."""
        table = self.routing.content
        scripts = table.scripts.get(names.base_name(script_name), {})
        return ObservedWorker(
            frozenset(scripts),
            table.marks.get(script_name),
            table.hosts_about(script_name, hosts),
            self.zone_routes,
            dispatcher,
            zones,
        )

    def fingerprints(self, script_name: str) -> Fingerprints:
        """Return what tells of the content of a worker's scripts."""
        return self.routing.content.scripts.get(names.base_name(script_name), {})

    def uploaded(self, script: str) -> Fingerprint | None:
        """Return how this process has left a script of the dispatch namespace; None if it has not uploaded it."""
        return self._uploaded.get((ScriptUploaded, script))

    def uploaded_to_account(self, script: str) -> Fingerprint | None:
        """Return how this process has left a Worker of the account; None if it has not uploaded it."""
        return self._uploaded.get((AccountScriptUploaded, script))

    def mark(self, script_name: str) -> Mark | None:
        """Return who owns a script name, and what serves it."""
        return self.routing.content.marks.get(script_name)

    def paths(self, host: str) -> Paths:
        """Return the routes of a hostname."""
        return self.routing.content.hosts.get(host, {})

    @property
    def rests(self) -> Rests:
        """The rests of hosts, some of those that are over included."""
        return self.routing.content.rests

    def is_answer_lost(self, script: str) -> bool:
        """Whether the answer to a script's upload was lost: looking for it costs less than to repeat the upload."""
        return self._unconfirmed_scripts.get(script, False)

    def unconfirmed_scripts(self, script_name: str) -> frozenset[ScriptId]:
        """Return the scripts of a worker that may have been uploaded without our knowing."""
        parsed = map(names.parse_versioned_name, self._unconfirmed_scripts)
        base = names.base_name(script_name)
        return frozenset((p.hash, p.instance) for p in parsed if p is not None and p.base == base)


class _ZoneRoutes(Mapping[str, str | None]):
    """Pattern → script as a view: there may be a thousand routes, and thousands of passes."""

    def __init__(self, zones: Mapping[str, Listing[ZoneRoutes]]) -> None:
        self._zones = zones

    def __getitem__(self, pattern: str) -> str | None:
        for listing in self._zones.values():
            if (route := listing.content.routes.get(pattern)) is not None:
                return route.script
        raise KeyError(pattern)

    def __iter__(self) -> Iterator[str]:
        for listing in self._zones.values():
            yield from listing.content.routes

    def __len__(self) -> int:
        return sum(len(listing.content.routes) for listing in self._zones.values())
