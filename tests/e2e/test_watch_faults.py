"""What breaks where the operator watches: whatever is lost, late or repeated, objects go and come back as ever."""

import itertools
from collections.abc import Iterator

import pytest

from support.bed import Bed, Place
from support.handles import Handle, Platform, Worker
from support.kube import PLURALS
from support.kube_front import KubeFront, WatchFault
from support.scripts import says
from support.waiting import until

SECONDS = 20.0


class Scene:
    """A platform and a worker of each kind, and an operator that sees them through a front."""

    def __init__(self, bed: Bed, front: KubeFront) -> None:
        self.front = front
        self.bed = bed
        self.place = Place(bed)
        self.operator = bed.start_operator({"KUBECONFIG": str(front.kubeconfig)}, forked=True)
        self._texts = (f"text {number}" for number in itertools.count())
        self.platform: Platform = self.place.platform(self.place.proxy())
        inline = {"inline": {"script": says(next(self._texts))}}
        self.workers: list[Worker] = [
            self.place.customer("customer", on=self.platform, source=inline),
            self.place.elite("elite", "brand", on=self.platform, source=inline),
        ]

    @property
    def objects(self) -> list[Handle]:
        return [*self.workers, self.platform]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(handle.name for handle in self.objects)

    @property
    def plurals(self) -> set[str]:
        """The kinds that are there, as paths name them."""
        return {PLURALS[handle.kind] for handle in self.objects}

    def create(self) -> str:
        """Applies everything, with another text to be served."""
        text = next(self._texts)
        self.platform.apply()
        for worker in self.workers:
            worker.apply(source={"inline": {"script": says(text)}})
        return text

    def delete(self) -> None:
        for handle in self.objects:
            handle.delete()

    def wait_serving(self, text: str) -> None:
        self.platform.wait_ready(SECONDS)
        for worker in self.workers:
            worker.wait_ready(SECONDS)
            until(lambda w=worker: w.visit().text == text, f"{worker.name} does not say {text!r}")  # type: ignore[misc]

    def wait_gone(self) -> None:
        for handle in self.objects:
            handle.wait_gone(SECONDS)
        for worker in self.workers:
            assert worker.visit().status_code == 404
            assert not worker.scripts()

    def let_go(self) -> None:
        """Takes the finalizers away by hand, as an administrator might."""
        for handle in self.objects:
            self.place.access.api.patch(handle.path, {"metadata": {"finalizers": None}})

    def check_operator(self) -> None:
        until(lambda: self.operator.get("/readyz").status_code == 200, self.operator.process.tail)
        assert "Traceback" not in self.operator.process.text

    def close(self) -> None:
        self.front.find()
        self.place.clear()
        self.bed.wait_empty()
        self.operator.process.kill()


@pytest.fixture(scope="module")
def stage(folder_bed: Bed) -> Iterator[Scene]:
    folder_bed.pause()
    front = KubeFront(folder_bed.cluster.operator_kubeconfig, folder_bed.folder)
    made = Scene(folder_bed, front)
    yield made
    made.close()
    front.close()


@pytest.fixture
def scene(stage: Scene) -> Scene:
    """Everything serves, whatever an earlier test has left."""
    stage.front.find()
    stage.wait_serving(stage.create())
    return stage


FAULTS = [
    *(WatchFault(what, "deletion") for what in
      ("cut before", "cut inside", "cut after", "expired", "gone", "stale")),
    *(WatchFault(what, "end") for what in
      ("cut inside", "expired", "gone", "twice", "stale", "lost")),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_objects_go_and_come_back_whatever_breaks(scene: Scene, fault: WatchFault) -> None:
    scene.front.fault(fault, scene.names)
    scene.delete()
    scene.wait_gone()
    scene.wait_serving(scene.create())
    scene.check_operator()
    assert set(scene.front.hits) == scene.plurals, "the fault was not met by every kind"


@pytest.mark.parametrize("refusals", [(500, 429), (503, 410)], ids=str)
def test_a_relist_that_fails_is_repeated(scene: Scene, refusals: tuple[int, ...]) -> None:
    scene.front.fault(WatchFault("gone", "deletion"), scene.names, refusals=refusals)
    scene.delete()
    scene.wait_gone()
    scene.wait_serving(scene.create())
    scene.check_operator()
    assert set(scene.front.hits) == scene.plurals, "the fault was not met by every kind"
    left = [scene.front.refusals[plural] for plural in scene.plurals]
    assert not any(left), "a list that was to fail was not asked for"


@pytest.mark.parametrize("expired", [False, True])
def test_objects_that_went_and_came_back_while_nobody_watched(scene: Scene, expired: bool) -> None:
    scene.front.lose()
    scene.delete()
    scene.let_go()
    for handle in scene.objects:
        handle.wait_gone()
    text = scene.create()
    scene.front.find(expired=expired)
    scene.wait_serving(text)
    scene.check_operator()


def test_an_object_that_went_while_nobody_watched(scene: Scene) -> None:
    [customer, elite] = scene.workers
    scene.front.lose()
    customer.delete()
    scene.place.access.api.patch(customer.path, {"metadata": {"finalizers": None}})
    customer.wait_gone()
    scene.front.find(expired=True)

    def is_told_of() -> bool:
        scene.platform.check_now()
        return "orphans" in scene.platform.status

    until(is_told_of, "nobody has noticed that the object is gone", SECONDS)
    assert scene.platform.status["workers"]["total"] == 1
    [orphan] = scene.platform.status["orphans"]["workers"]
    assert (orphan["name"], orphan["hosts"]) == (customer.script_name, [customer.host])
    elite.wait_ready()
    scene.check_operator()


def test_a_deletion_that_begins_while_nobody_watches(scene: Scene) -> None:
    scene.front.lose()
    scene.delete()
    scene.front.find()
    scene.wait_gone()
    scene.wait_serving(scene.create())
    scene.check_operator()
