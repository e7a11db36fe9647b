"""The cluster of a test session: a local one, the caller's own, or one made by kind. CRDs and RBAC are installed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from uuid import uuid4

import yaml

from local_cluster import LocalCluster
from support.kube import Kubectl, Object
from support.processes import Process
from support.waiting import until

Choice = Literal["local", "current", "kind"]
CHOICES: Final = ("local", "current", "kind")
OPERATOR_NAMESPACE: Final = "code24-workers"
OPERATOR_ACCOUNT: Final = "workers-operator"
OPERATOR_USER: Final = f"system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_ACCOUNT}"
_ROOT: Final = Path(__file__).parents[2]
_INSTALLED: Final = ("crds", "manifests/base/namespace.yaml", "manifests/base/rbac.yaml")
_KIND_SECONDS: Final = 300.0


@dataclass(frozen=True)
class Cluster:
    """``kubectl`` is the administrator's; ``operator_kubeconfig`` is the service account's of the manifests."""

    kubectl: Kubectl
    operator_kubeconfig: Path
    audit_log: Path | None  # only a local cluster shows its own


@contextmanager
def cluster(choice: Choice, folder: Path) -> Iterator[Cluster]:
    """A cluster that is ready for the operator."""
    if choice == "local":
        with LocalCluster(folder / "cluster") as local:
            kubectl = Kubectl(local.kubectl, local.kubeconfig)
            _install(kubectl)
            account = local.service_account_kubeconfig(
                namespace=OPERATOR_NAMESPACE,
                service_account=OPERATOR_ACCOUNT,
                output=folder / "operator.kubeconfig",
                context=OPERATOR_ACCOUNT,
            )
            yield Cluster(kubectl, account, local.audit_log)
    elif choice == "kind":
        with _kind(folder) as kubeconfig:
            yield _foreign(kubeconfig, folder)
    else:
        yield _foreign(_current(folder), folder)


def needed(binary: str) -> Path:
    """The path of a program. Fails where it is missing: a test that can't run must not look like one that passed."""
    found = shutil.which(binary)
    assert found, f"{binary} is not on PATH, and these tests need it"
    return Path(found)


def secrets_permission(namespace: str) -> Object:
    """The RoleBinding by which the owners of a namespace let the operator read its Secrets (docs/operations.md)."""
    group, role = "rbac.authorization.k8s.io", "workers-operator-secrets"
    subject = {
        "kind": "ServiceAccount",
        "name": OPERATOR_ACCOUNT,
        "namespace": OPERATOR_NAMESPACE,
    }
    return {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": role, "namespace": namespace},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


def account_kubeconfig(kubectl: Kubectl, namespace: str, account: str, path: Path) -> Path:
    """The administrator's kubeconfig with a service account's token in place of the administrator's."""
    token = kubectl("-n", namespace, "create", "token", account, "--duration=8h")
    document: Any = yaml.safe_load(kubectl.kubeconfig.read_text())
    document["users"] = [{"name": account, "user": {"token": token.strip()}}]
    for context in document["contexts"]:
        context["context"]["user"] = account
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(document))
    return path


def _install(kubectl: Kubectl) -> None:
    files = [argument for name in _INSTALLED for argument in ("-f", str(_ROOT / name))]
    kubectl("apply", "--server-side", *files)
    crds = ("-f", str(_ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s", *crds)
    kubectl.learn_kinds()


def _foreign(kubeconfig: Path, folder: Path) -> Cluster:
    kubectl = Kubectl(needed("kubectl"), kubeconfig)
    _install(kubectl)
    path = folder / "operator.kubeconfig"
    account = account_kubeconfig(kubectl, OPERATOR_NAMESPACE, OPERATOR_ACCOUNT, path)
    return Cluster(kubectl, account, None)


def _current(folder: Path) -> Path:
    """The caller's current context alone, so that a later switch of contexts changes nothing here."""
    path = folder / "current.kubeconfig"
    command = [str(needed("kubectl")), "config", "view", "--raw", "--minify", "--flatten"]
    done = Process(command, path)
    until(lambda: not done.alive, "kubectl config view does not end")
    assert yaml.safe_load(path.read_text()).get("clusters"), path.read_text()
    return path


@contextmanager
def _kind(folder: Path) -> Iterator[Path]:
    name, kubeconfig, kind = f"code24-e2e-{uuid4().hex[:6]}", folder / "kubeconfig", needed("kind")
    options = ["--name", name, "--kubeconfig", str(kubeconfig)]
    creation = Process([kind, "create", "cluster", "--wait=120s", *options], folder / "kind.log")
    try:
        until(lambda: not creation.alive, creation.tail, _KIND_SECONDS)
        assert kubeconfig.exists(), creation.tail()
        yield kubeconfig
    finally:
        creation.stop()
        removal = Process([kind, "delete", "cluster", *options], folder / "kind.log")
        until(lambda: not removal.alive, removal.tail, _KIND_SECONDS)
