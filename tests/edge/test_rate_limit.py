"""The request budget: a fixed window, headers on every answer, and a block after it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

from edge.rig import Edge, Schemas, code
from local_edge.api.ratelimit import NO_LIMIT, Policy, RateLimiter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_window_starts_at_the_first_request_and_is_fixed() -> None:
    clock = Clock()
    limiter = RateLimiter(Policy(2, 60), clock)
    assert limiter.count("a").remaining == 1
    clock.now += 59.5
    verdict = limiter.count("a")
    assert (verdict.allowed, verdict.remaining, verdict.seconds) == (True, 0, 1)
    clock.now += 0.5
    assert limiter.count("a").remaining == 1


def test_one_request_too_many_blocks_for_a_whole_window() -> None:
    clock = Clock()
    limiter = RateLimiter(Policy(1, 60), clock)
    limiter.count("a")
    clock.now += 50
    verdict = limiter.count("a")
    assert (verdict.allowed, verdict.seconds) == (False, 60)
    assert limiter.headers(verdict)["retry-after"] == "60"
    clock.now += 59
    assert not limiter.count("a").allowed
    clock.now += 1
    assert limiter.count("a").allowed


def test_tokens_have_budgets_of_their_own() -> None:
    limiter = RateLimiter(Policy(1, 60), Clock())
    limiter.count("a")
    assert not limiter.count("a").allowed
    assert limiter.count("b").allowed


def test_without_a_limit_nothing_is_refused() -> None:
    limiter = RateLimiter(NO_LIMIT, Clock())
    verdicts = [limiter.count("a") for _ in range(5)]
    assert all(verdict.allowed for verdict in verdicts)
    assert limiter.headers(verdicts[-1])["ratelimit-policy"] == '"default";q=1000000;w=300'


async def test_the_edge_says_and_enforces_its_budget(
    start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path, schemas: Schemas
) -> None:
    with start("--rate-limit", "3/60s", "--latency", "1s"):
        edge = Edge(tmp_path, schemas)
        begun = time.monotonic()
        answers = await asyncio.gather(*(edge.api.get("/zones") for _ in range(3)))
        # Latency is added to each answer, and does not line requests up.
        assert 1 <= time.monotonic() - begun < 3
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.headers["ratelimit"].split(";")[1] for answer in answers} == {
            "r=0",
            "r=1",
            "r=2",
        }
        assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
        refused = await edge.api.get("/zones")
        assert code(refused) == (429, 971)
        assert refused.headers["retry-after"] == "60"
        await edge.close()
