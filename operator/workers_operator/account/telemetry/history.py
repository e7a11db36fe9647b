"""The stored logs of a worker, and how much of them Cloudflare keeps."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare import scripts
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.telemetry import queries
from workers_operator.domain import names
from workers_operator.domain.names import VersionedName
from workers_operator.domain.telemetry.entries import LogEntry, LogScope
from workers_operator.engine.priority import Priority

MAX_ENTRIES: Final = 10_000
MAX_TEXT: Final = 8 * 1024 * 1024
"""Characters of all entries together: each may have 256 KB."""
RETENTION_SECONDS: Final = 7 * 24 * 3600
"""For how long Cloudflare keeps logs, at most (developers.cloudflare.com/workers/observability/logs/workers-logs)."""


_SKEW_SECONDS: Final = 60.0


def horizon(now: float) -> int:
    """Return up to when logs are asked for at a Unix time, in milliseconds: Cloudflare's clocks may be ahead."""
    return round((now + _SKEW_SECONDS) * 1000)


@dataclass(frozen=True, slots=True)
class LogHistory:
    """The newest entries of a span, in the order of time. ``more``: there are earlier ones in it."""

    entries: Sequence[LogEntry]
    more: bool = False


async def history(
    api: Api,
    scope: LogScope,
    since: int,
    until: int,
    limit: int,
    priority: Priority = Priority.EDIT,
) -> LogHistory:
    """Return the last ``limit`` entries between two Unix times in milliseconds: a call per 1,000.

    Fewer if they are large. Raises CloudflareError.
    """
    found: list[LogEntry] = []
    left, more = MAX_TEXT, False
    async for entry in _entries(api, scope, (since, until), limit, priority):
        left -= len(entry.text) + len(entry.stack)
        if len(found) == limit or left < 0:
            more = True
            break
        found.append(entry)
    kept = sorted(reversed(found), key=lambda entry: entry.order)  # noqa: C414 - it is stable
    return LogHistory(kept, more=more)


async def _entries(
    api: Api, scope: LogScope, span: tuple[int, int], limit: int, priority: Priority
) -> AsyncIterator[LogEntry]:
    cursor, size = "", min(limit + 1, queries.PAGE)
    while True:
        page = await queries.page(api, scope, *span, cursor, size, priority)
        for entry in page.entries:
            yield entry
        cursor = page.cursor
        if not cursor:
            return


async def kept_shares(
    api: Api, scope: LogScope, priority: Priority = Priority.EDIT
) -> Mapping[VersionedName, float | None]:
    """Return which share of the invocations is logged, 0 to 1, by script; None where Cloudflare does not say.

    One call. Raises CloudflareError.
    """
    tag = names.worker_tag(scope.base)
    listed = scripts.list_observed(api, scope.namespace, priority, tag=tag)
    return {
        script: share async for name, share in listed if (script := scope.script(name)) is not None
    }
