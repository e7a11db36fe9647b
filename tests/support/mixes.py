"""A known mix of requests: what is sent to which worker, how it fails, and how long it sleeps and spins."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from support.handles import Worker

SCRIPT: Final = """
// edition EDITION
export default {
  async fetch(request) {
    const asked = new URL(request.url).searchParams;
    const end = performance.now() + Number(asked.get("spin"));
    while (performance.now() < end);
    await scheduler.wait(Number(asked.get("sleep")));
    if (asked.get("as") === "exception") throw new Error("as asked for");
    return new Response("ok", { status: Number(asked.get("as") ?? 200) });
  }
};
"""
KINDS: Final = {"exception": "exception", "500": "status", "503": "origin"}
"""What a request asks for -> the kind of error that metrics call it."""
_AT_ONCE: Final = 24  # connections


def script(edition: int) -> str:
    """The worker's code; every edition is a version of its own."""
    return SCRIPT.replace("EDITION", str(edition))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``as_``: the status of its response, or "exception"; times in milliseconds."""

    worker: str
    as_: str
    sleep: int
    spin: int

    @property
    def path(self) -> str:
        return f"/?as={self.as_}&sleep={self.sleep}&spin={self.spin}"


def mix(worker: str, count: int, *, errors: int, sleep: int, spin: int) -> Iterator[Asked]:
    """``count`` requests, ``errors`` of them failing in turn in every way.

    One in fifty sleeps four times as long, and one in fifty spins four times as long.
    """
    ways, every = list(KINDS), count // max(1, errors)
    for number in range(count):
        nth, rest = divmod(number, every)
        as_ = ways[nth % len(ways)] if rest == 0 and nth < errors else "200"
        long = 4 if number % 50 == 17 else 1
        heavy = 4 if number % 50 == 33 else 1
        yield Asked(worker, as_, sleep * long, spin * heavy)


@dataclass
class Sent:
    """What was sent, and who answered it. ``answered``: by worker, version and instance.

    ``took``: the milliseconds that each request was seen to take, by worker; ``seconds``: that all of it took.
    """

    asked: list[Asked] = field(default_factory=list)
    answered: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unexpected: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def requests(self, worker: str | None = None) -> int:
        """How many were sent to a worker; to all of them without one."""
        return sum(worker in (None, one.worker) for one in self.asked)

    def errors(self, worker: str | None = None) -> Counter[str]:
        """How many of them had to fail, by kind."""
        found = (one for one in self.asked if worker in (None, one.worker))
        return Counter(KINDS[one.as_] for one in found if one.as_ in KINDS)

    def times(self, worker: str | None = None) -> Sequence[int]:
        """The milliseconds after which each of them had to be answered, ascending."""
        return sorted(o.sleep + o.spin for o in self.asked if worker in (None, o.worker))

    def spins(self, worker: str | None = None) -> Sequence[int]:
        """The milliseconds of CPU time that each of them had to use, ascending."""
        return sorted(o.spin for o in self.asked if worker in (None, o.worker))


async def send(
    data_plane: str, workers: Mapping[str, Worker], asked: Iterable[Asked], rate: float, sent: Sent
) -> None:
    """Send so many requests a second, and note what came back.

    At a rate that the machine can take: where requests wait for one another, times are not those that were asked for.
    """
    began, waiting = time.monotonic(), enumerate(asked)

    async def one_after_the_other(session: aiohttp.ClientSession) -> None:
        for number, one in waiting:
            await asyncio.sleep(began + number / rate - time.monotonic())
            headers, asked_at = {"Host": workers[one.worker].host}, time.monotonic()
            async with session.get(one.path, headers=headers) as answer:
                sent.took[one.worker].append(1000 * (time.monotonic() - asked_at))
                await answer.read()
            sent.asked.append(one)
            version = answer.headers.get("Code24-Version", "")
            instance = int(answer.headers.get("Code24-Instance", "-1"))
            sent.answered[one.worker, version, instance] += 1
            if answer.status != (500 if one.as_ == "exception" else int(one.as_)):
                sent.unexpected.append(f"{one}: {answer.status}")

    async with (
        aiohttp.ClientSession(data_plane) as session,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(_AT_ONCE):
            group.create_task(one_after_the_other(session))
    sent.seconds += time.monotonic() - began
