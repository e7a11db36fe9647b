"""Requests as custom resources: what the document shows becomes an object that the CRD accepts."""

from typing import Any

import pytest

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.shapes.bindings import binding_of
from workers_operator.gateway.shapes.patches import PatchedWorkerModel
from workers_operator.gateway.shapes.requests import (
    BindingModel,
    CustomerDeployModel,
    EliteDeployModel,
    NewWorkerModel,
    R2DeployModel,
    ReplacedWorkerModel,
    ScaleModel,
)
from workers_operator.gateway.shapes.translation import (
    KEPT,
    SAME,
    WantedWorker,
    changed,
    created,
    customer,
    elite,
    from_r2,
    merged,
    object_of,
    scaled,
    updated,
)
from workers_operator.resources import KINDS, BindingSpec, CustomerWorkerSpec, EliteWorkerSpec

KEY = ObjectKey("CustomerWorker", "tenant", "shop")


def spec_of(wanted: WantedWorker) -> dict[str, Any]:
    """The spec of a new object, which the model accepts."""
    body = object_of(wanted, "tenant", {})
    KINDS[wanted.kind].model_validate(body)
    spec: dict[str, Any] = body["spec"]
    return spec


def test_the_worker_of_the_document() -> None:
    request = NewWorkerModel.model_validate(
        {
            "name": "my-worker",
            "script": "export default {}",
            "bindings": [{"type": "kv_namespace", "name": "MY_KV", "namespace_id": "namespace-id"}],
            "routes": ["example.com/*"],
            "metadata": {
                "type": "custom",
                "customerId": "customer-123",
                "environment": "staging",
            },
        }
    )
    assert spec_of(created(request, "default")) == {
        "scriptName": "my-worker",
        "subdomain": "my-worker",
        "platform": "default",
        "customerId": "customer-123",
        "bindings": [{"name": "MY_KV", "type": "kvNamespace", "id": "namespace-id"}],
        "routes": [{"pattern": "example.com/*"}],
        "source": {"inline": {"script": "export default {}"}},
    }


def test_the_deployments_of_the_document() -> None:
    brand = elite(
        EliteDeployModel(type="brand", customer_id="customer-123", subdomain="customer123"),
        "default",
    )
    assert (brand.kind, brand.name) == ("EliteWorker", "brand-worker-customer-123")
    assert spec_of(brand)["subdomain"] == "customer123"
    shop = customer(
        CustomerDeployModel.model_validate(
            {
                "customerId": "customer-123",
                "subdomain": "customer123",
                "template": "ecommerce",
                "configuration": {"features": ["analytics", "optimization"], "plan": "premium"},
            }
        ),
        "default",
    )
    assert spec_of(shop)["configuration"] == {
        "features": ["analytics", "optimization"],
        "plan": "premium",
    }
    stored = from_r2(
        R2DeployModel.model_validate(
            {
                "r2Key": "templates/workers/custom-worker.js",
                "workerName": "deployed-worker",
                "environment": "staging",
            }
        ),
        "default",
    )
    assert spec_of(stored)["source"] == {"r2": {"key": "templates/workers/custom-worker.js"}}
    assert spec_of(stored)["scriptName"] == "deployed-worker"


def test_an_elite_worker_by_post() -> None:
    request = NewWorkerModel.model_validate(
        {
            "name": "mine",
            "metadata": {"type": "elite-worker", "eliteWorkerType": "design", "customerId": "c"},
        }
    )
    wanted = created(request, "default")
    assert wanted.kind == "EliteWorker"
    assert spec_of(wanted)["type"] == "design"


BEFORE: dict[str, Any] = {
    "metadata": {"name": "shop", "labels": {"a": "b"}},
    "spec": {
        "customerId": "c1",
        "scriptName": "shop",
        "subdomain": "shop",
        "interval": "1m",
        "vars": {"A": "1"},
        "instances": 3,
        "source": {"inline": {"script": "old"}},
    },
}


def after(request: dict[str, Any], *, replaces: bool) -> dict[str, Any]:
    model = ReplacedWorkerModel if replaces else PatchedWorkerModel
    wanted = changed(KEY, model.model_validate(request), None)
    found: dict[str, Any] = updated(BEFORE, wanted, {})["spec"]
    return found


def test_a_put_leaves_nothing_but_who_it_is() -> None:
    assert after({"script": "new"}, replaces=True) == {
        "customerId": "c1",
        "scriptName": "shop",
        "subdomain": "shop",
        "interval": "1m",
        "source": {"inline": {"script": "new"}},
    }


