"""Platforms and their tokens: missing, wrong, revoked, rotated."""

from support.bed import Place
from support.handles import now
from support.scripts import says
from support.waiting import holds

ROTATION_SECONDS = 10.0


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
    missing = {"apiTokenSecretRef": {"namespace": place.namespace, "name": "late", "key": "token"}}
    platform = place.platform(place.proxy(), credentials=missing)
    worker = place.customer("hello", says("x"), on=platform)
    found = platform.wait_condition("Ready", "False", "SecretNotFound")
    assert f"{place.namespace}/late" in found["message"]
    worker.wait_condition("Ready", "False", "SecretNotFound")
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "late", "namespace": place.namespace},
        "stringData": {"token": place.new_token()},
    }
    place.access.kubectl.apply(secret)
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


def test_a_revoked_token_costs_one_call_and_workers_keep_serving(place: Place) -> None:
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
    # Uploads that were under way side by side may each have learned it; after the first answer nothing is sent.
    first = len(proxy.calls(since=began))
    assert first <= len(workers)
    holds(lambda: len(proxy.calls(since=began)) == first, "called again with a revoked token", 3)
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
