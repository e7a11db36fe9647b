"""The plan: desired and observed → ordered actions, each with a reason. Pure.

Order is what keeps a worker serving: new scripts first, then routing, and only when the KV consistency window has
passed the scripts that nothing leads to any more. Deleting turns it round: routing first, then scripts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workers_operator.domain import names
from workers_operator.domain.desired import Route, Worker
from workers_operator.domain.observed import Mark, ObservedWorker
from workers_operator.domain.routing import Paths, Target, with_target, without_script

ScriptId = tuple[str, int]  # (hash, instance)


@dataclass(frozen=True, slots=True)
class Upload:
    """PUT one instance's script."""

    script: str
    instance: int
    reason: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Change the routing table and the worker's mark in one go."""

    script_name: str
    targets: Mapping[tuple[str, str], Target]  # (host, path) -> target
    hosts: frozenset[str]  # every host on which the worker's routes are to be exactly ``targets``
    mark: Mark | None  # None: remove the worker's key
    reason: str

    def apply_to(self, host: str, paths: Paths) -> Paths:
        """The routes of ``host`` after this change; other workers' routes stay."""
        mine = {p: t for (h, p), t in self.targets.items() if h == host}
        result = without_script(paths, self.script_name)
        for path, target in mine.items():
            result = with_target(result, path, target)
        return result


@dataclass(frozen=True, slots=True)
class Remove:
    """DELETE a script that nothing leads to."""

    script: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered: ``uploads``, ``detach``, ``publish``, ``attach``, then ``removals``.

    ``detach`` and ``attach`` are patterns of zone routes that stop, and begin, to lead to the dispatcher. A zone route
    goes before the entry that it served, so that an entry which is left tells of a zone route that may be left, too.
    """

    uploads: tuple[Upload, ...] = ()
    detach: tuple[str, ...] = ()
    publish: Publish | None = None
    attach: tuple[str, ...] = ()
    removals: tuple[Remove, ...] = ()
    superseded: frozenset[ScriptId] = field(
        default_factory=frozenset
    )  # to be removed once the window has passed

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is done and why, in order."""
        found = [f"upload {u.script} ({u.reason})" for u in self.uploads]
        found += [f"detach {pattern}" for pattern in self.detach]
        found += [f"publish ({self.publish.reason})"] if self.publish is not None else []
        found += [f"attach {pattern}" for pattern in self.attach]
        found += [f"remove {r.script} ({r.reason})" for r in self.removals]
        return tuple(found)

    @property
    def empty(self) -> bool:
        return not (self.uploads or self.detach or self.publish or self.attach or self.removals)


def plan(
    worker: Worker,
    version: str,
    observed: ObservedWorker,
    expired: frozenset[ScriptId] = frozenset(),
) -> Plan:
    """What has to be done so that ``worker`` runs ``version`` (its hash).

    ``expired`` names the superseded scripts whose KV consistency window has passed.
    """
    wanted = frozenset((version, i) for i in range(worker.instances))
    uploads = tuple(
        Upload(names.versioned_name(worker.base, h, i), i, _upload_reason(observed, version))
        for h, i in sorted(wanted - observed.scripts)
    )
    publish = _publish(worker, version, observed)
    superseded = frozenset(observed.scripts - wanted)
    removals: tuple[Remove, ...] = ()
    if publish is None:
        removals = tuple(
            Remove(
                names.versioned_name(worker.base, h, i), "superseded, and the KV window has passed"
            )
            for h, i in sorted(superseded & expired)
        )
    attach = tuple(
        sorted(
            p for p in worker.zone_patterns if observed.zone_routes.get(p) != observed.dispatcher
        )
    )
    return Plan(uploads, _detach(worker, observed), publish, attach, removals, superseded)


def plan_deletion(worker: Worker, observed: ObservedWorker) -> Plan:
    """What has to be done so that nothing of ``worker`` is left."""
    routed = frozenset(
        h for h, paths in observed.hosts.items() if _leads_to(paths, worker.script_name)
    )
    publish = None
    if routed or observed.mark is not None:
        publish = Publish(worker.script_name, {}, routed, None, "the object is being deleted")
    removals = tuple(
        Remove(names.versioned_name(worker.base, h, i), "the object is being deleted")
        for h, i in sorted(observed.scripts)
    )
    gone = replace(worker, routes=())
    return Plan((), _detach(gone, observed), publish, (), removals, observed.scripts)


def settle(
    since: Mapping[ScriptId, float], superseded: frozenset[ScriptId], now: float, window: float
) -> tuple[dict[ScriptId, float], frozenset[ScriptId], float | None]:
    """Follows how long scripts have been superseded.

    ``since`` maps a script to the monotonic second at which it was first seen superseded. Returns the new map, the
    scripts whose ``window`` seconds have passed, and the seconds until the next one's have (None: none waits).
    """
    after = {script: since.get(script, now) for script in superseded}
    expired = frozenset(script for script, start in after.items() if now - start >= window)
    waiting = [start + window - now for script, start in after.items() if script not in expired]
    return after, expired, min(waiting, default=None)


def _detach(worker: Worker, observed: ObservedWorker) -> tuple[str, ...]:
    """Zone routes of ours whose routing entry leads to the worker, and that it does not want any more."""
    held = (
        Route(host, path)
        for host, paths in observed.hosts.items()
        for path, target in paths.items()
        if target.script_name == worker.script_name
    )
    unwanted = {
        r.zone_pattern for r in held if r not in worker.routes and not r.covered_by(worker.domain)
    }
    return tuple(sorted(p for p in unwanted if observed.zone_routes.get(p) == observed.dispatcher))


def _leads_to(paths: Paths, script_name: str) -> bool:
    return any(target.script_name == script_name for target in paths.values())


def _upload_reason(observed: ObservedWorker, version: str) -> str:
    if not observed.scripts:
        return "first deployment"
    if any(h == version for h, _ in observed.scripts):
        return "more instances are wanted"
    return "the content has changed"


def _publish(worker: Worker, version: str, observed: ObservedWorker) -> Publish | None:
    target = Target(
        worker.script_name, worker.customer_id, version, worker.instances, worker.limits
    )
    targets = {(r.host, r.path): target for r in worker.routes}
    hosts = frozenset(r.host for r in worker.routes) | frozenset(
        h for h, paths in observed.hosts.items() if _leads_to(paths, worker.script_name)
    )
    mark = Mark(worker.uid, str(worker.key), version, worker.instances, worker.limits)
    change = Publish(worker.script_name, targets, hosts, mark, _publish_reason(observed, mark))
    unchanged = all(
        change.apply_to(h, observed.hosts.get(h, {})) == observed.hosts.get(h, {}) for h in hosts
    )
    return None if unchanged and observed.mark == mark else change


def _publish_reason(observed: ObservedWorker, mark: Mark) -> str:
    if observed.mark is None:
        return "first deployment"
    if observed.mark.hash != mark.hash:
        return "a new version is to serve"
    if observed.mark.instances != mark.instances:
        return "the number of instances has changed"
    return "the routes differ from the desired ones"
