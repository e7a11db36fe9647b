"""Members of a template's fleet: workers that follow it and are permitted to. Others must not block its rollouts."""

from workers_operator.account.platforms import Platforms
from workers_operator.desired.fleet.templates import TemplateObject, is_granted
from workers_operator.domain.fleet.members import FleetMember
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index


def members(
    index: Index, platforms: Platforms, key: ObjectKey, obj: TemplateObject
) -> list[FleetMember]:
    """Return the followers of the template's kind that grants permit to follow it."""
    found = [f for f in index.followers(key) if f.key.kind == obj.spec.worker_kind]
    if key.namespace:
        return found
    known: dict[tuple[str, ...], bool] = {}  # thousands of followers have few customers
    return [f for f in found if _may_follow(index, platforms, key, f, known)]


def _may_follow(
    index: Index,
    platforms: Platforms,
    key: ObjectKey,
    follower: FleetMember,
    known: dict[tuple[str, ...], bool],
) -> bool:
    """Return whether the grants permit it. ``known``: cache of the answers."""
    platform, claim = index.claims.find(follower.key) or ("", None)
    account, namespaces = platforms.account(platform), index.namespaces
    is_open = namespaces.selects(platform) and not namespaces.known
    if claim is None or account is None or is_open:
        return follower.version != ""  # a worker with a version was permitted to
    asked = (platform, follower.key.namespace, claim.customer_id)
    if asked not in known:
        labels = namespaces.labels(follower.key.namespace)
        rights = account.config.tenancy.rights_of(claim, labels)
        known[asked] = rights is not None and is_granted(key, rights)
    return known[asked]
