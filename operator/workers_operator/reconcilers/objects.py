"""The R2 objects that sources name, as listed: one listing a bucket and interval, whatever the number of workers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers_operator.cloudflare import r2
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound
from workers_operator.cloudflare.r2 import StoredObject


@dataclass(frozen=True)
class Listing:
    """What lies in a bucket below ``prefix``. ``missing``: there is no such bucket."""

    prefix: str
    objects: Mapping[str, StoredObject] = field(default_factory=dict)
    missing: bool = False


class Objects:
    """The listings of one platform's buckets, by name."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    async def observe(
        self, api: Api, wanted: Mapping[str, str], urgency: Urgency
    ) -> set[tuple[str, str]]:
        """Lists the buckets in ``wanted`` (name → prefix) anew; (bucket, key) of all that changed.

        Raises a CloudflareError, but not for a bucket that is gone.
        """
        changed: set[tuple[str, str]] = set()
        for bucket, prefix in wanted.items():
            changed |= await self.observe_bucket(api, bucket, prefix, urgency)
        for bucket in self._listings.keys() - wanted.keys():
            del self._listings[bucket]
        return changed

    async def observe_bucket(
        self, api: Api, bucket: str, prefix: str, urgency: Urgency
    ) -> set[tuple[str, str]]:
        """As ``observe``, of one bucket."""
        found: dict[str, StoredObject] = {}
        missing = False
        try:
            async for item in r2.list_objects(api, bucket, prefix, urgency):
                found[item.key] = item
        except NotFound:
            missing = True
        before = self._listings.get(bucket)
        self._listings[bucket] = Listing(prefix, found, missing)
        if before is None:
            return set()
        keys = found.keys() | before.objects.keys()
        return {
            (bucket, key)
            for key in keys
            if _etag(found.get(key)) != _etag(before.objects.get(key)) or missing != before.missing
        }

    def covers(self, bucket: str, key: str) -> bool:
        """Whether a listing would have shown this key."""
        listing = self._listings.get(bucket)
        return listing is not None and key.startswith(listing.prefix)

    def missing(self, bucket: str) -> bool:
        """Whether the bucket was not there."""
        listing = self._listings.get(bucket)
        return listing is not None and listing.missing

    def find(self, bucket: str, key: str) -> StoredObject | None:
        """An object as listed."""
        listing = self._listings.get(bucket)
        return listing.objects.get(key) if listing is not None else None

    def below(self, bucket: str, folder: str) -> list[StoredObject]:
        """The objects of a folder (``folder`` ends in /), sorted by key; markers of folders are left out."""
        listing = self._listings.get(bucket)
        objects = listing.objects if listing is not None else {}
        return [
            objects[key] for key in sorted(objects) if key.startswith(folder) and key[-1:] != "/"
        ]

    def etags(self, bucket: str, key: str) -> tuple[str, ...]:
        """What changes when the object, or anything in the folder, does."""
        if key.endswith("/"):
            return tuple(f"{o.key} {o.etag}" for o in self.below(bucket, key))
        return (_etag(self.find(bucket, key)),)

    def note(self, bucket: str, item: StoredObject) -> None:
        """We have written an object ourselves."""
        listing = self._listings.get(bucket)
        if listing is not None:
            self._listings[bucket] = Listing(listing.prefix, {**listing.objects, item.key: item})


def _etag(item: StoredObject | None) -> str:
    return item.etag if item is not None else ""
