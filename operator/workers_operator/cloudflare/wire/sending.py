"""How requests are sent: large parts in pieces, and none once this process may make no changes."""

import io
from collections.abc import Callable
from typing import Any, Final

from workers_operator.engine.gate import ChangeGate

CHECK: Final = "check"
_MAX_AT_ONCE: Final = 256 * 1024  # bytes of a part that are sent as they are

Check = Callable[[], None]


def streamed(name: str | None, data: bytes, content_type: str) -> tuple[str | None, Any, str]:
    """Return a part whose bytes, if they are many, the connection is given in pieces: it copies what it cannot send."""
    return (name, io.BytesIO(data) if len(data) > _MAX_AT_ONCE else data, content_type)


def guarded(gate: ChangeGate) -> dict[str, Check]:
    """Return the extension of a request by which the transport looks at the time of the gate before it sends anything.

    Between the gate and the wire lies the way to a connection: a process that was stopped there must not go on.
    """
    return {CHECK: gate.check_time}
