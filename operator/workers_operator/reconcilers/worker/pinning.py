"""Pinned content that its source does not hold any more: the edge has it."""

from collections.abc import Iterable, Sequence

from workers_operator.account.platforms import Platform
from workers_operator.cloudflare import scripts
from workers_operator.cloudflare.errors import NotFound
from workers_operator.cloudflare.scripts import DeployedScript
from workers_operator.desired import worker as desired
from workers_operator.desired.report import ResolvedSource
from workers_operator.domain import names
from workers_operator.domain.content import Code
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.engine.offload import off_loop
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.sources import resolve
from workers_operator.sources.resolve import Blob


async def deployed_code(
    attempt: Attempt, platforms: Iterable[Platform], source: ResolvedSource
) -> Code:
    """Return the code of a source from a script that was uploaded with it to one of the platforms.

    Raises Stalled(PinnedContentLost).
    """
    for platform in platforms:
        space = platform.config.dispatch.namespace
        for name in _copies(platform, desired.script_name(attempt.key, attempt.obj)):
            try:
                found = await scripts.download_script(platform.api, space, name, attempt.priority)
            except NotFound:
                continue  # somebody has deleted it since it was listed
            code = await off_loop(len(found.data), _parsed, found, source.origin)
            if code.revision == source.revision:
                return code
    message = f"content {source.digest} is pinned, and neither the source nor the edge has it"
    if source.update is not None:
        message += f"; to deploy what the source has, set spec.source.digest to {source.update}"
    raise Stalled(Reason.PINNED_CONTENT_LOST, message)


def _copies(platform: Platform, script_name: str) -> Sequence[str]:
    """Return one script of each version at the edge, the one that serves first."""
    mark = platform.snapshot.mark(script_name)
    serving = mark.serving.hash if mark is not None else ""
    first: dict[str, int] = {}
    for version, instance in sorted(platform.snapshot.fingerprints(script_name)):
        first.setdefault(version, instance)
    found = sorted(first.items(), key=lambda item: item[0] != serving)
    return [names.versioned_name(names.base_name(script_name), *item) for item in found]


def _parsed(found: DeployedScript, origin: str) -> Code:
    code = resolve.from_deployed(
        Blob(found.data, found.content_type),
        found.entrypoint,
        origin,
        date=found.compatibility_date,
        flags=found.compatibility_flags,
    )
    _ = code.digest  # computed here, off the event loop, and kept
    return code
