"""One cluster and one edge for a whole test process, and the operator that most tests share."""

import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from support.clusters import OPERATOR_NAMESPACE, Choice, Cluster, cluster, secrets_permission
from support.edges import Edge
from support.forks import Nursery
from support.gateways import Gateway
from support.handles import API_VERSION, Access, Handle, Platform, Worker, now
from support.kube import KubeApi, path_of
from support.operators import Operator
from support.permissions import missing
from support.ports import Ports
from support.proxy import Proxy
from support.recorder import Recorder
from support.tenancy import everything
from support.waiting import until

KV_WINDOW_SECONDS: Final = 1.0
SHARED_SPACE: Final = "code24-dev"
SHARED_TITLE: Final = "WORKER_METADATA"
CLEARING_SECONDS: Final = 3.0
_SECRETS: Final = f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/secrets"
_PORTS: Final = 64
TEMPLATE_KINDS: Final = ("WorkerTemplate", "ClusterWorkerTemplate")
WORKER_KINDS: Final = ("EliteWorker", "CustomerWorker")


class Bed:
    """``proxy`` stands between the shared operator and the edge: it records, and breaks nothing by itself.

    ``ports``: of what tests put between an operator and the edge.
    """

    def __init__(self, cluster: Cluster, access: Access, folder: Path) -> None:
        self.cluster = cluster
        self.access = access
        self.edge = access.edge
        self.recorder = access.recorder
        self.folder = folder
        self.ports = Ports(_PORTS)
        self.proxy = Proxy(self.edge.base_url)
        self.operators: list[Operator] = []
        self._shared: Operator | None = None
        self._nursery: Nursery | None = None
        self._numbers = itertools.count(1)

    @property
    def operator(self) -> Operator:
        """The shared operator, started if need be. Fails where it has ended by itself."""
        if self._shared is None:
            variables = {
                **self.edge.variables,
                "CLOUDFLARE_BASE_URL": self.proxy.url,
                "ENVIRONMENT": "dev",
            }
            self._shared = self.start_operator(variables)
            # The last thing that it sets up: from now on the account changes by what tests do alone.
            pattern = f"*.{self.edge.domain}/*"
            until(lambda: pattern in dict(self.edge.routes()), "the shared platform is not set up")
        assert self._shared.process.alive, self._shared.process.tail()
        return self._shared

    @property
    def allowed(self) -> Mapping[str, str]:
        """The variables that let platforms use what tests have between an operator and the edge."""
        return {
            "WORKERS_ALLOWED_BASE_URLS": ",".join(self.ports.origins),
            "WORKERS_ALLOWED_DATA_PLANES": ",".join([self.edge.data_url, *self.ports.origins]),
            "WORKERS_ALLOWED_WEBHOOKS": ",".join(self.ports.origins),
        }

    @contextmanager
    def gateway(
        self,
        log: Path,
        *options: str,
        through: Callable[[Path], Path] = lambda kubeconfig: kubeconfig,
    ) -> Iterator[Gateway]:
        """A gateway beside the operators, as ``Gateway`` has it; it stops at the end."""
        variables = {**self.edge.variables, **self.allowed}
        made = Gateway(self.cluster, variables, log, *options, through=through)
        try:
            yield made
        finally:
            made.process.stop()

    def start_operator(
        self, variables: Mapping[str, str], *, wait: bool = True, forked: bool = False
    ) -> Operator:
        """An operator on this cluster; the variables say what it is to know of Cloudflare."""
        basics = {
            "KUBECONFIG": str(self.cluster.operator_kubeconfig),
            "WORKERS_KV_WINDOW": f"{KV_WINDOW_SECONDS}s",
            "WORKERS_ALLOW_PRIVATE": "127.0.0.1",
            **self.allowed,
        }
        log = self.folder / f"operator-{next(self._numbers)}.log"
        log.touch()
        if forked and self._nursery is None:
            self._nursery = Nursery()
        operator = Operator({**basics, **variables}, log, self._nursery if forked else None)
        self.operators.append(operator)
        if wait:
            operator.wait_ready()
        return operator

    def wait_empty(self) -> None:
        """Waits until no object is left: only an operator that runs takes their finalizers away."""
        alive = self.recorder.alive
        until(lambda: not alive(), lambda: f"objects of earlier tests are left: {alive()}")

    def pause(self) -> None:
        """Ends the shared operator when nothing is left for it to do."""
        self.wait_empty()
        if self._shared is not None:
            self._shared.stop()
            self._shared = None

    def stop(self) -> None:
        """Ends all operators; nobody waits for what they would still do."""
        for operator in self.operators:
            operator.process.kill()
        self.ports.close()
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def logs(self) -> str:
        """The ends of all logs, for the report of a failure."""
        return "\n".join([self.operators[-1].process.tail(60)] if self.operators else [])


