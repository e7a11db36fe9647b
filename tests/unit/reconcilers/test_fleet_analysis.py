"""The next wave begins once followers do as well with the new version as they did with the former one."""

from typing import Any

import pytest

from support.world import World
from unit.reconcilers.fleets import TEMPLATE, condition, fleet, publish, rollout, said
from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.worker import ObjectKey

SIZE = 4
ANALYSED: dict[str, Any] = {
    "waves": ["50%"],
    "pause": {"duration": "2m"},
    "analysis": {"minRequests": 100},
    "progressDeadline": "5m",
}
Counts = tuple[int, int]


class Measured:
    """A fleet whose first wave has the new version, and what the requests to its followers come to."""

    def __init__(self, world: World, keys: list[ObjectKey], old: str) -> None:
        self.world, self.keys, self.old = world, keys, old

    @property
    def reached(self) -> int:
        return SIZE - said(self.world, self.keys)[self.old]

    def count(self, new: Counts, former: Counts, others: Counts) -> None:
        """Data arrives: of followers that were reached, and of the others since the wave began."""
        metrics, now = self.world.platform().metrics, self.world.clock.now().timestamp()
        for comparisons in (metrics.before_waves, metrics.since_waves):
            for span, names in comparisons.lacking(now, 0.0).items():
                is_before = comparisons is metrics.before_waves
                tallies = {
                    str(self.world.status(key)["scriptName"]): self._of(
                        key, new, former, others, is_before=is_before
                    )
                    for key in self.keys
                }
                comparisons.add(names, span, {name: tallies[name] for name in names})

    def _of(
        self, key: ObjectKey, new: Counts, former: Counts, others: Counts, *, is_before: bool
    ) -> dict[str, Tally]:
        status = self.world.status(key)
        versions, is_reached = status["versions"], status["template"]["version"] != self.old
        if not is_reached:
            return {versions["stable"]: Tally(*(former if is_before else others))}
        if is_before:
            return {versions["previous"]: Tally(*former)}
        return {versions["stable"]: Tally(*new)}


@pytest.fixture
async def measured(world: World) -> Measured:
    keys = await fleet(world, SIZE, rollout=ANALYSED)
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(150)
    found = Measured(world, keys, old)
    assert found.reached == 2
    assert "waits for the metrics" in rollout(world)["message"]
    return found


async def test_it_goes_on_once_followers_do_as_well_as_before(measured: Measured) -> None:
    measured.count((500, 5), (500, 5), (500, 5))
    await measured.world.settle(60)
    assert measured.reached == SIZE
    assert rollout(measured.world)["phase"] == "Succeeded"


async def test_a_version_with_more_errors_stops(measured: Measured) -> None:
    measured.count((500, 50), (500, 5), (500, 5))
    await measured.world.settle(400)
    assert rollout(measured.world)["phase"] == "Stopped"
    assert measured.reached == 2
    message = condition(measured.world, TEMPLATE, "Stalled")["message"]
    assert "the analysis failed: ErrorRate is 10 % over 1000 requests to 2 followers" in message


async def test_an_outage_of_all_holds_it_and_a_promotion_goes_on(measured: Measured) -> None:
    measured.count((500, 50), (500, 5), (500, 50))
    await measured.world.settle(400)
    assert (rollout(measured.world)["phase"], rollout(measured.world)["held"]) == ("Paused", True)
    message = condition(measured.world, TEMPLATE, "Ready")["message"]
    assert "followers that were not reached do worse as well" in message
    assert "rollout resume goes on" in message
    assert measured.reached == 2
    measured.world.order(TEMPLATE, "promote now")
    await measured.world.settle(60)
    assert measured.reached == SIZE


async def test_metrics_that_never_come_hold_it(measured: Measured) -> None:
    await measured.world.settle(600)
    assert rollout(measured.world)["phase"] == "Paused"
    assert "there are no metrics after 300 s" in rollout(measured.world)["message"]


async def test_resume_measures_anew(measured: Measured) -> None:
    measured.count((20, 0), (500, 5), (20, 0))
    await measured.world.settle(60)
    assert "40 requests to the new version of the 100" in rollout(measured.world)["message"]
    measured.world.order(TEMPLATE, "resume now")
    await measured.world.settle(125)
    assert measured.reached == 2
    measured.count((500, 5), (500, 5), (500, 5))
    await measured.world.settle(60)
    assert measured.reached == SIZE


async def test_tests_that_cannot_be_made_hold_it_after_the_deadline(measured: Measured) -> None:
    measured.world.operator.tests.broken = "the statistical tests cannot be made: killed"
    measured.count((500, 5), (500, 5), (500, 5))
    await measured.world.settle(60)
    assert rollout(measured.world)["phase"] == "Progressing"
    await measured.world.settle(400)
    assert rollout(measured.world)["phase"] == "Paused"


async def test_a_restart_analyses_the_wave_again(measured: Measured) -> None:
    await measured.world.restart()
    await measured.world.settle(5)
    measured.count((500, 50), (500, 5), (500, 5))
    await measured.world.settle(60)
    assert rollout(measured.world)["phase"] == "Stopped"
