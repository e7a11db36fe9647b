"""Rollouts as visitors and people at a terminal see them: a real cluster, scripts that really run, the command."""

import itertools
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from support.bed import Place
from support.conditions import kstatus
from support.handles import Worker
from support.processes import Process
from support.scripts import says
from support.visitors import Visitors
from support.waiting import until

COMMAND_SECONDS: Final = 60.0
NUMBERS: Final = itertools.count()
REQUESTS: Final = 240
SHARE: Final = 30
TOLERANCE: Final = 13  # percent of the requests: more than four standard deviations of so many
MANUAL: Final = {"strategy": "Canary", "steps": [{"weight": SHARE, "pause": {}}]}
KEYS: Final = [f"visitor-{number}" for number in range(40)]
ANALYSED: Final = {
    "strategy": "Canary",
    "steps": [{"weight": 40, "pause": {"duration": "15s"}, "analysis": {"minRequests": 10}}],
}
SAMPLING: Final[Mapping[str, Any]] = {"metrics": {"interval": "10s", "delay": "2s"}}
FAILS: Final = """export default { fetch(request) {
  const failed = new URL(request.url).pathname === "/" && Math.random() < 0.5
  return new Response("two", { status: failed ? 500 : 200 })
} }"""
"""A script that answers probes of /health, and every other visitor of /."""
THROWS: Final = "export default { fetch() { throw new Error('boom') } }\n"


class Command:
    """``kubectl workers rollout`` as a process of its own, by the real kubectl, which finds it on PATH."""

    def __init__(self, place: Place, folder: Path, *arguments: str) -> None:
        scripts = str(Path(sys.executable).parent)
        environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
        kubectl = place.access.kubectl
        options = ["-n", place.namespace, "--kubeconfig", str(kubectl.kubeconfig)]
        command = [kubectl.command()[0], "workers", "rollout", *arguments, *options]
        self.process = Process(command, folder / f"rollout-{next(NUMBERS)}.log", environment)

    def finish(self) -> tuple[int | None, str]:
        """(exit code, what was printed)."""
        until(lambda: not self.process.alive, self.process.tail, COMMAND_SECONDS)
        assert "Traceback" not in self.process.text
        return self.process.exit_code, self.process.text


def run(place: Place, folder: Path, *arguments: str) -> str:
    """What a command prints that succeeds."""
    code, text = Command(place, folder, *arguments).finish()
    assert code == 0, text
    return text


def begin(worker: Worker, text: str) -> str:
    """An edit to a script that says ``text``; its version, once it waits at its first share."""
    worker.apply(source={"inline": {"script": says(text)}}, rollout=MANUAL)
    worker.wait(
        lambda o: phase(o) == "Paused" and o["status"]["observedGeneration"] >= worker.generation,
        "the rollout does not wait for a promotion",
    )
    return str(worker.status["rollout"]["version"])


def phase(obj: Mapping[str, Any]) -> str:
    rollout = (obj.get("status") or {}).get("rollout") or {}
    return str(rollout.get("phase", ""))


def answers(worker: Worker, keys: Iterable[str | None]) -> list[str]:
    """What visitors with these keys are answered; None: one whom nothing tells from others."""
    named = ({} if key is None else {"Cloudflare_Workers_Version_Key": key} for key in keys)
    return [worker.visit(**headers).text for headers in named]


def crowd(worker: Worker, count: int = REQUESTS) -> Counter[str]:
    """How often each answer is given to visitors whom nothing tells apart."""
    return Counter(answers(worker, [None] * count))


