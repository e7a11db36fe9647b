"""Reads one account: the listings of the snapshot, refreshed with a fixed number of calls whatever the workers."""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from os.path import commonprefix
from typing import Final, Protocol

from workers_operator.account.connection import Connection, Provisioned
from workers_operator.account.contents import (
    AccountScripts,
    BucketObjects,
    Buckets,
    KVNamespaces,
    TrustedNamespaces,
    ZoneRoutes,
)
from workers_operator.account.listing import Looks
from workers_operator.account.routing import RoutingTable
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import BucketDeleted
from workers_operator.cloudflare import kv, r2, scripts, zones
from workers_operator.cloudflare.errors import NotFound, Rejected
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain import names
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import zone_of
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority, Urgency

logger = logging.getLogger(__name__)

MAX_LISTED: Final = 10_000  # objects of a bucket, in ten calls
REFRESH_SECONDS: Final = 5.0  # one listing of KV namespaces or buckets serves all who ask within


class Interest(Protocol):
    """What the objects on a platform are about: ``index.index.Index``."""

    def buckets(self, platform: str, tenancy: Tenancy, data_bucket: str) -> Mapping[str, str]:
        """Return bucket ("" for the data bucket) → common prefix of all keys that objects name, and may."""

    def hosts(self, platform: str, tenancy: Tenancy) -> Iterable[str]:
        """Return the hosts that objects claim, and may."""


class ObjectsListener(Protocol):
    """Learns which R2 objects have changed: ``scheduling.scheduler.Scheduler``."""

    def objects_changed(self, platform: PlatformConfig, changed: set[tuple[str, str]]) -> None:
        """Take in (bucket, key) of objects that differ from what was listed before."""


