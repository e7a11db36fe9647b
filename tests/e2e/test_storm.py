"""A storm: thirty workers, an API that fails, answers that are lost, and operators that are killed, all at once.

Afterwards everything is as if the weather had been fine: nothing is left over, made twice, or served wrongly.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

import pytest

from support.crashes import Story
from support.handles import Worker
from support.lab import Lab
from support.proxy import MUTATING, Fault, Rule, failing, html
from support.scripts import says

MANY: Final = 30
CALLS: Final = 30  # within so many calls all faults of a phase strike
FAULTS: Final = (
    failing(500),
    html(502),
    failing(503),
    Fault("lose"),
    Fault("cut"),
    failing(500),
    Fault("lose"),
    html(200),
)
SEED: Final = 1
pytestmark = pytest.mark.timeout(240)  # of a machine with something else to do


def storm(lab: Lab, chance: Random) -> Sequence[Rule]:
    """Has changing calls go wrong from now on, and operators die at some of them."""
    faults = [*FAULTS, Fault("lose", then=lab.kill), Fault("cut", then=lab.kill)]
    chance.shuffle(faults)
    return [
        lab.proxy.fault(fault, methods=MUTATING, times=1, skip=chance.randrange(CALLS))
        for fault in faults
    ]


def outlast(story: Story, chance: Random, gone: Sequence[Worker] = ()) -> None:
    """Comes through a storm; ``gone`` are deleted by then."""
    rules = storm(story.lab, chance)
    alive = story.lab.bed.recorder.alive
    keys = {worker.key for worker in gone}
    assert story.outlast(lambda: keys.isdisjoint(alive()) and story.converged()) >= 1
    assert sum(rule.hits for rule in rules) > len(FAULTS) / 2


def test_a_storm_passes(lab: Lab) -> None:
    chance = Random(SEED)
    story = Story.begin(lab)
    story.settle()
    story.workers = [
        lab.place.customer(f"w{number}", says(f"one {number}"), on=story.platform)
        for number in range(MANY)
    ]
    outlast(story, chance)
    edited, scaled, deleted = (story.workers[at::3] for at in range(3))
    for worker in edited:
        worker.apply(source={"inline": {"script": says(f"new {worker.name}")}})
    for worker in scaled:
        worker.scale(2)
    for worker in deleted:
        worker.delete()
    story.workers = [*edited, *scaled]
    outlast(story, chance, deleted)
    for worker in edited:
        assert worker.visit().text == f"new {worker.name}"
    for worker in scaled:
        assert worker.visit().text.startswith("one ")
    story.check_uploads()
