"""The CRDs on a real API server: what it refuses and why, what it fills in, how kubectl shows it.

Aspects: shape (CEL, patterns, immutables), defaults, the subresources, merging, columns, explain.
"""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from cluster_crds.conftest import Kubectl
from support.conditions import kstatus
from support.kube import KubeApi
from support.shape import with_nulls
from support.shapes import (
    CUSTOMER,
    ELITE,
    IMMUTABLE,
    INVALID,
    MUTABLE,
    PLATFORM,
    VALID,
    ZONE,
    Case,
    Object,
    changed,
)
from workers_operator.kube.decoding import modified
from workers_operator.resources import API_VERSION, KINDS
from workers_operator.resources.generation.crdgen import schema

_numbers = itertools.count(1)
NOW = "2026-01-31T08:00:00Z"


@pytest.fixture
def namespace(kubectl: Kubectl) -> str:
    """A namespace of the test's own."""
    name = f"test-{next(_numbers)}"
    kubectl("create", "namespace", name)
    return name


def placed(obj: Mapping[str, Any], namespace: str) -> Object:
    """``obj`` in ``namespace``; a cluster-scoped one bears its name."""
    field = "metadata.name" if obj["kind"] == "WorkersPlatform" else "metadata.namespace"
    return changed(obj, {field: namespace})


def ready(status: str, **more: Any) -> Object:
    condition = {
        "type": "Ready",
        "status": status,
        "reason": "Succeeded",
        "message": "it serves",
        "lastTransitionTime": NOW,
        "observedGeneration": 1,
    }
    return {"status": {"observedGeneration": 1, "conditions": [condition], **more}}


def accepted(answer: httpx.Response) -> Object:
    """What the API server would store."""
    assert answer.is_success, answer.text
    stored: Object = answer.json()
    return stored


@pytest.mark.parametrize("case", INVALID, ids=str)
def test_refused_with_field_and_reason(api: KubeApi, case: Case) -> None:
    answer = api.try_out(case.obj)
    assert answer.is_client_error
    said = answer.json()["message"]
    assert case.field in said
    assert case.message in said


WORDS = {
    "spec.subdomain": "must consist of lower-case letters, digits and dashes, without a dash at either end",
    "spec.scriptName": "must begin with a lower-case letter, consist of lower-case letters, digits and dashes, "
    "and not end in a dash",
    "spec.interval": "must be a duration with the units ms, s, m and h, e.g. 30s or 1h30m",
    "spec.compatibility.date": "must be a date such as 2026-10-01",
    "spec.health.path": "must begin with a slash and contain neither white space nor non-ASCII characters",
    "spec.accountId": "must consist of 32 hexadecimal digits in lower case",
    "spec.baseUrl": "must be a URL with http or https, without query, e.g. https://api.example.com/client/v4",
}


@pytest.mark.parametrize("field", WORDS)
def test_a_refusal_says_in_words_what_is_allowed(kubectl: Kubectl, field: str) -> None:
    base = PLATFORM if field in ("spec.accountId", "spec.baseUrl") else CUSTOMER
    body = changed(base, {field: "1 Two.Words"})
    answer = kubectl.refused("create", "--dry-run=server", "-f", "-", stdin=body)
    said = f'is invalid: {field}: Invalid value: "1 Two.Words": {WORDS[field]}'
    assert answer.strip().endswith(said)


@pytest.mark.parametrize("case", VALID, ids=str)
def test_accepted_with_the_defaults_of_the_models(api: KubeApi, case: Case) -> None:
    stored = accepted(api.try_out(case.obj))
    model = KINDS[case.base["kind"]]
    assert model.model_validate(stored).spec == model.model_validate(case.obj).spec
    assert stored["status"] == {"observedGeneration": -1}


@pytest.mark.parametrize("applied", [False, True], ids=["created", "applied"])
@pytest.mark.parametrize("case", VALID, ids=str)
def test_null_is_the_same_as_absence(api: KubeApi, case: Case, applied: bool) -> None:
    model = KINDS[case.base["kind"]]
    spec = with_nulls(case.obj["spec"], schema(model)["properties"]["spec"])
    given = {**case.obj, "spec": spec}
    stored = accepted(api.try_out(given, applied=applied))
    assert model.model_validate(stored).spec == model.model_validate(case.obj).spec


