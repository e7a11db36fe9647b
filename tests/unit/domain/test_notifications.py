"""What people are told, in which form, signed how, and when it is sent again: all of it pure."""

import base64
import json
from datetime import UTC, datetime
from typing import get_args

import pytest

from support.webhooks import KEY, KEY_TEXT, is_signed
from workers_operator.domain.conditions import Fact
from workers_operator.domain.notifications import messages
from workers_operator.domain.notifications.attempts import DEADLINE_SECONDS, WebhookAnswer, judge
from workers_operator.domain.notifications.messages import MessageSource
from workers_operator.domain.notifications.notices import (
    NoticeFilter,
    ProblemNotice,
    after,
    outstanding,
)
from workers_operator.domain.notifications.problems import (
    ObjectProblem,
    ProblemKind,
    platform_problem,
    worker_problem,
)
from workers_operator.domain.notifications.signing import BadSigningKey, SigningKey
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources.notifications.spec import NotificationEvent

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
SHOP = ObjectKey("CustomerWorker", "shop", "one")
SOURCE = MessageSource("default", "ops")
EVERYTHING = NoticeFilter()


def problem(
    kind: ProblemKind = ProblemKind.WORKER_NOT_READY, name: str = "one", reason: str = "Broken"
) -> ObjectProblem:
    key = ObjectKey("CustomerWorker", "shop", name)
    return ObjectProblem(kind, "default", key, reason, "it is broken", "2026-01-31T08:00:00Z")


def by_id(*problems: ObjectProblem) -> dict[str, ObjectProblem]:
    return {p.id: p for p in problems}


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        ("True", "Succeeded", None),
        ("True", "Suspended", None),
        ("False", "ScriptRejected", "WorkerNotReady"),
        ("False", "ProbeFailed", "WorkerUnhealthy"),
        ("False", "RolledBackUnhealthy", "RolloutFailed"),
        ("False", "RolloutAborted", "RolloutFailed"),
        ("False", "ContentTampered", "ContentTampered"),
        ("False", "HostnameConflict", "OwnershipConflict"),
        ("False", "ScriptNameConflict", "OwnershipConflict"),
        ("False", "ReasonOfALaterRelease", "WorkerNotReady"),
        ("False", "Pending", None),
        ("False", "Progressing", None),
        ("False", "AwaitingPropagation", None),
        ("False", "RolloutProgressing", None),
        ("False", "RolloutPaused", None),
        ("False", "RolledBack", None),  # by order
        ("False", "PlatformNotReady", None),  # told once, of the platform
        ("False", "CredentialsRejected", None),
        ("False", "RateLimited", None),
    ],
)
def test_what_a_workers_ready_condition_tells(status: str, reason: str, kind: str | None) -> None:
    facts = {"Ready": Fact("Ready", status, reason, "why")}  # type: ignore[arg-type]
    found = worker_problem(facts, is_degraded=False)
    assert (found.kind.value if found else None) == kind


def test_a_degraded_worker_is_a_problem_although_it_is_ready() -> None:
    facts = {
        "Ready": Fact("Ready", "True", "Succeeded", "version 1 answers"),
        "Healthy": Fact("Healthy", "True", "Degraded", "7 % of its requests fail"),
    }
    found = worker_problem(facts, is_degraded=True)
    assert found is not None
    assert (found.kind, found.condition.message) == ("WorkerDegraded", "7 % of its requests fail")
    assert worker_problem(facts, is_degraded=False) is None


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("CredentialsRejected", "TokenInvalid"),
        ("SecretNotFound", "PlatformNotReady"),
        ("DataPlaneUnreachable", "PlatformNotReady"),
        ("RateLimited", "ApiBudgetExhausted"),
        ("ContentTampered", "ContentTampered"),
        ("PlatformConflict", "OwnershipConflict"),
        ("InUse", None),
        ("Pending", None),
    ],
)
def test_what_a_platforms_conditions_tell(reason: str, kind: str | None) -> None:
    facts = {
        "Authenticated": Fact("Authenticated", "False", reason, "why"),
        "Ready": Fact("Ready", "False", reason, "why"),
    }
    found = platform_problem(facts)
    assert (found.kind.value if found else None) == kind


