"""SIGKILL at every call that changes the account: before it is sent, and after it was carried out."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from support.edges import Inventory
from support.handles import Handle, Platform, Worker, condition
from support.lab import Lab
from support.processes import Logged
from support.proxy import MUTATING, Fault
from support.waiting import PATIENCE, until

MOST_CRASHES: Final = 80


@dataclass
class Story:
    """A platform with its workers, and every script that they ever should have had."""

    lab: Lab
    platform: Platform
    before: Inventory
    workers: list[Worker] = field(default_factory=list)
    rightful: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, lab: Lab) -> "Story":
        """A platform that nobody has set up yet."""
        before = lab.bed.edge.inventory()
        return cls(lab, lab.place.platform(lab.proxy), before)

    def converged(self) -> bool:
        """Whether objects and account are as they should be."""
        if not all(self._ready(w) for w in (self.platform, *self.workers)):
            return False
        return self.lab.bed.edge.inventory().since(self.before) == self.reference()

    def reference(self) -> Inventory:
        """What the account should hold for these objects."""
        space, title, domain = self.platform.space, self.platform.title, self.platform.domain
        scripts = {name for w in self.workers for name in w.expected_scripts()}
        hosts = {h for w in self.workers for h in w.extra_hosts}
        keys = {f"host:{w.host}" for w in self.workers} | {f"host:{host}" for host in hosts}
        keys |= {f"worker:{w.script_name}" for w in self.workers} | {"platform"}
        patterns = {f"*.{domain}/*"} | {f"{host}/*" for host in hosts}
        return Inventory(
            scripts=frozenset(f"{space}/{name}" for name in scripts),
            account_scripts=frozenset({self.platform.dispatcher}),
            keys=frozenset(f"{title}/{key}" for key in keys),
            routes=frozenset((pattern, self.platform.dispatcher) for pattern in patterns),
            containers=(space,) * 3,
        )

    def settle(self) -> None:
        """Have an operator do undisturbed what there is to do."""
        process = self._start()
        self._wait(process, self.converged)
        assert process.alive, process.tail()
        self._settled(process)

    def survive(self, converged: Callable[[], bool] | None = None) -> int:
        """Kill one operator after the other at the next changing call, until none has anything left to change.

        Returns the number of killed operators.
        """
        for crash in range(MOST_CRASHES):
            # First before the call gets out, then, by the next operator, after it was carried out. What else it sends
            # before it is dead gets lost the first time and arrives the second: each call is met both ways.
            fault = Fault("lose" if crash % 2 else "cut", then=self.lab.kill)
            rule = self.lab.proxy.fault(fault, methods=MUTATING, times=1 if crash % 2 else None)
            process = self._start()
            self._wait(process, converged or self.converged)
            if process.alive:
                self._settled(process)
                return crash
            assert rule.hits, process.tail()
            # What it had under way besides is not the next one's.
            self.lab.proxy.drain()
            self.lab.proxy.clear()
        last = [str(call) for call in self.lab.proxy.calls(MUTATING, "")[-6:]]
        raise AssertionError(f"no end after {MOST_CRASHES} crashes, the last of them at {last}")

    def outlast(self, converged: Callable[[], bool] | None = None) -> int:
        """Start an operator anew whenever one was killed, until one has nothing left to do.

        Returns the number of killed operators.
        """
        for deaths in range(MOST_CRASHES):
            process = self._start()
            self._wait(process, converged or self.converged)
            if process.alive:
                self._settled(process)
                return deaths
            self.lab.proxy.drain()
        raise AssertionError(f"no end after {MOST_CRASHES} deaths")

    def check_uploads(self) -> None:
        """No script was uploaded twice, and none under a name that nobody wanted."""
        calls = self.lab.proxy.calls("PUT", "/dispatch/.*/scripts/")
        uploads = Counter(re.sub(".*/", "", c.path) for c in calls if c.carried_out)
        said = "\n".join(map(str, self.lab.proxy.calls(MUTATING)))
        assert uploads.keys() == self.rightful, f"scripts under names that nobody wanted:\n{said}"
        assert {p: n for p, n in uploads.items() if n > 1} == {}, f"uploaded twice:\n{said}"

    def _start(self) -> Logged:
        return self.lab.start(kv_window="100ms", wait=False, forked=True).process

    def _wait(self, process: Logged, converged: Callable[[], bool]) -> None:
        until(lambda: not process.alive or converged(), self._shown, PATIENCE)

    def _settled(self, process: Logged) -> None:
        process.kill()
        self.lab.proxy.clear()
        self.rightful |= {name for w in self.workers for name in w.expected_scripts()}

    def _shown(self) -> str:
        for handle in (self.platform, *self.workers):
            if not self._ready(handle):
                return (
                    f"{handle.key} at generation {handle.generation} is not Ready: {handle.status}"
                )
        found = self.lab.bed.edge.inventory().since(self.before)
        return f"{found}\nis not\n{self.reference()}\n{self.lab.operator.process.tail()}"

    @staticmethod
    def _ready(handle: Handle) -> bool:
        # None yet: the watch may be a moment behind.
        obj = handle.access.recorder.latest(handle.key) or {}
        observed = (obj.get("status") or {}).get("observedGeneration", -1)
        return observed >= handle.generation and condition(obj, "Ready").get("status") == "True"
