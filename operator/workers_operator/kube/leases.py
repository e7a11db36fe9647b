"""A Lease, which at most one process holds: its record, and calls that fail if somebody else was faster."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from workers_operator.engine.gate import open_gate
from workers_operator.kube.errors import KubeNotFound
from workers_operator.kube.rest import Rest, RestAccess

# A call that takes longer is given up: the lease is renewed every 2 s, and has to be within 8 s.
_TIMEOUT: Final = 4.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Lease:
    """What a Lease says. ``duration``: seconds; ``version``: of the stored object, "" for one that is not stored."""

    holder: str
    duration: int
    acquired: datetime
    renewed: datetime
    transitions: int
    version: str = ""


class LeaseClient:
    """Reads and writes one Lease on a connection of its own: a renewal waits for no other call. Raises KubeError."""

    def __init__(self, access: RestAccess, namespace: str, name: str) -> None:
        # Who asks for the lease cannot hold it yet, so these calls pass no gate.
        self._rest = Rest(access, open_gate(), _TIMEOUT)
        self._namespace = namespace
        self._name = name

    async def close(self) -> None:
        """Close the connections."""
        await self._rest.close()

    async def read(self) -> Lease | None:
        """Return the Lease, None if there is none."""
        try:
            return _parsed(await self._rest.request("GET", f"{self._collection}/{self._name}"))
        except KubeNotFound:
            return None

    async def write(self, lease: Lease) -> Lease:
        """Create or replace the Lease. Raises KubeConflict if somebody else has written it since ``version``."""
        body = _rendered(lease, self._namespace, self._name)
        if not lease.version:
            return _parsed(await self._rest.request("POST", self._collection, body))
        return _parsed(await self._rest.request("PUT", f"{self._collection}/{self._name}", body))

    @property
    def _collection(self) -> str:
        return f"/apis/coordination.k8s.io/v1/namespaces/{self._namespace}/leases"


def _rendered(lease: Lease, namespace: str, name: str) -> dict[str, Any]:
    version = {"resourceVersion": lease.version} if lease.version else {}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": namespace} | version,
        "spec": {
            "holderIdentity": lease.holder,
            "leaseDurationSeconds": lease.duration,
            "acquireTime": _micro_time(lease.acquired),
            "renewTime": _micro_time(lease.renewed),
            "leaseTransitions": lease.transitions,
        },
    }


def _parsed(body: dict[str, Any]) -> Lease:
    spec = body.get("spec") or {}
    return Lease(
        holder=str(spec.get("holderIdentity") or ""),
        duration=int(spec.get("leaseDurationSeconds") or 0),
        acquired=_moment(spec.get("acquireTime")),
        renewed=_moment(spec.get("renewTime")),
        transitions=int(spec.get("leaseTransitions") or 0),
        version=str(body["metadata"]["resourceVersion"]),
    )


def _micro_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else _EPOCH
