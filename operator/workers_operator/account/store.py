"""One platform's R2 objects as sources read them: listings from the snapshot, contents from the account."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from workers_operator.account.platforms import Platform
from workers_operator.cloudflare import r2
from workers_operator.cloudflare.errors import TooLarge
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.engine.priority import Priority
from workers_operator.sources.resolve import Blob


@dataclass(frozen=True)
class ObjectStore:
    """The buckets of a platform's account: ``sources.loading.Store``. ``priority``: of the reads."""

    platform: Platform
    priority: Priority

    @property
    def identity(self) -> Hashable:
        """What tells this account's objects from another's."""
        return self.platform.config.account_key

    @property
    def data_bucket(self) -> str:
        """Name of the platform's own bucket."""
        return self.platform.config.storage.data_bucket

    def is_missing(self, bucket: str) -> bool:
        """Return whether there was no such bucket when it was listed."""
        return self.platform.snapshot.objects(bucket).content.missing

    def find(self, bucket: str, key: str) -> StoredObject | None:
        """Return an object as listed."""
        return self.platform.snapshot.objects(bucket).content.objects.get(key)

    def below(self, bucket: str, folder: str) -> Sequence[StoredObject]:
        """Return the objects of a folder as listed, sorted by key."""
        return self.platform.snapshot.objects(bucket).content.below(folder)

    def etags(self, bucket: str, key: str) -> tuple[str, ...]:
        """Return what changes when the object, or anything in the folder, does."""
        return self.platform.snapshot.objects(bucket).content.etags(key)

    async def look_for(self, bucket: str, key: str) -> None:
        """List a bucket because ``key`` is not in what is known of it. Raises a CloudflareError."""
        await self.platform.observer.look_for_object(bucket, key, self.priority)

    async def read(self, bucket: str, key: str, limit: int) -> Blob | None:
        """Return the content of an object of up to ``limit`` bytes, None if it is gone. Raises a CloudflareError."""
        try:
            found = await r2.get_object(
                self.platform.api,
                bucket,
                key,
                self.priority,
                limit=limit,
                may_be_denied=bucket != self.data_bucket,
            )
        except TooLarge:
            message = f"object {key!r} of R2 bucket {bucket!r} has more than {limit} bytes"
            raise Stalled(Reason.SCRIPT_TOO_LARGE, message) from None
        if found is None:
            return None
        kind, semicolon, parameters = found.headers.get("content-type", "").strip().partition(";")
        # The boundary of a bundle is case-sensitive (RFC 2046, section 5.1.1); the type is not.
        return Blob(found.data, kind.lower() + semicolon + parameters)
