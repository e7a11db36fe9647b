"""Secrets: they reach the worker and nothing else; a changed one is deployed; a missing one is named alike for all."""

import json
import secrets
from typing import Any

import pytest

from support.bed import Bed, Place
from support.handles import Worker
from support.lab import Lab
from support.scripts import says
from support.waiting import holds, until

SHOWS = "export default { fetch(request, env) { return new Response(env.TOKEN) } }\n"
WATCHED_SECONDS = 10.0


def secret(place: Place, name: str, value: str, **labels: str) -> None:
    """Creates or changes a Secret with the key ``token``; ``_`` in a label stands for ``/``."""
    place.bed.recorder.secrets.add(value)
    named = {k.replace("__", "/").replace("_", "."): v for k, v in labels.items()}
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": place.namespace, "labels": named},
        "stringData": {"token": value},
    }
    # By server-side apply: kubectl's own annotation would repeat the value.
    place.access.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=body)


def uses(name: str, key: str = "token") -> list[dict[str, Any]]:
    return [{"name": "TOKEN", "secretKeyRef": {"name": name, "key": key}}]


def canary() -> str:
    return f"canary-{secrets.token_urlsafe(24)}"


def test_a_secret_reaches_the_worker(place: Place) -> None:
    value = canary()
    secret(place, "api", value)
    worker = place.customer("hello", SHOWS, secrets=uses("api"))
    worker.wait_ready()
    assert worker.visit().text == value


def test_a_watched_secret_is_deployed_within_seconds(place: Place) -> None:
    old, new = canary(), canary()
    secret(place, "api", old, workers_code24_dev__watched="")
    worker = place.customer("hello", SHOWS, secrets=uses("api"), interval="1h")
    worker.wait_ready()
    assert worker.visit().text == old
    before = worker.version
    secret(place, "api", new, workers_code24_dev__watched="")
    until(lambda: worker.visit().text == new, "the new value is not deployed", WATCHED_SECONDS)
    until(lambda: worker.version != before, "the status speaks of the old version")


def test_another_secret_is_deployed_at_the_interval(place: Place) -> None:
    old, new = canary(), canary()
    secret(place, "api", old)
    worker = place.customer("hello", SHOWS, secrets=uses("api"), interval="10s")
    worker.wait_ready()
    secret(place, "api", new)
    until(lambda: worker.visit().text == new, "the new value is not deployed", 15)


def test_a_missing_secret_reads_like_one_that_may_not_be_read(place: Place) -> None:
    worker = place.customer("hello", SHOWS, secrets=uses("nowhere"))
    found = worker.wait_condition("Deployed", "False", "SecretNotFound")
    assert found["message"] == "Secret 'nowhere' does not exist, or the operator may not read it"
    value = canary()
    secret(place, "nowhere", value)
    worker.wait_ready(20)
    assert worker.visit().text == value


def test_a_missing_key_is_named(place: Place) -> None:
    secret(place, "api", canary())
    worker = place.customer("hello", SHOWS, secrets=uses("api", "password"))
    found = worker.wait_condition("Deployed", "False", "SecretNotFound")
    assert found["message"] == "Secret 'api' has no key 'password'"


def test_a_value_over_five_kilobytes_is_refused_without_being_told(place: Place) -> None:
    value = canary() + "x" * 5120
    secret(place, "api", value)
    worker = place.customer("hello", SHOWS, secrets=uses("api"))
    found = worker.wait_condition("Deployed", "False", "VariableTooLarge")
    assert "'TOKEN'" in found["message"]
    assert "canary" not in found["message"]


def test_a_secret_of_another_namespace_is_out_of_reach(place: Place) -> None:
    other = Place(place.bed)
    try:
        secret(other, "api", canary())
        worker = place.customer("hello", SHOWS, secrets=uses("api"))
        worker.wait_condition("Deployed", "False", "SecretNotFound")
        holds(lambda: not worker.scripts(), "it was uploaded", 1)
    finally:
        other.clear()


