"""Webhooks are told what is wrong and when it is over: once, also after a restart, and not too often."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from support.cloudflare import Script
from support.scripts import says
from support.webhooks import KEY_TEXT, Posted, Receivers, is_signed
from support.world import PLATFORM, World
from support.world_bodies import OPERATOR_NAMESPACE, SHOP, customer
from workers_operator.domain.notifications.attempts import WebhookAnswer
from workers_operator.domain.worker import ObjectKey

URL = "http://receiver.internal/hook"
OPS: Mapping[str, Any] = {"name": "ops", "url": URL, "secretRef": {"name": "ops-webhook"}}
NOWHERE: Mapping[str, Any] = {"configMap": {"name": "nowhere", "key": "x"}}
LEARNED = 15.0  # what has begun is waited for, and a status written
OPENED = "WorkerNotReady.Open CustomerWorker/shop/shop"
RESOLVED = "WorkerNotReady.Resolved CustomerWorker/shop/shop"


@pytest.fixture
async def world(world: World) -> World:
    """A world whose platform has a webhook, and a worker that is Ready."""
    world.api.put_secret(OPERATOR_NAMESPACE, "ops-webhook", {"key": KEY_TEXT})
    world.edit(PLATFORM, notifications=[OPS])
    world.apply(customer())
    await world.settle(60)
    assert world.is_ready(SHOP)
    assert await world.notify(LEARNED) == []
    return world


def breaks(world: World, key: ObjectKey = SHOP) -> None:
    world.edit(key, source=NOWHERE)


def mend(world: World, key: ObjectKey = SHOP) -> None:
    world.edit(key, source={"inline": {"script": says("one")}})


def condition(world: World) -> Mapping[str, Any]:
    conditions = world.status(PLATFORM)["conditions"]
    found: Mapping[str, Any] = next(c for c in conditions if c["type"] == "NotificationsDelivered")
    return found


def answers(receivers: Receivers, *statuses: int, **more: str) -> None:
    """Has requests answered so, the last for ever."""
    left = list(statuses)

    def answer(posted: Posted) -> WebhookAnswer:
        return WebhookAnswer(left.pop(0) if len(left) > 1 else left[0], **more)

    receivers.answer = answer


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_problem_and_its_end_are_told_once(world: World) -> None:
    breaks(world)
    assert await world.notify(LEARNED) == [OPENED]
    assert await world.notify(900) == []
    mend(world)
    assert await world.notify(LEARNED + 60) == [RESOLVED]
    assert await world.notify(900) == []
    assert world.receivers.outcomes == ["default ops Delivered"] * 2
    assert condition(world)["status"] == "True"


async def test_a_notification_is_signed_and_says_what_is_wrong(world: World) -> None:
    breaks(world)
    await world.settle(5)
    world.operator.notifier.start_sending()
    await world.settle(12)
    world.operator.notifier.start_sending()
    await world.settle(1)
    [posted] = world.receivers.posted
    assert (posted.url, posted.may_be_private) == (URL, True)
    assert is_signed(posted.headers, posted.body)
    data = posted.event["data"]
    assert (data["reason"], data["platform"]) == ("ConfigMapNotFound", "default")
    assert "nowhere" in data["message"]


async def test_what_is_over_at_once_is_not_told(world: World) -> None:
    breaks(world)
    assert await world.notify(5) == []
    mend(world)
    assert await world.notify(60) == []


async def test_an_update_is_no_problem(world: World) -> None:
    world.edit(SHOP, source={"inline": {"script": says("two")}})
    assert await world.notify(300) == []


async def test_a_deleted_worker_has_no_problem_any_more(world: World) -> None:
    breaks(world)
    assert await world.notify(LEARNED) == [OPENED]
    world.delete(SHOP)
    assert await world.notify(LEARNED + 120) == [RESOLVED]


async def test_a_webhook_is_told_of_its_own_platform_only(world: World) -> None:
    world.add_platform("other")
    world.apply(customer("two", namespace="team", platform="other", source=NOWHERE, script=None))
    assert await world.notify(60) == []


async def test_nothing_of_other_tenants_is_told(world: World) -> None:
    rival = customer("shop", namespace="rival-team", customerId="c1")
    world.apply(rival)
    await world.notify(5)
    for _ in range(30):
        world.operator.notifier.start_sending()
        await world.settle(1)
    [posted] = world.receivers.posted
    assert posted.told == "OwnershipConflict.Open CustomerWorker/rival-team/shop"
    assert "shop/shop" not in posted.body.decode().replace("rival-team/shop", "")
    assert '"shop"' not in posted.event["data"]["message"]


async def test_a_repair_is_told(world: World) -> None:
    scripts = world.cloudflare.scripts["ns"]
    [name] = scripts
    evil = Script.of(says("evil"), tags=scripts[name].tags)
    evil.modified = world.cloudflare.now()
    scripts[name] = evil
    told = await world.notify(700)
    assert told == ["ContentTampered.Repaired CustomerWorker/shop/shop"]


async def test_a_refused_token_is_told_of_the_platform_alone(world: World) -> None:
    world.cloudflare.tokens.clear()
    told = await world.notify(700)
    assert told == ["TokenInvalid.Open WorkersPlatform/default"]
    world.api.put_secret(OPERATOR_NAMESPACE, "default", {"token": "new"})
    world.cloudflare.tokens.add("new")
    world.request_check(PLATFORM)
    assert await world.notify(60) == ["TokenInvalid.Resolved WorkersPlatform/default"]


async def test_a_budget_that_is_used_up_for_long_is_told(world: World) -> None:
    def leave(calls: int) -> None:
        parts = vars(world.operator.notifier)
        parts["_neighbours"] = replace(parts["_neighbours"], budget=lambda _: (calls, 1200))

    leave(3)
    assert await world.notify(550) == []
    assert await world.notify(100) == ["ApiBudgetExhausted.Open WorkersPlatform/default"]
    leave(1000)
    assert await world.notify(300) == []  # the next window may be used up again
    assert await world.notify(120) == ["ApiBudgetExhausted.Resolved WorkersPlatform/default"]


# --- a process that starts anew ---------------------------------------------------------------------------------------


async def test_a_restart_tells_nothing_again(world: World) -> None:
    breaks(world)
    assert await world.notify(LEARNED + 30) == [OPENED]
    await world.restart()
    assert await world.notify(120) == []
    mend(world)
    assert await world.notify(LEARNED + 60) == [RESOLVED]


async def test_what_was_not_delivered_before_a_restart_is_told_after_it(world: World) -> None:
    answers(world.receivers, 0)
    breaks(world)
    [first, *_] = [p for p in [await world.notify(LEARNED)] if p]
    assert first[0] == OPENED
    await world.restart()
    answers(world.receivers, 204)
    assert await world.notify(60) == [OPENED]


async def test_a_notification_that_is_sent_again_after_a_crash_has_the_same_id(
    world: World,
) -> None:
    breaks(world)
    await world.settle(5)
    ids = set()
    for _ in range(2):  # the process ends before the status tells that it was delivered
        await world.restart()
        world.operator.notifier.start_sending()
        await world.settle(0.5)
        await world.advance(11)
        world.operator.notifier.start_sending()
        await world.advance(0.1)
        ids |= {posted.event["id"] for posted in world.receivers.posted}
        assert world.receivers.told() == [OPENED]
    assert len(ids) == 1


async def test_the_end_of_a_problem_is_told_although_nobody_was_there_to_see_it(
    world: World,
) -> None:
    breaks(world)
    assert await world.notify(LEARNED + 30) == [OPENED]
    [id_] = world.status(PLATFORM)["notifications"][0]["open"]
    world.delete(SHOP)
    await world.settle(2)
    assert SHOP not in world.api
    await world.restart()
    world.operator.notifier.start_sending()
    await world.settle(2)
    world.operator.notifier.start_sending()
    await world.settle(2)
    [posted] = world.receivers.posted
    assert posted.event["data"] == {"state": "Resolved", "problem": id_}


# --- receivers that do not do what they should ------------------------------------------------------------------------


async def test_a_failing_receiver_gets_the_same_notification_again(world: World) -> None:
    answers(world.receivers, 500, 500, 200)
    breaks(world)
    await world.settle(5)
    for _ in range(40):
        world.operator.notifier.start_sending()
        await world.settle(1)
    posted = world.receivers.posted
    assert [p.told for p in posted] == [OPENED] * 3
    assert len({(p.event["id"], p.body) for p in posted}) == 1
    stamps = [int(p.headers["webhook-timestamp"]) for p in posted]
    assert stamps == sorted(set(stamps))
    assert all(is_signed(p.headers, p.body) for p in posted)


async def test_a_receiver_says_when_it_wants_it_again(world: World) -> None:
    answers(world.receivers, 429, 200, retry_after="120")
    breaks(world)
    assert await world.notify(100) == [OPENED]
    assert await world.notify(60) == [OPENED]


async def test_a_refused_notification_is_not_sent_again_until_the_webhook_changes(
    world: World,
) -> None:
    answers(world.receivers, 404)
    breaks(world)
    assert await world.notify(600) == [OPENED]
    assert condition(world)["reason"] == "NotificationsFailing"
    assert condition(world)["message"] == "webhook 'ops': the receiver answered HTTP 404"
    assert world.is_ready(PLATFORM)
    [event] = [e for e in world.events.about(PLATFORM) if "Notifications" in e]
    assert event.startswith("Warning NotificationsFailing")
    answers(world.receivers, 204)
    world.edit(PLATFORM, notifications=[{**OPS, "url": f"{URL}/2"}])
    assert await world.notify(60) == [OPENED]
    await world.settle(30)
    assert condition(world)["status"] == "True"


async def test_a_receiver_that_is_down_is_told_of_everything_in_one_once_it_is_back(
    world: World,
) -> None:
    answers(world.receivers, 503)
    keys = [world.apply(customer(name)) for name in ("a", "b")]
    await world.settle(60)
    for key in (SHOP, *keys):
        breaks(world, key)
    told = await world.notify(1200)
    assert 10 < len(told) < 60
    assert "default ops GivenUp" in world.receivers.outcomes
    assert condition(world)["message"] == "webhook 'ops': the receiver answered HTTP 503"
    answers(world.receivers, 204)
    told = await world.notify(700)
    assert told[-1] == "Digest"
    assert len(told) <= 2


async def test_many_problems_are_told_in_a_digest(world: World) -> None:
    names = [f"w{i}" for i in range(60)]
    for name in names:
        world.apply(customer(name, source=NOWHERE, script=None))
    told = await world.notify(60)
    assert 10 <= len(told) - 1 <= 12
    assert told[-1] == "Digest"
    assert len(world.status(PLATFORM)["notifications"][0]["open"]) == 60


async def test_a_pass_waits_for_no_webhook(world: World) -> None:
    async def hangs(*_: Any, **__: Any) -> WebhookAnswer:
        await world.clock.sleep(10**6)
        return WebhookAnswer(204)

    world.receivers.post = hangs  # type: ignore[method-assign]
    breaks(world)
    await world.notify(LEARNED)
    mend(world)
    await world.settle(30)
    assert world.is_ready(SHOP)


# --- webhooks that cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("webhook", "problem"),
    [
        ({"url": "http://example.com/"}, "url does not use https"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url has a private host"),
        ({"url": "https://[::1]/"}, "url has a private host"),
        ({"url": "https://kubernetes.default.svc.cluster.local/"}, "url has a private host"),
        ({"url": "https://2130706433/"}, "url has a private host"),
        ({"url": "https://0x7f.1/"}, "url has a private host"),
        ({"url": "https://example.com/%2e%2e/x"}, "url is not a plain URL"),
        ({"secretRef": {"name": "missing"}}, "Secret code24-workers/missing does not exist"),
        ({"secretRef": {"name": "ops-webhook", "key": "no"}}, "ops-webhook has no 'no'"),
        ({"secretRef": {"name": "default", "key": "token"}}, "code24-workers/default is not"),
        ({"urlSecretRef": {"name": "default", "key": "token"}}, "the URL in its Secret is not"),
    ],
)
async def test_a_webhook_that_cannot_be_used_says_why(
    world: World, webhook: dict[str, Any], problem: str
) -> None:
    spec = {**OPS, **webhook}
    if "urlSecretRef" in webhook:
        del spec["url"]
    world.edit(PLATFORM, notifications=[spec])
    breaks(world)
    assert await world.notify(60) == []
    assert condition(world)["status"] == "False"
    assert problem in condition(world)["message"]
    assert world.is_ready(PLATFORM)


async def test_a_url_may_come_from_a_secret_and_is_in_no_status(world: World) -> None:
    world.api.put_secret(OPERATOR_NAMESPACE, "hook", {"url": f"{URL}?token=very-secret"})
    spec = {**OPS, "urlSecretRef": {"name": "hook", "key": "url"}}
    del spec["url"]
    world.edit(PLATFORM, notifications=[spec])
    answers(world.receivers, 404)
    breaks(world)
    for _ in range(20):
        world.operator.notifier.start_sending()
        await world.settle(1)
    [posted] = world.receivers.posted
    assert posted.url == f"{URL}?token=very-secret"
    assert "very-secret" not in str(world.status(PLATFORM)) + str(world.events.posted)


async def test_a_platform_without_webhooks_says_nothing_of_them(world: World) -> None:
    world.edit(PLATFORM, notifications=None)
    await world.settle(30)
    types = {c["type"] for c in world.status(PLATFORM)["conditions"]}
    assert "NotificationsDelivered" not in types
    assert "notifications" not in world.status(PLATFORM)
    breaks(world)
    assert await world.notify(60) == []


async def test_a_suspended_platform_still_tells(world: World) -> None:
    breaks(world)
    assert await world.notify(LEARNED) == [OPENED]
    world.edit(PLATFORM, suspend=True)
    assert await world.notify(60) == [RESOLVED]  # the worker is left alone, and says so
    assert world.is_ready(PLATFORM)
