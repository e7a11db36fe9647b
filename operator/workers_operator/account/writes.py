"""Writes: what we have changed in an account, as frozen values that the snapshot records."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.cloudflare.zones import ZoneRoute
from workers_operator.domain.serving import Mark, Paths
from workers_operator.domain.tampering import UNKNOWN, Fingerprint
from workers_operator.domain.tenancy.rest import HostRest


@dataclass(frozen=True, slots=True)
class ScriptUploaded:
    """A script is in the dispatch namespace now."""

    name: str
    fingerprint: Fingerprint = UNKNOWN


@dataclass(frozen=True, slots=True)
class ScriptRemoved:
    """A script is gone from the dispatch namespace."""

    name: str


@dataclass(frozen=True, slots=True)
class RoutingWritten:
    """Routes (by host) and marks (by script name) as they are in KV now; None: removed.

    ``rests``: of the hosts that were given up.
    """

    hosts: Mapping[str, Paths]
    marks: Mapping[str, Mark | None]
    rests: Collection[HostRest] = ()


@dataclass(frozen=True, slots=True)
class NamespaceClaimed:
    """The KV namespace with the routing table has this owner now."""

    owner: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ZoneRouteCreated:
    """A zone route exists now."""

    route: ZoneRoute


@dataclass(frozen=True, slots=True)
class ZoneRouteDeleted:
    """A zone route is gone."""

    zone: str  # id
    pattern: str


@dataclass(frozen=True, slots=True)
class AccountScriptUploaded:
    """A Worker of the account has these tags now."""

    name: str
    tags: frozenset[str]
    fingerprint: Fingerprint = UNKNOWN


@dataclass(frozen=True, slots=True)
class AccountScriptDeleted:
    """A Worker of the account is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class NamespaceTrusted:
    """A dispatch namespace exists, and is trusted or not."""

    name: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class KVNamespaceCreated:
    """A KV namespace exists now."""

    title: str
    id: str


@dataclass(frozen=True, slots=True)
class KVNamespaceDeleted:
    """A KV namespace is gone."""

    title: str


@dataclass(frozen=True, slots=True)
class BucketCreated:
    """An R2 bucket exists now; it is empty."""

    name: str


@dataclass(frozen=True, slots=True)
class BucketDeleted:
    """An R2 bucket is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class ObjectWritten:
    """An R2 object is as it was written."""

    bucket: str
    item: StoredObject


Write = (
    ScriptUploaded | ScriptRemoved | RoutingWritten | NamespaceClaimed | ZoneRouteCreated
    | ZoneRouteDeleted | AccountScriptUploaded | AccountScriptDeleted | NamespaceTrusted | KVNamespaceCreated
    | KVNamespaceDeleted | BucketCreated | BucketDeleted | ObjectWritten
)  # fmt: skip
