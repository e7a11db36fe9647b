"""Count workers by state."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import Scope
from workers_operator.gateway.cache.facets import Facets
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.gateway.shapes.status import FleetCountsModel
from workers_operator.index.objects import Readiness, Record


def visible(cache: WatchCache, scope: Scope) -> Iterator[tuple[ObjectKey, Facets, Record]]:
    """Yield the workers of a scope, in order."""
    for _, key in cache.directory.visible(scope):
        record = cache.get(key)
        if record is not None:
            yield key, cache.facets(key), record


def by_platform(cache: WatchCache, scope: Scope) -> Mapping[str, Counter[Readiness]]:
    """Count each platform's workers by state."""
    found: defaultdict[str, Counter[Readiness]] = defaultdict(Counter)
    for _, facets, record in visible(cache, scope):
        found[facets.platform][record.standing.readiness] += 1
    return found


def counts_of(counter: Counter[Readiness]) -> FleetCountsModel:
    """Return counts in the form of an answer."""
    return FleetCountsModel(
        total=counter.total(),
        ready=counter[Readiness.READY],
        suspended=counter[Readiness.SUSPENDED],
        not_ready=counter[Readiness.NOT_READY],
    )
