"""SIGKILL at every call that changes the account, before it is sent and after it was carried out.

Whatever the operator was about to do, the next one finishes it: the account ends up as without any crash, with
nothing leaked, nothing uploaded twice, and nothing under another name.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from support.edges import Edge, Inventory
from support.handles import Handle, Platform, Worker, condition
from support.lab import Lab
from support.processes import Process
from support.proxy import MUTATING, Fault, Proxy
from support.scripts import says
from support.waiting import until

MAX_CRASHES = 80
CONVERGENCE_SECONDS = 20.0


@dataclass
class Story:
    """A platform with its workers, and every script that they ever should have had."""

    lab: Lab
    edge: Edge
    proxy: Proxy
    platform: Platform
    before: Inventory
    workers: list[Worker] = field(default_factory=list)
    rightful: set[str] = field(default_factory=set)
    crashes: int = 0

    def converged(self) -> bool:
        """Whether objects and account are as they should be."""
        if not all(self._ready(w) for w in (self.platform, *self.workers)):
            return False
        return self.edge.inventory().since(self.before) == self.reference()

    def reference(self) -> Inventory:
        """What the account should hold for these objects."""
        space, title, domain = self.platform.space, self.platform.title, self.platform.domain
        scripts = {name for w in self.workers for name in w.expected_scripts()}
        keys = {f"host:{w.host}" for w in self.workers}
        keys |= {f"worker:{w.script_name}" for w in self.workers} | {"platform"}
        keys |= {f"host:{host}" for w in self.workers for host in w.extra_hosts}
        routes = {(f"*.{domain}/*", self.platform.dispatcher)}
        routes |= {
            (f"{h}/*", self.platform.dispatcher) for w in self.workers for h in w.extra_hosts
        }
        return Inventory(
            scripts=frozenset(f"{space}/{name}" for name in scripts),
            account_scripts=frozenset({self.platform.dispatcher}),
            keys=frozenset(f"{title}/{key}" for key in keys),
            routes=frozenset(routes),
            containers=(space,) * 3,
        )

    def survive(self, converged: Callable[[], bool]) -> None:
        """Kills one operator after the other at the next changing call, until none has anything left to change."""
        for crash in range(MAX_CRASHES):
            # First before the call gets out, then, by the next operator, after it was carried out.
            fault = Fault("lose" if crash % 2 else "cut", then=self.lab.kill)
            self.proxy.clear()
            rule = self.proxy.fault(fault, methods=MUTATING, times=1)
            process = self.lab.start(kv_window="100ms", wait=False).process
            self._until_killed_or(process, converged)
            if process.alive:
                process.kill()
                self.rightful |= {name for w in self.workers for name in w.expected_scripts()}
                return
            assert rule.hits == 1, process.tail()
            self.crashes += 1
        last = [str(call) for call in self.proxy.calls(MUTATING, "")[-6:]]
        raise AssertionError(f"no end after {MAX_CRASHES} crashes, the last of them at {last}")

    def _until_killed_or(self, process: Process, converged: Callable[[], bool]) -> None:
        def shown() -> str:
            return f"{self.edge.inventory().since(self.before)}\nis not\n{self.reference()}"

        until(lambda: not process.alive or converged(), shown, CONVERGENCE_SECONDS)

    @staticmethod
    def _ready(handle: Handle) -> bool:
        obj = handle.obj
        observed = (obj.get("status") or {}).get("observedGeneration", -1)
        return observed >= handle.generation and condition(obj, "Ready").get("status") == "True"


@pytest.fixture
def story(lab: Lab) -> Story:
    before = lab.bed.edge.inventory()
    platform = lab.place.platform(lab.proxy)
    return Story(lab, lab.bed.edge, lab.proxy, platform, before)


@pytest.mark.timeout(240)
def test_killed_at_every_call_it_ends_where_it_would_have_ended(lab: Lab, story: Story) -> None:
    place, platform = lab.place, story.platform
    outside = f"{place.slug}-two.{story.edge.other_domain}/*"  # needs a zone route of its own
    story.workers = [
        place.customer("one", says("one"), on=platform),
        place.customer("two", says("two"), on=platform, instances=2, routes=[{"pattern": outside}]),
        place.elite("brand", "brand", on=platform, parameters={"site": "https://example.com"}),
    ]
    story.survive(story.converged)
    assert story.crashes >= 10, "platform, scripts and routing take more calls than that"

    for worker in story.workers[:2]:
        worker.apply(source={"inline": {"script": says(f"new {worker.name}")}})
    story.survive(story.converged)
    assert story.workers[0].visit().text == "new one"

    story.workers[0].scale(2)
    story.workers[1].scale(1)
    story.workers[1].apply(routes=[{"pattern": outside.replace("-two", "-moved")}])
    story.survive(story.converged)

    workers, story.workers = story.workers, []
    for worker in workers:
        worker.delete()
    alive = lab.bed.recorder.alive
    story.survive(lambda: alive() == [platform.key] and story.converged())

    uploads = Counter(
        c.path for c in story.proxy.calls("PUT", "/dispatch/.*/scripts/") if c.carried_out
    )
    names = {re.sub(".*/", "", path) for path in uploads}
    assert names == story.rightful, "scripts under names that nobody wanted"
    assert {p: n for p, n in uploads.items() if n > 1} == {}, "uploaded twice"