def test_a_canary_is_promoted_another_one_aborted_and_the_promotion_undone(
    place: Place, tmp_path: Path
) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    worker = place.customer("shop", says("one"), on=platform)
    worker.wait_ready()
    one = worker.version
    page = f"{worker.host}/"
    known = {"one", "two", "three"}
    visitors = Visitors(place.bed.edge.data_url, {page: "200 one"})

    two = begin(worker, "two")
    until(lambda: "two" in crowd(worker, 20), "nobody gets the new version")
    share = crowd(worker)["two"] * 100 / REQUESTS
    assert abs(share - SHARE) <= TOLERANCE
    first = answers(worker, KEYS)
    assert {"one", "two"} == set(first)
    assert answers(worker, KEYS) == first  # each visitor stays with a version
    watching = Command(place, tmp_path, "status", "cw/shop", "-w")

    promoted = run(place, tmp_path, "promote", "cw/shop")
    assert f"version {two} gets all requests" in promoted
    until(lambda: set(crowd(worker, 20)) == {"two"}, "the former version still answers")
    worker.wait_ready()
    assert set(crowd(worker, 60)) == {"two"}
    code, told = watching.finish()
    assert code == 0
    assert f"version {two} gets all requests, and is healthy" in told

    three = begin(worker, "three")
    until(lambda: "three" in crowd(worker, 20), "nobody gets the new version")
    stayed = dict(zip(KEYS, answers(worker, KEYS), strict=True))
    assert set(stayed.values()) == {"two", "three"}
    aborted = run(place, tmp_path, "abort", "cw/shop")
    assert f"version {three} is not rolled out: it was aborted; version {two} serves" in aborted
    until(lambda: set(answers(worker, KEYS)) == {"two"}, "the aborted version still answers")
    assert set(crowd(worker, 60)) == {"two"}
    assert kstatus(worker.obj) == "Failed"
    assert worker.condition("Stalled")["reason"] == "RolloutAborted"
    assert worker.condition("Healthy")["status"] == "True"

    worker.apply(source={"inline": {"script": says("two")}})
    worker.wait_ready()
    # The scripts of the aborted version are gone: nothing else is to be done at the account.
    until(lambda: worker.scripts() == {f"customer-worker-{place.customer_id}--shop--{v}--0" for v in (one, two)},
          "scripts are left")  # fmt: skip
    before = len(proxy.calls("PUT|POST|PATCH|DELETE"))
    undone = run(place, tmp_path, "undo", "cw/shop")
    assert f"version {two} was undone; version {one} serves" in undone
    until(lambda: set(crowd(worker, 20)) == {"one"}, "the former version does not answer")
    changes = [c for c in proxy.calls("PUT|POST|PATCH|DELETE")[before:] if c.mutating]
    assert [(c.method, c.path.endswith("/bulk")) for c in changes] == [("PUT", True)]

    history = json.loads(run(place, tmp_path, "history", "cw/shop", "-o", "json"))
    results = {entry["version"]: entry["result"] for entry in history}
    assert results == {one: "Serving", two: "RolledBack", three: "Aborted"}
    visitors.leave()
    said = {a.said.removeprefix("200 ") for a in visitors.strange()}
    assert said <= known, f"not every visitor was answered: {said - known}"


def test_a_version_that_throws_answers_no_visitor(place: Place, tmp_path: Path) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("shop", says("one"), on=platform)
    worker.wait_ready()
    one = worker.version
    visitors = Visitors(place.bed.edge.data_url, {f"{worker.host}/": "200 one"})
    worker.apply(source={"inline": {"script": THROWS}})
    worker.wait_condition("Stalled", "True", "RolloutAborted")
    assert "the smoke test failed: GET /" in worker.condition("Ready")["message"]
    visitors.come_again()
    visitors.leave()
    assert visitors.strange() == []
    assert (worker.version, worker.condition("Healthy")["status"]) == (one, "True")
    code, said = Command(place, tmp_path, "promote", "cw/shop").finish()
    assert (code, "nothing was done: no rollout is under way" in said) == (1, True)


def test_a_version_that_fails_for_visitors_is_taken_back_by_its_analysis(place: Place) -> None:
    worker = place.customer("shop", says("one"), on=place.platform(place.proxy(), **SAMPLING))
    worker.apply(health={"path": "/health"})
    worker.wait_ready()
    one = worker.version
    visitors = Visitors(place.bed.edge.data_url, {f"{worker.host}/": "200 one"})
    worker.apply(source={"inline": {"script": FAILS}}, rollout=ANALYSED)
    worker.wait_condition("Stalled", "True", "RolloutAborted")
    message = worker.condition("Ready")["message"]
    assert "the analysis failed: ErrorRate is " in message
    assert f"; version {one} has 0 % over " in message
    visitors.come_again()
    seen = visitors.count
    visitors.come_again()
    visitors.leave()
    assert visitors.strange(seen) == []
    assert 0 < len(visitors.strange()) < seen / 2  # some met it, and most did not
    assert worker.version == one


def test_a_version_that_does_as_well_gets_all_requests_by_its_analysis(place: Place) -> None:
    worker = place.customer("shop", says("one"), on=place.platform(place.proxy(), **SAMPLING))
    worker.wait_ready()
    visitors = Visitors(place.bed.edge.data_url, {f"{worker.host}/": "200 one"})
    worker.apply(source={"inline": {"script": says("two")}}, rollout=ANALYSED)
    worker.wait(lambda o: phase(o) == "Succeeded", "the rollout does not succeed")
    visitors.leave()
    assert {a.said for a in visitors.strange()} == {"200 two"}
