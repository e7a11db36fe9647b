"""Estates: what platforms have for themselves, out of the reach of all workers, their own and each other's. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route

_RECHECK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a platform deploys to, and what it stores there. ``account``: id and API address."""

    platform: str
    account: tuple[str, str | None]
    dispatch_namespace: str
    dispatcher: str
    bucket: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Estate:
    """What one platform has: a domain, a dispatcher, a dispatch namespace, storage.

    ``account``: id and API address. ``domain``, ``kv_id``: "" as long as they are not known.
    """

    platform: str
    account: tuple[str, str | None]
    domain: str
    dispatcher: str
    dispatch_namespace: str
    kv_title: str
    kv_id: str
    bucket: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Estates:
    """The estates on one account, and all domains that platforms have."""

    on_account: tuple[Estate, ...]
    domains: tuple[str, ...]

    @property
    def dispatchers(self) -> frozenset[str]:
        """The dispatchers on the account."""
        return frozenset(estate.dispatcher for estate in self.on_account)

    def check_host(self, route: Route, domain: str) -> None:
        """Raise Stalled if a route's host lies in the domain of another platform than the one with ``domain``."""
        name = f".{route.host.removeprefix('*.')}"
        holders = [d for d in {*self.domains, domain} if name.endswith(f".{d}")]
        if holders and max(holders, key=len) != domain:
            message = f"route {route.zone_pattern} is in the domain of another platform"
            raise Stalled(Reason.ROUTE_RESERVED, f"{message}; deploy the worker there")

    def holds_kv(self, *, title: str = "", identifier: str = "") -> bool:
        """Whether a KV namespace belongs to a platform."""
        return any(
            (title and estate.kv_title == title) or (identifier and estate.kv_id == identifier)
            for estate in self.on_account
        )

    def holds_bucket(self, name: str) -> bool:
        """Whether a bucket belongs to a platform."""
        return any(estate.bucket == name for estate in self.on_account)

    def holds_dataset(self, name: str) -> bool:
        """Whether a dataset belongs to a platform, the events of its customers included. Case does not count."""
        return any(
            _is_or_extends(name.casefold(), estate.dataset.casefold()) for estate in self.on_account
        )

    def created_for_a_worker(self, *, title: str = "", bucket: str = "") -> bool:
        """Whether a KV namespace or bucket has the name of one that ``create: true`` creates."""
        spaces = tuple(f"{estate.dispatch_namespace}/" for estate in self.on_account)
        return names.is_created_bucket(bucket) or title.startswith(spaces)


def check_installation(mine: Installation, earlier: Iterable[Installation]) -> None:
    """Raise Waiting if an earlier platform on the account has what is to be one platform's own: it keeps it."""
    for other in earlier:
        if other.account != mine.account:
            continue
        if other.dispatch_namespace == mine.dispatch_namespace:
            raise _taken(other, "dispatch.namespace", mine.dispatch_namespace)
        if other.dispatcher == mine.dispatcher:
            raise _taken(other, "dispatch.dispatcher", mine.dispatcher)
        if other.bucket == mine.bucket:
            raise _taken(other, "storage.dataBucket", mine.bucket)
        one, two = mine.dataset.casefold(), other.dataset.casefold()
        if _is_or_extends(one, two) or _is_or_extends(two, one):
            raise _taken(other, "storage.analyticsDataset", mine.dataset)


def _taken(other: Installation, field: str, name: str) -> Waiting:
    message = f"{name!r} belongs to WorkersPlatform {other.platform!r}; choose another spec.{field}"
    return Waiting(Reason.PLATFORM_CONFLICT, message, after=_RECHECK_SECONDS)


def _is_or_extends(name: str, dataset: str) -> bool:
    return name == dataset or name.startswith(names.events_dataset(dataset, ""))
