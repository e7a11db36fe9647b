"""Whether the grants of a platform allow what a source names."""

from workers_operator.account.platforms import Platform
from workers_operator.desired.worker import PackageKind
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy.estates import Estates
from workers_operator.domain.tenancy.grants import STORAGE, Rights
from workers_operator.resources import CodeSource


def check_granted(
    source: CodeSource, kind: PackageKind, platform: Platform, rights: Rights, estates: Estates
) -> None:
    """Raise Stalled unless the grants allow the template or the bucket that a source names."""
    if source.template is not None:
        name = f"{kind}/{source.template}"
        rights.check("templates", name, where="spec.source.template", what="template")
    if source.r2 is not None:
        bucket = source.r2.bucket or platform.config.storage.data_bucket
        rights.check(f"{STORAGE}buckets", bucket, where="spec.source.r2.bucket", what="bucket")
        own = platform.config.storage.data_bucket
        is_created = estates.created_for_a_worker(bucket=bucket)
        if (is_created and not rights.allows_exactly(f"{STORAGE}buckets", bucket)) or (
            bucket != own and estates.holds_bucket(bucket)
        ):
            message = (
                f"spec.source.r2.bucket: {bucket!r} belongs to a platform or to another worker"
            )
            raise Stalled(Reason.NOT_GRANTED, message)
