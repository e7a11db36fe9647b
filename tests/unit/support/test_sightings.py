"""What is found in the bytes of a watch event, and what somebody else's status does not pass for."""

import json
from typing import Any

import pytest

from support.sightings import seen

REASONS = ("InvalidSpec", "Succeeded")


def event(kind: str = "MODIFIED", spec: Any = None, **status: Any) -> bytes:
    metadata = {
        "annotations": {"x": '"name":"other","namespace":"other","resourceVersion":"1"'},
        "generation": 2,
        "managedFields": [{"fieldsV1": {"f:status": {}}}],
        "name": "h1",
        "namespace": "hostile",
        "resourceVersion": "77",
        "uid": "u",
    }
    obj = {"kind": "CustomerWorker", "metadata": metadata, "spec": spec or {}}
    if status:
        obj["status"] = status
    return json.dumps({"type": kind, "object": obj}, separators=(",", ":")).encode() + b"\n"


def ready(reason: str, **fields: Any) -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": "False", "reason": reason}], **fields}


def test_an_event_tells_which_object_it_is_and_what_it_says() -> None:
    found = seen(event(**ready("InvalidSpec", observedGeneration=2)))
    assert found is not None
    assert found[:2] == ("h1", "hostile")
    assert (found[2].version, found[2].gone) == (77, False)
    assert found[2].says(REASONS, 2) == "InvalidSpec"
    assert found[2].says(REASONS, 3) == ""


def test_an_end_is_one() -> None:
    found = seen(event("DELETED"))
    assert found is not None
    assert found[2].gone


@pytest.mark.parametrize(
    "status",
    [
        ready("x", observedGeneration=2),  # nobody's reason
        ready("InvalidSpec"),
        ready("InvalidSpec", observedGeneration="2"),
        {"conditions": {"Ready": "InvalidSpec"}, "observedGeneration": 2},
        {"conditions": [None, {"type": "Ready"}], "observedGeneration": 2},
        {},
    ],
)
def test_a_status_of_somebody_else_is_no_condition(status: dict[str, Any]) -> None:
    found = seen(event(**status))
    assert found is not None
    assert found[2].says(REASONS, 1) == ""


def test_a_bookmark_is_no_object() -> None:
    assert seen(b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n') is None
