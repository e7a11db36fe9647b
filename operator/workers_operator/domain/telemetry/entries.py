"""Log entries of workers: console lines, exceptions and invocations. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from workers_operator.domain import names
from workers_operator.domain.names import VersionedName
from workers_operator.domain.text.hiding import hide


class EntryKind(StrEnum):
    """What an entry tells of."""

    CONSOLE = "console"
    EXCEPTION = "exception"
    INVOCATION = "invocation"


@dataclass(frozen=True, slots=True)
class LogScope:
    """The scripts of one worker: all versions and instances. ``namespace``: the dispatch namespace."""

    namespace: str
    base: str

    @property
    def pattern(self) -> str:
        """A regular expression (RE2) that the names of the worker's scripts match, and those of no other worker."""
        return f"^{re.escape(self.base)}--[0-9a-f]{{{names.HASH_LENGTH}}}--(0|[1-9][0-9]?)$"

    def script(self, name: str) -> VersionedName | None:
        """Return the parts of the name of one of the worker's scripts; None for the name of any other script."""
        parsed = names.parse_versioned_name(name)
        return parsed if parsed is not None and parsed.base == self.base else None


@dataclass(frozen=True, slots=True)
class LoggedInvocation:
    """An invocation that has ended. Times in milliseconds.

    ``trigger``: e.g. ``GET /cart``. ``status``: of the response, if there was one. ``truncated``: it logged more than
    Cloudflare keeps.
    """

    trigger: str
    outcome: str
    status: int | None = None
    cpu_ms: float | None = None
    wall_ms: float | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry. ``id``: Cloudflare's; "" if it has none. ``at``: Unix time in milliseconds.

    ``request``: an id that the entries of one invocation have in common. ``level``: log, debug, info, warn or error.
    ``stack``: of an exception. ``invocation``: of an entry of that kind.
    """

    id: str
    at: int
    script: VersionedName
    kind: EntryKind
    level: str
    text: str
    request: str = ""
    stack: str = ""
    invocation: LoggedInvocation | None = None

    @property
    def order(self) -> tuple[int, str, bool]:
        """Where the entry stands among others: by time, and within a millisecond an invocation before what it logs."""
        return (self.at, self.request, self.kind is not EntryKind.INVOCATION)


def hidden(entry: LogEntry, secrets: Iterable[str]) -> LogEntry:
    """Return an entry in whose texts secrets are hidden."""
    values = tuple(secrets)
    if not values:
        return entry
    invocation = entry.invocation
    if invocation is not None:
        invocation = replace(invocation, trigger=hide(invocation.trigger, values))
    return replace(
        entry,
        text=hide(entry.text, values),
        stack=hide(entry.stack, values),
        invocation=invocation,
    )
