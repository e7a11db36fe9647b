"""Platforms and their tokens: missing, wrong, revoked, rotated; and what a platform may not have for a token."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_cluster.audit import AuditReader
from support.bed import Place
from support.clusters import OPERATOR_NAMESPACE, OPERATOR_USER
from support.handles import now
from support.proxy import Proxy
from support.scripts import says
from support.waiting import holds

ROTATION_SECONDS = 10.0
POLL_SECONDS = 5.0


def test_a_worker_without_its_platform_says_so(place: Place) -> None:
    worker = place.customer("hello", says("x"), platform="nowhere")
    found = worker.wait_condition("Ready", "False", "PlatformNotFound")
    assert "'nowhere'" in found["message"]


def test_a_worker_is_taken_up_when_its_platform_appears(place: Place) -> None:
    name = f"{place.slug}-0"
    worker = place.customer("hello", says("x"), platform=name)
    worker.wait_condition("Ready", "False", "PlatformNotFound")
    platform = place.platform(place.proxy())
    platform.wait_ready()
    worker.wait_ready()
    worker.domain = platform.domain
    assert worker.visit().text == "x"


def test_a_platform_without_its_secret_says_so_and_recovers(place: Place) -> None:
    late = f"{place.slug}-late"
    missing = {"apiTokenSecretRef": {"name": late}}  # the namespace is the operator's
    platform = place.platform(place.proxy(), credentials=missing)
    worker = place.customer("hello", says("x"), on=platform)
    found = platform.wait_condition("Ready", "False", "SecretNotFound")
    assert f"{OPERATOR_NAMESPACE}/{late}" in found["message"]
    worker.wait_condition("Ready", "False", "SecretNotFound")
    place.keep_token(late, place.new_token())
    platform.wait_ready(ROTATION_SECONDS + 5)
    worker.wait_ready()


def test_a_wrong_token_is_named_and_not_tried_again_and_again(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy, token="wrong-token-0123456789abcdef")
    place.bed.recorder.secrets.add("wrong-token-0123456789abcdef")
    workers = [place.customer(name, says("x"), on=platform) for name in ("one", "two", "three")]
    found = platform.wait_condition("Authenticated", "False", "CredentialsRejected")
    assert "token" in found["message"]
    for worker in workers:
        worker.wait_condition("Ready", "False", "CredentialsRejected")
    holds(lambda: len(proxy.calls()) == 1, f"more than one call: {proxy.calls()}", 3)


def test_a_revoked_token_is_asked_about_once_and_workers_keep_serving(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    workers = [place.customer(name, says("x"), on=platform) for name in ("one", "two", "three")]
    for worker in workers:
        worker.wait_ready()
    place.bed.edge.set_token(platform.token, "disabled")
    began = now()
    for worker in workers:
        worker.apply(source={"inline": {"script": says("y")}})
    for worker in workers:
        found = worker.wait_condition("Ready", "False", "CredentialsRejected")
        assert platform.token not in found["message"]
        assert worker.visit().text == "x"
    # Uploads that were under way side by side may each have been refused, and one call asks whether it is the token.
    tried = [c for c in proxy.calls(since=began) if not c.asks_for_metrics]
    assert len(tried) <= len(workers) + 1
    known = len(proxy.calls(since=began))
    holds(lambda: len(proxy.calls(since=began)) == known, "called again with a revoked token", 3)
    for worker in workers:
        told = [s.obj["status"] for s in worker.history(began)]
        reasons = [
            c["reason"] for s in told for c in s.get("conditions", ()) if c["status"] == "False"
        ]
        assert set(reasons) <= {"CredentialsRejected", "AwaitingPropagation"}
    platform.wait_condition("Ready", "False", "CredentialsRejected", 5)


def test_a_rotated_token_is_taken_up(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("one"), on=platform)
    worker.wait_ready()
    place.bed.edge.set_token(platform.token, "disabled")
    worker.apply(source={"inline": {"script": says("two")}})
    worker.wait_condition("Ready", "False", "CredentialsRejected")
    platform.set_token(place.new_token())
    worker.wait_ready(ROTATION_SECONDS)
    assert worker.visit().text == "two"
    platform.wait_ready(5)


@pytest.fixture
def stranger(place: Place) -> Iterator[Proxy]:
    """An address that the operator was not told of; ``calls`` says what it was sent."""
    proxy = Proxy(place.bed.edge.base_url)
    yield proxy
    proxy.close()


@pytest.mark.parametrize("exists", [True, False])
def test_a_secret_of_another_namespace_is_neither_read_nor_sent(
    place: Place, stranger: Proxy, exists: bool
) -> None:
    """Although the operator may read it: workers in that namespace use Secrets."""
    log = place.bed.cluster.audit_log
    audit = AuditReader(log) if log is not None else None
    if exists:
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "payments", "namespace": place.namespace},
            "stringData": {"password": place.new_token()},
        }
        place.access.api.create(f"/api/v1/namespaces/{place.namespace}/secrets", secret)
    reference = {"namespace": place.namespace, "name": "payments", "key": "password"}
    platform = place.platform(stranger, credentials={"apiTokenSecretRef": reference})
    found = platform.wait_condition("Authenticated", "False", "SecretNamespaceNotAllowed")
    assert found["message"].startswith("spec.credentials.apiTokenSecretRef.namespace is ")
    assert f"{OPERATOR_NAMESPACE!r} only" in found["message"]
    assert "payments" not in found["message"]
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_condition("Ready", "False", "SecretNamespaceNotAllowed")

    def read() -> list[str]:
        seen = audit.read() if audit is not None else []
        wanted = (OPERATOR_USER, "secrets", place.namespace)
        return [r.name for r in seen if (r.user, r.resource, r.namespace) == wanted]

    holds(lambda: not read() and not stranger.calls(), "it was read or sent", POLL_SECONDS + 1)


@pytest.mark.parametrize("field", ["spec.baseUrl", "spec.dataPlane.address"])
def test_an_address_that_the_operator_was_not_told_of_is_not_used(
    place: Place, stranger: Proxy, field: str
) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    origin = stranger.url.removesuffix("/client/v4")
    other: dict[str, Any] = (
        {"baseUrl": stranger.url} if field == "spec.baseUrl" else {"dataPlane": {"address": origin}}
    )
    before = dict(platform.body["spec"])
    platform.apply(**other)
    found = platform.wait_condition("Ready", "False", "AddressNotAllowed")
    assert found["message"].startswith(f"{field} ")
    worker.apply(source={"inline": {"script": says("y")}})
    worker.wait_condition("Ready", "False", "AddressNotAllowed")
    assert worker.visit().text == "x"
    holds(lambda: not stranger.calls(), "it was sent something", POLL_SECONDS + 1)
    platform.apply(**before)
    platform.wait_ready()
    worker.wait_ready()
    assert worker.visit().text == "y"
