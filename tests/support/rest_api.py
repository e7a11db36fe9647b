"""The REST API in memory: the application behind its guard, and an API server that reviews, stores and refuses."""

import copy
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from support.clock import ManualClock
from support.platforms import CONFIG
from workers_operator.account.credentials import TokenReader
from workers_operator.cloudflare.api import Unobserved
from workers_operator.cloudflare.connector import Connector
from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.audit import AuditRecord
from workers_operator.gateway.access.limits import Rate, RequestLimiter
from workers_operator.gateway.access.reviews import Reviewer
from workers_operator.gateway.application import application, serving
from workers_operator.gateway.cache.objects import KINDS_WATCHED, WatchCache
from workers_operator.gateway.cache.platforms import KnownPlatforms
from workers_operator.gateway.cache.rendering import Renderer
from workers_operator.gateway.http.guard import Doorkeeper, RequestGuard
from workers_operator.gateway.http.measuring import GatewayMetrics
from workers_operator.gateway.http.origins import open_to
from workers_operator.gateway.options import AUDIENCE, GUESS_RATE, LOGS_RATE, Bounds
from workers_operator.gateway.services import Reading
from workers_operator.gateway.telemetry.reading import LogReader
from workers_operator.gateway.writes.changing import Changes
from workers_operator.gateway.writes.client import GatewayObjects
from workers_operator.kube.decoding import sound
from workers_operator.kube.errors import KubeError, from_status

Body = dict[str, Any]
ADMIN: Final = "admin-token"
TENANT: Final = "tenant-token"
_KINDS: Final = {
    "eliteworkers": "EliteWorker",
    "customerworkers": "CustomerWorker",
    "workertemplates": "WorkerTemplate",
}
_OPEN: Final = Rate(1_000_000)


@dataclass
class Reviews:
    """Whose tokens are valid, and what they may do: (username) → (namespace, verb/resource[/subresource])."""

    tokens: dict[str, str] = field(
        default_factory=lambda: {
            ADMIN: "admin",
            TENANT: "system:serviceaccount:tenant:app",
        }
    )
    granted: dict[str, set[tuple[str, str]]] = field(
        default_factory=lambda: {
            "admin": {("*", "*")},
            "system:serviceaccount:tenant:app": {("tenant", "*")},
        }
    )

    audiences: list[str] = field(default_factory=list)

    def token(self, spec: Mapping[str, Any]) -> Body:
        name = self.tokens.get(spec["token"])
        if name is None:
            return {"status": {"authenticated": False}}
        return {
            "status": {
                "authenticated": True,
                "audiences": self.audiences or list(spec["audiences"]),
                "user": {"username": name, "groups": ["system:authenticated"]},
            }
        }

    def access(self, spec: Mapping[str, Any]) -> Body:
        asked = spec["resourceAttributes"]
        what = f"{asked['verb']}/{asked['resource']}"
        what += f"/{asked['subresource']}" if asked.get("subresource") else ""
        granted = self.granted.get(spec["user"], set())
        place = asked.get("namespace", "")
        is_allowed = any(
            (where == "*" or where == place) and grant in ("*", what) for where, grant in granted
        )
        return {"status": {"allowed": is_allowed}}


class MemoryServer:
    """Stands for ``kube.rest.Rest``.

    ``fault``: what every request raises; ``before``: is called with the method of each request about an object;
    ``calls``: requests that have arrived.
    """

    def __init__(self) -> None:
        self.reviews = Reviews()
        self.objects: dict[ObjectKey, Body] = {}
        self.calls: list[str] = []
        self.fault: KubeError | None = None
        self.before: Callable[[str], None] = lambda _: None
        self.events: list[Body] = []
        self._versions = itertools.count(100)

    def version(self) -> str:
        """Return the next resource version."""
        return str(next(self._versions))

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
        tenant: str = "",
    ) -> Body:
        """Answer a request. Raises KubeError."""
        self.calls.append(f"{method} {path}")
        if self.fault is not None:
            raise self.fault
        if path.endswith("/tokenreviews"):
            return self.reviews.token(body["spec"])
        if path.endswith("/subjectaccessreviews"):
            return self.reviews.access(body["spec"])
        parts = urlsplit(path)
        if "/events" in parts.path:
            return {"items": self.events}
        self.before(method)
        # As the API server does: where a deletion has a body, the query counts for nothing.
        options = body if method == "DELETE" and body else parse_qs(parts.query)
        is_dry = "dryRun" in options
        return self._object(method, parts.path, copy.deepcopy(body), is_dry)

    def _object(self, method: str, path: str, body: Any, is_dry: bool) -> Body:
        _, _, _, _, _, namespace, plural, *name = path.split("/")
        key = ObjectKey(_KINDS[plural], namespace, name[0] if name else body["metadata"]["name"])
        call, known = f"{method} {path}", self.objects.get(key)
        if method == "POST":
            if known is not None:
                raise from_status(409, call, "already exists")
            made = self._stored(key, body, None)
        elif known is None:
            raise from_status(404, call, "not found")
        elif method == "GET":
            return copy.deepcopy(known)
        elif method == "DELETE":
            if not is_dry:
                del self.objects[key]
            return {}
        elif method == "PATCH":
            made = copy.deepcopy(known)
            made["metadata"].setdefault("annotations", {}).update(body["metadata"]["annotations"])
            made["metadata"]["resourceVersion"] = self.version()
        else:
            if body["metadata"]["resourceVersion"] != known["metadata"]["resourceVersion"]:
                raise from_status(409, call, "the object has been modified")
            made = self._stored(key, body, known)
        if not is_dry:
            self.objects[key] = made
        return copy.deepcopy(made)

    def _stored(self, key: ObjectKey, body: Body, known: Body | None) -> Body:
        metadata = {**body["metadata"], "resourceVersion": self.version()}
        if known is None:
            metadata |= {
                "uid": f"uid-{key.namespace}-{key.name}",
                "generation": 1,
                "creationTimestamp": "2026-01-31T08:00:00Z",
            }
        elif known["spec"] != body["spec"]:
            metadata["generation"] = known["metadata"]["generation"] + 1
        status = (known or {}).get("status") or {}
        return {**body, "kind": key.kind, "metadata": metadata, "status": status}


