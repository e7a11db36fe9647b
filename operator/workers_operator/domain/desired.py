"""What a worker should be at the edge, as frozen values, and the hash that names its version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from workers_operator.domain import names
from workers_operator.domain.plans import NO_LIMITS, Limits


class ObjectKey(NamedTuple):
    """Names one custom resource. ``namespace`` is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return (
            f"{self.kind} {self.namespace}/{self.name}"
            if self.namespace
            else f"{self.kind} {self.name}"
        )


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a script: its name, its content type at upload, its bytes."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Code:
    """A script: modules, the one that is run, and what it needs of the runtime.

    ``origin`` tells people where it came from, e.g. ``template/brand`` or ``ConfigMap/shop:worker.js``.
    ``service_worker``: it calls addEventListener; its other modules are variables of their names.
    """

    origin: str
    main: str
    modules: tuple[Module, ...]
    compatibility_date: str | None = None
    compatibility_flags: tuple[str, ...] = ()
    service_worker: bool = False

    @cached_property
    def digest(self) -> str:
        """sha256 of the script; of several modules over names, types and bytes, in the order of their names."""
        if len(self.modules) == 1:
            return names.digest(self.modules[0].data)
        parts = [self.main.encode()]
        for module in sorted(self.modules, key=lambda m: m.name):
            parts += [module.name.encode(), module.content_type.encode(), module.data]
        return names.digest(b"".join(len(part).to_bytes(8, "big") + part for part in parts))

    @property
    def revision(self) -> str:
        """Eight hex digits over the content and what it needs of the runtime."""
        shape = [(m.name, m.content_type) for m in sorted(self.modules, key=lambda m: m.name)]
        runtime = [self.compatibility_date, list(self.compatibility_flags), self.service_worker]
        return names.short_hash(_canonical([self.digest, self.main, shape, runtime]))

    @property
    def size(self) -> int:
        """Bytes of all modules."""
        return sum(len(module.data) for module in self.modules)

    def compatible(self, date: str | None, flags: tuple[str, ...]) -> "Code":
        """The same with another date, and with more flags; what is not said stays."""
        return replace(
            self,
            compatibility_date=date or self.compatibility_date,
            compatibility_flags=tuple(dict.fromkeys((*self.compatibility_flags, *flags))),
        )


@dataclass(frozen=True)
class Version:
    """Immutable content of a worker, without the content itself. Its hash is part of the uploaded script's name.

    ``secrets``: (name, keyed fingerprint of the value), sorted by name.
    """

    revision: str
    bindings: tuple[Mapping[str, Any], ...]
    secrets: tuple[tuple[str, str], ...] = ()
    limits: Limits = NO_LIMITS

    @cached_property
    def hash(self) -> str:
        """Eight hex digits over code, bindings, secrets and limits: equal content, equal name."""
        content = {
            "revision": self.revision,
            "bindings": sorted(self.bindings, key=lambda b: str(b["name"])),
            "secrets": self.secrets,
            "limits": [self.limits.cpu_ms, self.limits.sub_requests],
        }
        return names.short_hash(_canonical(content))


class Sealed:
    """A secret's value: shows itself only to who asks for it, never in a representation."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value."""
        return self._value

    def __repr__(self) -> str:
        return "Sealed()"


@dataclass(frozen=True)
class Content:
    """What an upload carries."""

    code: Code
    bindings: tuple[Mapping[str, Any], ...]
    secrets: Mapping[str, Sealed] = field(default_factory=dict)
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Route:
    """Hosts and paths that lead to a worker.

    ``host``: exact, or ``*.`` and what all hosts end in. ``path``: "" is every path, ``/a`` that path and everything
    below it, ``/a*`` every path that begins so, ``=/a`` exactly that one.
    """

    host: str
    path: str = ""

    @property
    def url(self) -> str:
        if self.path.startswith("="):
            return f"https://{self.host}{self.path[1:]}"
        if self.path.endswith("*"):
            return f"https://{self.host}{self.path[:-1]}"
        return f"https://{self.host}{self.path}/"

    @property
    def zone_pattern(self) -> str:
        """The pattern of the zone route that leads such requests to the dispatcher."""
        if self.path.startswith("="):
            return self.host + self.path[1:]
        return self.host + (self.path if self.path.endswith("*") else f"{self.path}/*")

    def covered_by(self, domain: str) -> bool:
        """Whether the platform's own route ``*.<domain>/*`` leads here already."""
        return self.host.removeprefix("*.").endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class Worker:
    """The identity of a worker and where it is to be reached; independent of its code."""

    key: ObjectKey
    uid: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]
    instances: int
    domain: str
    limits: Limits = NO_LIMITS

    @property
    def zone_patterns(self) -> frozenset[str]:
        """The zone routes that it needs besides the platform's own."""
        return frozenset(r.zone_pattern for r in self.routes if not r.covered_by(self.domain))

    @property
    def base(self) -> str:
        return names.base_name(self.script_name)


def config_binding(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one JSON binding, CONFIG, that carries parameters and customer to the script."""
    return {"type": "json", "name": "CONFIG", "json": config}


def var_bindings(variables: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    """Plain-text bindings, sorted by name as Cloudflare returns them."""
    return tuple(
        {"type": "plain_text", "name": name, "text": variables[name]} for name in sorted(variables)
    )


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
