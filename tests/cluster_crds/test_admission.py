"""The admission policy on a real API server: what a grant lists passes, anything else is refused and named."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cluster_crds.conftest import Kubectl
from support.claims import GRANTS, REFUSED, TAKEN, worker
from support.shape import changed
from support.shapes import PLATFORM, Object
from workers_operator.desired.platform import config_of
from workers_operator.domain.tenancy.grants import Grant
from workers_operator.resources import WorkersPlatform

POLICY = Path(__file__).parents[2] / "manifests" / "admission"
# Namespaces that selectors decide on, and whether one of them takes in the namespace.
LABELLED: Mapping[str, tuple[Mapping[str, str], bool]] = {
    "d-labels": ({"plan": "paid", "team": "d", "more": ""}, True),
    "d-one-label": ({"plan": "paid"}, False),
    "d-value": ({"plan": "paid", "team": "e"}, False),
    "d-expressions": ({"plan": "trial", "team": ""}, True),
    "d-not-in": ({"plan": "try", "team": "x"}, False),
    "d-missing": ({"plan": "trial"}, False),
    "d-unwanted": ({"plan": "trial", "team": "x", "banned": "no"}, False),
    "d-mood": ({"plan": "trial", "team": "x", "mood": "bad"}, False),
}


def grant_of(spec: Any) -> Grant:
    """A grant as the operator understands it."""
    body = changed(PLATFORM, {"spec.tenancy": {"grants": [spec]}})
    return config_of(WorkersPlatform.model_validate(body)).tenancy.grants[0]


@pytest.fixture(scope="module")
def guarded(kubectl: Kubectl) -> Iterator[Kubectl]:
    """A cluster with the policy in force."""
    for name in ("team-a", "team-b1", "team-c"):
        kubectl("create", "namespace", name)
    for name, (labels, _) in LABELLED.items():
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        kubectl("create", "-f", "-", stdin=changed(namespace, {"metadata.labels": labels}))
    platform = changed(PLATFORM, {"metadata.name": "granted", "spec.tenancy": {"grants": GRANTS}})
    kubectl("apply", "-f", "-", stdin=platform)
    kubectl("apply", "-k", str(POLICY))
    deadline = time.monotonic() + 60
    while not refusal(kubectl, worker("team-c")):
        assert time.monotonic() < deadline, "the policy is not in force"
        time.sleep(0.5)
    yield kubectl
    kubectl("delete", "-k", str(POLICY))


def refusal(kubectl: Kubectl, obj: Object) -> str:
    """What the API server says against an object; "" if it takes it."""
    done = kubectl.run("create", "--dry-run=server", "-f", "-", stdin=obj)
    return "" if done.returncode == 0 else str(done.stderr)


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_granted_passes(guarded: Kubectl, what: str) -> None:
    assert refusal(guarded, TAKEN[what]) == ""


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused_and_named(guarded: Kubectl, what: str) -> None:
    obj, words = REFUSED[what]
    said = refusal(guarded, obj)
    assert words in said
    assert "acme-*" not in said, "it tells what others may"


@pytest.mark.parametrize("namespace", LABELLED)
def test_labels_decide_whether_a_grant_is_for_a_namespace(guarded: Kubectl, namespace: str) -> None:
    labels, is_granted = LABELLED[namespace]
    said = refusal(guarded, worker(namespace))
    assert (said == "") is is_granted, said
    selectors = [grant.selector for grant in map(grant_of, GRANTS) if grant.selector is not None]
    assert any(s.matches(labels) for s in selectors) is is_granted, "the operator sees it otherwise"


# It takes the grants back while it runs: the last test of the module.
def test_an_object_can_be_deleted_whatever_is_granted_by_now(guarded: Kubectl) -> None:
    obj = worker("team-a")
    obj["metadata"] = {**obj["metadata"], "name": "y", "finalizers": ["example.com/x"]}
    guarded("create", "-f", "-", stdin=obj)
    patch = {"spec": {"tenancy": {"grants": GRANTS[1:]}}}
    guarded("patch", "workersplatform", "granted", "--type=merge", "-p", json.dumps(patch))
    guarded("-n", "team-a", "delete", "customerworker", "y", "--wait=false")
    free = json.dumps({"metadata": {"finalizers": None}})
    guarded("-n", "team-a", "patch", "customerworker", "y", "--type=merge", "-p", free)
    guarded("-n", "team-a", "wait", "--for=delete", "customerworker/y", "--timeout=20s")
    again = json.dumps({"spec": {"tenancy": {"grants": GRANTS}}})
    guarded("patch", "workersplatform", "granted", "--type=merge", "-p", again)
