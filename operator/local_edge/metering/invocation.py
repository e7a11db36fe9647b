"""One invocation of a version, as measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

SUCCESS = "success"
THREW = "scriptThrewException"
EXCEEDED = "exceededResources"
DISCONNECTED = "clientDisconnected"


class Took(NamedTuple):
    cpu: int
    """Microseconds."""
    wall: int
    """Microseconds until the last of its work was done, `waitUntil` included."""
    response: int
    """Microseconds until its response was there."""


@dataclass(frozen=True)
class Invocation:
    version: str
    began: int
    """Unix time in milliseconds."""
    event: str
    """What it was about: fetch, scheduled or jsrpc."""
    status: str
    """How it ended, in the words of Cloudflare's metrics."""
    took: Took
    subrequests: int = 0
    body: int = 0
    """Bytes of the response's body, as far as known."""


def killed_invocations(
    versions: Sequence[str], began: float, ended: float, limit: float
) -> list[Invocation]:
    """Return the invocations of a request that was killed. The last version is the cause; the others waited for it.

    The times are Unix times in seconds. Nobody knows the CPU time of a process that has ended, but not more than
    `limit` seconds.
    """
    microseconds = round((ended - began) * 1e6)
    spent = min(microseconds, round(limit * 1e6))
    waited = [(version, THREW, 0) for version in versions[:-1]]
    return [
        Invocation(
            version=version,
            began=round(began * 1000),
            event="fetch",
            status=status,
            took=Took(cpu, microseconds, microseconds),
        )
        for version, status, cpu in (*waited, (versions[-1], EXCEEDED, spent))
    ]
