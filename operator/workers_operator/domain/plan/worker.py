"""Plans of workers: deploying one, and removing one from an account. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.conditions import DEPLOYED, ROUTED
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    DeleteBucket,
    DeleteKVNamespace,
    Detach,
    Plan,
    Publish,
    ReleaseRoute,
    Remove,
    ScriptId,
    Upload,
    ordered,
)
from workers_operator.domain.routes import Route, zone_of, zone_pattern
from workers_operator.domain.serving import Canary, Mark, Paths, Serving, Target, fits
from workers_operator.domain.worker import Worker

VANISHED: Final = "the script has vanished"
REPLACED: Final = "the instance fails its probes"
TAMPERED: Final = "somebody else has changed the script"
INTERRUPTED: Final = "nobody knows how an upload ended"
RESTORED: Final = "routing entries that serve the worker have vanished or been changed"
WEIGHED: Final = "another share of the requests is to go to the new version"
BALANCED: Final = "instances that fail get no requests, those that answer again get some"


@dataclass(frozen=True, slots=True)
class ObservedWorker:
    """One worker's part of the account snapshot.

    ``scripts``: (hash, instance) uploaded under the worker's base name. ``hosts``: the live routes of every host that
    the worker has or wants. ``zone_routes``: pattern → script, of all zones of the platform. ``dispatcher``: the script
    to which zone routes of ours lead. ``zones``: name → id. ``inherited``: pattern → dispatcher of another
    platform, of the zone routes that lead to the worker there. ``foreign``: scripts that somebody else has changed;
    ``interrupted``: those of which nobody knows how their upload ended.
    """

    scripts: frozenset[ScriptId] = frozenset()
    mark: Mark | None = None
    hosts: Mapping[str, Paths] = field(default_factory=dict)
    zone_routes: Mapping[str, str | None] = field(default_factory=dict)
    dispatcher: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    inherited: Mapping[str, str] = field(default_factory=dict)
    foreign: frozenset[ScriptId] = frozenset()
    interrupted: frozenset[ScriptId] = frozenset()

    @property
    def trusted(self) -> frozenset[ScriptId]:
        """The scripts that are as the operator left them: nothing has the content of a former version any more."""
        return self.scripts - self.foreign - self.interrupted

    @property
    def holders(self) -> frozenset[str]:
        """The script names that the live routes lead to."""
        return frozenset(t.script_name for paths in self.hosts.values() for t in paths.values())

    def held_by(self, script_name: str) -> tuple[Route, ...]:
        """Return the live routes that lead to a script name, sorted."""
        return tuple(
            Route(host, path)
            for host, paths in sorted(self.hosts.items())
            for path in sorted(paths)
            if paths[path].script_name == script_name
        )


@dataclass(frozen=True, slots=True)
class Healing:
    """What is done about what is not as it should be.

    ``out``: instances that fail and get no requests. ``anew``: instances that are uploaded anew, with the reason.
    """

    out: frozenset[int] = frozenset()
    anew: Mapping[int, str] = field(default_factory=dict)


NO_HEALING: Final = Healing()


def condition_of(action: Action) -> str:
    """Return the condition that the failure of an action concerns."""
    return ROUTED if isinstance(action, Detach | Publish | Attach | ReleaseRoute) else DEPLOYED


def plan_worker(
    worker: Worker,
    version: str,
    observed: ObservedWorker,
    expired: frozenset[ScriptId] = frozenset(),
    healing: Healing = NO_HEALING,
    canary: Canary | None = None,
) -> Plan:
    """Return what makes ``worker`` run ``version`` (its hash).

    ``expired``: the superseded scripts whose KV consistency window has passed. ``canary``: the version that is uploaded
    beside it; without a weight, nothing leads to that.
    """
    wanted = frozenset((version, i) for i in range(worker.instances))
    if canary is not None:
        wanted |= frozenset((canary.hash, i) for i in range(canary.instances))
    superseded = frozenset(observed.scripts - wanted)
    publish = _publish(worker, version, observed, healing, canary)
    taken = {Route(*at).zone_pattern for at in _taken(worker, observed)}
    actions: list[Action] = [
        Upload(names.versioned_name(worker.base, h, i), i, _upload_reason(observed, h, i))
        for h, i in sorted(wanted - observed.scripts)
    ]
    actions += (
        Upload(names.versioned_name(worker.base, version, i), i, reason, anew=True)
        for i, reason in sorted(healing.anew.items())
        if (version, i) in observed.scripts & wanted
    )
    actions += _detach(worker, observed)
    if publish is not None:
        actions.append(publish)
    actions += (
        Attach(p, _zone_of(p, observed), observed.dispatcher, observed.inherited.get(p, ""))
        for p in sorted(worker.zone_patterns)
        # One that is taken over exists, and may be detached by its former holder meanwhile.
        if observed.zone_routes.get(p) != observed.dispatcher or p in taken
    )
    actions += _release(worker, observed)
    if publish is None:
        actions += _remove(worker, superseded & expired, "superseded, and the KV window has passed")
    return Plan(ordered(actions), superseded)


def plan_removal(
    worker: Worker,
    observed: ObservedWorker,
    storage: Iterable[DeleteKVNamespace | DeleteBucket] = (),
) -> Plan:
    """Return the plan that removes ``worker`` completely. ``storage``: created for it and removed with it."""
    routed = frozenset(
        h for h, paths in observed.hosts.items() if _leads_to(paths, worker.script_name)
    )
    reason = "the worker is removed"
    actions: list[Action] = [*_detach(replace(worker, routes=()), observed)]
    if routed or observed.mark is not None:
        actions.append(Publish(worker.script_name, {}, routed, None, reason))
    actions += _remove(worker, observed.scripts, reason)
    actions += storage
    return Plan(ordered(actions), observed.scripts)


def _remove(worker: Worker, scripts: Iterable[ScriptId], reason: str) -> list[Remove]:
    return [Remove(names.versioned_name(worker.base, h, i), reason) for h, i in sorted(scripts)]


def _detach(worker: Worker, observed: ObservedWorker) -> list[Detach]:
    """Return the zone routes of ours whose routing entry leads to the worker, and that it does not want any more."""
    unwanted = {
        r.zone_pattern: r
        for r in observed.held_by(worker.script_name)
        if r.zone_pattern not in worker.zone_patterns and not r.covered_by(worker.domain)
    }
    # A worker may have had the domain's hosts before the domain was the platform's.
    unwanted.pop(names.dispatcher_pattern(worker.domain), None)
    return [
        Detach(pattern, (route.host, route.path), worker.script_name)
        for pattern, route in sorted(unwanted.items())
        if observed.zone_routes.get(pattern) == observed.dispatcher
    ]


def _release(worker: Worker, observed: ObservedWorker) -> list[ReleaseRoute]:
    """Return the zone routes of another platform that take the requests of routes which need none here."""
    covered = [route for route in worker.routes if route.covered_by(worker.domain)]
    found = []
    for pattern, former in sorted(observed.inherited.items()):
        served = next((r for r in covered if zone_pattern(pattern).covers(r)), None)
        if served is not None and pattern not in worker.zone_patterns:
            at = (served.host, served.path)
            found.append(ReleaseRoute(pattern, at, worker.script_name, former))
    return found


def _taken(worker: Worker, observed: ObservedWorker) -> Mapping[tuple[str, str], str]:
    """Return whose scripts lead the routes that the worker takes over."""
    live = {(r.host, r.path): observed.hosts.get(r.host, {}).get(r.path) for r in worker.routes}
    return {
        at: target.script_name
        for at, target in live.items()
        if target is not None and target.script_name != worker.script_name
    }


def _zone_of(pattern: str, observed: ObservedWorker) -> str:
    return observed.zones.get(zone_of(pattern.partition("/")[0], observed.zones) or "", "")


def _leads_to(paths: Paths, script_name: str) -> bool:
    return any(target.script_name == script_name for target in paths.values())


def _upload_reason(observed: ObservedWorker, version: str, instance: int) -> str:
    if (version, instance) in _routed(observed.mark):
        return VANISHED
    if not observed.scripts:
        return "first deployment"
    if any(h == version for h, _ in observed.scripts):
        return "more instances are wanted"
    return "the content has changed"


def _routed(mark: Mark | None) -> frozenset[ScriptId]:
    """Return the scripts that get requests."""
    if mark is None:
        return frozenset()
    versions = [(mark.serving.hash, mark.serving.instances)]
    if (canary := mark.serving.canary) is not None:
        versions.append((canary.hash, canary.instances))
    return frozenset((hash_, i) for hash_, count in versions for i in range(count))


def _publish(
    worker: Worker, version: str, observed: ObservedWorker, healing: Healing, canary: Canary | None
) -> Publish | None:
    out = tuple(sorted(i for i in healing.out if i < worker.instances))
    routed = canary if canary is not None and canary.weight > 0 else None
    rules = worker.rules
    serving = Serving(
        version, worker.instances, worker.limits, routed, rules.egress, out, rules.affinity
    )
    change = _change(worker, serving, observed)
    after = {h: change.apply_to(h, observed.hosts.get(h, {})) for h in change.hosts}
    if out and not all(map(fits, after.values())):
        # An entry that is full has no room to say so; its instances all go on getting requests.
        return _publish(worker, version, observed, NO_HEALING, canary)
    unchanged = all(paths == observed.hosts.get(h, {}) for h, paths in after.items())
    return None if unchanged and observed.mark == change.mark else change


def _change(worker: Worker, serving: Serving, observed: ObservedWorker) -> Publish:
    target = Target(worker.script_name, worker.customer_id, serving)
    targets = {(r.host, r.path): target for r in worker.routes}
    hosts = frozenset(r.host for r in worker.routes) | frozenset(
        h for h, paths in observed.hosts.items() if _leads_to(paths, worker.script_name)
    )
    mark = Mark(worker.uid, str(worker.key), serving)
    reason = _publish_reason(observed, serving, worker)
    return Publish(worker.script_name, targets, hosts, mark, reason, _taken(worker, observed))


def _publish_reason(observed: ObservedWorker, serving: Serving, worker: Worker) -> str:
    live = {
        target.serving
        for paths in observed.hosts.values()
        for target in paths.values()
        if target.script_name == worker.script_name
    }
    # One call writes the mark and the entries: where only one of both is as it has to be, the other was changed.
    if (observed.mark is not None and observed.mark.serving == serving) != (live == {serving}):
        return RESTORED
    if observed.mark is None:
        return "first deployment"
    if observed.mark.serving.hash != serving.hash:
        return "a new version is to serve"
    if observed.mark.serving.canary != serving.canary:
        return WEIGHED
    if observed.mark.serving.instances != serving.instances:
        return "the number of instances has changed"
    if observed.mark.serving.out != serving.out:
        return BALANCED
    if observed.mark.serving.egress != serving.egress:
        return "the hosts that it may send requests to have changed"
    if observed.mark.serving.affinity != serving.affinity:
        return "what keeps clients on one instance has changed"
    return "the routes differ from the desired ones"
