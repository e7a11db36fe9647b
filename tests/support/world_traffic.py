"""A world whose workers get requests, which are counted as Cloudflare's analytics would count them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from support.world import World
from support.world_bodies import BASE
from workers_operator.account.platforms import Platform
from workers_operator.domain import names
from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.serving import parse_mark
from workers_operator.domain.worker import ObjectKey

FAILS: Final = "fails!"  # a script that has it fails at every third request, and at no probe
_RATE: Final = 10  # requests a second to each version


class BusyWorld(World):
    """Every version gets requests; of those whose rollouts are analysed they are there at once.

    ``shares``: whenever others got the requests to a worker: the version that serves, and what another one gets.
    """

    def __init__(self, **options: Any) -> None:
        self.shares: list[tuple[str, float]] = []
        super().__init__(**options)
        self.cloudflare.changed = self._look

    async def _run_due(self, done: list[ObjectKey]) -> None:
        for account in self.operator.platforms:
            if self.operator.platforms.is_usable(account.config.name):
                self._count(self.operator.platforms.usable(account.config.name))
        await super()._run_due(done)

    def _look(self) -> None:
        for kv in self.cloudflare.kv.values():
            if (pair := kv.pairs.get(f"worker:{BASE}")) and (mark := parse_mark(pair.metadata)):
                canary = mark.serving.canary
                found = (mark.serving.hash, canary.weight if canary is not None else 0.0)
                if self.shares[-1:] != [found]:
                    self.shares.append(found)

    def _count(self, platform: Platform) -> None:
        comparisons, now = platform.metrics.comparisons, self.clock.now().timestamp()
        for (since, until), script_names in comparisons.lacking(now, 0.0).items():
            wanted = list(script_names)
            found = defaultdict[str, dict[str, Tally]](dict)
            for worker, version, tally in self._requests(platform, wanted, (until - since) * _RATE):
                found[worker][version] = tally
            comparisons.add(wanted, (since, until), found)

    def _requests(
        self, platform: Platform, wanted: Sequence[str], requests: int
    ) -> Iterator[tuple[str, str, Tally]]:
        bases = {names.base_name(script_name): script_name for script_name in wanted}
        for name, script in self.scripts(platform.config.dispatch.namespace).items():
            parsed = names.parse_versioned_name(name)
            if parsed is not None and parsed.base in bases and parsed.instance == 0:
                failed = requests // 3 if FAILS in script.text else 0
                yield bases[parsed.base], parsed.hash, Tally(requests, failed)
