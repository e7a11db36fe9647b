"""The Cache API of scripts in an untrusted namespace: named caches, private to each script."""

import asyncio
import email.utils
import itertools
import time
from typing import Any

import pytest

from edge.rig import ZONE, Edge

# Does what the body of the request lists, on a named cache, and tells what came of it.
AGENT = """
const does = {
  put: (cache, { url, method, status, headers, body = 'body', empty }) =>
    cache.put(new Request(url, { method }), new Response(empty ? null : body, { status, headers })),
  async match(cache, { url, method, headers, ignoreMethod }) {
    const found = await cache.match(new Request(url, { method, headers }), { ignoreMethod });
    return found ? [found.status, await found.text(), Object.fromEntries(found.headers)] : null;
  },
  delete: (cache, { url, method, ignoreMethod }) => cache.delete(new Request(url, { method }), { ignoreMethod }),
};
export default { async fetch(request) {
  const told = [];
  for (const order of await request.json()) {
    const { op, cache = 'pages' } = order;
    const opened = cache === 'default' ? caches.default : await caches.open(cache);
    told.push(await does[op](opened, order).catch((error) => `${error.name}: ${error.message}`));
  }
  return Response.json({ told: told.map((value) => value ?? null), cf: request.cf ?? null });
} };"""
DISPATCHER = """
export default { fetch(request, env) {
  return env.SPACE.get(new URL(request.url).pathname.slice(1)).fetch(request);
} };"""
EARLIER = "Thu, 01 Jan 2026 11:59:59 GMT"
MODIFIED = "Thu, 01 Jan 2026 12:00:00 GMT"
LATER = "Thu, 01 Jan 2026 12:00:01 GMT"
_numbers = itertools.count()


