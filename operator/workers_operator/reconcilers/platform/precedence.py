"""Which platform comes first: it keeps what two of them ask for."""

from collections.abc import Iterator
from contextlib import suppress

from pydantic import ValidationError

from workers_operator.account.platforms import Platforms
from workers_operator.desired.platform import PlatformConfig, config_of
from workers_operator.domain.conditions import PROVISIONED
from workers_operator.domain.tenancy.estates import Installation
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.index.objects import PLATFORM_KIND, Body
from workers_operator.resources import PlatformStatus, WorkersPlatform


def earlier(config: PlatformConfig, index: Index, platforms: Platforms) -> Iterator[Installation]:
    """Yield where the other platforms deploy to that keep what they have, whatever this one asks for.

    Those that are in use, and those whose objects come first: set up before, or else the elder ones. The platform that
    variables describe, which has no object, comes before all of them.
    """
    for account in platforms:
        name = account.config.name
        if name != config.name and not platforms.is_leaving(name):
            is_implied = index.objects.get(ObjectKey(PLATFORM_KIND, "", name)) is None
            if is_implied or platforms.provisioned(name) is not None:
                yield account.config.installation
    records = {key: index.objects.get(key) for key in index.objects.uids(PLATFORM_KIND)}
    found = {key: r.body() for key, r in records.items() if r is not None and not r.deleting}
    mine = found.get(ObjectKey(PLATFORM_KIND, "", config.name))
    for key, body in found.items():
        if mine is not None and key.name != config.name and _rank(body) < _rank(mine):
            with suppress(ValidationError):
                yield config_of(WorkersPlatform.model_validate(body)).installation


def _rank(body: Body) -> tuple[bool, str, str]:
    """Return what sorts platforms, the first one first."""
    metadata, status = body["metadata"], PlatformStatus.tolerant(body.get("status"))
    is_set_up = status.observed_generation == metadata.get("generation") and any(
        (c.type, c.status) == (PROVISIONED, "True") for c in status.conditions
    )
    return (not is_set_up, str(metadata.get("creationTimestamp")), str(metadata["name"]))
