"""Teams on one cluster: each has all rights in its own namespace, and none elsewhere, as the API server sees it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from support.clusters import account_kubeconfig, secrets_permission
from support.handles import API_VERSION, Access, Platform, Worker
from support.kube import KubeApi, Kubectl, Object, path_of

ACCOUNT: Final = "team"
ROLE: Final[Object] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "tenant"},
    "rules": [
        {
            "apiGroups": ["workers.code24.dev"],
            "resources": [
                "eliteworkers",
                "customerworkers",
                "eliteworkers/scale",
                "customerworkers/scale",
            ],
            "verbs": [
                "get",
                "list",
                "watch",
                "create",
                "update",
                "patch",
                "delete",
                "deletecollection",
            ],
        },
        {
            "apiGroups": [""],
            "resources": ["configmaps", "secrets"],
            "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["get", "list"]},
    ],
}


class Team:
    """Acts with the credentials of its own service account."""

    def __init__(self, name: str, administrator: Access, folder: Path) -> None:
        self.namespace = name
        self.workers: list[Worker] = []
        _admit(administrator.kubectl, name)
        files = folder / name
        files.mkdir()
        kubeconfig = account_kubeconfig(administrator.kubectl, name, ACCOUNT, files / "kubeconfig")
        kubectl = Kubectl(administrator.kubectl.binary, kubeconfig)
        self.api = KubeApi(kubectl, files)
        self.access = Access(kubectl, self.api, administrator.recorder, administrator.edge)

    def create(
        self,
        spec: Mapping[str, Any],
        on: Platform,
        *,
        kind: str = "CustomerWorker",
        name: str | None = None,
    ) -> Worker:
        """Creates a worker, under a name of its own unless ``name`` says which."""
        own = {"name": name or f"w{uuid4().hex[:10]}", "namespace": self.namespace}
        whole = {"platform": on.name, **spec}
        body = {"apiVersion": API_VERSION, "kind": kind, "metadata": own, "spec": whole}
        worker = Worker(self.access, body, 1, domain=on.domain, space=on.space)
        self.api.create(path_of(kind, self.namespace), body)
        self.workers.append(worker)
        return worker

    def edit(self, worker: Worker, **spec: Any) -> None:
        """Changes fields of a worker's spec (None: removed)."""
        stored = self.api.patch(worker.path, {"spec": spec})
        assert stored is not None
        worker.body = {**worker.body, "spec": stored["spec"]}
        worker.generation = int(stored["metadata"]["generation"])

    def clear(self) -> None:
        """Asks for the deletion of all its workers."""
        for worker in self.workers:
            worker.delete()
        self.workers.clear()

    def close(self) -> None:
        self.api.close()


def _admit(administrator: Kubectl, name: str) -> None:
    """Creates a namespace whose Secrets the operator may read, and its team's account and rights."""
    group = "rbac.authorization.k8s.io"
    metadata = {"name": ACCOUNT, "namespace": name}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": ROLE["metadata"]["name"]},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": name}],
    }
    items = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        ROLE,
        binding,
        secrets_permission(name),
    ]
    administrator("apply", "-f", "-", stdin={"apiVersion": "v1", "kind": "List", "items": items})