class Place:
    """A test's own corner: a namespace, a customer, subdomains; platforms of its own where it breaks things."""

    def __init__(self, bed: Bed, *, reads_secrets: bool = True) -> None:
        self.bed = bed
        self.access = bed.access
        self.slug = f"t{uuid4().hex[:7]}"
        self.namespace = self.slug
        self.customer_id = f"c-{self.slug}"
        self.workers: list[Worker] = []
        self.templates: list[Handle] = []
        self.platforms: list[Platform] = []
        self.proxies: list[Proxy] = []
        self._tokens: list[str] = []  # Secrets in the operator's namespace
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}
        self.access.api.create("/api/v1/namespaces", namespace)
        if reads_secrets:
            self.permit_secrets()

    def permit_secrets(self) -> None:
        """Lets the operator read the Secrets of the namespace, as docs/operations.md says."""
        path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{self.namespace}/rolebindings"
        self.access.api.create(path, secrets_permission(self.namespace))

    def customer(
        self, name: str, script: str | None = None, *, on: Platform | None = None, **spec: Any
    ) -> Worker:
        """Applies a CustomerWorker, of ``script`` where one is given."""
        if script is not None:
            spec["source"] = {"inline": {"script": script}}
        return self._worker("CustomerWorker", name, on, spec)

    def elite(self, name: str, type_: str, *, on: Platform | None = None, **spec: Any) -> Worker:
        """Applies an EliteWorker."""
        return self._worker("EliteWorker", name, on, {"type": type_, **spec})

    def _worker(self, kind: str, name: str, on: Platform | None, spec: Mapping[str, Any]) -> Worker:
        basics: dict[str, Any] = {
            "customerId": self.customer_id,
            "subdomain": f"{self.slug}-{name}",
            **({"platform": on.name} if on is not None else {}),
        }
        body = {
            "apiVersion": API_VERSION,
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {**basics, **spec},
        }
        domain = on.domain if on is not None else self.bed.edge.domain
        space = on.space if on is not None else SHARED_SPACE
        worker = Worker(self.access, body, domain=domain, space=space)
        worker.apply()
        self.workers.append(worker)
        return worker

    def template(
        self, name: str, script: str, *, kind: str = "WorkerTemplate", **spec: Any
    ) -> Handle:
        """Applies a template with a script; one of the cluster has a name that no other test's has."""
        body = {
            "apiVersion": API_VERSION,
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace}
            if kind == "WorkerTemplate"
            else {"name": f"{self.slug}-{name}"},
            "spec": {"source": {"inline": {"script": script}}, **spec},
        }
        template = Handle(self.access, body)
        template.apply()
        self.templates.append(template)
        return template

    def config_map(self, name: str, **data: str) -> None:
        """Creates or changes a ConfigMap; ``_`` in a key stands for ``.``."""
        metadata = {"name": name, "namespace": self.namespace}
        named = {k.replace("_", "."): v for k, v in data.items()}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": named}
        self.access.kubectl.apply(body)

    def new_token(self) -> str:
        """An API token that the edge accepts, and that nobody may ever see."""
        token = secrets.token_urlsafe(30)
        self.bed.edge.set_token(token)
        self.bed.recorder.secrets.add(token)
        return token

    def keep_token(self, name: str, token: str) -> None:
        """Creates the Secret of a platform where the operator reads it."""
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": OPERATOR_NAMESPACE},
            "stringData": {"token": token},
        }
        self.access.api.create(_SECRETS, secret)
        self._tokens.append(name)

    def proxy(self) -> Proxy:
        """A way to the edge's API that the test may break."""
        proxy = Proxy(self.bed.edge.base_url, self.bed.ports.take())
        self.proxies.append(proxy)
        return proxy

    def platform(self, proxy: Proxy, *, token: str | None = None, **spec: Any) -> Platform:
        """Applies a WorkersPlatform with containers of its own in the account, and its Secret."""
        name = f"{self.slug}-{len(self.platforms)}"
        token = token or self.new_token()
        self.keep_token(name, token)
        edge = self.bed.edge
        body = {
            "apiVersion": API_VERSION,
            "kind": "WorkersPlatform",
            "metadata": {"name": name},
            "spec": {
                "accountId": edge.variables["CLOUDFLARE_ACCOUNT_ID"],
                "environment": "dev",
                "credentials": {
                    "apiTokenSecretRef": {
                        "namespace": OPERATOR_NAMESPACE,
                        "name": name,
                        "key": "token",
                    }
                },
                "domain": f"{name}.{edge.domain}",
                "zones": [{"name": name, "id": id_} for name, id_ in edge.zones.items()],
                "dispatch": {"namespace": name, "dispatcher": f"{name}-dispatcher"},
                "storage": {
                    "metadataNamespace": name,
                    "dataBucket": name,
                    "analyticsDataset": name.replace("-", "_"),
                },
                "dataPlane": {"address": edge.data_url},
                "baseUrl": proxy.url,
                "tenancy": everything(*edge.zones),
                **spec,
            },
        }
        platform = Platform(self.access, body, token=token)
        platform.apply()
        self.platforms.append(platform)
        return platform

    def clear(self) -> None:
        """Has everything deleted; what a broken platform holds up is let go."""
        for proxy in self.proxies:
            proxy.clear()
        for worker in self.workers:
            worker.delete()
        deadline = now() + CLEARING_SECONDS
        for worker in self.workers:
            self._let_go(worker, max(0.0, deadline - now()))
        for handle in (*self.templates, *self.platforms):
            handle.delete()
        for name in self._tokens:
            self.access.api.delete(f"{_SECRETS}/{name}")
        self.access.api.delete(f"/api/v1/namespaces/{self.namespace}")
        for proxy in self.proxies:
            proxy.close()

    def _let_go(self, worker: Worker, seconds: float) -> None:
        try:
            worker.wait_gone(seconds)
        except AssertionError:
            self.access.api.patch(worker.path, {"metadata": {"finalizers": None}})


