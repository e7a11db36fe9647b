"""How long a new version is looked for through the data plane, and how often."""

import pytest

from support.clock import ManualClock
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.smoke import SmokeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest
from workers_operator.domain.routes import Route
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.reconcilers.worker import asking
from workers_operator.reconcilers.worker.asking import ProbeQuestion

NEW, OLD = "22222222", "11111111"
GOOD, NOTHING = ProbeAnswer(200, NEW, ""), ProbeAnswer(0, None, "no connection")
WORKER = Worker(
    key=ObjectKey("EliteWorker", "shop", "a"),
    uid="u",
    customer_id="c1",
    script_name="a",
    routes=(Route("a.dev", "/elite/brand"),),
    instances=1,
    domain="dev",
)
QUESTION = ProbeQuestion(WORKER, "/health", 5.0)


class Plane:
    """A data plane that gives these answers, each after some seconds."""

    def __init__(self, clock: ManualClock, *answers: ProbeAnswer, seconds: float = 0.0) -> None:
        self._clock, self._answers, self._seconds = clock, list(answers), seconds
        self.asked: list[tuple[str, str]] = []

    async def close(self) -> None: ...

    async def smoke(
        self, host: str, path: str, request: SmokeRequest, selection: str
    ) -> SmokeAnswer:
        raise AssertionError("a probe is no smoke test")

    async def probe(self, host: str, path: str, timeout: float, selection: str = "") -> ProbeAnswer:
        self.asked.append((host, path))
        await self._clock.sleep(min(self._seconds, timeout))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


async def look(clock: ManualClock, plane: Plane) -> ProbeAnswer:
    return await clock.finish(asking.wait_for_version(QUESTION, plane, NEW, clock))


async def test_a_new_version_is_looked_for_until_it_answers() -> None:
    clock = ManualClock()
    plane = Plane(clock, ProbeAnswer(200, OLD, ""), ProbeAnswer(200, OLD, ""), GOOD)
    started = clock.monotonic()
    assert await look(clock, plane) == GOOD
    assert plane.asked == [("a.dev", "/elite/brand/health")] * 3
    assert clock.monotonic() - started < 1


async def test_a_probe_asks_once() -> None:
    clock = ManualClock()
    plane = Plane(clock, NOTHING)
    assert await clock.finish(QUESTION.ask(plane, clock)) == NOTHING
    assert len(plane.asked) == 1


@pytest.mark.parametrize("seconds", [0.0, 0.3, 5.0])
async def test_looking_for_a_new_version_takes_about_a_second(seconds: float) -> None:
    """Passes are few: one that waits for an edge that does not answer keeps others from theirs."""
    clock = ManualClock()
    started = clock.monotonic()
    await look(clock, Plane(clock, NOTHING, seconds=seconds))
    assert clock.monotonic() - started <= 1.0 + seconds
