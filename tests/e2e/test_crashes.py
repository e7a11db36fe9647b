"""SIGKILL at every call that a change of workers makes, before it is sent and after it was carried out.

Whatever the operator was about to do, the next one finishes it: the account ends up as without any crash, with
nothing leaked, nothing uploaded twice, and nothing under another name.
"""

import pytest

from support.crashes import Story
from support.lab import Lab
from support.scripts import says

FEWEST = 4  # calls: an upload and routing, before and after
pytestmark = pytest.mark.timeout(240)  # of a machine with something else to do


def _outside(lab: Lab, name: str) -> dict[str, str]:
    """A route that needs a zone route of its own."""
    return {"pattern": f"{lab.place.slug}-{name}.{lab.bed.edge.other_domain}/*"}


@pytest.fixture
def story(lab: Lab) -> Story:
    """A platform that is set up, and three workers that nobody has seen yet."""
    made = Story.begin(lab)
    made.settle()
    place, on = lab.place, made.platform
    made.workers = [
        place.customer("one", says("one"), on=on),
        place.customer("two", says("two"), on=on, instances=2, routes=[_outside(lab, "two")]),
        place.elite("brand", "brand", on=on, parameters={"site": "https://example.com"}),
    ]
    return made


def test_workers_are_created(story: Story) -> None:
    assert story.survive() >= FEWEST
    assert story.workers[0].visit().text == "one"
    story.check_uploads()


def test_their_code_is_changed(story: Story) -> None:
    story.settle()
    for worker in story.workers[:2]:
        worker.apply(source={"inline": {"script": says(f"new {worker.name}")}})
    assert story.survive() >= FEWEST
    assert story.workers[0].visit().text == "new one"
    story.check_uploads()


def test_they_are_scaled_and_routed_anew(story: Story, lab: Lab) -> None:
    story.settle()
    one, two, _ = story.workers
    one.scale(2)
    two.scale(1)
    two.apply(routes=[_outside(lab, "moved")])
    assert story.survive() >= FEWEST
    story.check_uploads()


def test_they_are_deleted(story: Story, lab: Lab) -> None:
    story.settle()
    workers, story.workers = story.workers, []
    for worker in workers:
        worker.delete()
    alive = lab.bed.recorder.alive
    gone = [story.platform.key]
    assert story.survive(lambda: alive() == gone and story.converged()) >= FEWEST
    story.check_uploads()