@pytest.fixture
def talkative(lab: Lab) -> Lab:
    """An operator that logs everything."""
    lab.start(log_level="debug")
    return lab


def test_a_canary_appears_nowhere_not_even_in_debug_logs_and_error_bodies(talkative: Lab) -> None:
    """The recorder's rules hold for every status and Event, the session's end for every log."""
    lab, place = talkative, talkative.place
    platform = place.platform(lab.proxy)
    value = canary()
    secret(place, "api", value)
    refused = 'throw new Error("the token is " + globalThis.TOKEN + " here")\n' + SHOWS
    worker: Worker = place.customer(
        "hello", SHOWS + "// " + "console.log('x')\n", secrets=uses("api"), on=platform
    )
    worker.wait_ready()
    worker.apply(source={"inline": {"script": refused}})
    worker.wait_condition("Deployed", "False", "ScriptRejected")
    worker.apply(source={"inline": {"script": "addEventListener('fetch', () => {}); throw new Error(TOKEN)",
                                    "type": "ServiceWorker"}})  # fmt: skip
    found = worker.wait_condition("Deployed", "False", "ScriptRejected")
    assert value not in found["message"]
    assert "[secret]" in found["message"]
    shown = place.access.kubectl(*worker.scope, "get", "cw", worker.name, "-o", "yaml")
    described = place.access.kubectl(*worker.scope, "describe", "cw", worker.name)
    operator = lab.operator
    metrics = operator.get("/metrics").text
    for what in (shown, described, metrics, operator.process.text):
        assert value not in what


def test_no_secret_is_ever_listed_or_watched(place: Place) -> None:
    secret(place, "api", canary(), workers_code24_dev__watched="")
    worker = place.customer("hello", says("x"), secrets=uses("api"))
    worker.wait_ready()
    user = "system:serviceaccount:code24-workers:workers-operator"
    for verb in ("get", "list", "watch", "update", "delete"):
        answer = place.access.kubectl.run("auth", "can-i", verb, "secrets", "-A", "--as", user)
        assert answer.stdout.strip() == "no", verb


def test_secrets_are_read_where_the_owners_of_the_namespace_allow_it(shared: Bed) -> None:
    place = Place(shared, reads_secrets=False)
    try:
        value = canary()
        secret(place, "api", value)
        worker = place.customer("hello", SHOWS, secrets=uses("api"))
        found = worker.wait_condition("Deployed", "False", "SecretNotFound")
        assert "does not exist, or the operator may not read it" in found["message"]
        place.permit_secrets()
        worker.wait_ready(20)
        assert worker.visit().text == value
    finally:
        place.clear()


def test_what_a_script_throws_is_one_line_wherever_it_is_shown(place: Place) -> None:
    """The recorder's rules hold for its status; a log with a line of the script's own would mislead who reads it."""
    said = "boom\n2026-01-01 00:00:00 INFO    workers_operator  all is well\x1b[2K\u202edeslever"
    worker = place.customer("hello", f"throw new Error({json.dumps(said)})\n" + SHOWS)
    found = worker.wait_condition("Deployed", "False", "ScriptRejected")
    assert "boom 2026-01-01 00:00:00 INFO" in found["message"]
    assert "\\u202e" in found["message"]
    log = place.bed.operator.process

    def logged() -> list[str]:
        return [line for line in log.text.splitlines() if "boom" in line and "all is well" in line]

    until(logged, "it is not logged as one line")
    lines = log.text.splitlines()
    assert not any(line.startswith("2026-01-01") for line in lines)
    assert all(line.isprintable() for line in lines)

    def shown() -> list[str]:
        events = place.access.api.events(place.namespace, worker.name)
        return [e["message"] for e in events if e["reason"] == "ScriptRejected"]

    [message] = until(shown, "there is no Event")
    assert message.isprintable()