def test_what_was_set_is_taken_back_by_null(kubectl: Kubectl, namespace: str) -> None:
    """As a chart writes a value that is not given any more."""
    body = placed(CUSTOMER, namespace)
    given = {"vars": {"A": "b"}, "limits": {"cpu": "5ms"}, "instances": 3}
    given["routes"] = [{"pattern": "shop.example.com/*"}]
    first = {**body, "spec": {**body["spec"], **given}}
    kubectl("apply", "--server-side", "-f", "-", stdin=first)
    second = {**body, "spec": {**body["spec"], **dict.fromkeys(given)}}
    kubectl("apply", "--server-side", "-f", "-", stdin=second)
    model = KINDS["CustomerWorker"]
    assert model.model_validate(kubectl.read(body)).spec == model.model_validate(body).spec


@pytest.mark.parametrize(
    ("base", "defaults"),
    [
        (
            CUSTOMER,
            {
                "platform": "default",
                "instances": 1,
                "sessionAffinity": "None",
                "interval": "5m",
                "health": {
                    "interval": "1m",
                    "timeout": "5s",
                    "failureThreshold": 3,
                    "maxErrorRate": "5%",
                },
                "policies": {"deletion": "Delete"},
            },
        ),
        (
            PLATFORM,
            {
                "environment": "staging",
                "interval": "5m",
                "budget": {"requestsPer5Minutes": 1200, "reservePercent": 5},
                "policies": {"orphans": "Report"},
                "metrics": {"interval": "1m", "delay": "2m", "perWorker": False},
                "tenancy": {"hostCooldown": "10m"},
                "storage": {
                    "metadataNamespace": "WORKER_METADATA",
                    "dataBucket": "workers-data",
                    "analyticsDataset": "workers_analytics",
                },
                "credentials": {
                    "apiTokenSecretRef": {
                        "namespace": "code24",
                        "name": "cloudflare",
                        "key": "token",
                    }
                },
            },
        ),
    ],
    ids=["worker", "platform"],
)
def test_what_is_left_out_is_filled_in(
    kubectl: Kubectl, namespace: str, base: Object, defaults: Object
) -> None:
    stored = kubectl.json("create", "-f", "-", stdin=placed(base, namespace))
    assert stored["spec"] == {**base["spec"], **defaults}


def test_free_form_parameters_are_kept(kubectl: Kubectl) -> None:
    parameters = {"nested": {"list": [1, None, "x", 1.5]}, "flag": False, "nothing": None}
    body = changed(CUSTOMER, {"spec.parameters": parameters})
    stored = kubectl.json("create", "--dry-run=server", "-f", "-", stdin=body)
    assert stored["spec"]["parameters"] == parameters


@pytest.mark.parametrize("case", IMMUTABLE, ids=str)
def test_immutable(kubectl: Kubectl, namespace: str, case: Case) -> None:
    kubectl("create", "-f", "-", stdin=placed(case.base, namespace))
    answer = kubectl.refused("replace", "-f", "-", stdin=placed(case.obj, namespace))
    assert f"{case.field}: Invalid value" in answer
    assert case.message in answer


@pytest.mark.parametrize("case", MUTABLE, ids=str)
def test_mutable(kubectl: Kubectl, namespace: str, case: Case) -> None:
    kubectl("create", "-f", "-", stdin=placed(case.base, namespace))
    stored = kubectl.json("replace", "-f", "-", stdin=placed(case.obj, namespace))
    assert stored["metadata"]["generation"] == 2


@pytest.mark.parametrize("base", [ELITE, CUSTOMER, PLATFORM], ids=lambda base: str(base["kind"]))
def test_a_new_object_is_in_progress_and_the_status_is_kept_apart(
    kubectl: Kubectl, namespace: str, base: Object
) -> None:
    stored = kubectl.json("create", "-f", "-", stdin=placed({**base, **ready("True")}, namespace))
    assert stored["status"] == {"observedGeneration": -1}
    assert kstatus(stored) == "InProgress"


