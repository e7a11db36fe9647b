"""The demo's rollouts: a version that takes over in steps, an undo, and a version that no visitor meets."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from demo_kit import NAMESPACE, Kit


class Rollouts(Kit):
    """Steps of the demo about the worker ``hello``."""

    def rolled_out(self) -> None:
        self.step("A rollout", "a share of the requests first, then all, and back with one write")
        canary = {"strategy": "Canary", "steps": [{"weight": 20, "pause": {}}]}
        self.patch("hello", {"spec": {"rollout": canary, "vars": {"GREETING": "Salut"}}})
        self.await_true(
            "the first step",
            lambda: self.status("cw/hello").get("rollout", {}).get("phase") == "Paused",
        )
        self.say(self.rollout("status", "cw/hello"))
        self.say("100 requests: " + self.greetings(100))
        self.say(self.rollout("promote", "cw/hello"))
        self.say("100 requests: " + self.greetings(100))
        self.wait_ready()
        began = time.monotonic()
        self.say(self.rollout("undo", "cw/hello"))
        self.await_true("the former version", lambda: self.ask("hello").text.startswith("Moin"))
        self.say(f"{(time.monotonic() - began) * 1000:.0f} ms later: {self.greetings(100)}")

    def untried(self) -> None:
        self.step("A version that throws", "fails its smoke test, and no visitor ever meets it")
        good = self.spec("cw/hello")["source"]
        bad = "export default { fetch() { throw new Error('oops') } }"
        self.patch("hello", {"spec": {"rollout": None, "source": {"inline": {"script": bad}}}})
        answers: Counter[str] = Counter()

        def is_aborted() -> bool:
            answers.update(self.ask("hello").text.split()[0] for _ in range(10))
            return bool(self.ready("cw/hello")["reason"] == "RolloutAborted")

        self.await_true("the end of the rollout", is_aborted)
        self.expect(set(answers) == {"Moin"}, f"the former version answers: {dict(answers)}")
        self.say(self.ready("cw/hello")["message"])
        self.say(f"0 of {answers.total()} requests failed meanwhile")
        self.patch("hello", {"spec": {"vars": {"GREETING": "Moin"}, "source": good}})
        self.wait_ready()

    def rollout(self, order: str, worker: str) -> str:
        """Run ``kubectl workers rollout``; return what it says."""
        program = str(Path(sys.executable).parent / "workers-operator")
        command = [program, "rollout", order, worker, "-n", NAMESPACE, "--context", "local"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.expect(done.returncode == 0, f"rollout {order} succeeds; it said {done.stderr}")
        return f"$ kubectl workers rollout {order} {worker} -n {NAMESPACE}\n{done.stdout.rstrip()}"

    def greetings(self, requests: int) -> str:
        """Return how often ``hello`` says what."""
        said = Counter(self.ask("hello").text.split()[0] for _ in range(requests))
        return ", ".join(f"{count} {word}" for word, count in said.most_common())
