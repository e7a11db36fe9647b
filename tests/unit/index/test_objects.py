"""What an observed object means: news, an edit, or only the echo of our own writing."""

from collections.abc import Mapping
from typing import Any

import pytest

from workers_operator.domain.worker import ObjectKey
from workers_operator.index.objects import (
    Change,
    ObjectCache,
    Readiness,
    acknowledgement,
    check_requested,
    requested_at,
)
from workers_operator.resources import FINALIZER, ObjectMeta, ObservedStatus

KEY = ObjectKey("EliteWorker", "shop", "brand")
FLUX, OURS = "reconcile.fluxcd.io/requestedAt", "workers.code24.dev/requestedAt"
EARLIER, LATER = "2026-01-31T08:00:00Z", "2026-01-31T09:00:00Z"


def seen(
    version: int = 1, *, uid: str = "u1", generation: int = 1, finalizers: tuple[str, ...] = (FINALIZER,),
    annotations: Mapping[str, str] | None = None, status: Mapping[str, Any] | None = None, **metadata: Any,
) -> dict[str, Any]:  # fmt: skip
    return {
        "metadata": {
            "name": "brand", "namespace": "shop", "uid": uid, "generation": generation,
            "resourceVersion": str(version), "finalizers": list(finalizers),
            "annotations": dict(annotations or {}), **metadata,
        },
        "spec": {"type": "brand"},
        "status": dict(status or {}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("then", "change"),
    [
        (seen(2), Change.NONE),
        (seen(2, status={"observedGeneration": 1}), Change.NONE),
        (seen(2, annotations={"note": "x"}), Change.NONE),
        (seen(2, generation=2), Change.EDITED),
        (seen(2, annotations={OURS: LATER}), Change.EDITED),
        (seen(2, annotations={FLUX: LATER}), Change.EDITED),
        (seen(2, deletionTimestamp=LATER), Change.EDITED),
        (seen(1, generation=2), Change.NONE),
        (seen(0, generation=0), Change.NONE),
        (seen(2, uid="u2"), Change.FOUND),
        (seen(0, uid="u2"), Change.FOUND),
    ],
    ids=[
        "same", "status", "annotation", "spec", "our request", "flux's request", "deletion",
        "same version", "older version", "re-created", "re-created, version of another store",
    ],
)  # fmt: skip
def test_what_an_observation_means(then: dict[str, Any], change: Change) -> None:
    cache = ObjectCache()
    assert cache.observe(KEY, seen(1)) is Change.FOUND
    assert cache.observe(KEY, then) is change


def test_our_finalizer_tells_whether_an_object_is_guarded_and_its_loss_is_news() -> None:
    cache = ObjectCache()
    assert cache.observe(KEY, seen(1, finalizers=())) is Change.FOUND
    assert cache.observe(KEY, seen(2, finalizers=("somebody-elses",))) is Change.NONE
    assert cache.observe(KEY, seen(3)) is Change.NONE
    assert cache.observe(KEY, seen(4, finalizers=("somebody-elses",))) is Change.RELEASED
    assert cache.observe(KEY, seen(5, finalizers=())) is Change.NONE
    assert cache.observe(KEY, seen(6)) is Change.NONE


def test_an_edit_that_takes_our_finalizer_away_is_an_edit() -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(1))
    assert cache.observe(KEY, seen(2, generation=2, finalizers=())) is Change.EDITED


def test_an_echo_is_what_a_write_of_ours_has_answered() -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(1))
    uid = seen(1)["metadata"]["uid"]
    cache.observe_own_write(KEY, seen(2))
    assert not cache.is_echo("another-uid", 2)
    cache.observe_own_write(KEY, seen(3))
    assert not cache.is_echo(uid, 4)
    assert cache.is_echo(uid, 3)
    assert not cache.is_echo(uid, 3), "a watch that begins anew tells of it again"


def test_an_answer_that_shows_an_edit_is_no_echo() -> None:
    """The watch reports it as the edit that it is."""
    cache = ObjectCache()
    cache.observe(KEY, seen(1))
    cache.observe_own_write(KEY, seen(3, generation=2))
    assert not cache.is_echo(seen(1)["metadata"]["uid"], 3)
    assert cache.observe(KEY, seen(3, generation=2)) is Change.EDITED


def test_of_writes_whose_echo_never_comes_few_are_remembered() -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(1))
    for version in range(2, 1_300):
        cache.observe_own_write(KEY, seen(version))
    uid = seen(1)["metadata"]["uid"]
    assert next(n for n in range(1_300) if cache.is_echo(uid, n)) == 300


def test_an_older_state_does_not_overwrite_a_newer_one() -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(12, generation=2))
    cache.observe(KEY, seen(9, generation=1))
    record = cache.get(KEY)
    assert record is not None
    assert record.generation == 2


def test_a_record_holds_the_object_without_what_nobody_reads() -> None:
    cache = ObjectCache()
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    cache.observe(KEY, {**seen(7, status=ready, managedFields=[{}]), "apiVersion": "x"})
    record = cache.get(KEY)
    assert record is not None
    assert record.readiness is Readiness.READY
    assert record.guarded
    assert not record.deleting
    body = record.body()
    assert "managedFields" not in body["metadata"]
    assert (body["spec"], body["status"]) == ({"type": "brand"}, ready)


