"""What the API server refuses by itself: RBAC keeps a team in its namespace, the schema keeps objects well-formed."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pytest

from support.arena import Arena
from support.kube import API, path_of
from support.scripts import says

OTHERS: Final = "team-b"
OPERATORS: Final = "code24-workers"
RBAC: Final = "/apis/rbac.authorization.k8s.io/v1"
SCRIPT: Final = {"source": {"inline": {"script": says("A was here")}}}
FORBIDDEN, INVALID = 403, 422


class Request(NamedTuple):
    """A request to the API server. ``path``: below the API of our group unless it begins with a slash."""

    method: str
    path: str
    body: Any = None


def _worker(namespace: str, **spec: Any) -> Any:
    basics = {"customerId": "a", "subdomain": "a-invalid", **SCRIPT, **spec}
    return {
        "apiVersion": "workers.code24.dev/v1alpha1",
        "kind": "CustomerWorker",
        "metadata": {"name": "invalid", "namespace": namespace},
        "spec": {k: v for k, v in basics.items() if v is not None},
    }


EVIL_PLATFORM: Final = {
    "apiVersion": "workers.code24.dev/v1alpha1",
    "kind": "WorkersPlatform",
    "metadata": {"name": "evil"},
    "spec": {
        "accountId": "0" * 32,
        "credentials": {"apiTokenSecretRef": {"namespace": "payments", "name": "db"}},
        "domain": "x.code24.dev",
        "zones": [{"name": "code24.dev", "id": "0" * 32}],
        "baseUrl": "http://127.0.0.1:18099",
    },
}
IN_OTHERS: Final = f"namespaces/{OTHERS}/customerworkers"
FORBIDDEN_REQUESTS: Final[Mapping[str, Request]] = {
    "to list all workers": Request("GET", "customerworkers"),
    "to list another's workers": Request("GET", IN_OTHERS),
    "to read another's worker": Request("GET", f"{IN_OTHERS}/shop"),
    "to create a worker there": Request("POST", IN_OTHERS, _worker(OTHERS)),
    "to change another's code": Request("PATCH", f"{IN_OTHERS}/shop", {"spec": SCRIPT}),
    "to scale another's worker": Request(
        "PATCH", f"{IN_OTHERS}/shop/scale", {"spec": {"replicas": 0}}
    ),
    "to delete another's worker": Request("DELETE", f"{IN_OTHERS}/shop"),
    "to delete all of another's workers": Request("DELETE", IN_OTHERS),
    "to request another's check": Request(
        "PATCH", f"{IN_OTHERS}/shop", {"metadata": {"annotations": {"x": "y"}}}
    ),
    "to remove another's finalizer": Request(
        "PATCH", f"{IN_OTHERS}/shop", {"metadata": {"finalizers": None}}
    ),
    "to write another's status": Request(
        "PATCH", f"{IN_OTHERS}/shop/status", {"status": {"conditions": []}}
    ),
    "to read another's Secrets": Request("GET", f"/api/v1/namespaces/{OTHERS}/secrets"),
    "to read another's ConfigMap": Request("GET", f"/api/v1/namespaces/{OTHERS}/configmaps/b-code"),
    "to read the operator's Secrets": Request("GET", f"/api/v1/namespaces/{OPERATORS}/secrets"),
    "to get a token of the operator": Request(
        "POST", f"/api/v1/namespaces/{OPERATORS}/serviceaccounts/workers-operator/token", {}
    ),
    "to take the operator's lease": Request(
        "PATCH",
        f"/apis/coordination.k8s.io/v1/namespaces/{OPERATORS}/leases/workers-operator",
        {"spec": {"holderIdentity": "a"}},
    ),
    "to read platforms": Request("GET", "workersplatforms"),
    "to create a platform": Request("POST", "workersplatforms", EVIL_PLATFORM),
    "to create a namespace": Request(
        "POST",
        "/api/v1/namespaces",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team-b2"}},
    ),
    "to bind a role": Request(
        "POST",
        f"{RBAC}/namespaces/team-a/rolebindings",
        {
            "metadata": {"name": "more"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
        },
    ),
    "to change a definition": Request(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/customerworkers.workers.code24.dev",
    ),
}  # fmt: skip

INVALID_SPECS: Final[Mapping[str, Mapping[str, Any]]] = {
    "a customer in upper case": {"customerId": "B"},
    "a customer with a dot": {"customerId": "b.a"},
    "a subdomain of several labels": {"subdomain": "login.bshop"},
    "a subdomain with a wildcard": {"subdomain": "*"},
    "a script name with a slash": {"scriptName": "a-x/../../dispatch"},
    "a script name in upper case": {"scriptName": "Customer-Worker-B"},
    "a service of another namespace": {
        "bindings": [{"name": "X", "type": "service", "worker": {"name": "team-b/shop"}}]
    },
    "a service with a named entrypoint": {
        "bindings": [
            {"name": "X", "type": "service", "worker": {"name": "x"}, "entrypoint": "Admin"}
        ]
    },
    "a binding in place of CONFIG": {"vars": {"CONFIG": "{}"}},
    "a binding of two kinds": {
        "bindings": [{"name": "X", "type": "kvNamespace", "id": "1", "title": "B_STORE"}]
    },
    "a bucket with a slash": {
        "bindings": [{"name": "X", "type": "r2Bucket", "bucket": "a/../team-b-workers"}]
    },
    "a key with dot segments": {
        "source": {"r2": {"bucket": "team-a-code", "key": "a/../../team-b-workers/site.js"}}
    },
    "a health path with dot segments": {"health": {"path": "/../admin"}},
    "a health path with encoded dot segments": {"health": {"path": "/a/%2e%2E/%2e%2e/admin"}},
    "a template with a slash": {"source": {"template": "../elite/brand"}},
    "a route with a port": {"routes": [{"pattern": "bshop.code24.dev:443/*"}]},
    "a route with a user": {"routes": [{"pattern": "a@bshop.code24.dev/*"}]},
    "a route with a scheme": {"routes": [{"pattern": "https://bshop.code24.dev/*"}]},
    "a route with a query": {"routes": [{"pattern": "bshop.code24.dev/?a=*"}]},
    "a Secret of another namespace": {
        "secrets": [{"name": "X", "secretKeyRef": {"name": "team-b/b-secret", "key": "token"}}]
    },
    "a platform with a slash": {"platform": "../default"},
    "more instances than there may be": {"instances": 1_000_000},
    "parameters without end": {"parameters": {f"p{n}": n for n in range(257)}},
}


@pytest.mark.parametrize("what", FORBIDDEN_REQUESTS)
def test_a_team_is_not_allowed(arena: Arena, what: str) -> None:
    method, path, body = FORBIDDEN_REQUESTS[what]
    whole = path if path.startswith("/") else f"{API}/{path}"
    answer = arena.a.api.answer(method, whole, body)
    assert answer.status_code == FORBIDDEN, answer.text


def test_a_team_acts_as_nobody_else(arena: Arena) -> None:
    done = arena.a.access.kubectl.run("--as=system:admin", "get", "secrets", "-A")
    assert done.returncode != 0
    assert "cannot impersonate" in done.stderr


@pytest.mark.parametrize("what", INVALID_SPECS)
def test_a_spec_is_refused(arena: Arena, what: str) -> None:
    body = _worker(arena.a.namespace, **INVALID_SPECS[what])
    path = path_of("CustomerWorker", arena.a.namespace)
    answer = arena.a.api.answer("POST", path, body)
    assert answer.status_code == INVALID, answer.text


def test_a_status_that_a_team_writes_is_not_taken(arena: Arena) -> None:
    """Neither with the object nor afterwards: it names what the operator has created, and where."""
    resource = {"binding": "X", "type": "kvNamespace", "name": arena.names["ledger_title"]}
    forged = {"observedGeneration": 1, "platform": "x", "resources": [{**resource, "deletion": "Delete"}]}  # fmt: skip
    worker = arena.attack()
    answer = arena.a.api.answer("PATCH", f"{worker.path}/status", {"status": forged})
    assert answer.status_code == FORBIDDEN
    stored = arena.a.api.patch(worker.path, {"status": forged})
    assert stored is not None
    assert "resources" not in stored.get("status", {})
    worker.wait_ready()
    worker.delete()
    worker.wait_gone()
    assert arena.edge.kv_namespaces(arena.names["ledger_title"])
