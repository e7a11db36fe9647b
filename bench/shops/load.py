"""What visitors ask: a mix of people, sessions and attackers, and whether an answer was meant for who got it."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from yarl import URL

from bench.shops.fronts import Front

CONNECTIONS: Final = 24
PRODUCTS: Final = 300
ASSETS: Final = 120
SESSIONS: Final = 500
MAX_SECONDS: Final = 420.0
"""After which a run ends, however far it is."""
_MARK: Final = re.compile(rb"<!--owner=(\w+);seen=([\w,-]*);-->")
_HIT: Final = frozenset({"HIT", "STALE", "UPDATING", "REVALIDATED"})
_DECEPTIVE: Final = (
    "/account;x.css", "/account%2fx.css", "/account%3fx.css", "/account%00.css", "/account/x.css", "/account/x.png",
    "/%61ccount/x.js", "/assets/..%2faccount/x.css", "/ACCOUNT/x.css", "/me/data.css", "/cart;a/x.js",
    "/checkout%23.png",
)  # fmt: skip
_FORGED: Final = (
    "X-Forwarded-Host", "X-Forwarded-Scheme", "X-Original-URL", "X-Rewrite-URL", "X-Host", "Forwarded",
    "X-Forwarded-Prefix", "Referer", "X-HTTP-Method-Override", "X-Anything", "Accept-Language", "Origin",
    "True-Client-IP",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request. ``kind`` for the counts; ``session`` and ``token`` are what the answer may hold."""

    kind: str
    target: str
    session: str = ""
    token: str = ""
    header: str = ""


@dataclass
class Outcome:
    """What came back. ``wrong``: answers that were another's; ``failed``: 5xx and broken connections."""

    asked: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.asked.values())

    def ratio(self, *kinds: str) -> float:
        """Share of hits among requests of these kinds."""
        asked = sum(self.asked[kind] for kind in kinds)
        return sum(self.hits[kind] for kind in kinds) / asked if asked else 0.0


def mix(count: int, seed: int) -> Iterator[Asked]:
    """``count`` requests, the same for the same seed. Pages are asked for by their rank: the first ones most."""
    dice = random.Random(seed)
    kinds = ["page", "campaign", "asset", "somebody", "private", "deceptive", "attack", "first"]
    weights = [38, 6, 26, 12, 6, 6, 5, 1]
    for number in range(count):
        kind = dice.choices(kinds, weights)[0]
        session = f"s{dice.randrange(SESSIONS)}" if dice.random() < 0.3 else ""
        product = f"/products/{min(PRODUCTS - 1, int(dice.paretovariate(0.8)) - 1)}"
        if kind == "page":
            yield Asked(kind, product)
        elif kind == "campaign":
            yield Asked(kind, f"{product}?utm_source=m{number % 50}")
        elif kind == "asset":
            name = f"/assets/{dice.randrange(ASSETS)}.{dice.choice(['css', 'js', 'png'])}"
            yield Asked(kind, name, session)
        elif kind == "first":
            yield Asked(kind, "/first-visit")
        else:
            somebody = f"s{dice.randrange(SESSIONS)}"
            if kind == "somebody":
                yield Asked(kind, product, somebody)
            elif kind == "private":
                yield Asked(kind, dice.choice(["/cart", "/checkout", "/account"]), somebody)
            elif kind == "deceptive":
                # Whoever lures somebody there comes to look a moment later.
                yield Asked(kind, dice.choice(_DECEPTIVE), dice.choice([somebody, ""]))
            else:
                yield _attack(dice, product, number)


def _attack(dice: random.Random, product: str, number: int) -> Asked:
    token = f"evil-{number}"
    if dice.random() < 0.3:
        return Asked("attack", f"{product}?utm_campaign={token}", token=token)
    cold = f"/products/{PRODUCTS + dice.randrange(2000)}"  # a page that is hardly ever in a cache
    return Asked("attack", dice.choice([product, cold]), token=token, header=dice.choice(_FORGED))


def judge(asked: Asked, body: bytes) -> str | None:
    """Why an answer is not this visitor's, or None. What bears no mark was not made by the shop."""
    mark = _MARK.search(body)
    if mark is None:
        return None
    owner, seen = mark[1].decode(), mark[2].decode()
    if owner not in ("none", asked.session):
        return f"{asked.target}: {owner}'s page for {asked.session or 'nobody'}"
    others = set(filter(None, seen.split(","))) - {asked.token}
    return f"{asked.target}: {sorted(others)[0]} of another's request" if others else None


async def run(front: Front, requests: Iterator[Asked], say: Callable[[int], None]) -> Outcome:
    """Asks ``front`` all of it, ``CONNECTIONS`` at a time."""
    outcome = Outcome()
    began = time.monotonic()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=30)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=jar
    ) as client:
        workers = [
            _visitor(client, front, requests, outcome, say, began) for _ in range(CONNECTIONS)
        ]
        await asyncio.gather(*workers)
    outcome.seconds = time.monotonic() - began
    return outcome


async def _visitor(
    client: aiohttp.ClientSession,
    front: Front,
    requests: Iterator[Asked],
    outcome: Outcome,
    say: Callable[[int], None],
    began: float,
) -> None:
    for asked in requests:
        if time.monotonic() - began > MAX_SECONDS:
            return
        headers = {"Host": front.host, "User-Agent": "Mozilla/5.0 (X11; Linux)"}
        cookies = ["_ga=GA1.2", f"shop_session={asked.session}"]
        headers["Cookie"] = "; ".join(cookies if asked.session else cookies[:1])
        if asked.header:
            headers[asked.header] = asked.token
        outcome.asked[asked.kind] += 1
        if outcome.count % 10_000 == 0:
            say(outcome.count)
        try:
            url = URL(front.url + asked.target, encoded=True)
            async with client.get(url, headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            outcome.failed += 1
            continue
        _note(asked, answer, body, outcome)


def _note(asked: Asked, answer: aiohttp.ClientResponse, body: bytes, outcome: Outcome) -> None:
    outcome.statuses[answer.status] += 1
    state = answer.headers.get("Code24-Cache", answer.headers.get("X-Cache", ""))
    outcome.hits[asked.kind] += state.partition(";")[0] in _HIT
    outcome.failed += answer.status >= 500
    problem = judge(asked, body)
    if problem:
        outcome.wrong.append(problem)
