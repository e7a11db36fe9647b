"""What tests hold in their hands: an object of ours, with what a user does to it and what he sees of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from support.conditions import kstatus
from support.edges import Edge
from support.kube import KubeApi, Kubectl, Object, path_of
from support.recorder import Key, Recorder, Seen
from support.waiting import PATIENCE, until
from workers_operator.domain.names import base_name

API_VERSION: Final = "workers.code24.dev/v1alpha1"
FINALIZER: Final = "workers.code24.dev/finalizer"


@dataclass(frozen=True)
class Access:
    """How tests reach cluster and edge."""

    kubectl: Kubectl
    api: KubeApi
    recorder: Recorder
    edge: Edge


@dataclass
class Handle:
    """One object. ``generation`` is the newest that the test has made."""

    access: Access
    body: Object
    generation: int = 0

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.body["metadata"].get("namespace", ""))

    @property
    def key(self) -> Key:
        return (self.kind, self.namespace, self.name)

    @property
    def path(self) -> str:
        return path_of(self.kind, self.namespace, self.name)

    @property
    def scope(self) -> tuple[str, ...]:
        """The options that name the namespace to kubectl."""
        return ("-n", self.namespace) if self.namespace else ()

    # --- what a user does -------------------------------------------------------------------------------------------

    def apply(self, **spec: Any) -> None:
        """As ``kubectl apply``, with these fields of the spec changed (None: removed)."""
        merged = {**self.body["spec"], **spec}
        self.body = {**self.body, "spec": {k: v for k, v in merged.items() if v is not None}}
        self._taken(self.access.api.apply(self.body))

    def scale(self, instances: int) -> None:
        """``kubectl scale``."""
        target = f"{self.kind.lower()}/{self.name}"
        self.access.kubectl(*self.scope, "scale", target, f"--replicas={instances}")
        stored = self.access.api.get(self.path)
        assert stored is not None
        self._taken(stored)

    def check_now(self) -> None:
        """Asks for a check, and waits until it has been handled."""
        stamp = f"{time.monotonic_ns()}"
        self.annotate(reconcile_fluxcd_io__requestedAt=stamp)
        self.wait(
            lambda obj: (obj.get("status") or {}).get("lastHandledReconcileAt") == stamp,
            "the request for a check is not handled",
        )

    def annotate(self, **annotations: str) -> None:
        """Sets annotations; ``__`` in a name stands for ``/``, ``_`` for ``.``."""
        named = {k.replace("__", "/").replace("_", "."): v for k, v in annotations.items()}
        self.access.api.patch(self.path, {"metadata": {"annotations": named}})

    def delete(self) -> None:
        """Asks for the deletion, and does not wait."""
        self.access.api.delete(self.path)

    def _taken(self, stored: Object) -> None:
        self.generation = int(stored["metadata"]["generation"])

    # --- what a user sees -------------------------------------------------------------------------------------------

    @property
    def obj(self) -> Object:
        """The object as last seen by the watch."""
        obj = self.access.recorder.latest(self.key)
        assert obj is not None, f"{self.key} is not there"
        return obj

    @property
    def status(self) -> Mapping[str, Any]:
        return self.obj.get("status") or {}

    def condition(self, kind: str) -> Mapping[str, Any]:
        """A condition as last seen, empty where it is not there."""
        return condition(self.obj, kind)

    def history(self, since: float = 0.0) -> list[Seen]:
        """All states since a moment (monotonic seconds)."""
        return [s for s in self.access.recorder.history(self.key) if s.at >= since]

    def events(self) -> list[str]:
        """The reasons of its Events, in order."""
        found = self.access.api.events(self.namespace or "default", self.name)
        return [str(e["reason"]) for e in sorted(found, key=lambda e: str(e["firstTimestamp"]))]

    def wait(
        self, fits: Callable[[Object], bool], problem: str, seconds: float = PATIENCE
    ) -> Object:
        """Waits until the object fits."""
        recorder = self.access.recorder
        text = f"{self.key}: {problem}"
        found = recorder.wait(self.key, lambda o: o is not None and fits(o), text, seconds)
        assert found is not None
        return found

    def wait_ready(self, seconds: float = PATIENCE) -> None:
        """Waits until kstatus calls the newest generation done, and Ready is True."""
        self.wait(lambda o: self._reached(o) and kstatus(o) == "Current", "not Ready", seconds)

    def wait_condition(
        self, kind: str, status: str, reason: str, seconds: float = PATIENCE
    ) -> Mapping[str, Any]:
        """Waits for a condition of the newest generation."""
        wanted = (status, reason)
        obj = self.wait(
            lambda o: self._reached(o) and said(o, kind) == wanted,
            f"{kind} is not {status} for {reason}",
            seconds,
        )
        return condition(obj, kind)

    def wait_gone(self, seconds: float = PATIENCE) -> float:
        """Waits until the object is gone; the moment at which it went."""
        recorder = self.access.recorder
        recorder.wait(self.key, lambda o: o is None, f"{self.key} is still there", seconds)
        return self.history()[-1].at

    def _reached(self, obj: Object) -> bool:
        observed = int((obj.get("status") or {}).get("observedGeneration", -1))
        return observed >= self.generation


def condition(obj: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """A condition of an object, empty where it is not there."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == kind), {})


