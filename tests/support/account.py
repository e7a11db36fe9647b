"""A small model of an account: scripts, routing table, marks, zone routes. Plans are carried out on it by steps."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from support.serving import mark, target
from workers_operator.domain import names
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    Detach,
    Plan,
    Publish,
    Remove,
    Upload,
)
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.routes import Route
from workers_operator.domain.serving import Mark, Paths
from workers_operator.domain.worker import Worker

DISPATCHER: Final = "dispatcher"
Step = Callable[[], None]
Table = Mapping[str, Paths]  # host -> path -> target


@dataclass
class AccountModel:
    """``puts`` lists every upload ever made."""

    scripts: set[str] = field(default_factory=set)
    hosts: dict[str, Paths] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    zone_routes: dict[str, str | None] = field(default_factory=dict)

    def add(self, worker: Worker, version: str) -> None:
        """A worker that is there already."""
        for instance in range(worker.instances):
            self.scripts.add(names.versioned_name(worker.base, version, instance))
        for route in worker.routes:
            leads_to = target(worker.script_name, worker.customer_id, version, worker.instances)
            self.hosts[route.host] = {**self.hosts.get(route.host, {}), route.path: leads_to}
        self.zone_routes |= dict.fromkeys(worker.zone_patterns, DISPATCHER)
        self.marks[worker.script_name] = mark(
            worker.uid, str(worker.key), version, worker.instances
        )

    def observed(self, worker: Worker) -> ObservedWorker:
        """What concerns one worker."""
        parsed = [names.parse_versioned_name(name) for name in self.scripts]
        hosts = {r.host for r in worker.routes} | self.leading_to(worker.script_name)
        return ObservedWorker(
            frozenset((p.hash, p.instance) for p in parsed if p and p.base == worker.base),
            self.marks.get(worker.script_name),
            {host: self.hosts[host] for host in hosts if host in self.hosts},
            dict(self.zone_routes),
            DISPATCHER,
        )

    def leading_to(self, script_name: str) -> set[str]:
        """The hosts with a route to a worker."""
        return {
            host
            for host, paths in self.hosts.items()
            if any(target.script_name == script_name for target in paths.values())
        }

    def steps(self, plan: Plan) -> list[Step]:
        """The plan's calls in their order, each to be made by itself."""
        return [self._step(action) for action in plan.actions]

    def dead_ends(self) -> set[str]:
        """Zone routes that lead to a dispatcher which knows nothing of them."""
        known = {Route(h, p).zone_pattern for h, paths in self.hosts.items() for p in paths}
        return {p for p, script in self.zone_routes.items() if script == DISPATCHER} - known

    def table(self) -> Table:
        """The routing table as it is now."""
        return {host: dict(paths) for host, paths in self.hosts.items()}

    def missing(self, tables: Iterable[Table]) -> set[str]:
        """Scripts that one of the tables leads to and that are not there: each is a failed request."""
        wanted = {
            names.versioned_name(names.base_name(t.script_name), t.serving.hash, instance)
            for table in tables
            for paths in table.values()
            for t in paths.values()
            for instance in range(t.serving.instances)
        }
        return wanted - self.scripts

    def _step(self, action: Action) -> Step:
        match action:
            case Upload(script=script):
                return self._upload(script)
            case Publish():
                return self._publish(action)
            case Detach(pattern=pattern):
                return self._detach(pattern)
            case Attach(pattern=pattern):
                return self._attach(pattern)
            case Remove(script=script):
                return self._remove(script)
        raise AssertionError(f"the model has no {action}")

    def _upload(self, script: str) -> Step:
        def step() -> None:
            self.scripts.add(script)
            self.puts.append(script)

        return step

    def _publish(self, change: Publish) -> Step:
        def step() -> None:
            for host in change.hosts:
                paths = change.apply_to(host, self.hosts.get(host, {}))
                if paths:
                    self.hosts[host] = paths
                else:
                    self.hosts.pop(host, None)
            if change.mark is None:
                self.marks.pop(change.script_name, None)
            else:
                self.marks[change.script_name] = change.mark

        return step

    def _detach(self, pattern: str) -> Step:
        def step() -> None:
            del self.zone_routes[pattern]

        return step

    def _attach(self, pattern: str) -> Step:
        def step() -> None:
            assert pattern not in self.zone_routes  # the API would refuse it
            self.zone_routes[pattern] = DISPATCHER

        return step

    def _remove(self, script: str) -> Step:
        return lambda: self.scripts.discard(script)
