"""The contents of listings: zone routes, Workers of the account, dispatch and KV namespaces, buckets, R2 objects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workers_operator.account.writes import (
    AccountScriptDeleted,
    AccountScriptUploaded,
    BucketCreated,
    BucketDeleted,
    KVNamespaceCreated,
    KVNamespaceDeleted,
    NamespaceTrusted,
    ObjectWritten,
    Write,
    ZoneRouteCreated,
    ZoneRouteDeleted,
)
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.cloudflare.zones import ZoneRoute
from workers_operator.domain.tampering import Fingerprint


@dataclass
class ZoneRoutes:
    """The routes of one zone, by pattern. ``writes``: how many of ours were taken in.

    ``refusal``: why Cloudflare does not list them, "" if it does; they are those that were known before then.
    ``is_gone``: it says that there is no such zone.
    """

    zone: str  # id
    routes: dict[str, ZoneRoute] = field(default_factory=dict)
    writes: int = 0
    refusal: str = ""
    is_gone: bool = False

    def take(self, routes: Iterable[ZoneRoute]) -> None:
        """Take in what was listed."""
        self.routes.update((route.pattern, route) for route in routes)

    def refuse(self, refusal: str, former: "ZoneRoutes", *, is_gone: bool) -> None:
        """Note that Cloudflare does not list the routes. ``former``: what is known of them."""
        self.refusal, self.is_gone = refusal, is_gone
        self.routes |= former.routes

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case ZoneRouteCreated(route) if route.zone_id == self.zone:
                self.routes[route.pattern] = route
                self.writes += 1
            case ZoneRouteDeleted(self.zone, pattern):
                self.routes.pop(pattern, None)
                self.writes += 1


@dataclass
class AccountScripts:
    """The account's Workers by name: their tags, and what tells of their content."""

    tags: dict[str, frozenset[str]] = field(default_factory=dict)
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case AccountScriptUploaded(name, tags, fingerprint):
                self.tags[name] = tags
                self.fingerprints[name] = fingerprint
            case AccountScriptDeleted(name):
                self.tags.pop(name, None)
                self.fingerprints.pop(name, None)


@dataclass
class TrustedNamespaces:
    """Whether the account's dispatch namespaces are trusted, by name."""

    trusted: dict[str, bool] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case NamespaceTrusted(name, trusted):
                self.trusted[name] = trusted


@dataclass
class KVNamespaces:
    """The ids of the account's KV namespaces, by title."""

    ids: dict[str, str] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case KVNamespaceCreated(title, identifier):
                self.ids[title] = identifier
            case KVNamespaceDeleted(title):
                self.ids.pop(title, None)


@dataclass
class Buckets:
    """The names of the account's R2 buckets."""

    names: set[str] = field(default_factory=set)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case BucketCreated(name):
                self.names.add(name)
            case BucketDeleted(name):
                self.names.discard(name)


@dataclass
class BucketObjects:
    """The objects of a bucket whose keys begin with ``prefix``, by key. ``missing``: there is no such bucket.

    A listing ends after a number of objects: ``until`` is the last key then, else None. ``completed``: the objects and
    folders that were listed on their own since, and the monotonic seconds at which that began.
    """

    bucket: str
    prefix: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    missing: bool = False
    until: str | None = None
    completed: dict[str, float] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case ObjectWritten(self.bucket, item):
                self.objects[item.key] = item
            case BucketCreated(self.bucket):
                self.missing = False

    def mark_missing(self) -> None:
        """Note that there is no such bucket."""
        self.missing = True

    def take(self, items: Sequence[StoredObject], limit: int) -> None:
        """Take in what was listed: of ``limit`` objects the last one is where the listing has ended."""
        self.objects |= {item.key: item for item in items}
        self.until = items[-1].key if len(items) == limit else None

    def complete(self, key: str, items: Iterable[StoredObject], began: float) -> None:
        """Take in an object, or all objects of a folder, that the listing did not come to."""
        self.objects |= {item.key: item for item in items}
        self.completed[key] = began

    def covers(self, key: str) -> bool:
        """Whether a key would have been listed."""
        return key.startswith(self.prefix)

    def is_beyond(self, key: str) -> bool:
        """Whether the listing ended before it came to an object, or to the last one of a folder (``key`` ends in /)."""
        if self.until is None:
            return False
        return key > self.until or (key.endswith("/") and self.until.startswith(key))

    def below(self, folder: str) -> list[StoredObject]:
        """Return the objects of a folder (``folder`` ends in /), sorted by key, without markers of folders.

        Of a folder that was listed in part there are none.
        """
        completed = any(f.endswith("/") and folder.startswith(f) for f in self.completed)
        if not self.covers(folder) or (self.is_beyond(folder) and not completed):
            return []
        keys = sorted(k for k in self.objects if k.startswith(folder) and k[-1:] != "/")
        return [self.objects[key] for key in keys]

    def etags(self, key: str) -> tuple[str, ...]:
        """Return what changes when the object, or anything in the folder, does."""
        if key.endswith("/"):
            return tuple(f"{item.key} {item.etag}" for item in self.below(key))
        return (_etag(self.objects.get(key)),)

    def changed_since(self, former: "BucketObjects") -> set[str]:
        """Return the keys of all objects that differ."""
        keys = self.objects.keys() | former.objects.keys()
        if self.missing != former.missing:
            return set(keys)
        return {k for k in keys if _etag(self.objects.get(k)) != _etag(former.objects.get(k))}


def _etag(item: StoredObject | None) -> str:
    return item.etag if item is not None else ""
