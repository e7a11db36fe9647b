"""The state that the supervisor sends to the workerd processes: namespaces, scripts and routes.

Messages are built from the current state at the time of sending, so a later message about a key never carries an older
value.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from local_edge.storage.releases.deployments import Shares
from local_edge.storage.scripts import ACCOUNT

Message = dict[str, object]
"""A message to a process: the full table, or changes of it."""


@dataclass
class NamespaceEntry:
    trusted: bool
    scripts: dict[str, Shares] = field(default_factory=dict)
    """Script name -> its versions with their shares of the requests."""
    observed: dict[str, float] = field(default_factory=dict)
    """Script name -> the share of its events that is logged, if any."""


@dataclass(frozen=True)
class RouteEntry:
    pattern: str
    script: str | None


@dataclass(frozen=True)
class HostEntry:
    """A host that belongs to a script: a custom domain, or one below workers.dev."""

    script: str
    preview: bool = False
    """Whether the host's first label names a version, too."""


def _account_only() -> dict[str, NamespaceEntry]:
    return {ACCOUNT: NamespaceEntry(trusted=True)}


@dataclass
class RuntimeTable:
    zones: list[str]
    origin: bool
    """Whether the zones have an origin."""
    edge_port: int
    """Port of the data plane."""
    namespaces: dict[str, NamespaceEntry] = field(default_factory=_account_only)
    """The dispatch namespaces, and the account."""
    routes: dict[str, RouteEntry] = field(default_factory=dict)
    """Route id -> route."""
    hosts: dict[str, HostEntry] = field(default_factory=dict)
    """Host name -> its script. `*-hello.name.workers.dev` stands for the previews of a script."""
    jailed: set[str] = field(default_factory=set)
    """Ids of the versions that have hung or crashed the pool."""
    tailed: set[str] = field(default_factory=set)
    """Names of the account scripts whose events are recorded."""
    max_loaded: int = 150

    def for_host(self, *, journal: str) -> Message:
        """Return the full table of a process that runs scripts."""
        return {
            "full": True,
            "namespaces": {
                name: {
                    "trusted": entry.trusted,
                    "scripts": entry.scripts,
                    "observed": entry.observed,
                }
                for name, entry in self.namespaces.items()
            },
            "routes": self.routes_of(self.routes),
            "hosts": self.hosts_of(self.hosts),
            "jailed": list(self.jailed),
            "tailed": list(self.tailed),
            "zones": self.zones,
            "origin": self.origin,
            "edgePort": self.edge_port,
            "maxLoaded": self.max_loaded,
            "journal": journal,
        }

    def scripts_of(self, namespace: str, names: Iterable[str]) -> Message:
        """Return the current versions of scripts; null stands for a deleted script or namespace."""
        entry = self.namespaces.get(namespace)
        if entry is None:
            return {namespace: None}
        names = list(names)
        scripts = {name: entry.scripts.get(name) for name in names}
        observed = {name: entry.observed.get(name) for name in names}
        change = {"trusted": entry.trusted, "scripts": scripts, "observed": observed}
        return {namespace: change}

    def routes_of(self, ids: Iterable[str]) -> Message:
        """Return routes by id; null stands for a deleted route."""
        found = ((route_id, self.routes.get(route_id)) for route_id in ids)
        return {
            route_id: route and {"pattern": route.pattern, "script": route.script}
            for route_id, route in found
        }

    def hosts_of(self, names: Iterable[str]) -> Message:
        """Return hosts by name; null stands for a host without a script."""
        found = ((name, self.hosts.get(name)) for name in names)
        return {
            name: host and {"script": host.script, "preview": host.preview} for name, host in found
        }
