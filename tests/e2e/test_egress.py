"""What a worker may send requests to, and set cookies for, on the real runtime."""

from collections.abc import Iterator

import pytest

from support.bed import Place
from support.handles import Platform
from support.waiting import until
from support.website import website

ASKS = """export default { async fetch(request) {
  const asked = new URL(request.url).searchParams.get("url")
  if (!asked) return new Response("nothing asked")
  const answer = await fetch(asked)
  return new Response(answer.status + " " + await answer.text())
} }
"""
CALLS = "export default { fetch(request, env) { return env.ASKS.fetch(request) } }\n"
COOKIE = """export default { fetch() {
  return new Response("ok", { headers: { "Set-Cookie": "a=1; Domain=%s; Path=/" } })
} }
"""
CLOUD = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with website("the site") as url:
        yield url


@pytest.fixture
def platform(place: Place) -> Platform:
    """One on which workers may reach the site, which is on this machine."""
    return place.platform(place.proxy(), egress={"allowPrivate": ["127.0.0.1"]})


def test_a_worker_reaches_what_its_list_names(place: Place, platform: Platform, site: str) -> None:
    free = place.customer("free", ASKS, on=platform)
    confined = place.customer("confined", ASKS, on=platform, egress={"allow": ["127.0.0.1"]})
    binding = {"name": "ASKS", "type": "service", "worker": {"name": "confined"}}
    caller = place.customer("caller", CALLS, on=platform, bindings=[binding])
    for worker in (free, confined, caller):
        worker.wait_ready()

    assert free.visit(f"/?url={site}").text == "200 the site"
    for worker in (confined, caller):
        assert worker.visit(f"/?url={site}").text == "200 the site"
        other = worker.visit("/?url=http://other.example/")
        assert other.text.startswith("403 ")
        assert "Requests to other.example are not allowed" in other.text
        assert "Requests to 169.254.169.254 are not allowed" in worker.visit(f"/?url={CLOUD}").text

    confined.apply(egress={"allow": ["other.example"]})
    until(
        lambda: "Requests to 127.0.0.1 are not allowed" in confined.visit(f"/?url={site}").text,
        "the new list is not in force",
    )
    assert free.visit(f"/?url={site}").text == "200 the site"


def test_a_platforms_list_is_for_all_workers(place: Place, site: str) -> None:
    egress = {"allow": ["*"], "allowPrivate": ["127.0.0.1"]}
    platform = place.platform(place.proxy(), egress=egress)
    worker = place.customer("hello", ASKS, on=platform)
    worker.wait_ready()
    assert worker.visit(f"/?url={site}").text == "200 the site"
    assert "is a private address or name" in worker.visit(f"/?url={CLOUD}").text


def test_a_cookie_stays_on_the_workers_host(place: Place, platform: Platform) -> None:
    worker = place.customer("hello", COOKIE % platform.domain, on=platform)
    worker.wait_ready()
    assert worker.visit().headers["Set-Cookie"] == "a=1; Path=/"
