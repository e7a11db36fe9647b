"""The command ``orphans``: what it asks the API server for, what it says, and that it leaves nothing behind."""

import asyncio
import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from workers_operator.administration.errors import CommandError
from workers_operator.administration.orphans import OrphansCommand
from workers_operator.administration.patience import Patience
from workers_operator.administration.platforms import PlatformsClient
from workers_operator.domain.plan.orders import ADOPT, REMOVE, OrphanOrders, identity
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.errors import from_status

Body = dict[str, Any]
ORPHAN = {"name": "blog", "owner": "CustomerWorker shop/blog", "hosts": ["blog.code24.dev"]}


def platform(name: str, *orphans: Mapping[str, Any], **status: Any) -> Body:
    found = {"orphans": {"total": len(orphans), "workers": list(orphans)}} if orphans else {}
    metadata = {"name": name, "resourceVersion": "1", "annotations": {"theirs": "x"}}
    return {"metadata": metadata, "spec": {}, "status": found | status}


class Cluster:
    """WorkersPlatforms as the API server has them. ``answer``: what the operator makes of a platform's annotations."""

    def __init__(self, *bodies: Body) -> None:
        self.bodies = {b["metadata"]["name"]: b for b in bodies}
        self.asked: list[str] = []
        self.refuse: dict[str, int] = {}  # method -> status
        self.answer: Callable[[Body], None] = answered

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Body:
        path, _, query = path.partition("?")
        assert query == ("fieldManager=workers-operator-orphans" if method == "PATCH" else "")
        self.asked.append(f"{method} {path.rpartition('/')[2]}")
        if method in self.refuse:
            raise from_status(self.refuse[method], f"{method} {path}", "no")
        if path.endswith("/workersplatforms"):
            return {"items": copy.deepcopy(list(self.bodies.values()))}
        found = self.bodies.get(path.rpartition("/")[2])
        if found is None:
            raise from_status(404, path, "")
        if method == "PATCH":
            assert content_type == "application/merge-patch+json"
            self._patch(found, body["metadata"])
        return copy.deepcopy(found)

    def _patch(self, found: Body, metadata: Body) -> None:
        if metadata["resourceVersion"] != found["metadata"]["resourceVersion"]:
            raise from_status(409, "PATCH", "changed")
        merged = found["metadata"]["annotations"] | metadata["annotations"]
        left = {name: value for name, value in merged.items() if value is not None}
        version = str(int(found["metadata"]["resourceVersion"]) + 1)
        found["metadata"] |= {"annotations": left, "resourceVersion": version}
        if identity(left):
            self.answer(found)

    def annotations(self, name: str = "default") -> Body:
        found: Body = self.bodies[name]["metadata"]["annotations"]
        return found


def answered(body: Body) -> None:
    """The operator has done what it was asked to."""
    results = [{"name": "blog", "done": True, "message": "it is removed"}]
    known = {"id": identity(body["metadata"]["annotations"]), "results": results}
    body["status"]["orphanOrders"] = known


def silent(body: Body) -> None:
    """The operator does not run."""


class Command:
    """The command, whose waits take no time."""

    def __init__(self, cluster: Cluster) -> None:
        self.said: list[str] = []
        self.now = 0.0
        self.during: Callable[[], None] = lambda: None
        patience = Patience(20.0, self._sleep, lambda: self.now)
        self.command = OrphansCommand(PlatformsClient(cluster), patience, self.said.append)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.during()
        await asyncio.sleep(0)

    async def remove(self, *names: str, on: str | None = None) -> Any:
        return await self.command.order(on, OrphanOrders(remove=names))


async def refused(work: Any, *words: str) -> None:
    with pytest.raises(CommandError) as caught:
        await work
    assert all(word in str(caught.value) for word in words), caught.value


class TestList:
    """Orphans are listed by platform."""

    async def test_those_of_all_platforms_or_of_one(self) -> None:
        command = Command(Cluster(platform("b", ORPHAN), platform("a", ORPHAN), platform("c")))
        found = await command.command.list(None)
        assert [(o.platform, o.name, o.owner) for o in found] == [
            (name, "blog", "CustomerWorker shop/blog") for name in ("a", "b")
        ]
        assert [o.platform for o in await command.command.list("b")] == ["b"]
        assert command.said == []

    async def test_it_says_if_status_shows_only_the_first(self) -> None:
        body = platform("default", ORPHAN)
        body["status"]["orphans"]["total"] = 51
        command = Command(Cluster(body))
        await command.command.list(None)
        assert "the first 1 of 51" in command.said[0]

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (403, "you may not list WorkersPlatforms"),
            (404, "is the CRD installed?"),
            (503, "cannot list WorkersPlatforms"),
        ],
    )
    async def test_what_is_refused_is_told_in_plain_words(self, status: int, words: str) -> None:
        cluster = Cluster()
        cluster.refuse["GET"] = status
        await refused(Command(cluster).command.list(None), words)


