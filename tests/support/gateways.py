"""The REST API as a process of its own, with the service account and the permissions of its manifests."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from support.clusters import OPERATOR_NAMESPACE, Cluster
from support.processes import Process
from support.waiting import until

ACCOUNT: Final = "workers-gateway"
AUDIENCE: Final = "code24-workers"
_ROOT: Final = Path(__file__).parents[2]
_MANIFESTS: Final = ("manifests/gateway/rbac.yaml", "manifests/gateway/callers.yaml")
_URL: Final = re.compile(r"serving the REST API at (\S+)")
_HEALTH: Final = re.compile(r"serving /metrics, /healthz and /readyz on port (\d+)")
_PATIENCE: Final = 90.0


class Gateway:
    """``workers-operator gateway``; the constructor returns when it is ready. ``variables``: of Cloudflare.

    ``through``: puts something between it and the API server, which the kubeconfig that it returns leads to.
    """

    def __init__(
        self,
        cluster: Cluster,
        variables: Mapping[str, str],
        log: Path,
        *options: str,
        through: Callable[[Path], Path] = lambda kubeconfig: kubeconfig,
    ) -> None:
        for manifest in _MANIFESTS:
            cluster.kubectl("apply", "-f", str(_ROOT / manifest))
        command = [sys.executable, "-m", "workers_operator.cli", "gateway", *options]
        command += ["--address", "127.0.0.1:0", "--health-address", "127.0.0.1:0"]
        environment = {
            **os.environ,
            **variables,
            "ENVIRONMENT": "dev",
            "KUBECONFIG": str(through(_kubeconfig(cluster, log.with_suffix(".kubeconfig")))),
        }
        self.process = Process(command, log, environment)
        until(self._is_ready, self.process.tail, _PATIENCE)

    def _is_ready(self) -> bool:
        assert self.process.alive, self.process.tail()
        if not (_URL.search(self.process.text) and _HEALTH.search(self.process.text)):
            return False
        return self.health("/readyz").status_code == 200

    @property
    def url(self) -> str:
        return _URL.findall(self.process.text)[-1]  # type: ignore[no-any-return]

    def health(self, path: str) -> httpx.Response:
        """An answer of the port for probes and metrics."""
        port = _HEALTH.findall(self.process.text)[-1]
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)

    def client(self, token: str | None) -> httpx.Client:
        """A client with a token."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=150)


def _kubeconfig(running: Cluster, path: Path) -> Path:
    kubectl = running.kubectl
    config: dict[str, Any] = yaml.safe_load(kubectl.kubeconfig.read_text())
    token = kubectl("create", "token", ACCOUNT, "-n", OPERATOR_NAMESPACE, "--duration=24h").strip()
    cluster = config["clusters"][0]
    context = {"cluster": cluster["name"], "user": ACCOUNT}
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster],
        "users": [{"name": ACCOUNT, "user": {"token": token}}],
        "contexts": [{"name": ACCOUNT, "context": context}],
        "current-context": ACCOUNT,
    }
    path.write_text(yaml.safe_dump(made))
    return path


class CallerAccount:
    """A service account that calls the REST API, with cluster roles bound in its namespace, or everywhere."""

    def __init__(self, cluster: Cluster, namespace: str, name: str) -> None:
        self._kubectl = cluster.kubectl
        self.namespace = namespace
        self.name = name
        self._kubectl("create", "serviceaccount", name, "-n", namespace)

    def bind(self, *roles: str, everywhere: bool = False) -> "CallerAccount":
        """Grant cluster roles."""
        subject = f"--serviceaccount={self.namespace}:{self.name}"
        for role in roles:
            name = f"{self.namespace}-{self.name}-{role}"
            kind = ["clusterrolebinding"] if everywhere else ["rolebinding", "-n", self.namespace]
            self._kubectl("create", *kind, name, f"--clusterrole={role}", subject)
        return self

    def token(self, audience: str | None = AUDIENCE) -> str:
        """A token, for the REST API unless another audience is named."""
        meant = [f"--audience={audience}"] if audience is not None else []
        return self._kubectl("create", "token", self.name, "-n", self.namespace, *meant).strip()

    def delete(self) -> None:
        """Delete the account, and with it all its tokens."""
        self._kubectl("delete", "serviceaccount", self.name, "-n", self.namespace)


def role(cluster: Cluster, name: str, rules: Sequence[Mapping[str, Any]]) -> str:
    """Create a cluster role and return its name."""
    cluster.kubectl.apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": rules,
        }
    )
    return name
