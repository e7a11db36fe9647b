"""What a cluster does for its users: namespaces, RBAC, service accounts, collection, audit."""

import json
from pathlib import Path

import pytest
import yaml

from cluster.conftest import Await, Run
from local_cluster import LocalCluster, LocalClusterError
from local_cluster.audit import AuditReader, Key, count
from local_cluster.binaries.target import KUBERNETES_VERSION


@pytest.fixture
def account(kubectl: Run, namespace: str) -> str:
    """The name of a service account without any rights."""
    kubectl("-n", namespace, "create", "serviceaccount", "worker")
    return "worker"


def test_it_is_kubernetes(kubectl: Run) -> None:
    assert "default" in kubectl("get", "namespaces", "-o", "name").stdout
    version = json.loads(kubectl("version", "-o", "json").stdout)
    assert version["serverVersion"]["gitVersion"] == KUBERNETES_VERSION


def test_a_service_account_may_do_what_rbac_allows(
    cluster: LocalCluster, kubectl: Run, namespace: str, account: str, tmp_path: Path
) -> None:
    path = cluster.service_account_kubeconfig(
        namespace=namespace, service_account=account, output=tmp_path / "worker.kubeconfig"
    )
    asked = (f"--kubeconfig={path}", "-n", namespace, "get", "configmaps")
    user = f"system:serviceaccount:{namespace}:{account}"

    refused = kubectl(*asked, ok=False)
    assert refused.returncode != 0
    assert "Forbidden" in refused.stderr
    assert user in refused.stderr

    kubectl(
        "-n", namespace, "create", "rolebinding", "view", "--clusterrole=view", f"--user={user}"
    )
    kubectl(*asked)


def test_a_context_is_added_and_the_administrators_stays_current(
    cluster: LocalCluster, local_cluster: Run, kubectl: Run, namespace: str, account: str
) -> None:
    local_cluster(
        "kubeconfig",
        *("--dir", cluster.kubeconfig.parent),
        *("--service-account", f"{namespace}/{account}", "--context", namespace),
    )

    assert kubectl("config", "current-context").stdout.strip() == "local"
    me = kubectl("--context", namespace, "auth", "whoami", "-o", "json")
    name = json.loads(me.stdout)["status"]["userInfo"]["username"]
    assert name == f"system:serviceaccount:{namespace}:{account}"


def test_a_kubeconfig_in_a_file_holds_one_context_and_is_private(
    cluster: LocalCluster, local_cluster: Run, namespace: str, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "deep" / "kubeconfig"
    local_cluster(
        "kubeconfig",
        *("--dir", cluster.kubeconfig.parent, "--output", file),
        *("--service-account", f"{namespace}/{account}", "--context", "operator"),
    )

    document = yaml.safe_load(file.read_text())
    assert [entry["name"] for entry in document["contexts"]] == ["operator"]
    assert document["current-context"] == "operator"
    assert file.stat().st_mode & 0o077 == 0


def test_an_unknown_service_account_is_named(
    cluster: LocalCluster, namespace: str, tmp_path: Path
) -> None:
    with pytest.raises(LocalClusterError, match=f"{namespace}/nobody.*not found"):
        cluster.service_account_kubeconfig(
            namespace=namespace, service_account="nobody", output=tmp_path / "kubeconfig"
        )
    assert not (tmp_path / "kubeconfig").exists()


def test_a_deleted_namespace_goes_away(kubectl: Run, namespace: str) -> None:
    kubectl("-n", namespace, "create", "configmap", "content")

    kubectl("delete", "namespace", namespace, "--timeout=30s")

    assert kubectl("get", "namespace", namespace, ok=False).returncode != 0


def test_owned_objects_go_with_their_owner(
    kubectl: Run, namespace: str, eventually: Await, tmp_path: Path
) -> None:
    kubectl("-n", namespace, "create", "configmap", "owner")
    uid = kubectl("-n", namespace, "get", "configmap", "owner", "-o", "jsonpath={.metadata.uid}")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid.stdout}
    metadata = {"name": "owned", "namespace": namespace, "ownerReferences": [reference]}
    owned = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    (tmp_path / "owned.json").write_text(json.dumps(owned))
    kubectl("create", "-f", str(tmp_path / "owned.json"))

    kubectl("-n", namespace, "delete", "configmap", "owner")

    def gone() -> bool:
        return kubectl("-n", namespace, "get", "configmap", "owned", ok=False).returncode != 0

    eventually(gone, "the owned object is still there")


