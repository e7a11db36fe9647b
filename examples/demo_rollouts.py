"""The demo's rollouts: steps, an undo, a version that no visitor meets, and one that few do."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_kit import NAMESPACE, Kit

_FLAKY = """export default {
  fetch(request, env) {
    const ok = Math.random() < 0.7
    return new Response(`${env.GREETING}\\n`, { status: ok ? 200 : 500 })
  },
}
"""


class Rollouts(Kit):
    """Steps of the demo about the worker ``hello``."""

    def rolled_out(self) -> None:
        self.step("A rollout", "a share of the requests first, then all, and back with one write")
        canary = {"strategy": "Canary", "steps": [{"weight": 20, "pause": {}}]}
        self.patch("hello", {"spec": {"rollout": canary, "vars": {"GREETING": "Salut"}}})
        with self.drawn("cw/hello", ends_well=True):
            self.await_true(
                "the first step",
                lambda: self.status("cw/hello").get("rollout", {}).get("phase") == "Paused",
            )
            first = self.greetings(100)
            promoted = self.rollout("promote", "cw/hello")
        self.say(f"100 requests at the first step: {first}")
        self.say(promoted)
        self.say(f"100 requests: {self.greetings(100)}")
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

    def analysed(self) -> None:
        self.step("A version that fails now and then", "is stopped by its error rate")
        good = self.spec("cw/hello")["source"]
        step = {"weight": 20, "pause": {"duration": "1m"}, "analysis": {}}
        canary = {"strategy": "Canary", "steps": [step]}
        self.patch("hello", {"spec": {"rollout": canary, "source": {"inline": {"script": _FLAKY}}}})
        answers: Counter[int] = Counter()

        def is_aborted() -> bool:
            answers.update(self.ask("hello").status_code for _ in range(20))
            return bool(self.ready("cw/hello")["reason"] == "RolloutAborted")

        with self.drawn("cw/hello", ends_well=False):
            self.await_true(
                "the first step",
                lambda: self.status("cw/hello").get("rollout", {}).get("weight") == 20,
            )
            began = time.monotonic()
            self.await_true("the end of the rollout", is_aborted)
            lasted = time.monotonic() - began
        self.say(f"{lasted:.0f} s later, instead of a minute:")
        self.say(self.ready("cw/hello")["message"])
        met = f"{answers[500]} of {answers.total()} requests met an error"
        self.await_true("the former version", lambda: self.failures(100) == 0)
        self.say(f"{met}; of the next 100, none")
        self.patch("hello", {"spec": {"rollout": None, "source": good}})
        self.wait_ready()

    def failures(self, requests: int) -> int:
        """Return how often ``hello`` fails."""
        return sum(self.ask("hello").status_code != 200 for _ in range(requests))

    @contextmanager
    def drawn(self, worker: str, *, ends_well: bool) -> Iterator[None]:
        """Draw a rollout while what is done inside goes on, until it ends. Nothing else may be said meanwhile."""
        self.say(f"$ kubectl workers rollout status {worker} -n {NAMESPACE} -w")
        drawing = subprocess.Popen([*self.command("status", worker), "-w"])
        try:
            yield
            self.await_true("the end of the picture", lambda: drawing.poll() is not None)
        finally:
            drawing.kill()
            drawing.wait()
        self.expect((drawing.returncode == 0) == ends_well, "rollout status -w says how it ended")

    def command(self, order: str, worker: str) -> list[str]:
        """Return the command line of ``kubectl workers rollout``."""
        program = str(Path(sys.executable).parent / "workers-operator")
        return [program, "rollout", order, worker, "-n", NAMESPACE, "--context", "local"]

    def rollout(self, order: str, worker: str) -> str:
        """Run ``kubectl workers rollout``; return what it says."""
        done = subprocess.run(self.command(order, worker), capture_output=True, text=True)
        self.expect(done.returncode == 0, f"rollout {order} succeeds; it said {done.stderr}")
        return f"$ kubectl workers rollout {order} {worker} -n {NAMESPACE}\n{done.stdout.rstrip()}"

    def greetings(self, requests: int) -> str:
        """Return how often ``hello`` says what."""
        said = Counter(self.ask("hello").text.split()[0] for _ in range(requests))
        return ", ".join(f"{count} {word}" for word, count in said.most_common())
