"""The models: they take what the CRDs take, refuse what the CRDs refuse, and derive what follows."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from support.shape import with_nulls
from support.shapes import (
    ABSENT,
    CUSTOMER,
    ELITE,
    IMMUTABLE,
    INVALID,
    MUTABLE,
    PLATFORM,
    VALID,
    ZONE,
    Case,
    changed,
)
from workers_operator.resources import (
    KINDS,
    Condition,
    CustomerWorker,
    EliteWorker,
    HealthStatus,
    SourceStatus,
    Versions,
    WorkersPlatform,
    WorkerStatus,
)
from workers_operator.resources.generation.crdgen import schema


def blamed(error: ValidationError) -> list[str]:
    """The fields that an error names, as kubectl writes them."""
    found = []
    for detail in error.errors():
        steps = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]]
        field = detail.get("ctx", {}).get("field")
        found.append("".join([*steps, *([f".{field}"] if field else [])]).removeprefix("."))
    return found


@pytest.mark.parametrize("case", VALID, ids=str)
def test_valid(case: Case) -> None:
    KINDS[case.base["kind"]].model_validate(case.obj)


@pytest.mark.parametrize("case", INVALID, ids=str)
def test_invalid_names_the_field(case: Case) -> None:
    with pytest.raises(ValidationError) as caught:
        KINDS[case.base["kind"]].model_validate(case.obj)
    fields = blamed(caught.value)
    if case.below:
        assert any(field.startswith(f"{case.field}.") for field in fields)
    else:
        assert case.field in fields
    rules = [e["ctx"]["problem"] for e in caught.value.errors() if e["type"] == "rule"]
    assert not rules or any(case.message in problem for problem in rules)


@pytest.mark.parametrize("case", VALID, ids=str)
def test_null_is_the_same_as_absence(case: Case) -> None:
    model = KINDS[case.base["kind"]]
    spec = with_nulls(case.obj["spec"], schema(model)["properties"]["spec"])
    assert None in spec.values()
    nulled = model.model_validate({**case.obj, "spec": spec})
    assert nulled.spec == model.model_validate(case.obj).spec


def flags_and_numbers(fields: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The path and the type of each field that is a boolean or an integer, outside of lists and maps."""
    for name, field in fields.items():
        if field.get("type") in ("boolean", "integer"):
            yield f"{path}.{name}", field["type"]
        yield from flags_and_numbers(field.get("properties", {}), f"{path}.{name}")


@pytest.mark.parametrize("base", [ELITE, CUSTOMER, PLATFORM], ids=lambda base: str(base["kind"]))
def test_a_flag_is_no_word_and_a_number_no_text(base: dict[str, Any]) -> None:
    kind = KINDS[base["kind"]]
    fields = dict(flags_and_numbers(schema(kind)["properties"]["spec"]["properties"], "spec"))
    assert "spec.suspend" in fields
    for path, type_ in fields.items():
        for value in ("yes", "true", 1) if type_ == "boolean" else ("10", True, 10.0):
            with pytest.raises(ValidationError) as caught:
                kind.model_validate(changed(base, {path: value}))
            assert path in blamed(caught.value), (path, value)


def test_null_is_no_value_of_a_field_that_is_required() -> None:
    with pytest.raises(ValidationError) as caught:
        CustomerWorker.model_validate(changed(CUSTOMER, {"spec.subdomain": None}))
    assert blamed(caught.value) == ["spec.subdomain"]


@pytest.mark.parametrize("case", [*IMMUTABLE, *MUTABLE], ids=str)
def test_what_is_changed_and_what_it_is_changed_to_is_valid(case: Case) -> None:
    for body in (case.base, case.obj):
        KINDS[case.base["kind"]].model_validate(body)


def test_a_rule_speaks_with_the_words_of_the_crd() -> None:
    with pytest.raises(ValidationError) as caught:
        EliteWorker.model_validate(changed(ELITE, {"spec.source": {}, "spec.interval": "1s"}))
    messages = {e["msg"] for e in caught.value.errors()}
    assert messages == {
        "exactly one of template, r2, configMap, inline and templateRef must be set",
        "must be at least 10s",
    }


def test_errors_do_not_repeat_the_input() -> None:
    body = changed(ELITE, {"spec.customerId": "S3CRET TOKEN", "spec.vars": {"1": "S3CRET TOKEN"}})
    with pytest.raises(ValidationError) as caught:
        EliteWorker.model_validate(body)
    assert "S3CRET" not in str(caught.value)


def test_defaults_of_a_worker() -> None:
    spec = CustomerWorker.model_validate(CUSTOMER).spec
    assert (spec.platform, spec.instances, spec.interval) == ("default", 1, "5m")
    assert (spec.health.interval, spec.health.timeout) == ("1m", "5s")
    assert (spec.health.path, spec.health.failure_threshold) == (None, 3)
    assert spec.policies.deletion == "Delete"
    assert (spec.script_name, spec.source, spec.parameters, spec.vars) == (None, None, {}, {})
    assert spec.suspended is False


def test_durations_are_seconds() -> None:
    changes = {"spec.interval": "1h30m", "spec.health": {"interval": "1.5s", "timeout": "250ms"}}
    spec = EliteWorker.model_validate(changed(ELITE, changes)).spec
    assert spec.interval_seconds == 5400
    assert (spec.health.interval_seconds, spec.health.timeout_seconds) == (1.5, 0.25)
    assert WorkersPlatform.model_validate(PLATFORM).spec.interval_seconds == 300