def test_a_new_namespace_gets_its_default_account(
    kubectl: Run, namespace: str, eventually: Await
) -> None:
    def there() -> bool:
        asked = ("-n", namespace, "get", "serviceaccount", "default")
        return kubectl(*asked, ok=False).returncode == 0

    eventually(there, "no account")


def test_a_role_is_aggregated(kubectl: Run, namespace: str, eventually: Await) -> None:
    """What `edit` may do with our kinds comes from a role with a label."""
    kubectl("create", "clusterrole", namespace, "--verb=get", "--resource=configmaps")
    rule = {"apiGroups": ["example.test"], "resources": [namespace], "verbs": ["get"]}
    label = {"rbac.authorization.k8s.io/aggregate-to-edit": "true"}
    kubectl(
        *("patch", "clusterrole", namespace, "--type=merge", "-p"),
        json.dumps({"metadata": {"labels": label}, "rules": [rule]}),
    )

    def rules() -> str:
        return kubectl("get", "clusterrole", "edit", "-o", "jsonpath={.rules}").stdout

    eventually(lambda: namespace in rules(), "the rule is not part of `edit`")
    kubectl("delete", "clusterrole", namespace)
    eventually(lambda: namespace not in rules(), "the rule is still part of `edit`")


def test_the_audit_log_counts_each_write_of_each_user(
    cluster: LocalCluster,
    kubectl: Run,
    namespace: str,
    account: str,
    eventually: Await,
    tmp_path: Path,
) -> None:
    user = f"system:serviceaccount:{namespace}:{account}"
    kubectl(
        "-n", namespace, "create", "rolebinding", "edit", "--clusterrole=edit", f"--user={user}"
    )
    path = cluster.service_account_kubeconfig(
        namespace=namespace, service_account=account, output=tmp_path / "kubeconfig"
    )
    reader = AuditReader(cluster.audit_log)

    for name in ("one", "two"):
        kubectl(f"--kubeconfig={path}", "-n", namespace, "create", "configmap", name)
    kubectl(f"--kubeconfig={path}", "-n", namespace, "delete", "configmap", "one")

    seen = []

    def complete() -> bool:
        seen.extend(reader.read())
        return any(request.user == user and request.verb == "delete" for request in seen)

    eventually(complete, "the deletion is not in the audit log")
    writes = count(request for request in seen if request.user == user and request.writes)
    assert writes == {
        Key(user, "create", "configmaps", ""): 2,
        Key(user, "delete", "configmaps", ""): 1,
    }
    mine = [request for request in seen if request.user == user and request.writes]
    assert all(request.user_agent.startswith("kubectl/") for request in mine)
    assert [(request.name, request.code) for request in mine if request.verb == "delete"] == [
        ("one", 200)
    ]


def test_the_apiserver_can_have_an_outage(cluster: LocalCluster, kubectl: Run) -> None:
    url, before = cluster.url, cluster.status().pids

    cluster.stop_apiserver()

    during = cluster.status().pids
    refused = kubectl("get", "namespaces", ok=False)
    cluster.start_apiserver()
    after = cluster.status().pids

    assert before.keys() - during.keys() == {"kube-apiserver"}
    assert "refused" in refused.stderr
    assert cluster.url == url
    assert after["etcd"] == before["etcd"]
    assert after["kube-apiserver"] != before["kube-apiserver"]
    kubectl("get", "namespaces")
