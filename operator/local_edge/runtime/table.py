"""What the workerd processes have to know, as the supervisor holds it: scripts, namespaces, routes.

State is held per key, and messages are made from the state at the time of sending, so messages about the same key never
overtake one another with an older truth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Namespace:
    trusted: bool
    scripts: dict[str, str] = field(default_factory=dict)
    """Script name -> version id."""


@dataclass(frozen=True)
class Route:
    pattern: str
    script: str | None


@dataclass
class Table:
    zones: list[str]
    origin: bool
    edge_port: int
    scripts: dict[str, str] = field(default_factory=dict)
    """Account script -> version id."""
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    """Route id -> route."""
    jailed: set[str] = field(default_factory=set)
    """Version ids that once hung or crashed the pool."""
    max_loaded: int = 300

    def for_host(self, *, journal: str) -> dict[str, Any]:
        """The full table of a process that runs scripts."""
        return {
            "full": True,
            "scripts": self.scripts,
            "namespaces": {
                name: {"trusted": space.trusted, "scripts": space.scripts}
                for name, space in self.namespaces.items()
            },
            "jailed": list(self.jailed),
            "zones": self.zones,
            "origin": self.origin,
            "edgePort": self.edge_port,
            "maxLoaded": self.max_loaded,
            "journal": journal,
        }

    def for_router(self) -> dict[str, Any]:
        return {"full": True, "origin": self.origin, "routes": self.routes_of(self.routes)}

    def scripts_of(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: self.scripts.get(name) for name in names}

    def namespace_scripts_of(self, namespace: str, names: Iterable[str]) -> dict[str, Any]:
        """A change message about scripts of one namespace (null: the namespace is gone)."""
        space = self.namespaces.get(namespace)
        if space is None:
            return {namespace: None}
        scripts = {name: space.scripts.get(name) for name in names}
        return {namespace: {"trusted": space.trusted, "scripts": scripts}}

    def routes_of(self, ids: Iterable[str]) -> Mapping[str, Any]:
        found = ((route_id, self.routes.get(route_id)) for route_id in ids)
        return {
            route_id: route and {"pattern": route.pattern, "script": route.script}
            for route_id, route in found
        }