@pytest.mark.parametrize(("given", "suspended"), [(ABSENT, False), (False, False), (True, True)])
@pytest.mark.parametrize("base", [ELITE, CUSTOMER, PLATFORM], ids=lambda base: str(base["kind"]))
def test_suspended(base: dict[str, Any], given: object, suspended: bool) -> None:
    body = base if given is ABSENT else changed(base, {"spec.suspend": given})
    spec: Any = KINDS[base["kind"]].model_validate(body).spec
    assert spec.suspended is suspended


def test_names_of_a_platform_follow_its_environment() -> None:
    spec = WorkersPlatform.model_validate(PLATFORM).spec
    assert spec.dispatch_namespace == "code24-staging"
    assert spec.dispatcher == "code24-dispatcher-staging"
    own = {"spec.environment": "dev", "spec.dispatch": {"namespace": "mine"}}
    spec = WorkersPlatform.model_validate(changed(PLATFORM, own)).spec
    assert (spec.dispatch_namespace, spec.dispatcher) == ("mine", "code24-dispatcher-dev")


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        ("code24.dev", "code24.dev"),
        ("a.b.code24.dev", "code24.dev"),
        ("eu.apps.code24.dev", "apps.code24.dev"),
    ],
)
def test_the_zone_of_the_domain_is_the_closest(domain: str, zone: str) -> None:
    zones = [{"name": name, "id": ZONE} for name in ("code24.dev", "apps.code24.dev", "other.dev")]
    body = changed(PLATFORM, {"spec.zones": zones, "spec.domain": domain})
    found = WorkersPlatform.model_validate(body).spec.zone
    assert found is not None
    assert found.name == zone


def test_models_are_frozen() -> None:
    worker = EliteWorker.model_validate(ELITE)
    with pytest.raises(ValidationError):
        worker.spec.instances = 2  # type: ignore[misc]


def test_an_object_as_the_api_server_returns_it() -> None:
    body = changed(
        ELITE,
        {
            "metadata.uid": "u",
            "metadata.generation": 4,
            "metadata.resourceVersion": "77",
            "metadata.creationTimestamp": "2026-01-31T08:00:00Z",
            "metadata.managedFields": [{"manager": "kubectl"}],
            "status.observedGeneration": 3,
            "status.fieldOfANewerOperator": {"a": 1},
        },
    )
    worker = EliteWorker.model_validate(body)
    assert (worker.metadata.uid, worker.metadata.generation) == ("u", 4)
    assert worker.metadata.resource_version == "77"
    assert (worker.metadata.deletion_timestamp, worker.metadata.finalizers) == (None, ())
    assert worker.status.observed_generation == 3


def test_an_object_without_status_was_never_observed() -> None:
    assert EliteWorker.model_validate(ELITE).status.observed_generation == -1


def test_a_status_is_dumped_as_the_api_server_wants_it() -> None:
    ready = Condition(
        type="Ready",
        status="True",
        reason="Succeeded",
        message="",
        last_transition_time="2026-01-31T08:00:00Z",
        observed_generation=2,
    )
    status = WorkerStatus(
        observed_generation=2,
        conditions=(ready,),
        script_name="brand-worker-customer-123",
        urls=("https://customer123.code24.dev/elite/brand/",),
        source=SourceStatus(from_="template/brand", digest="sha256:00"),
        versions=Versions(stable="4f2a91c0"),
        instances=0,
        health=HealthStatus(),
    )
    assert status.dump() == {
        "observedGeneration": 2,
        "conditions": [
            {
                "type": "Ready",
                "status": "True",
                "reason": "Succeeded",
                "message": "",
                "lastTransitionTime": "2026-01-31T08:00:00Z",
                "observedGeneration": 2,
            }
        ],
        "scriptName": "brand-worker-customer-123",
        "urls": ["https://customer123.code24.dev/elite/brand/"],
        "source": {"from": "template/brand", "digest": "sha256:00"},
        "versions": {"stable": "4f2a91c0"},
        "instances": 0,
        "health": {"state": "Unknown", "consecutiveFailures": 0},
    }
    assert WorkerStatus.model_validate(status.dump()) == status


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ({"platform": {}}, {"scriptName": "s", "versions": {"stable": "1"}}),
        ({"versions": "x", "urls": 5}, {"platform": "p", "scriptName": "s"}),
        ({"conditions": [{"type": "Ready"}]}, {"platform": "p"}),
        ({"observedGeneration": "x"}, {"platform": "p"}),
    ],
)
def test_a_status_is_read_as_far_as_it_can_be(broken: Any, kept: dict[str, Any]) -> None:
    """What somebody else has broken must not hide where something of the worker is."""
    status = {**kept, **broken}
    wanted = WorkerStatus.model_validate(kept)
    assert WorkerStatus.tolerant(status) == wanted
    assert CustomerWorker.model_validate({**CUSTOMER, "status": status}).status == wanted


@pytest.mark.parametrize("status", [None, 5, "x", [], [1], True])
def test_a_status_that_is_no_mapping_reads_as_none(status: object) -> None:
    assert WorkerStatus.tolerant(status) == WorkerStatus()
    assert CustomerWorker.model_validate({**CUSTOMER, "status": status}).status == WorkerStatus()