def test_an_object_that_nobody_has_looked_at_has_no_problem() -> None:
    assert worker_problem({}, is_degraded=False) is None
    assert platform_problem({}) is None


def test_specs_name_all_kinds() -> None:
    assert set(get_args(NotificationEvent)) == {kind.value for kind in ProblemKind}


# --- what is to be told -----------------------------------------------------------------------------------------------


def test_a_problem_is_told_once_and_its_end_once() -> None:
    one = problem()
    first = outstanding(by_id(one), {}, (), EVERYTHING)
    assert [(n.state, n.problem) for n in first] == [("Open", one)]
    told = after({}, first)
    assert outstanding(by_id(one), told, (), EVERYTHING) == []
    over = outstanding({}, told, (), EVERYTHING)
    assert [(n.state, n.problem) for n in over] == [("Resolved", one)]
    assert outstanding({}, after(told, over), (), EVERYTHING) == []


def test_another_reason_is_the_same_problem() -> None:
    told = after({}, outstanding(by_id(problem()), {}, (), EVERYTHING))
    assert outstanding(by_id(problem(reason="Worse")), told, (), EVERYTHING) == []


def test_what_has_just_begun_or_ended_is_waited_for() -> None:
    one = problem()
    assert outstanding(by_id(one), {}, {one.id}, EVERYTHING) == []
    assert outstanding({}, by_id(one), {one.id}, EVERYTHING) == []


def test_the_most_urgent_comes_first() -> None:
    tampered, broken = problem(ProblemKind.CONTENT_TAMPERED, "two"), problem()
    over = problem(name="three")
    found = outstanding(by_id(broken, tampered), by_id(over), (), EVERYTHING)
    assert [n.problem for n in found] == [tampered, broken, over]


def test_a_webhook_gets_what_it_wants_and_the_end_of_what_it_knows() -> None:
    critical = NoticeFilter(severity="Critical")
    only = NoticeFilter(frozenset({"WorkerNotReady"}))
    tampered, broken = problem(ProblemKind.CONTENT_TAMPERED, "two"), problem()
    wrong = by_id(broken, tampered)
    assert [n.problem for n in outstanding(wrong, {}, (), critical)] == [tampered]
    assert [n.problem for n in outstanding(wrong, {}, (), only)] == [broken]
    assert [n.state for n in outstanding({}, by_id(broken), (), critical)] == ["Resolved"]


# --- the messages -----------------------------------------------------------------------------------------------------


def test_a_notification_is_a_cloud_event() -> None:
    one = problem()
    message = messages.single(SOURCE, ProblemNotice("Open", one.id, one), "2026-01-31T08:01:00Z")
    assert json.loads(message.body) == {
        "specversion": "1.0",
        "id": message.id,
        "source": "/apis/workers.code24.dev/v1alpha1/workersplatforms/default",
        "type": "dev.code24.workers.WorkerNotReady.Open",
        "subject": "CustomerWorker/shop/one",
        "time": "2026-01-31T08:01:00Z",
        "datacontenttype": "application/json",
        "data": {
            "state": "Open",
            "problem": one.id,
            "kind": "WorkerNotReady",
            "severity": "Warning",
            "reason": "Broken",
            "message": "it is broken",
            "since": "2026-01-31T08:00:00Z",
            "platform": "default",
            "object": {"kind": "CustomerWorker", "namespace": "shop", "name": "one"},
        },
    }


def test_the_same_notice_has_the_same_id_and_others_have_others() -> None:
    one, two = problem(), problem(name="two")
    ids = {
        messages.single(source, ProblemNotice(state, p.id, p), moment).id
        for source in (SOURCE, MessageSource("default", "other"))
        for state in ("Open", "Resolved")
        for p in (one, two)
        for moment in ("2026-01-31T08:01:00Z", "2026-01-31T09:00:00Z")
    }
    assert len(ids) == 8