class Observer:
    """The reader of one account. Raises a CloudflareError wherever a call fails. ``tenancy``: as it is now."""

    def __init__(
        self,
        connection: Connection,
        snapshot: AccountSnapshot,
        clock: Clock,
        interest: Interest,
        listener: ObjectsListener,
        tenancy: Callable[[], Tenancy],
    ) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._clock = clock
        self._interest = interest
        self._listener = listener
        self._tenancy = tenancy
        self._lock = asyncio.Lock()
        self._looks = Looks()
        self._key: tuple[str, bytes] | None = None  # (KV namespace, its key)

    @property
    def observed_at(self) -> float | None:
        """Monotonic second at which the last complete look at the account began."""
        return self._looks.complete

    # --- the whole account ------------------------------------------------------------------------------------------

    async def observe(
        self, provisioned: Provisioned, priority: Priority, *, not_before: float
    ) -> None:
        """List scripts, keys, zone routes and R2 objects, unless a look began at ``not_before`` or later.

        Costs ⌈scripts/1000⌉ + ⌈keys/1000⌉ + zones + ⌈objects/1000⌉ calls.
        """
        self._looks.want(not_before)
        async with self._lock:
            if self.observed_at is not None and self.observed_at >= not_before:
                return
            with self._looks.look(self._clock.monotonic()):
                changed = await self._list_all(provisioned, priority)
        self._announce(changed)

    def will_show(self, moment: float) -> bool:
        """Return whether a look that began at ``moment``, which has passed, or later is done, under way or waited for.

        To ``observe`` not before that moment costs nothing then, unless the look fails.
        """
        return self._looks.will_show(moment)

    async def _list_all(self, provisioned: Provisioned, priority: Priority) -> set[tuple[str, str]]:
        """List everything; return the R2 objects that have changed."""
        await self._list_routing(provisioned.metadata_namespace, priority)
        for zone in self._zones_of_interest(provisioned):
            await self.list_zone(zone, priority)
        wanted = self._buckets_of_interest()
        changed: set[tuple[str, str]] = set()
        for bucket, prefix in wanted.items():
            try:
                changed |= await self._list_objects(bucket, prefix, priority)
            except Rejected as refusal:
                if bucket == self._data_bucket:
                    raise
                # A worker has named it. What is known of it stays, and whoever looks for more in it is told why not.
                logger.warning("R2 bucket %s is not listed: %s", bucket, refusal)
        self._snapshot.keep_buckets(wanted)
        return changed

    async def _list_routing(self, namespace: str, priority: Priority) -> None:
        api, space = self._connection.api, self._connection.config.dispatch.namespace

        async def fill(table: RoutingTable) -> None:
            async for script in scripts.list_scripts(api, space, priority):
                table.add_script(script.name, script.fingerprint)
            async for key, metadata in kv.list_keys(api, namespace, priority):
                table.add_key(key, metadata)

        await self._snapshot.routing.refresh(RoutingTable(), fill, self._clock)

    # --- zones ------------------------------------------------------------------------------------------------------

    async def ensure_zones(
        self,
        provisioned: Provisioned,
        hosts: Iterable[str],
        priority: Priority,
        *,
        not_before: float | None = None,
    ) -> None:
        """List the routes of the zones that contain hosts, unless they are known (since ``not_before``).

        One whose routes are refused counts as listed (``ZoneRoutes.refusal``).
        """
        for host in hosts:
            zone = provisioned.zones.get(zone_of(host, provisioned.zones) or "")
            if zone is None:
                continue
            listing = self._snapshot.zone(zone)
            if listing.taken is None or listing.is_unconfirmed:
                # Of several passes that wait here, the first one's listing serves all.
                await self.list_zone(zone, priority, not_before=self._clock.monotonic())
            elif not_before is not None:
                await self.list_zone(zone, priority, not_before=not_before)

    async def list_zone(
        self, zone: str, priority: Priority, *, not_before: float | None = None
    ) -> None:
        """List the routes of a zone. That they are refused concerns this zone alone, unless the domain is in it."""
        api, listing = self._connection.api, self._snapshot.zone(zone)
        is_own = zone == self._connection.config.domain.zone_id

        async def fill(content: ZoneRoutes) -> None:
            try:
                found = await zones.list_routes(api, zone, priority, may_be_denied=not is_own)
            except Rejected as refusal:
                if is_own:
                    raise
                is_gone = isinstance(refusal, NotFound)
                content.refuse(refusal.message, listing.content, is_gone=is_gone)
                return
            content.take(found)

        await listing.refresh(ZoneRoutes(zone), fill, self._clock, not_before=not_before)

    def _zones_of_interest(self, provisioned: Provisioned) -> list[str]:
        claimed = self._interest.hosts(self._connection.config.name, self._tenancy())
        hosts = {provisioned.domain, *(host for host in claimed if host[-1:] != ".")}
        found = {zone_of(host, provisioned.zones) for host in hosts}
        wanted = {provisioned.zones[zone] for zone in found if zone is not None}
        # One that was refused is asked for again: what was given up there waits for it.
        refused = (z for z in provisioned.zones.values() if self._snapshot.zone(z).content.refusal)
        return sorted({*wanted, *refused})

    # --- R2 objects -------------------------------------------------------------------------------------------------

    async def look_for_object(self, bucket: str, key: str, priority: Priority) -> None:
        """List a bucket because ``key`` is not in what is known of it.

        Who asks again takes a listing of the last seconds; after a change by a user it has to begin after the call.
        """
        asked_by_user = priority.urgency <= Urgency.CREATE
        since = self._clock.monotonic() - (0.0 if asked_by_user else REFRESH_SECONDS)
        changed: set[tuple[str, str]] = set()
        async with self._lock:
            known = self._snapshot.objects(bucket)
            covered = known.taken is not None and known.content.covers(key)
            if covered and known.content.etags(key) not in ((), ("",)):
                return  # another pass was faster
            if not covered or not (known.taken_after(since) or known.content.is_beyond(key)):
                prefix = self._buckets_of_interest().get(bucket, key)
                changed = await self._list_objects(bucket, prefix, priority)
            began = known.content.completed.get(key, -math.inf)
            if known.content.is_beyond(key) and began <= since:
                await self._complete(known.content, key, priority)
        self._announce(changed)

    async def _list_objects(
        self, bucket: str, prefix: str, priority: Priority
    ) -> set[tuple[str, str]]:
        async def fill(content: BucketObjects) -> None:
            try:
                found = await self._first_objects(bucket, prefix, priority, MAX_LISTED)
            except NotFound:
                content.mark_missing()
                self._snapshot.record(BucketDeleted(bucket))  # by somebody else
                return
            content.take(found, MAX_LISTED)
            if content.is_beyond(names.TEMPLATES_PREFIX) and bucket == self._data_bucket:
                await self._complete(content, names.TEMPLATES_PREFIX, priority)

        listing = self._snapshot.objects(bucket)
        is_first = listing.taken is None
        former = await listing.refresh(BucketObjects(bucket, prefix), fill, self._clock)
        if is_first or former is None:
            return set()
        return {(bucket, key) for key in listing.content.changed_since(former)}

    async def _first_objects(
        self, bucket: str, prefix: str, priority: Priority, limit: int
    ) -> Sequence[r2.StoredObject]:
        """List the objects below a prefix, but not more than ``limit``."""
        found: list[r2.StoredObject] = []
        async with aclosing(
            r2.list_objects(
                self._connection.api,
                bucket,
                prefix,
                priority,
                may_be_denied=bucket != self._data_bucket,
            )
        ) as objects:
            async for item in objects:
                found.append(item)
                if len(found) == limit:
                    break
        return found

    async def _complete(self, content: BucketObjects, key: str, priority: Priority) -> None:
        """List an object or a folder that a listing did not come to. An object comes before others with its prefix."""
        limit, began = MAX_LISTED if key.endswith("/") else 1, self._clock.monotonic()
        found = await self._first_objects(content.bucket, key, priority, limit)
        content.complete(key, (i for i in found if key.endswith("/") or i.key == key), began)

    @property
    def _data_bucket(self) -> str:
        return self._connection.config.storage.data_bucket

    def _buckets_of_interest(self) -> dict[str, str]:
        """Return bucket → prefix to list; of the data bucket the templates at least."""
        name, data = self._connection.config.name, self._data_bucket
        wanted = dict(self._interest.buckets(name, self._tenancy(), data))
        known = [names.TEMPLATES_PREFIX, *(wanted[b] for b in ("", data) if b in wanted)]
        wanted.pop("", None)
        return wanted | {data: commonprefix(known)}  # noqa: RUF071 - of keys, by characters

    def _announce(self, changed: set[tuple[str, str]]) -> None:
        if changed:
            self._listener.objects_changed(self._connection.config, changed)

    # --- storage and account scripts --------------------------------------------------------------------------------

    async def kv_namespace(self, title: str, priority: Priority) -> str | None:
        """Return the id of a KV namespace by its title, or None."""
        listing = self._snapshot.kv_namespaces
        if title not in listing.content.ids or listing.is_unconfirmed:
            await self._list_kv_namespaces(priority)
        return listing.content.ids.get(title)

    async def _list_kv_namespaces(self, priority: Priority) -> None:
        listing = self._snapshot.kv_namespaces

        async def fill(content: KVNamespaces) -> None:
            async for found, identifier in kv.list_namespaces(self._connection.api, priority):
                content.ids[found] = identifier

        not_before = self._since(listing.is_unconfirmed)
        await listing.refresh(KVNamespaces(), fill, self._clock, not_before=not_before)

    async def kv_title(self, identifier: str, priority: Priority) -> str | None:
        """Return the title of a KV namespace by its id, or None."""
        listing = self._snapshot.kv_namespaces
        if identifier not in listing.content.ids.values():
            await self._list_kv_namespaces(priority)
        return next((t for t, id_ in listing.content.ids.items() if id_ == identifier), None)

    async def has_bucket(self, name: str, priority: Priority) -> bool:
        """Return whether a bucket exists."""
        listing = self._snapshot.buckets

        async def fill(content: Buckets) -> None:
            async for found in r2.list_buckets(self._connection.api, priority):
                content.names.add(found)

        if name not in listing.content.names or listing.is_unconfirmed:
            not_before = self._since(listing.is_unconfirmed)
            await listing.refresh(Buckets(), fill, self._clock, not_before=not_before)
        return name in listing.content.names

    def _since(self, is_unconfirmed: bool, age: float = REFRESH_SECONDS) -> float:
        """Return since when a listing is recent enough: an unconfirmed one only from now on."""
        now = self._clock.monotonic()
        return now if is_unconfirmed else now - age

    async def dispatch_namespaces(
        self, priority: Priority, age: float = REFRESH_SECONDS
    ) -> Mapping[str, bool]:
        """Return whether dispatch namespaces are trusted, by name, as listed ``age`` seconds ago at most."""

        async def fill(content: TrustedNamespaces) -> None:
            for name, trusted in await scripts.list_namespaces(self._connection.api, priority):
                content.trusted[name] = trusted

        listing = self._snapshot.dispatch_namespaces
        await listing.refresh(
            TrustedNamespaces(),
            fill,
            self._clock,
            not_before=self._since(listing.is_unconfirmed, age),
        )
        return listing.content.trusted

    async def list_account_scripts(self, priority: Priority) -> Mapping[str, frozenset[str]]:
        """List the account's Workers; return their tags by name."""

        async def fill(content: AccountScripts) -> None:
            for script in await scripts.list_account_scripts(self._connection.api, priority):
                content.tags[script.name] = script.tags
                content.fingerprints[script.name] = script.fingerprint

        listing = self._snapshot.account_scripts
        await listing.refresh(AccountScripts(), fill, self._clock)
        return listing.content.tags

    async def scripts_of_ours(self, priority: Priority) -> frozenset[str]:
        """Return the scripts of the dispatch namespace that bear this operator's tag."""
        api, space = self._connection.api, self._connection.config.dispatch.namespace
        found = scripts.list_scripts(api, space, priority, tag=names.MANAGED_BY_TAG)
        return frozenset([script.name async for script in found])

    async def fingerprint_key(self, metadata_namespace: str, priority: Priority) -> bytes:
        """Return the platform's own key, read once: it lies beside the routing, where no worker may read.

        Raises Stalled(StorageInvalid).
        """
        async with self._lock:
            if self._key is None or self._key[0] != metadata_namespace:
                value = await kv.get_value(
                    self._connection.api, metadata_namespace, names.PLATFORM_KEY, priority
                )
                self._key = (metadata_namespace, _parse_key(value))
            return self._key[1]

    def learn_key(self, metadata_namespace: str, value: str) -> None:
        """Take in the platform's own key from what was written when its namespace was claimed."""
        self._key = (metadata_namespace, _parse_key(value.encode()))

    @property
    def known_key(self) -> bytes | None:
        """The platform's own key, if it has been read."""
        return self._key[1] if self._key is not None else None


def _parse_key(value: bytes | None) -> bytes:
    try:
        found = json.loads(value or b"")
        return bytes.fromhex(found["fingerprintKey"])
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"KV key {names.PLATFORM_KEY!r} of the platform's namespace is malformed"
        raise Stalled(Reason.STORAGE_INVALID, message) from None
