"""Versions of a script: modules, configuration, bindings, and the results of starting them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict

from local_edge.jsontypes import Json, JsonObject, object_at, text_at


@dataclass(frozen=True)
class ScriptModule:
    name: str
    type: str
    """The loader's name of the type: js, cjs, text, data, json or wasm."""
    content_type: str
    data: bytes


@dataclass(frozen=True)
class VersionConfig:
    """The versioned part of an upload's metadata."""

    syntax: str
    """modules or service-worker."""
    main: str
    """Name of the main module."""
    compatibility_date: str | None = None
    compatibility_flags: list[Json] = field(default_factory=list)
    limits: JsonObject | None = None
    placement: JsonObject | None = None
    usage_model: str = "standard"
    annotations: JsonObject = field(default_factory=dict)
    source: str = "api"
    """The client that uploaded the version: api or wrangler."""


class NamedHandlers(TypedDict):
    """The handlers of a named export."""

    name: str
    handlers: list[str]


@dataclass(frozen=True)
class Startup:
    """What the trial start of a version has shown."""

    handlers: list[str] = field(default_factory=list)
    """Handlers of the default export, e.g. ["fetch", "scheduled"]."""
    named_handlers: list[NamedHandlers] = field(default_factory=list)
    startup_time_ms: int = 0
    has_default: bool = True
    """Whether the main module has a default export."""


@dataclass(frozen=True)
class OutboundService:
    """The outbound Worker of a dispatch namespace binding."""

    service: str
    entrypoint: str | None
    parameters: list[str]


@dataclass(frozen=True)
class ScriptBinding:
    name: str
    type: str
    fields: JsonObject = field(default_factory=dict)
    """All other fields, as uploaded."""

    @classmethod
    def parse(cls, document: JsonObject) -> "ScriptBinding":
        """Read a binding whose name and type are known to be strings."""
        fields = {key: value for key, value in document.items() if key not in ("name", "type")}
        return cls(str(document["name"]), str(document["type"]), fields)

    def document(self) -> JsonObject:
        return {"name": self.name, "type": self.type, **self.fields}

    def text(self, key: str) -> str:
        """Return a field that is known to be a string."""
        return str(self.fields[key])

    @property
    def entrypoint(self) -> str | None:
        return text_at(self.fields, "entrypoint")

    @property
    def outbound(self) -> OutboundService | None:
        outbound = object_at(self.fields, "outbound")
        worker = object_at(outbound, "worker")
        service, parameters = worker.get("service"), outbound.get("params")
        if not service:
            return None
        names = [
            str(parameter["name"])
            for parameter in (parameters if isinstance(parameters, list) else [])
            if isinstance(parameter, dict)
        ]
        return OutboundService(str(service), text_at(worker, "entrypoint"), names)


@dataclass(frozen=True)
class ScriptVersion:
    """An uploaded version of a script; immutable."""

    id: str
    etag: str
    created_on: str
    config: VersionConfig
    bindings: list[ScriptBinding]
    modules: tuple[ScriptModule, ...] = field(repr=False)
    startup: Startup = field(default_factory=Startup)
    number: int = 0
    """Position among the versions of the script, from 1; 0 if it is not stored."""


def etag_of(modules: Iterable[ScriptModule]) -> str:
    """Hash the names, types and contents of the modules."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(f"{module.name}\0{module.type}\0{len(module.data)}\0".encode())
        digest.update(module.data)
    return digest.hexdigest()