def test_the_end_of_a_problem_whose_object_is_gone_has_its_id() -> None:
    event = json.loads(messages.single(SOURCE, ProblemNotice("Resolved", "abc", None), "now").body)
    assert event["type"] == "dev.code24.workers.Problem.Resolved"
    assert event["data"] == {"state": "Resolved", "problem": "abc"}
    assert "subject" not in event


def test_a_digest_counts_all_and_lists_some() -> None:
    many = [problem(name=f"w{i}") for i in range(5000)]
    notices = [ProblemNotice("Open", p.id, p) for p in many]
    notices.append(ProblemNotice("Resolved", "abc", None))
    message = messages.digest(SOURCE, notices, "2026-01-31T08:01:00Z")
    data = json.loads(message.body)["data"]
    assert (data["open"], data["resolved"], data["omitted"]) == (5000, 1, 4981)
    assert data["counts"] == {"Problem.Resolved": 1, "WorkerNotReady.Open": 5000}
    assert len(data["notices"]) == 20
    assert len(message.body) < 20_000
    assert len(message.notices) == 5001


def test_nothing_in_a_message_breaks_out_of_its_line() -> None:
    evil = ObjectProblem(
        ProblemKind.WORKER_NOT_READY, "default", SHOP, "Broken", "a\n\x1b[31mb\u202e" * 999, ""
    )
    body = messages.single(SOURCE, ProblemNotice("Open", evil.id, evil), "now").body
    text = json.loads(body)["data"]["message"]
    assert text.isprintable()
    assert len(text) <= 768


# --- signatures -------------------------------------------------------------------------------------------------------


def test_a_signature_is_what_standard_webhooks_publishes() -> None:
    key = SigningKey.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = key.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_changed_body_is_noticed() -> None:
    headers = SigningKey.parse(KEY_TEXT).headers("msg_1", b"{}", 1)
    assert is_signed(headers, b"{}")
    assert not is_signed(headers, b"{ }")
    assert not is_signed({**headers, "webhook-timestamp": "2"}, b"{}")


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_not base64!", base64.b64encode(b"x" * 23).decode(), "whsec_" + "A" * 400],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadSigningKey) as caught:
        SigningKey.parse(text)
    assert not text or text not in str(caught.value)


def test_a_key_is_in_no_repr() -> None:
    assert KEY.decode() not in repr(SigningKey.parse(KEY_TEXT))


# --- attempts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome", "seconds"),
    [
        (200, "", "Delivered", None),
        (204, "", "Delivered", None),
        (0, "", "Again", None),
        (500, "", "Again", None),
        (503, "30", "Again", 30.0),
        (503, "Sat, 31 Jan 2026 08:01:30 GMT", "Again", 90.0),
        (503, "Sat, 31 Jan 2026 07:00:00 GMT", "Again", 0.0),
        (503, "soon", "Again", None),
        (503, "9" * 5000, "GivenUp", None),
        (408, "", "Again", None),
        (429, "7", "Again", 7.0),
        (429, "86400", "GivenUp", None),
        (301, "", "Refused", None),
        (307, "", "Refused", None),
        (400, "", "Refused", None),
        (404, "5", "Refused", None),
        (410, "", "Refused", None),
        (100, "", "Again", None),
        (999, "", "Again", None),
    ],
)
def test_what_an_answer_means(
    status: int, retry_after: str, outcome: str, seconds: float | None
) -> None:
    verdict = judge(WebhookAnswer(status, retry_after=retry_after), 0.0, NOW)
    assert (verdict.outcome, verdict.after) == (outcome, seconds)


def test_a_notification_is_not_sent_for_ever() -> None:
    assert judge(WebhookAnswer(500), DEADLINE_SECONDS - 1, NOW).outcome == "Again"
    assert judge(WebhookAnswer(500), DEADLINE_SECONDS, NOW).outcome == "GivenUp"
    assert judge(WebhookAnswer(429, retry_after="60"), DEADLINE_SECONDS - 30, NOW).outcome == (
        "GivenUp"
    )