def test_a_condition_without_a_time_is_refused(kubectl: Kubectl, namespace: str) -> None:
    kubectl("create", "-f", "-", stdin=placed(ELITE, namespace))
    condition = {"type": "Ready", "status": "True", "reason": "Succeeded", "message": ""}
    patch = json.dumps({"status": {"conditions": [condition]}})
    target = ("-n", namespace, "patch", "ew", "brand", "--subresource=status", "--type=merge")
    answer = kubectl.refused(*target, "-p", patch)
    assert "status.conditions[0].lastTransitionTime: Required value" in answer


@pytest.mark.parametrize("base", [ELITE, CUSTOMER], ids=lambda base: str(base["kind"]))
def test_scale(kubectl: Kubectl, namespace: str, base: Object) -> None:
    worker = placed(base, namespace)
    kubectl("create", "-f", "-", stdin=worker)
    target = ("-n", namespace, "scale", f"{base['kind'].lower()}/{base['metadata']['name']}")
    kubectl(*target, "--replicas=3")
    assert kubectl.read(worker)["spec"]["instances"] == 3
    assert "spec.instances" in kubectl.refused(*target, "--replicas=51")
    status = ready("True", instances=2, selector="workers.code24.dev/uid=u")
    kubectl("replace", "--subresource=status", "-f", "-", stdin=kubectl.read(worker) | status)
    path = f"{KINDS[base['kind']].definition.plural}/{base['metadata']['name']}/scale"
    raw = kubectl(
        "get", "--raw", f"/apis/workers.code24.dev/v1alpha1/namespaces/{namespace}/{path}"
    )
    assert '"spec":{"replicas":3}' in raw
    assert '"status":{"replicas":2,"selector":"workers.code24.dev/uid=u"}' in raw


def test_server_side_apply_merges_zones_by_name(kubectl: Kubectl, namespace: str) -> None:
    def apply(manager: str, body: Object) -> Any:
        return kubectl.json(
            "apply", "--server-side", f"--field-manager={manager}", "-f", "-", stdin=body
        )

    platform = placed(PLATFORM, namespace)
    other = {"name": "code24.com", "id": ZONE}
    apply("ours", platform)
    head = {key: platform[key] for key in ("apiVersion", "kind", "metadata")}
    both = apply("theirs", {**head, "spec": {"zones": [other]}})
    assert [zone["name"] for zone in both["spec"]["zones"]] == ["code24.dev", "code24.com"]
    again = apply("ours", platform)
    assert again["spec"] == both["spec"]


def test_applying_twice_leaves_no_difference(kubectl: Kubectl, namespace: str) -> None:
    modules = [
        {"name": "z.js", "text": "export default {}"},
        {"name": "a.js", "text": "export const a = 1"},
    ]
    body = placed(
        changed(ELITE, {"spec.source": {"inline": {"modules": modules, "main": "z.js"}}}), namespace
    )
    kubectl("apply", "--server-side", "-f", "-", stdin=body)
    kubectl("diff", "--server-side", "-f", "-", stdin=body)
    kubectl("apply", "--server-side", "-f", "-", stdin=body)
    assert kubectl.read(body)["metadata"]["generation"] == 1


@pytest.mark.parametrize(
    ("base", "name", "address", "whose"),
    [
        (ELITE, "brand", "customer123.code24.dev/elite/brand", {}),
        (CUSTOMER, "shop", "shop.code24.dev", {"CUSTOMER": "customer-123", "PLATFORM": "default"}),
    ],
)
def test_columns_of_a_worker(
    kubectl: Kubectl, namespace: str, base: Object, name: str, address: str, whose: dict[str, str]
) -> None:
    body = changed(base, {"metadata.name": name, "spec.customerId": "customer-123"})
    created = kubectl.json("create", "-f", "-", stdin=placed(body, namespace))
    status = ready(
        "True",
        instances=1,
        health={"state": "Healthy", "consecutiveFailures": 0},
        address=address,
        metrics={
            "window": "5m", "until": "2026-01-31T08:00:00Z", "requests": 12_000, "errors": 23,
            "errorRate": "0.19%", "requestsPerSecond": "41", "p99ResponseTime": "120ms",
        },
    )  # fmt: skip
    kubectl("replace", "--subresource=status", "-f", "-", stdin=created | status)
    shown = kubectl("-n", namespace, "get", base["kind"]).splitlines()
    plain = ["NAME", "READY", "REASON", "INSTANCES", "HEALTH", "URL", "AGE"]
    assert shown[0].split() == plain
    assert shown[1].split()[:-1] == [name, "True", "Succeeded", "1", "Healthy", address]
    assert max(map(len, shown)) <= 100
    wide = kubectl("-n", namespace, "get", base["kind"], "-o", "wide").splitlines()
    assert wide[0].split() == [*plain, "RPS", "ERRORS", "P99", *whose]
    assert wide[1].split()[len(plain) :] == ["41", "0.19%", "120ms", *whose.values()]
    assert max(map(len, wide)) <= 120