class TestOrder:
    """An order is an annotation, which goes when it is done."""

    async def test_the_annotation_is_set_and_taken_back(self) -> None:
        cluster = Cluster(platform("other"), platform("default", ORPHAN))
        command = Command(cluster)
        found = await command.remove("blog")
        assert [(r.name, r.done) for r in found.results] == [("blog", True)]
        assert cluster.annotations() == {"theirs": "x"}
        assert cluster.asked.count("PATCH default") == 2
        assert "waiting for its answer" in command.said[0]

    async def test_an_adoption(self) -> None:
        cluster, given = Cluster(platform("default", ORPHAN)), []

        def note(body: Body) -> None:
            given.append(body["metadata"]["annotations"][ADOPT])
            answered(body)

        cluster.answer = note
        orders = OrphanOrders(adopt={"blog": ObjectKey("CustomerWorker", "heirs", "blog")})
        await Command(cluster).command.order(None, orders)
        assert given == ["blog=CustomerWorker/heirs/blog"]
        assert cluster.annotations() == {"theirs": "x"}

    async def test_the_answer_to_another_order_is_none(self) -> None:
        body = platform("default", ORPHAN, orphanOrders={"id": "other", "results": []})
        cluster = Cluster(body)
        cluster.answer = silent
        command = Command(cluster)
        command.during = lambda: answered(body) if command.now > 5 else None
        found = await command.remove("blog")
        assert found.id != "other"
        assert command.now == 5.5

    async def test_an_unknown_orphan(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        await refused(Command(cluster).remove("shop"), "'shop'", "orphans list")
        assert "PATCH default" not in cluster.asked

    async def test_orphans_of_two_platforms(self) -> None:
        cluster = Cluster(platform("a", ORPHAN), platform("b", ORPHAN | {"name": "shop"}))
        await refused(Command(cluster).remove("blog", "shop"), "(a, b)", "--platform")

    async def test_a_platform_that_is_named_is_asked_whatever_it_lists(self) -> None:
        cluster = Cluster(platform("a", ORPHAN), platform("b"))
        await Command(cluster).remove("blog", on="b")
        assert cluster.asked.count("PATCH b") == 2

    async def test_a_platform_that_is_not_there(self) -> None:
        await refused(Command(Cluster()).remove("blog", on="b"), "'b'", "does not have it")

    @pytest.mark.parametrize("value", ["blog", "other"])
    async def test_an_order_that_is_under_way_stays_as_it_is(self, value: str) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        cluster.annotations()[REMOVE] = value
        await refused(Command(cluster).remove("blog"), "another order is under way")
        assert cluster.annotations()[REMOVE] == value

    async def test_a_suspended_platform(self) -> None:
        body = platform("default", ORPHAN)
        body["spec"]["suspend"] = True
        cluster = Cluster(body)
        await refused(Command(cluster).remove("blog"), "is suspended")
        assert cluster.annotations() == {"theirs": "x"}

    async def test_without_the_right_to_annotate(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        cluster.refuse["PATCH"] = 403
        await refused(Command(cluster).remove("blog"), "you may not annotate")

    async def test_without_an_operator_it_gives_up_and_takes_the_order_back(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        cluster.answer = silent
        command = Command(cluster)
        await refused(command.remove("blog"), "within 20 s", "Is it running?")
        assert cluster.annotations() == {"theirs": "x"}

    async def test_a_platform_with_a_problem_tells_of_it(self) -> None:
        ready = {"type": "Ready", "status": "False", "reason": "X", "message": "the token is bad"}
        ready |= {"lastTransitionTime": "2026-01-01T00:00:00Z"}
        cluster = Cluster(platform("default", ORPHAN, conditions=[ready]))
        cluster.answer = silent
        await refused(Command(cluster).remove("blog"), "the token is bad")

    async def test_what_somebody_else_has_written_meanwhile_stays(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        cluster.answer = silent
        command = Command(cluster)
        command.during = lambda: cluster.annotations().update({REMOVE: "theirs"})
        await refused(command.remove("blog"), "within 20 s")
        assert cluster.annotations()[REMOVE] == "theirs"

    async def test_one_that_is_interrupted_is_taken_back(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))
        cluster.answer = silent
        command = Command(cluster)
        task = asyncio.ensure_future(command.remove("blog"))

        def interrupt() -> None:
            task.cancel()

        command.during = interrupt
        with pytest.raises(asyncio.CancelledError):
            await task
        assert cluster.annotations() == {"theirs": "x"}

    async def test_one_that_cannot_be_taken_back_is_told_of(self) -> None:
        cluster = Cluster(platform("default", ORPHAN))

        def away(body: Body) -> None:
            answered(body)
            cluster.refuse["PATCH"] = 503

        cluster.answer = away
        command = Command(cluster)
        await command.remove("blog")
        assert REMOVE in command.said[-1]
        assert "remove it" in command.said[-1]

    async def test_changes_of_others_meanwhile_are_no_obstacle(self) -> None:
        body = platform("default", ORPHAN)
        cluster = Cluster(body)
        original, left = cluster.request, [3]

        async def busy(method: str, path: str, *args: Any, **options: Any) -> Body:
            if method == "PATCH" and left[0]:
                left[0] -= 1
                body["metadata"]["resourceVersion"] += "0"
            return await original(method, path, *args, **options)

        cluster.request = busy  # type: ignore[method-assign]
        await Command(cluster).remove("blog")
        assert cluster.annotations() == {"theirs": "x"}
