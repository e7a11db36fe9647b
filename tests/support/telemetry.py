"""Events as the telemetry API gives them, and entries as they are made of them."""

from typing import Any, Final

from workers_operator.domain.names import VersionedName
from workers_operator.domain.telemetry.entries import (
    EntryKind,
    LogEntry,
    LoggedInvocation,
    LogScope,
)

SCOPE: Final = LogScope("ns", "shop")
FIRST: Final = VersionedName("shop", "11111111", 0)
SECOND: Final = VersionedName("shop", "11111111", 1)


def event(
    message: str = "hello",
    *,
    at: Any = 1000,
    script: str = "shop--11111111--0",
    space: str = "ns",
    id_: str = "e1",
    source: Any = None,
    **metadata: Any,
) -> dict[str, Any]:
    """A console line."""
    about = {"id": id_, "level": "log", "message": message, "requestId": "r1", "type": "cf-worker"}
    return {
        "$metadata": about | {"service": script} | metadata,
        "$workers": {"scriptName": script, "dispatchNamespace": space, "outcome": "ok"},
        "dataset": "cloudflare-workers",
        "source": {"level": "log", "message": message} if source is None else source,
        "timestamp": at,
    }


def invocation(outcome: str = "ok", status: int | None = 200, **more: Any) -> dict[str, Any]:
    """The event of an invocation."""
    found = event(type="cf-worker-event", trigger="GET /cart", **more)
    response = {} if status is None else {"status": status}
    found["$workers"] |= {
        "outcome": outcome,
        "cpuTimeMs": 7,
        "wallTimeMs": 41.5,
        "event": {"request": {"url": "https://shop.code24.dev/cart"}, "response": response},
    }
    return found


def line(text: str = "hello", *, at: int = 1000, id_: str = "", **more: Any) -> LogEntry:
    """The entry of a console line."""
    fields = {"script": FIRST, "kind": EntryKind.CONSOLE, "level": "log"} | more
    return LogEntry(id=id_, at=at, text=text, **fields)


def invoked(
    outcome: str = "ok", status: int | None = 200, *, at: int = 1000, **more: Any
) -> LogEntry:
    """The entry of an invocation."""
    about = LoggedInvocation("GET /cart", outcome, status, 7, 41.5)
    return line("GET /cart", at=at, kind=EntryKind.INVOCATION, invocation=about, **more)
