"""What the account holds, as far as one worker is concerned: the input of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers_operator.domain.plans import NO_LIMITS, Limits
from workers_operator.domain.routing import Paths


@dataclass(frozen=True, slots=True)
class Mark:
    """The ownership mark of a worker: the metadata of its ``worker:<scriptName>`` key."""

    uid: str
    owner: str
    hash: str
    instances: int
    limits: Limits = NO_LIMITS  # for who calls it through a service binding

    def metadata(self) -> Mapping[str, Any]:
        """As it lies in KV; ``parse`` reads it back."""
        return {
            "uid": self.uid,
            "owner": self.owner,
            "hash": self.hash,
            "instances": self.instances,
        } | ({"limits": [self.limits.cpu_ms, self.limits.sub_requests]} if self.limits else {})

    @staticmethod
    def parse(metadata: object) -> "Mark | None":
        """None for what is not a mark of ours."""
        match metadata:
            case {
                "uid": str(uid),
                "owner": str(owner),
                "hash": str(version),
                "instances": int(instances),
                **rest,
            }:
                match rest.get("limits"):
                    case [int() | None as cpu, int() | None as sub]:
                        return Mark(uid, owner, version, instances, Limits(cpu, sub))
                return Mark(uid, owner, version, instances)
        return None


@dataclass(frozen=True, slots=True)
class ObservedWorker:
    """One worker's part of the account snapshot."""

    scripts: frozenset[tuple[str, int]] = (
        frozenset()
    )  # (hash, instance) uploaded under the worker's base name
    mark: Mark | None = None
    hosts: Mapping[str, Paths] = field(
        default_factory=dict
    )  # of every host that it has or should have
    zone_routes: Mapping[str, str | None] = field(
        default_factory=dict
    )  # pattern -> script, of all zones of the platform
    dispatcher: str = ""  # the script to which zone routes of ours lead