@contextmanager
def bed(choice: Choice, folder: Path) -> Iterator[Bed]:
    """Starts cluster and edge, and checks at the end what must hold all the time."""
    with ExitStack() as stack:
        running = stack.enter_context(cluster(choice, folder))
        edge = Edge(folder / "edge", folder / "edge.log")
        stack.callback(edge.stop)
        api = KubeApi(running.kubectl, folder)
        stack.callback(api.close)
        recorder = Recorder(api)
        stack.callback(recorder.close, api.close)
        recorder.secrets.add(edge.token)
        made = Bed(running, Access(running.kubectl, api, recorder, edge), folder)
        stack.callback(made.proxy.close)
        stack.callback(made.stop)
        yield made
        made.stop()
        spilled = [
            operator.process.log
            for operator in made.operators
            if any(secret in operator.process.text for secret in recorder.secrets)
        ]
        assert not spilled, f"a token is in {spilled}"
        assert not recorder.problems, "\n".join(recorder.problems)
        if running.audit_log is not None:
            assert not missing(running.audit_log), "the operator lacks a grant"


def all_objects(access: Access) -> list[Any]:
    """All objects of our kinds, as stored now."""
    return [
        o
        for kind in (*WORKER_KINDS, *TEMPLATE_KINDS, "WorkersPlatform")
        for o in access.api.items(path_of(kind))
    ]
