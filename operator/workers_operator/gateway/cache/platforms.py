"""All platforms: WorkersPlatforms, and the one that environment variables describe."""

from collections.abc import Mapping
from dataclasses import dataclass

from workers_operator.desired.platform import PlatformConfig
from workers_operator.desired.rollout import rollout_spec
from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.index.objects import PLATFORM_KIND
from workers_operator.resources import PlatformStatus, RolloutSpec


@dataclass(frozen=True, slots=True)
class KnownPlatform:
    """A platform. ``rollout``: how new versions of workers take over that do not say; None: it does not say either.

    ``uid``: "" and ``status``: None of the one that variables describe, which has no object.
    """

    name: str
    environment: str
    account_id: str
    domain: str
    is_suspended: bool
    rollout: RolloutSpec | None = None
    uid: str = ""
    status: PlatformStatus | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it accepts workers, as far as can be told."""
        if self.status is None:
            return True
        ready = find(self.status.conditions, READY)
        return ready is not None and ready.status == "True"


class KnownPlatforms:
    """Look platforms up in the cache. ``implied``: the one from environment variables."""

    def __init__(self, cache: WatchCache, implied: PlatformConfig | None) -> None:
        self._cache = cache
        self._implied = implied
        self._known: dict[str, tuple[int, KnownPlatform]] = {}

    def get(self, name: str) -> KnownPlatform | None:
        """Return a platform; an object takes precedence over variables."""
        record = self._cache.get(ObjectKey(PLATFORM_KIND, "", name))
        if record is None:
            return self._from_variables(name)
        known = self._known.get(name)
        if known is None or known[0] != record.resource_version:
            known = (record.resource_version, _known(name, record.uid, record.body()))
            self._known[name] = known
        return known[1]

    def all(self) -> list[KnownPlatform]:
        """Return all platforms by name."""
        names = {*self._cache.platforms(), *([self._implied.name] if self._implied else [])}
        return [platform for name in sorted(names) if (platform := self.get(name)) is not None]

    def environment(self, name: str) -> str:
        """Return the environment of a platform, "" if there is none of this name."""
        platform = self.get(name)
        return platform.environment if platform is not None else ""

    def rollout(self, name: str) -> RolloutSpec | None:
        """Return what a platform says of rollouts; None also if there is none of this name."""
        platform = self.get(name)
        return platform.rollout if platform is not None else None

    def _from_variables(self, name: str) -> KnownPlatform | None:
        implied = self._implied
        if implied is None or implied.name != name:
            return None
        return KnownPlatform(
            name,
            implied.environment,
            implied.account_id,
            implied.domain.name,
            False,
            implied.dispatch.policy.rollout,
        )


def _known(name: str, uid: str, body: Mapping[str, object]) -> KnownPlatform:
    spec = body.get("spec")
    found = spec if isinstance(spec, Mapping) else {}
    return KnownPlatform(
        name,
        str(found.get("environment") or "staging"),
        str(found.get("accountId") or ""),
        str(found.get("domain") or ""),
        bool(found.get("suspend")),
        rollout_spec(found),
        uid,
        PlatformStatus.tolerant(body.get("status")),
    )
