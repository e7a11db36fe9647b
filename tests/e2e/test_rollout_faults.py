"""Rollouts of versions that answer badly, and with somebody else's hands in the account: visitors notice nothing."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from e2e.test_rollouts import MANUAL, Command, begin, crowd, phase
from support.bed import Place
from support.handles import Worker
from support.scripts import says
from support.visitors import Visitors
from support.waiting import until

HANGS: Final = """export default { async fetch() {
  await scheduler.wait(60_000)
  return new Response("two")
} }"""
REDIRECTS: Final = """export default { fetch(request) {
  return Response.redirect(new URL("/elsewhere", request.url), 302)
} }"""
GIGABYTE: Final = """export default { fetch(request, env, context) {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter(), chunk = new Uint8Array(2 ** 20)
  const write = async () => {
    for (let left = 1024; left > 0; left--) await writer.write(chunk)
    await writer.close()
  }
  context.waitUntil(write().catch(() => {}))
  return new Response(readable)
} }"""
ASKED: Final = {"status": ["200"], "contains": "two", "maxResponseTime": "2s"}
SMOKE: Final = {
    "strategy": "Canary",
    "steps": [{"smoke": {"requests": [{"path": "/", "expect": ASKED}]}}],
}
Entry = dict[str, Any]


@pytest.fixture
def shop(place: Place) -> Worker:
    """A worker of two instances that says "one"."""
    worker = place.customer("shop", says("one"), on=place.platform(place.proxy()), instances=2)
    worker.wait_ready()
    return worker


def scripts_of(worker: Worker, version: str) -> list[str]:
    return sorted(name for name in worker.scripts() if f"--{version}--" in name)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (HANGS, "GET /: no answer within 2 s"),
        (REDIRECTS, "GET /: HTTP 302, and 200 is expected"),
        (GIGABYTE, "GET /: the body does not contain 'two'"),
    ],
    ids=["hangs", "redirects", "gigabyte"],
)
def test_a_version_that_answers_badly_answers_no_visitor(
    place: Place, shop: Worker, script: str, why: str
) -> None:
    visitors = Visitors(place.bed.edge.data_url, {f"{shop.host}/": "200 one"})
    shop.apply(source={"inline": {"script": script}}, rollout=SMOKE)
    message = shop.wait_condition("Stalled", "True", "RolloutAborted")["message"]
    assert f"the smoke test failed: {why}" in message
    visitors.leave()
    assert visitors.strange() == []


def test_scripts_of_a_canary_that_somebody_deletes_cost_no_answer(
    place: Place, shop: Worker
) -> None:
    two = begin(shop, "two")
    until(lambda: "two" in crowd(shop, 20), "nobody gets the new version")
    visitors = Visitors(place.bed.edge.data_url, {f"{shop.host}/": "200 one"})
    gone = scripts_of(shop, two)
    for name in gone:
        place.bed.edge.delete_script(shop.space, name)
    until(lambda: "two" not in crowd(shop, 20), "the deleted scripts still answer")
    shop.check_now()
    until(lambda: "two" in crowd(shop, 20), "the scripts are not uploaded again")
    assert scripts_of(shop, two) == gone
    assert phase(shop.obj) == "Paused"
    visitors.leave()
    assert {a.said for a in visitors.strange()} <= {"200 two"}


def weighing(share: int) -> Callable[[Entry], Entry]:
    """Another share for the new version."""

    def change(entry: Entry) -> Entry:
        [route] = entry["routes"]
        return entry | {"routes": [route | {"canary": route["canary"] | {"weight": share}}]}

    return change


@pytest.mark.parametrize(
    "change", [weighing(100), weighing(-1), lambda _: {}], ids=["all", "below none", "empty"]
)
def test_a_routing_entry_that_somebody_has_changed_is_put_right(
    place: Place, shop: Worker, change: Callable[[Entry], Entry]
) -> None:
    begin(shop, "two")
    edge, title, key = place.bed.edge, place.platforms[0].title, f"host:{shop.host}"
    before: Mapping[str, Any] = edge.value(title, key)
    edge.put_value(title, key, json.dumps(change(dict(before))))
    assert edge.value(title, key) != before
    shop.check_now()
    assert edge.value(title, key) == before
    until(lambda: set(crowd(shop, 20)) == {"one", "two"}, "the shares are not as they were")
    assert phase(shop.obj) == "Paused"


def test_two_edits_within_a_second(place: Place, shop: Worker) -> None:
    shop.apply(source={"inline": {"script": says("two")}}, rollout=MANUAL)
    begin(shop, "three")
    until(lambda: set(crowd(shop, 20)) == {"one", "three"}, "others than the newest answer")
    assert set(crowd(shop)) == {"one", "three"}


def test_undo_to_a_version_that_somebody_has_deleted(
    place: Place, shop: Worker, tmp_path: Path
) -> None:
    one = shop.version
    shop.apply(source={"inline": {"script": says("two")}})
    shop.wait(lambda o: phase(o) == "Succeeded", "the rollout does not succeed")
    visitors = Visitors(place.bed.edge.data_url, {f"{shop.host}/": "200 two"})
    for name in scripts_of(shop, one):
        place.bed.edge.delete_script(shop.space, name)
    code, said = Command(place, tmp_path, "undo", "cw/shop").finish()
    assert (code, f"version {one} is not at the edge any more" in said) == (1, True), said
    visitors.leave()
    assert visitors.strange() == []
