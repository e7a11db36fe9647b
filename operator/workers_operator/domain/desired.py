"""What a worker should be at the edge, as frozen values, and the hash that names its version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from workers_operator.domain import names


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
    """

    origin: str
    main: str
    modules: tuple[Module, ...]
    compatibility_date: str | None = None
    compatibility_flags: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """sha256 over names, types and bytes of all modules, in the order of their names."""
        parts = [self.main.encode()]
        for module in sorted(self.modules, key=lambda m: m.name):
            parts += [module.name.encode(), module.content_type.encode(), module.data]
        return names.digest(b"".join(len(part).to_bytes(8, "big") + part for part in parts))


@dataclass(frozen=True)
class Version:
    """Immutable content of a worker: what an upload carries. Its hash is part of the uploaded script's name."""

    code: Code
    bindings: tuple[Mapping[str, Any], ...]

    @cached_property
    def hash(self) -> str:
        """Eight hex digits over code, bindings and compatibility: equal content, equal name."""
        content = {
            "code": self.code.digest,
            "bindings": sorted(self.bindings, key=lambda b: str(b["name"])),
            "compatibility": [self.code.compatibility_date, list(self.code.compatibility_flags)],
        }
        return names.short_hash(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Route:
    """A hostname and a path prefix (empty: every path) that lead to a worker."""

    host: str
    path: str = ""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}/"


@dataclass(frozen=True, slots=True)
class Worker:
    """The identity of a worker and where it is to be reached; independent of its code."""

    key: ObjectKey
    uid: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]
    instances: int
    description: Mapping[str, str] = field(default_factory=dict)

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