@pytest.mark.parametrize(
    ("conditions", "readiness"),
    [
        ([], Readiness.NOT_READY),
        ([("Healthy", "True", "X")], Readiness.NOT_READY),
        ([("Healthy", "False", "X"), ("Ready", "True", "Succeeded")], Readiness.READY),
        ([("Ready", "True", "Parked")], Readiness.READY),
        ([("Ready", "False", "ProbeFailed")], Readiness.NOT_READY),
        ([("Ready", "True", "Suspended")], Readiness.SUSPENDED),
        ([("Ready", "True", "PlatformSuspended")], Readiness.SUSPENDED),
        ([("Ready", "False", "PlatformSuspended")], Readiness.NOT_READY),
    ],
)
def test_one_that_is_suspended_is_neither_ready_nor_failing(
    conditions: list[tuple[str, str, str]], readiness: Readiness
) -> None:
    cache = ObjectCache()
    found = [{"type": t, "status": s, "reason": r} for t, s, r in conditions]
    cache.observe(KEY, seen(status={"conditions": found}))
    record = cache.get(KEY)
    assert record is not None
    assert record.readiness is readiness
    assert record.ready is (readiness is Readiness.READY)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, ("Pending", "Unknown")),
        ({"health": {"state": "Unhealthy"}}, ("Pending", "Unhealthy")),
        ({"health": {"state": "x"}, "conditions": [{"type": "Ready"}]}, ("Unknown", "Unknown")),
        (
            {"conditions": [{"type": "Ready", "status": "False", "reason": "ProbeFailed"}]},
            ("ProbeFailed", "Unknown"),
        ),
        (
            {"conditions": [{"type": "Ready", "status": "False", "reason": "customer-123"}]},
            ("Unknown", "Unknown"),
        ),
    ],
)
def test_a_standing_has_no_words_but_ours(
    status: dict[str, Any], expected: tuple[str, str]
) -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(7, status=status))
    record = cache.get(KEY)
    assert record is not None
    assert (record.standing.reason, record.standing.health) == expected


@pytest.mark.parametrize(
    ("reason", "is_bounded"), [("TooManyReplicas", True), ("TooFewReplicas", False)]
)
def test_a_standing_tells_whether_load_asks_for_more_than_is_allowed(
    reason: str, is_bounded: bool
) -> None:
    cache = ObjectCache()
    limited = {"type": "ScalingLimited", "status": "True", "reason": reason}
    cache.observe(KEY, seen(7, status={"conditions": [limited]}))
    record = cache.get(KEY)
    assert record is not None
    assert record.standing.is_bounded is is_bounded


def test_removing_leaves_an_object_that_has_taken_the_name() -> None:
    cache = ObjectCache()
    cache.observe(KEY, seen(1))
    cache.observe(KEY, seen(2, uid="u2"))
    assert not cache.remove(KEY, "u1")
    assert KEY in cache
    assert cache.remove(KEY, "u2")
    assert (KEY in cache, len(cache), cache.get(KEY)) == (False, 0, None)
    assert not cache.remove(KEY, "u2")


@pytest.mark.parametrize(
    ("annotations", "handled", "wanted"),
    [
        ({}, None, False),
        ({OURS: ""}, None, False),
        ({OURS: LATER}, None, True),
        ({OURS: LATER}, LATER, False),
        ({OURS: LATER}, EARLIER, True),
        ({FLUX: LATER}, EARLIER, True),
        ({FLUX: LATER}, LATER, False),
        ({FLUX: LATER, OURS: EARLIER}, LATER, False),
        ({FLUX: EARLIER, OURS: LATER}, EARLIER, True),
        ({FLUX: EARLIER, OURS: LATER}, LATER, False),
    ],
)
def test_whether_a_check_is_asked_for(
    annotations: dict[str, str], handled: str | None, wanted: bool
) -> None:
    body = seen(annotations=annotations, status={"lastHandledReconcileAt": handled})
    status = ObservedStatus.model_validate(body["status"])
    assert check_requested(ObjectMeta.model_validate(body["metadata"]), status) is wanted


def test_the_later_of_two_requests_is_the_later_time_wherever_it_was_written() -> None:
    flux, ours = "2026-01-31T10:30:00.123456789+02:00", "2026-01-31T09:00:00Z"
    metadata = seen(annotations={FLUX: flux, OURS: ours})["metadata"]
    assert acknowledgement(ObjectMeta.model_validate(metadata)) == ours


@pytest.mark.parametrize("annotation", [FLUX, OURS])
def test_a_handled_request_is_acknowledged_in_its_own_words(annotation: str) -> None:
    metadata = seen(annotations={annotation: "whatever 1"})["metadata"]
    assert acknowledgement(ObjectMeta.model_validate(metadata)) == "whatever 1"
    assert acknowledgement(ObjectMeta.model_validate(seen()["metadata"])) is None
    assert acknowledgement(ObjectMeta(name="brand")) is None
    assert requested_at({"annotations": None}) == ""
