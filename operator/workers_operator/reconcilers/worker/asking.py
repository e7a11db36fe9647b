"""Asks a worker through the data plane: any instance of a new version, and every instance of one that serves."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.account.connection import Prober
from workers_operator.domain.health.probes import ProbeAnswer, StatusRange, is_good
from workers_operator.domain.health.selection import ProbeSigner
from workers_operator.domain.worker import Worker
from workers_operator.engine.clock import Clock

# A new version is probed quickly at first (local edges, warm caches), then at the pace of KV's propagation.
_FIRST_PROBES: Final = (0.0, 0.05, 0.1, 0.2, 0.4)
_PROBING_SECONDS: Final = 1.0


@dataclass(frozen=True)
class ProbeQuestion:
    """What is asked of a worker: a path, and an answer within ``timeout`` seconds.

    ``selector``: signs what names an instance; None: any instance may answer. ``out``: instances that get no requests.
    """

    worker: Worker
    path: str
    timeout: float
    selector: ProbeSigner | None = None
    out: frozenset[int] = frozenset()

    async def ask(self, prober: Prober, clock: Clock, instance: int = 0) -> ProbeAnswer:
        """Probe the worker's first route once, of those without a wildcard if there are any."""
        route = min(self.worker.routes, key=lambda r: r.host.startswith("*"))
        host, path = route.request_to(self.path)
        selection = ""
        if self.selector is not None:
            selection = self.selector.select(host, instance, clock.now().timestamp())
        return await prober.probe(host, path, self.timeout, selection)


async def wait_for_version(
    question: ProbeQuestion, prober: Prober, version: str, clock: Clock
) -> ProbeAnswer:
    """Probe until ``version`` answers, for about a second besides the last probe; return the last answer."""
    first = min({*range(question.worker.instances)} - question.out, default=0)
    deadline = clock.monotonic() + _PROBING_SECONDS
    answer = ProbeAnswer(0, None, "not probed yet")
    for pause in _FIRST_PROBES:
        if pause:
            await clock.sleep(pause)
        answer = await question.ask(prober, clock, first)
        if answer.version == version or clock.monotonic() >= deadline:
            break
    return answer


async def ask_all(
    question: ProbeQuestion, prober: Prober, clock: Clock
) -> Mapping[int, ProbeAnswer]:
    """Probe every instance once, side by side; any one, if none can be selected."""
    count = question.worker.instances if question.selector is not None else 1
    asked = (question.ask(prober, clock, instance) for instance in range(count))
    answers = enumerate(await asyncio.gather(*asked))
    # A dispatcher that does not know the key, or has another time, picks an instance itself.
    return {a.instance if a.instance is not None else asked: a for asked, a in answers}


def best(
    answers: Mapping[int, ProbeAnswer], version: str, expected: Sequence[StatusRange] | None
) -> ProbeAnswer:
    """Return the answer that stands for the worker: a good one if there is any."""
    found = list(answers.values())
    return next((a for a in found if is_good(a, version, expected)), found[0])