class Agents:
    """Scripts of an untrusted namespace, asked through a dispatcher."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    async def create(self, *names: str) -> None:
        scripts = await self._edge.namespace("cached")
        for name in names:
            assert (await self._edge.upload(f"{scripts}/{name}", AGENT)).status_code == 200
        bound = {"type": "dispatch_namespace", "name": "SPACE", "namespace": "cached"}
        await self._edge.script("cached-front", DISPATCHER, bindings=[bound])

    async def answer(self, script: str, *orders: dict[str, Any]) -> dict[str, Any]:
        headers = {"host": f"cached-front.{ZONE}"}
        answer = await self._edge.data.post(f"/{script}", json=orders, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def ask(self, *orders: dict[str, Any], script: str = "one") -> list[Any]:
        return list((await self.answer(script, *orders))["told"])


@pytest.fixture(scope="module")
async def agents(edge: Edge) -> Agents:
    found = Agents(edge)
    await found.create("one", "two")
    return found


@pytest.fixture
def url() -> str:
    """A URL that no other test uses."""
    return f"https://shop.example/{next(_numbers)}?a=b"


def put(url: str, status: int = 200, body: str = "body", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"op": "put", "url": url, "status": status, "body": body, "headers": named}


def match(url: str, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"op": "match", "url": url, "headers": named}


async def kept(agents: Agents, url: str, *orders: dict[str, Any]) -> bool:
    """Does the cache hold something after these orders?"""
    told = await agents.ask(*orders, match(url))
    assert all(value is None for value in told[:-1]), told
    return told[-1] is not None


def date(seconds: float) -> str:
    """An HTTP date so many seconds from now."""
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


async def test_caches_belong_to_one_script(agents: Agents, url: str) -> None:
    assert await kept(agents, url, put(url, cache_control="max-age=60"))
    assert await agents.ask(match(url), script="two") == [None]
    assert await agents.ask(match(url) | {"cache": "others"}) == [None]
    assert await agents.ask({"op": "delete", "url": url}, script="two") == [False]
    assert await agents.ask(match(url)) != [None]


async def test_untrusted_scripts_have_no_cf_and_no_default_cache(agents: Agents, url: str) -> None:
    answer = await agents.answer("one", match(url) | {"cache": "default"})
    assert answer["cf"] is None
    assert "caches.default is not available" in answer["told"][0]


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {"cache_control": "max-age=60"}, True),
        (200, {"cache_control": "max-age=0"}, False),
        (200, {"cache_control": "max-age=soon"}, False),
        (200, {"cache_control": "max-age=0, s-maxage=60"}, True),
        (200, {"cache_control": "max-age=60, S-MaxAge=0"}, False),
        (200, {"cache_control": 'max-age="60"'}, True),
        (200, {"cache_control": "no-store, max-age=60"}, False),
        (200, {"cache_control": "private, max-age=60"}, False),
        (200, {"cache_control": "no-cache, max-age=60"}, False),
        (200, {"cache_control": "x-private=1, max-age=60"}, True),
        (200, {"cache_control": "max-age=60", "set_cookie": "a=1"}, False),
        (200, {"cache_control": "private=Set-Cookie, max-age=60", "set_cookie": "a=1"}, True),
        (200, {"expires": "in an hour"}, False),
        (200, {"expires": "0"}, False),
        (200, {}, True),
        (301, {}, True),
        (404, {}, True),
        (500, {}, False),
        (500, {"cache_control": "max-age=60"}, True),
        (418, {}, False),
    ],
)
async def test_what_is_kept(
    agents: Agents, url: str, status: int, headers: dict[str, str], expected: bool
) -> None:
    assert await kept(agents, url, put(url, status, **headers)) is expected


async def test_expires_is_a_date(agents: Agents, url: str) -> None:
    assert await kept(agents, url, put(url, expires=date(60)))
    assert not await kept(agents, url + "&b", put(url + "&b", expires=date(-60)))
    assert not await kept(
        agents, url + "&c", put(url + "&c", expires=date(60), cache_control="max-age=0")
    )


async def test_headers_that_are_private_are_taken_out(agents: Agents, url: str) -> None:
    order = put(
        url, cache_control='max-age=60, private="set-cookie, x-mine"', x_mine="1", x_all="2"
    )
    [_, [status, body, headers]] = await agents.ask(order, match(url))
    assert (status, body, headers["x-all"]) == (200, "body", "2")
    assert not {"x-mine", "set-cookie"} & set(headers)
    assert headers["cf-cache-status"] == "HIT"
    assert 0 <= int(headers["age"]) < 60


async def test_what_is_stale_is_gone(agents: Agents, url: str) -> None:
    # Cloudflare's put() and match() know neither stale-while-revalidate nor stale-if-error.
    control = "max-age=1, stale-while-revalidate=60, stale-if-error=60"
    assert await kept(agents, url, put(url, cache_control=control))
    deadline = time.monotonic() + 10
    while await agents.ask(match(url)) != [None]:
        assert time.monotonic() < deadline, "it never gets stale"
        await asyncio.sleep(0.05)
    assert await agents.ask({"op": "delete", "url": url}) == [False]


async def test_the_last_put_counts(agents: Agents, url: str) -> None:
    first, second = put(url, body="one"), put(url, body="two")
    told = await agents.ask(first, second, match(url), match(url.replace("?a=b", "")))
    assert told[2][1] == "two"
    assert told[3] is None
    refused = put(url, body="three", cache_control="no-store")
    assert (await agents.ask(refused, match(url + "#part")))[1][1] == "two"


async def test_delete(agents: Agents, url: str) -> None:
    delete = {"op": "delete", "url": url}
    told = await agents.ask(put(url), delete | {"method": "POST"}, delete, delete, match(url))
    assert told == [None, False, True, False, None]
    told = await agents.ask(put(url), delete | {"method": "POST", "ignoreMethod": True}, match(url))
    assert told == [None, True, None]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"method": "POST"}, "TypeError: Cannot cache response to non-GET request."),
        ({"method": "HEAD"}, "TypeError: Cannot cache response to non-GET request."),
        (
            {"status": 206},
            "TypeError: Cannot cache response to a range request (206 Partial Content).",
        ),
        (
            {"headers": {"vary": "accept, *"}},
            "TypeError: Cannot cache response with 'Vary: *' header.",
        ),
    ],
)
async def test_what_cannot_be_put(
    agents: Agents, url: str, order: dict[str, Any], message: str
) -> None:
    assert await agents.ask(put(url) | order, match(url)) == [message, None]


async def test_a_304_is_not_kept(agents: Agents, url: str) -> None:
    order = put(url, 304, cache_control="max-age=60") | {"empty": True}
    assert await agents.ask(order, match(url)) == [None, None]


async def test_vary_is_ignored(agents: Agents, url: str) -> None:
    told = await agents.ask(put(url, vary="Accept-Language"), match(url, accept_language="de"))
    assert told[1][1] == "body"


async def test_other_methods_find_nothing_unless_told(agents: Agents, url: str) -> None:
    head = match(url) | {"method": "HEAD"}
    told = await agents.ask(put(url), head, head | {"ignoreMethod": True})
    assert told[1] is None
    assert told[2][:2] == [200, "body"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"if_none_match": '"v1"'}, 304),
        ({"if_none_match": 'W/"v1"'}, 304),
        ({"if_none_match": '"v0", W/"v1"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"v2"'}, 200),
        ({"if_modified_since": MODIFIED}, 304),
        ({"if_modified_since": LATER}, 304),
        ({"if_modified_since": EARLIER}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_none_match": '"v2"', "if_modified_since": LATER}, 200),
    ],
)
async def test_who_has_it_already_gets_304(
    agents: Agents, url: str, asked: dict[str, str], status: int
) -> None:
    stored = put(url, etag='"v1"', last_modified=MODIFIED)
    [_, found] = await agents.ask(stored, match(url, **asked))
    assert (found[0], found[1]) == (status, "body" if status == 200 else "")
    assert found[2]["etag"] == '"v1"'


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=0-2", 206, "012", "bytes 0-2/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=8-99", 206, "89", "bytes 8-9/10"),
        ("bytes=-3", 206, "789", "bytes 7-9/10"),
        ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, "", "bytes */10"),
        ("bytes=-0", 416, "", "bytes */10"),
        ("bytes=5-2", 200, "0123456789", None),
        ("bytes=0-1,3-4", 200, "0123456789", None),
        ("lines=0-1", 200, "0123456789", None),
        ("bytes=-", 200, "0123456789", None),
    ],
)
async def test_ranges(
    agents: Agents, url: str, asked: str, status: int, body: str, content_range: str | None
) -> None:
    [_, found] = await agents.ask(put(url, body="0123456789"), match(url, range=asked))
    assert (found[0], found[1], found[2].get("content-range")) == (status, body, content_range)


@pytest.mark.parametrize(
    ("condition", "status"), [('"v1"', 206), ('"v2"', 200), ('W/"v1"', 200), ("{date}", 206)]
)
async def test_ranges_of_the_same_thing_only(
    agents: Agents, url: str, condition: str, status: int
) -> None:
    modified = date(-60)
    stored = put(url, etag='"v1"', last_modified=modified)
    asked = match(url, range="bytes=0-0", if_range=condition.format(date=modified))
    assert (await agents.ask(stored, asked))[1][0] == status


async def test_a_part_of_what_is_no_200(agents: Agents, url: str) -> None:
    stored = put(url, 404, etag='"v1"')
    told = await agents.ask(stored, match(url, range="bytes=0-0"), match(url, if_none_match='"v1"'))
    assert [found[:2] for found in told[1:]] == [[404, "body"]] * 2


async def test_empty_and_large_bodies(agents: Agents, url: str) -> None:
    told = await agents.ask(put(url) | {"empty": True}, match(url), match(url, range="bytes=0-"))
    assert [found[:2] for found in told[1:]] == [[200, ""], [416, ""]]
    large = "x" * 5_000_000
    assert (await agents.ask(put(url, body=large), match(url)))[1][1] == large