def test_columns_of_a_platform(kubectl: Kubectl, namespace: str) -> None:
    created = kubectl.json("create", "-f", "-", stdin=placed(PLATFORM, namespace))
    status = ready("True", workers={"total": 12, "ready": 11})
    kubectl("replace", "--subresource=status", "-f", "-", stdin=created | status)
    shown = kubectl("get", "wp", namespace, "-o", "wide").splitlines()
    assert " ".join(shown[0].split()) == (
        "NAME READY REASON ENVIRONMENT DOMAIN WORKERS AGE ACCOUNT"
    )
    assert shown[1].split()[1:6] == ["True", "Succeeded", "staging", "code24.dev", "12"]


@pytest.mark.parametrize("category", ["workers", "cloudflare"])
def test_a_category_lists_all_kinds(kubectl: Kubectl, namespace: str, category: str) -> None:
    for base in (ELITE, CUSTOMER, PLATFORM):
        kubectl("create", "-f", "-", stdin=placed(base, namespace))
    listed = kubectl("-n", namespace, "get", category, "-o", "name").splitlines()
    assert f"workersplatform.workers.code24.dev/{namespace}" in listed
    assert "eliteworker.workers.code24.dev/brand" in listed
    assert "customerworker.workers.code24.dev/shop" in listed


def test_explain_reads_well(kubectl: Kubectl) -> None:
    inline = " ".join(kubectl("explain", "cw.spec.source.inline").split())
    assert "FIELD: inline <Object>" in inline
    assert "Script written inline in this object, as a single script or as modules." in inline
    assert "modules <[]Object> The script's modules, at most 50, e.g." in inline
    assert "Required with modules." in inline
    budget = " ".join(kubectl("explain", "wp.spec.budget.requestsPer5Minutes").split())
    assert "<integer>" in budget
    assert "At least 10, default 1200" in budget
    health = " ".join(kubectl("explain", "cw.spec.health").split())
    assert "A worker is Ready once its version answers through the data plane" in health
    kind = " ".join(kubectl("explain", "ew").split())
    assert "A Code24 product worker (brand, design or develop) for one customer." in kind


def test_what_a_line_of_a_watch_says_is_read_from_where_nobody_else_can_write(
    kubectl: Kubectl, namespace: str
) -> None:
    """The API server writes keys in order: metadata's version and uid come before all that could look like them."""
    false = {"resourceVersion": "5", "uid": "0b6cbd9b-8d65-4c4b-9b0e-5bd4d5b2a0e1"}
    metadata = {"annotations": false, "labels": false}
    parameters = {**false, "a": {"metadata": false, "spec": {}, "status": {}}, "spec": {}}
    worker = changed(placed(CUSTOMER, namespace), {"spec.parameters": parameters})
    kubectl("apply", "-f", "-", stdin=worker)
    before = kubectl.read(worker)["metadata"]["resourceVersion"]
    name, patch = worker["metadata"]["name"], json.dumps({"metadata": metadata})
    kubectl("-n", namespace, "patch", "customerworker", name, "--type=merge", "-p", patch)
    stored = kubectl.read(worker)["metadata"]
    path = f"/apis/{API_VERSION}/namespaces/{namespace}/customerworkers"
    query = f"watch=true&resourceVersion={before}&timeoutSeconds=1"
    told = kubectl("get", "--raw", f"{path}?{query}").splitlines()
    assert [modified(line.encode()) for line in told] == [
        (stored["uid"], int(stored["resourceVersion"]))
    ]
