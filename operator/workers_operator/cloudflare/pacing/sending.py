"""How requests are sent: large parts in pieces, and none once this process may make no changes."""

import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from workers_operator.engine.gate import ChangeGate

_MAX_AT_ONCE: Final = 256 * 1024  # bytes of a part that are sent as they are
_SENDS: Final = ("send_request_headers.started", "send_request_body.started")

Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]


def streamed(name: str | None, data: bytes, content_type: str) -> tuple[str | None, Any, str]:
    """Return a part whose bytes, if they are many, the connection is given in pieces: it copies what it cannot send."""
    return (name, io.BytesIO(data) if len(data) > _MAX_AT_ONCE else data, content_type)


def guarded(gate: ChangeGate) -> dict[str, Trace]:
    """Return the extension by which a request looks at the time of the gate again before anything of it is sent.

    Between the gate and the wire lies the way to a connection: a process that was stopped there must not go on.
    www.encode.io/httpcore/extensions/#trace
    """

    async def look(event: str, about: Mapping[str, Any]) -> None:
        if event.endswith(_SENDS):
            gate.check_time()

    return {"trace": look}
