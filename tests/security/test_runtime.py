"""What code of team A may do once it serves: private hosts, others' cookies, caches and calls are out of its reach."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import pytest

from support.addresses import PRIVATE_URLS
from support.arena import Arena, Attempt
from support.handles import Worker
from support.scripts import says

ASKS: Final = """export default { async fetch(request) {
  const parameters = new URL(request.url).searchParams
  const asked = parameters.get("url")
  if (!asked) return new Response("nothing asked")
  try {
    const answer = await fetch(parameters.has("raw") ? asked : new URL(asked).href)
    return new Response(answer.status + " " + await answer.text())
  } catch (error) { return new Response("thrown: " + error.message) }
} }
"""
REFUSED: Final = "it is a private address or name"
SETS_COOKIES: Final = """export default { fetch() {
  const headers = new Headers()
  for (const cookie of %s) headers.append("Set-Cookie", cookie)
  return new Response("ok", { headers })
} }
"""
PLANTS: Final = """export default { async fetch(request) {
  const headers = { "Cache-Control": "public, max-age=600" }
  const cache = await caches.open("shared")
  await cache.put("https://bcache.code24.dev/", new Response("A was here", { headers }))
  return new Response(await (await cache.match("https://bcache.code24.dev/")).text())
} }
"""
CACHES: Final = """export default { async fetch(request) {
  const cache = await caches.open("shared")
  return await cache.match("https://bcache.code24.dev/") ?? new Response("fresh")
} }
"""
CALLS: Final = """export default { async fetch(request, env) {
  const headers = { host: "bshop.code24.dev", "cf-connecting-ip": "10.0.0.1", "cf-worker": "x" }
  const answer = await env.V.fetch("https://internal.invalid/admin", { headers })
  return new Response("A called: " + await answer.text())
} }
"""
COOKIES: Final = (
    "a=1; Domain=code24.dev",
    "a=1; Domain=.code24.dev; Path=/",
    "a=1; domain=CODE24.DEV",
    "a=1; Domain=code24.dev; Domain=code24.dev",
    "a=1;Domain =  code24.dev ;Secure",
    "a=1; Domain=dev",
    "a=1; Domain=\uff43ode24.dev".encode().decode("latin-1"),
)
PRIVATE: Final = "SourceResolved ParameterInvalid"


def origin(url: str) -> Attempt:
    """A shop whose origin is a private host."""
    return Attempt(
        PRIVATE, {"source": None, "template": "ecommerce", "parameters": {"origin": url}}
    )


def calls(refused: str, kind: str, name: str, on: str = "production") -> Attempt:
    """A worker that calls another one."""
    service = {"name": "V", "type": "service", "worker": {"kind": kind, "name": name}}
    spec = {"source": {"inline": {"script": CALLS}}, "bindings": [service]}
    return Attempt(refused, spec, on=on)


NOT_FOUND: Final = "Deployed ServiceNotFound"
ATTEMPTS: Final[Mapping[str, Attempt]] = {
    "the metadata of its machine as an origin": origin("http://169.254.169.254/latest/"),
    "a private network as an origin": origin("https://10.0.0.1/"),
    "a decimal address as an origin": origin("http://2130706433/"),
    "a mapped address as an origin": origin("http://[::ffff:127.0.0.1]/"),
    "a name of the cluster as an origin": origin("http://kubernetes.default.svc.cluster.local/"),
    "a worker of another namespace": calls(NOT_FOUND, "CustomerWorker", "shop"),
    "an elite worker of another namespace": calls(NOT_FOUND, "EliteWorker", "brand"),
    "a worker of another platform": calls(NOT_FOUND, "CustomerWorker", "stage", "staging"),
}


@pytest.mark.parametrize("what", ATTEMPTS)
def test_hosts_and_workers_of_others(arena: Arena, what: str) -> None:
    arena.try_in_vain(ATTEMPTS[what])


def test_a_confined_worker_reaches_no_private_host(arena: Arena) -> None:
    worker = _serve(arena, ASKS, egress={"allow": ["*"]}, compatibility={"date": "2024-09-02"})
    reached = {}
    for url in (*PRIVATE_URLS, arena.edge.base_url, arena.edge.data_url):
        asked = f"/?url={quote(url, safe='')}"
        read, raw = worker.visit(asked).text, worker.visit(f"{asked}&raw=1").text
        # What is no URL, or is not as the runtime wants it, goes nowhere either.
        if not (_refused(read) or "URL" in read) or not (_refused(raw) or "thrown: " in raw):
            reached[url] = (read, raw)
    assert reached == {}


def _refused(answer: str) -> bool:
    return answer.startswith("403 ") and REFUSED in answer


@pytest.mark.parametrize("cookie", COOKIES, ids=range(len(COOKIES)))
def test_a_cookie_stays_on_its_host(arena: Arena, cookie: str) -> None:
    worker = _serve(arena, SETS_COOKIES % json.dumps([cookie, "b=2"]))
    given = worker.visit().headers.get_list("Set-Cookie")
    assert len(given) == 2
    assert not [line for line in given if "domain" in line.lower()]


def test_a_cache_is_shared_with_nobody(arena: Arena) -> None:
    spec = {
        "customerId": "b",
        "subdomain": "bcache",
        "source": {"inline": {"script": CACHES}},
    }
    own = arena.b.create(spec, arena.production)
    own.wait_ready()
    assert own.visit().text == "fresh"
    worker = _serve(arena, PLANTS)
    assert worker.visit().text == "A was here"
    assert own.visit().text == "fresh"
    own.leave()


def test_calls_of_a_worker_that_goes_reach_no_successor_of_its_name(arena: Arena) -> None:
    """Script names are granted to all on staging: team B's worker gets the name of A's former callee."""
    callee = arena.attack("staging", scriptName="customer-worker-b--pay")
    callee.wait_ready()
    service = {"name": "V", "type": "service", "worker": {"name": callee.name}}
    caller = _serve(arena, CALLS, "staging", bindings=[service])
    assert caller.visit().text == "A called: A was here"
    callee.leave()
    spec = {
        "customerId": "b",
        "subdomain": "bpay",
        "source": {"inline": {"script": says("B pays")}},
    }
    own = arena.b.create(spec, arena.platforms["staging"], name="pay")
    own.wait_ready()
    assert own.script_name == callee.script_name
    caller.wait_condition("Deployed", "False", "ServiceNotFound")
    assert "B pays" not in caller.visit().text
    again = arena.attack("staging", bindings=[service], source={"inline": {"script": CALLS}})
    again.wait_condition("Deployed", "False", "ServiceNotFound")
    own.leave()


def _serve(arena: Arena, script: str, on: str = "production", **spec: Any) -> Worker:
    worker = arena.attack(on, source={"inline": {"script": script}}, **spec)
    worker.wait_ready()
    return worker
