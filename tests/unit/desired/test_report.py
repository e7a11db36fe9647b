"""What each method of the report changes in status, and nothing else; health is read back from there."""

import math
from datetime import UTC, datetime

import pytest

from unit.desired.report_cases import (
    CASES,
    GOOD,
    NEW,
    NOON,
    SERVING,
    STAMP,
    VERSION,
    WELL,
    Case,
    measured,
)
from workers_operator.desired.health import health_of
from workers_operator.desired.report import Report
from workers_operator.domain.conditions import HEALTHY, Fact
from workers_operator.domain.health import probes as verdicts
from workers_operator.domain.health.probes import Health, ProbeAnswer, ProbeResult
from workers_operator.domain.plan.actions import Upload
from workers_operator.domain.plan.worker import VANISHED
from workers_operator.domain.reasons import Reason
from workers_operator.resources import (
    WorkerStatus,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_report_tells_this_and_nothing_else(case: Case) -> None:
    before = Report(WorkerStatus.model_validate(case.before))
    after = case.act(before)
    was, told = before.status.dump(), after.status.dump()
    changed = {k: told.get(k) for k in was.keys() | told.keys() if was.get(k) != told.get(k)}
    assert changed == case.told
    assert {f.type: (f.status, f.reason) for f in after.facts.values()} == case.facts
    messages = " ".join(fact.message for fact in after.facts.values())
    assert all(said in messages for said in case.said)
    for name, default in (("is_conclusive", True), ("requeue", math.inf), ("left", "")):
        assert getattr(after, name) == case.fields.get(name, default)
    assert after.checked is case.fields.get("checked", True)
    assert after.rests is case.fields.get("rests", False)
    assert after.healed == ()


def test_every_method_has_a_case() -> None:
    """Besides those with tests of their own below."""
    methods = {
        name
        for name in vars(Report)
        if not name.startswith("_") and callable(getattr(Report, name))
    }
    used = {name for case in CASES for name in case.act.__code__.co_names}
    assert methods - used == {"healing", "timed"}


def test_an_instance_that_is_out_degrades_a_worker_until_it_is_back() -> None:
    status = WorkerStatus.model_validate(SERVING)
    lacking = ProbeResult(
        GOOD.routed, WELL, GOOD.health, True, out=frozenset({1}), why_out="instance 1 fails"
    )
    out = Report(status).probed(lacking)
    assert out.status.health is not None
    assert (out.status.health.state, out.status.health.out) == ("Degraded", (1,))
    assert out.facts[HEALTHY] == Fact(HEALTHY, "True", Reason.DEGRADED, "instance 1 fails")
    back = Report(out.status).probed(GOOD)
    assert back.status.health is not None
    assert (back.status.health.state, back.status.health.out) == ("Healthy", ())
    assert back.facts[HEALTHY] == WELL


def test_a_promoted_version_succeeds_once_it_is_healthy() -> None:
    status = WorkerStatus.model_validate(
        {
            "versions": {"stable": VERSION},
            "rollout": {"version": VERSION, "phase": "Promoting"},
            "health": {"state": "Healthy", "healthyVersion": VERSION},
        }
    )
    found = Report(status).concluded(NEW, NOON, 5).status
    assert found.rollout is not None
    assert (found.rollout.phase, found.rollout.step_started_at) == ("Succeeded", STAMP)
    assert [(entry.version, entry.result) for entry in found.history] == [(VERSION, "Serving")]


def test_what_is_mended_is_kept_for_events() -> None:
    script = f"w--{VERSION}--0"
    report = Report(WorkerStatus()).healing([Upload(script, 0, VANISHED)])
    assert [repair.reason for repair in report.healed] == ["ScriptRestored"]
    again = report.healing([Upload(script, 0, "the version is new")])
    assert again.healed == report.healed


def test_metrics_are_those_of_the_window() -> None:
    metrics = Report(WorkerStatus()).measured(measured(100)).status.metrics
    assert metrics is not None
    assert (metrics.requests, metrics.errors, metrics.error_rate) == (1000, 100, "10%")


def test_an_outage_begins_when_a_worker_turns_unhealthy() -> None:
    before = WorkerStatus.model_validate(
        {"health": {"state": "Healthy", "since": STAMP, "watchedSince": STAMP}}
    )
    after = WorkerStatus.model_validate(
        {"health": {"state": "Unhealthy", "since": STAMP, "watchedSince": STAMP}}
    )
    later = datetime.fromtimestamp(NOON + 60, UTC)
    health = Report(after).timed(before, later).status.dump()["health"]
    assert health["since"] == "2026-02-02T02:41:00Z"
    assert health["outages"] == [{"from": "2026-02-02T02:41:00Z"}]


def test_health_is_read_back_from_status() -> None:
    before = Health("Unhealthy", 1)
    probed = verdicts.judge(
        ProbeAnswer(500, VERSION, "worker_exception"),
        VERSION,
        before,
        3,
        known_good=False,
        expected=None,
    )
    assert probed.health == Health("Unhealthy", 2)
    status = Report(WorkerStatus()).probed(probed).status
    assert health_of(WorkerStatus.model_validate(status.dump())) == probed.health
    assert status.dump()["health"] == {"state": "Unhealthy", "consecutiveFailures": 2}
    unknown = Health("Unknown", 0)
    assert health_of(WorkerStatus()) == unknown
    assert health_of(WorkerStatus.model_validate({"health": None})) == unknown