class RestApi:
    """The gateway in memory. ``audit``: what its audit log holds. ``registry``: its metrics."""

    def __init__(
        self,
        *,
        bounds: Bounds | None = None,
        callers: Rate = _OPEN,
        addresses: Rate = _OPEN,
        guesses: Rate = GUESS_RATE,
        origins: tuple[str, ...] = (),
        is_secure: bool = False,
    ) -> None:
        self.server, self.cache, self.clock = MemoryServer(), WatchCache(), ManualClock()
        self.audit: list[AuditRecord] = []
        platforms = KnownPlatforms(self.cache, CONFIG)
        reviewer = Reviewer(self.server, AUDIENCE, self.clock)
        reading = Reading(
            self.cache, platforms, Renderer(self.cache, platforms), reviewer, self.clock
        )
        app = serving(
            _application(),
            reading,
            Changes(reading, GatewayObjects(self.server)),
            self._logs(),
        )
        self.registry = CollectorRegistry()
        metrics = GatewayMetrics(
            self.registry, lambda: len(self.cache), lambda: self.cache.is_stale
        )
        keeper = Doorkeeper(
            reviewer=reviewer,
            callers=RequestLimiter(callers),
            addresses=RequestLimiter(addresses),
            guesses=RequestLimiter(guesses),
            bounds=bounds or Bounds(),
            clock=self.clock,
            audit=self.audit.append,
            metrics=metrics,
        )
        self.app = open_to(RequestGuard(app, keeper, is_secure=is_secure), origins)
        self.connect(True)

    def _logs(self) -> LogReader:
        tokens = TokenReader(_NoSecrets(), None, PlatformPolicy("code24-workers"))
        connector = Connector(self.clock, Unobserved())
        return LogReader(
            _NoSecrets(), tokens, CONFIG, connector, self.clock, RequestLimiter(LOGS_RATE)
        )

    def connect(self, is_complete: bool) -> None:
        """Have all watches be complete, or broken."""
        for kind in KINDS_WATCHED:
            self.cache.connected(kind, is_complete)

    def put(
        self, name: str, namespace: str = "tenant", kind: str = "CustomerWorker", **more: Any
    ) -> ObjectKey:
        """An object in the cluster, as the watch tells of it. ``more``: fields of its spec; status, metadata."""
        key = ObjectKey(kind, namespace, name)
        metadata = {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{namespace}-{name}",
            "generation": 1,
            "resourceVersion": self.server.version(),
            "creationTimestamp": "2026-01-31T08:00:00Z",
            **more.pop("metadata", {}),
        }
        status = more.pop("status", ready())
        spec = {"customerId": "c1", "subdomain": name, "scriptName": name, **more}
        spec |= {"type": "brand"} if kind == "EliteWorker" else {}
        if kind == "CustomerWorker" and "template" not in spec and "source" not in spec:
            spec["source"] = {"inline": {"script": "export default {}"}}
        body = {"kind": kind, "metadata": metadata, "spec": spec, "status": status}
        self.server.objects[key] = body
        found = sound(copy.deepcopy(body))
        assert found is not None
        self.cache.observe(key, found)
        return key

    def remove(self, key: ObjectKey) -> None:
        """An object that is gone, as the watch tells of it."""
        self.server.objects.pop(key, None)
        known = self.cache.get(key)
        assert known is not None
        self.cache.remove(key, known.uid)

    def client(self, token: str | None = ADMIN) -> httpx.AsyncClient:
        """A client with a token."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)


@cache
def _application() -> FastAPI:
    """The endpoints, which take seconds to describe; what is behind them is the one that was made last."""
    return application()


class _NoSecrets:
    async def get_object(self, key: ObjectKey) -> Body:
        raise from_status(404, f"GET {key}", "")

    async def get_secret(self, namespace: str, name: str) -> Any:
        raise from_status(403, f"GET {namespace}/{name}", "")


def ready(generation: int = 1, **more: Any) -> Body:
    """A status of a worker that is Ready."""
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "Succeeded",
        "message": "version 11111111 answers and is healthy",
        "lastTransitionTime": "2026-01-31T08:01:00Z",
        "observedGeneration": generation,
    }
    return {
        "observedGeneration": generation,
        "conditions": [condition],
        "versions": {"stable": "11111111"},
        "instances": 1,
        "health": {"state": "Healthy"},
        **more,
    }
