"""The contents of listings: zone routes, Workers of the account, dispatch and KV namespaces, buckets, R2 objects."""

from dataclasses import dataclass, field

from workers_operator.account.writes import (
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


@dataclass
class ZoneRoutes:
    """The routes of one zone, by pattern."""

    zone: str  # id
    routes: dict[str, ZoneRoute] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case ZoneRouteCreated(route) if route.zone_id == self.zone:
                self.routes[route.pattern] = route
            case ZoneRouteDeleted(self.zone, pattern):
                self.routes.pop(pattern, None)


@dataclass
class AccountScripts:
    """The tags of the account's Workers, by name."""

    tags: dict[str, frozenset[str]] = field(default_factory=dict)

    def apply(self, write: Write) -> None:
        """Take in a write."""
        match write:
            case AccountScriptUploaded(name, tags):
                self.tags[name] = tags


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
    """The objects of a bucket whose keys begin with ``prefix``, by key. ``missing``: there is no such bucket."""

    bucket: str
    prefix: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    missing: bool = False

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

    def covers(self, key: str) -> bool:
        """Whether a key would have been listed."""
        return key.startswith(self.prefix)

    def below(self, folder: str) -> list[StoredObject]:
        """Return the objects of a folder (``folder`` ends in /), sorted by key, without markers of folders."""
        keys = (k for k in sorted(self.objects) if k.startswith(folder) and k[-1:] != "/")
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