def said(obj: Mapping[str, Any], kind: str) -> tuple[str, str]:
    """(status, reason) of a condition."""
    found = condition(obj, kind)
    return str(found.get("status", "")), str(found.get("reason", ""))


@dataclass
class Worker(Handle):
    """An EliteWorker or a CustomerWorker. ``space`` is the dispatch namespace that its scripts belong into."""

    domain: str = ""
    space: str = ""

    @property
    def host(self) -> str:
        return f"{self.body['spec']['subdomain']}.{self.domain}"

    @property
    def route(self) -> str:
        """The path below which it answers."""
        return f"/elite/{self.body['spec']['type']}" if self.kind == "EliteWorker" else ""

    @property
    def script_name(self) -> str:
        spec = self.body["spec"]
        if "scriptName" in spec:
            return str(spec["scriptName"])
        if self.kind == "EliteWorker":
            return f"{spec['type']}-worker-{spec['customerId']}"
        return f"customer-worker-{spec['customerId']}--{self.name}"

    @property
    def version(self) -> str:
        return str(self.status["versions"]["stable"])

    @property
    def extra_hosts(self) -> list[str]:
        """The hosts of ``spec.routes``."""
        return [r["pattern"].partition("/")[0] for r in self.body["spec"].get("routes", ())]

    def visit(self, path: str = "/", **headers: str) -> httpx.Response:
        """A visitor's request."""
        return self.access.edge.visit(self.host, self.route + path, **headers)

    def scripts(self) -> set[str]:
        """The scripts that lie at the edge under its name."""
        found = self.access.edge.scripts(self.space)
        return {name for name in found if name.startswith(f"{base_name(self.script_name)}--")}

    def expected_scripts(self) -> set[str]:
        """Those that its status speaks of: all instances of what serves, and what is left of the former version."""
        instances = range(int(self.status["instances"]))
        base, former = base_name(self.script_name), self.status["versions"].get("previous")
        kept = {name for name in self.scripts() if f"--{former}--" in name}
        return kept | {f"{base}--{self.version}--{i}" for i in instances}

    def leave(self) -> None:
        """Deletes it, and waits until nothing of it is left."""
        self.delete()
        self.wait_gone()
        until(lambda: not self.scripts(), "its scripts are left")


@dataclass
class Platform(Handle):
    """A WorkersPlatform with a part of the account for itself."""

    token: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        return str(self.body["spec"]["domain"])

    @property
    def space(self) -> str:
        return str(self.body["spec"]["dispatch"]["namespace"])

    @property
    def dispatcher(self) -> str:
        return str(self.body["spec"]["dispatch"]["dispatcher"])

    @property
    def title(self) -> str:
        """Title of the KV namespace."""
        return str(self.body["spec"]["storage"]["metadataNamespace"])

    @property
    def dataset(self) -> str:
        """The Analytics Engine dataset of the platform."""
        return str(self.body["spec"]["storage"]["analyticsDataset"])

    @property
    def secret(self) -> Mapping[str, str]:
        reference: Mapping[str, str] = self.body["spec"]["credentials"]["apiTokenSecretRef"]
        return reference

    def set_token(self, token: str) -> None:
        """Puts another token into the Secret."""
        path = f"/api/v1/namespaces/{self.secret['namespace']}/secrets/{self.secret['name']}"
        self.access.api.patch(path, {"stringData": {"token": token}})


def now() -> float:
    """The recorder's and the proxy's clock."""
    return time.monotonic()
