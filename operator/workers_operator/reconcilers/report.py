"""The status fields of a worker that a pass has found out. Pure."""

from typing import Any, Final

from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Worker
from workers_operator.reconcilers import probing
from workers_operator.reconcilers.memory import Resolved
from workers_operator.reconcilers.worker_pass import DEPLOYED, Pass

DEFAULT_COMPATIBILITY_DATE: Final = "2021-11-02"
"""Cloudflare's for scripts without one (developers.cloudflare.com/workers/configuration/compatibility-dates)."""


def deployed(worker: Worker, resolved: Resolved) -> Fact:
    """All instances of the version are uploaded."""
    count = "1 instance" if worker.instances == 1 else f"{worker.instances} instances"
    return Fact(DEPLOYED, "True", "Uploaded", f"version {resolved.version} is uploaded, {count}")


def published(
    p: Pass, worker: Worker, resolved: Resolved, platform: str, resources: list[dict[str, str]]
) -> dict[str, Any]:
    """What holds once the routing leads to the version."""
    known = p.status.get("versions") or {}
    renewed = known.get("stable") != resolved.version
    versions = {"stable": resolved.version}
    if previous := known.get("stable" if renewed else "previous"):
        versions["previous"] = previous
    fields = {
        "platform": platform,
        "scriptName": worker.script_name,
        "urls": [r.url for r in worker.routes],
        "url": worker.routes[0].url,
        "versions": versions,
        "compatibility": _compatibility(resolved),
        "limits": _limits(resolved),
        "resources": resources or None,
        "instances": worker.instances,
        "selector": f"workers.code24.dev/script-name={worker.script_name}",
    }
    # What was known of the health is the former version's.
    return fields | ({"health": probing.Health("Unknown", 0).field()} if renewed else {})


def _compatibility(resolved: Resolved) -> dict[str, Any]:
    source = resolved.source
    flags = list(source.compatibility_flags)
    found: dict[str, Any] = {"date": source.compatibility_date or DEFAULT_COMPATIBILITY_DATE}
    return found | ({"flags": flags} if flags else {})


def _limits(resolved: Resolved) -> dict[str, int] | None:
    limits = {"cpuMs": resolved.limits.cpu_ms, "subRequests": resolved.limits.sub_requests}
    return {name: value for name, value in limits.items() if value is not None} or None