def test_a_patch_changes_what_it_names() -> None:
    found = after({"vars": {"B": "2"}, "instances": None}, replaces=False)
    assert found["vars"] == {"A": "1", "B": "2"}
    assert "instances" not in found
    assert found["source"] == BEFORE["spec"]["source"]


@pytest.mark.parametrize(
    ("request_", "source", "template"),
    [
        ({"template": "static"}, None, "static"),
        ({"r2": {"key": "a.js"}}, {"r2": {"key": "a.js"}}, None),
        (
            {"modules": [{"name": "i.js", "text": "x"}], "main": "i.js"},
            {"inline": {"modules": [{"name": "i.js", "text": "x"}], "main": "i.js"}},
            None,
        ),
    ],
)
def test_code_from_elsewhere_takes_the_place_of_what_was(
    request_: dict[str, Any], source: Any, template: Any
) -> None:
    found = after(request_, replaces=False)
    assert (found.get("source"), found.get("template")) == (source, template)


def test_scaling_names_what_is_given() -> None:
    found = scaled(KEY, ScaleModel(instances=5, cpu_limit="100ms", memory_limit="128MB"))
    assert found.spec == {"instances": 5, "limits": {"cpu": "100ms", "memory": "128MB"}}
    assert scaled(KEY, ScaleModel()).spec == {}


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ({"type": "r2_bucket", "bucket_name": "b"}, {"type": "r2Bucket", "bucket": "b"}),
        ({"type": "analytics_engine", "dataset": "d"}, {"type": "analyticsEngine", "dataset": "d"}),
        ({"type": "service", "service": "x"}, {"type": "service", "worker": {"name": "x"}}),
        (
            {"type": "service", "worker": {"kind": "EliteWorker", "name": "x"}},
            {"type": "service", "worker": {"kind": "EliteWorker", "name": "x"}},
        ),
        (
            {"type": "kv_namespace", "create": True, "deletion": "Delete"},
            {"type": "kvNamespace", "create": True, "deletion": "Delete"},
        ),
        ({"type": "kvNamespace", "title": "t"}, {"type": "kvNamespace", "title": "t"}),
        ({"type": "version_metadata"}, {"type": "versionMetadata"}),
        ({"type": "d1", "id": "1"}, {"type": "d1", "id": "1"}),
    ],
)
def test_bindings_of_cloudflares_api(given: dict[str, Any], ours: dict[str, Any]) -> None:
    assert binding_of({"name": "X", **given}) == {"name": "X", **ours}


def test_a_request_can_say_everything_that_a_binding_has() -> None:
    ours = {field.alias or name for name, field in BindingSpec.model_fields.items()}
    assert ours - BindingModel.model_fields.keys() == {"bucket", "entrypoint"}  # bucket_name; none


def test_every_field_of_a_spec_is_sent_or_stays() -> None:
    """What a PUT neither takes nor keeps, it would drop."""
    elsewhere = {"bindings", "routes", "source", "template"}  # they have another form in requests
    for kind in (EliteWorkerSpec, CustomerWorkerSpec):
        fields = {field.alias or name for name, field in kind.model_fields.items()}
        assert fields - {*SAME, *KEPT} - elsewhere == set(), kind
    sent = {field.alias or name for name, field in ReplacedWorkerModel.model_fields.items()}
    assert {*SAME} - sent == set()
    patched = {field.alias or name for name, field in PatchedWorkerModel.model_fields.items()}
    assert patched == sent


def test_a_put_takes_and_drops_what_it_can_name() -> None:
    asked = {"script": "new", "sessionAffinity": "Cookie"}
    assert after(asked, replaces=True)["sessionAffinity"] == "Cookie"


def test_a_merge_patch_as_the_rfc_has_it() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": {"f": None}}}) == {
        "a": {"c": 2, "e": {}},
        "d": 3,
    }
    assert merged({"a": 1}, ["x"]) == ["x"]
    assert merged("x", {"a": None}) == {}


def test_code_takes_the_place_of_a_template_that_was_followed() -> None:
    followed = {"customerId": "c", "subdomain": "s", "source": {"templateRef": {"name": "shop"}}}
    body = {"metadata": {"name": "shop", "namespace": "tenant"}, "spec": followed}
    request = PatchedWorkerModel.model_validate({"script": "export default {}"})
    stored = from_r2(R2DeployModel.model_validate({"r2Key": "x.js", "workerName": "s"}), "default")
    for wanted, source in (
        (changed(KEY, request, None), {"inline": {"script": "export default {}"}}),
        (stored, {"r2": {"key": "x.js"}}),
    ):
        assert updated(body, wanted, {})["spec"]["source"] == source
