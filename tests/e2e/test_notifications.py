"""Webhooks: a real receiver that verifies what it gets is told of problems and of their end, once."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.bed import Bed, Place
from support.handles import Platform
from support.lab import Lab
from support.receiver import Receiver
from support.scripts import says
from support.waiting import holds
from support.webhooks import KEY_TEXT

NOWHERE = {"configMap": {"name": "nowhere", "key": "x"}}
WRITTEN = 30.0  # a platform's status follows after ten seconds


@pytest.fixture
def receiver(folder_bed: Bed) -> Iterator[Receiver]:
    made = Receiver(folder_bed.ports.take())
    yield made
    made.close()
    assert made.forged == 0


def told_to(place: Place, *urls: str) -> list[dict[str, Any]]:
    """Webhooks, each with the key that receivers know, in a Secret of the operator's namespace."""
    name = f"{place.slug}-hook"
    place.keep_token(name, KEY_TEXT)
    place.bed.recorder.secrets.add(KEY_TEXT)
    ref = {"name": name, "key": "token"}
    return [{"name": f"hook-{i}", "url": url, "secretRef": ref} for i, url in enumerate(urls)]


def open_ids(platform: Platform) -> list[str]:
    found = platform.status.get("notifications") or [{}]
    return list(found[0].get("open", ()))


def test_a_problem_and_its_end_are_told_with_a_signature(place: Place, receiver: Receiver) -> None:
    platform = place.platform(place.proxy(), notifications=told_to(place, receiver.url))
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    platform.wait_condition("NotificationsDelivered", "True", "NotificationsAccepted")

    receiver.statuses.extend((500, 503))  # and then it takes it
    worker.apply(source=NOWHERE)
    event = receiver.wait("WorkerNotReady.Open", "hello", times=3)
    assert event["data"]["reason"] == "ConfigMapNotFound"
    assert event["data"]["object"]["namespace"] == place.namespace
    assert event["source"].endswith(f"/workersplatforms/{platform.name}")
    assert len({e["id"] for e in receiver.events()}) == 1

    worker.apply(source={"inline": {"script": says("x")}})
    over = receiver.wait("WorkerNotReady.Resolved", "hello")
    assert over["data"]["problem"] == event["data"]["problem"]
    count = len(receiver.events())
    holds(lambda: len(receiver.events()) == count, "told again", 3)


def test_a_restarted_operator_tells_nothing_again(lab: Lab, receiver: Receiver) -> None:
    lab.start()
    platform = lab.place.platform(lab.proxy, notifications=told_to(lab.place, receiver.url))
    worker = lab.place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    worker.apply(source=NOWHERE)
    receiver.wait("WorkerNotReady.Open", "hello")
    platform.wait(lambda _: bool(open_ids(platform)), "nothing is written down", WRITTEN)
    lab.stop()
    lab.start()
    holds(lambda: len(receiver.events()) == 1, "told again", 15)
    worker.apply(source={"inline": {"script": says("x")}})
    receiver.wait("WorkerNotReady.Resolved", "hello")
    assert len(receiver.events()) == 2


def test_webhooks_lead_to_no_private_address_and_redirects_nowhere(
    place: Place, receiver: Receiver
) -> None:
    metadata = "https://169.254.169.254/latest/meta-data/"
    receiver.location = metadata
    receiver.statuses.append(307)
    webhooks = told_to(place, receiver.url, metadata, "https://localhost/")
    platform = place.platform(place.proxy(), notifications=webhooks)
    worker = place.customer("hello", source=NOWHERE, on=platform)
    worker.wait_condition("Ready", "False", "ConfigMapNotFound")
    receiver.wait("WorkerNotReady.Open", "hello")
    platform.wait_ready()  # its webhooks are another matter
    found = platform.wait(
        lambda o: "HTTP 307" in str(o["status"].get("notifications")), "no failure", WRITTEN
    )
    failures = {w["name"]: w["failure"] for w in found["status"]["notifications"]}
    assert "private host" in failures["hook-1"]
    assert "private host" in failures["hook-2"]
    assert "NotificationsFailing" in platform.events()
