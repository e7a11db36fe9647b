"""Counts requests and errors as the dispatcher saw them, CPU time and egress as Cloudflare did, by customer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.cloudflare import analytics
from workers_operator.cloudflare.analytics import DataPoints
from workers_operator.cloudflare.api import Api
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain import names
from workers_operator.engine.priority import Priority

UNKNOWN: Final = "(unknown)"
"""The customer of scripts that ran without any request through the dispatcher in that time."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one customer's workers on one platform came to. ``egress_bytes``: of responses, as far as counted."""

    platform: str
    customer: str
    workers: int = 0
    requests: int = 0
    errors: int = 0
    cpu_seconds: float = 0.0
    egress_bytes: int = 0


async def usage_on(api: Api, config: PlatformConfig, since: int, until: int) -> Sequence[Usage]:
    """Return the usage on a platform between two Unix times, by customer. Raises CloudflareError."""
    found: defaultdict[str, Usage] = defaultdict(lambda: Usage(config.name, ""))
    customers: dict[str, str] = {}  # base name -> customer
    points = DataPoints(config.storage.analytics_dataset, config.environment)
    rows = analytics.usage(api, points, since, until, Priority.EDIT)
    async for customer, worker, requests, errors in rows:
        customers[names.base_name(worker)] = customer
        one = found[customer]
        found[customer] = replace(
            one,
            customer=customer,
            workers=one.workers + 1,
            requests=one.requests + requests,
            errors=one.errors + errors,
        )
    namespace = config.dispatch.namespace
    async for script, sums in analytics.consumption(api, namespace, since, until, Priority.EDIT):
        parsed = names.parse_versioned_name(script)
        customer = customers.get(parsed.base, UNKNOWN) if parsed is not None else UNKNOWN
        one = found[customer]
        found[customer] = replace(
            one,
            customer=customer,
            cpu_seconds=one.cpu_seconds + sums.cpu_us / 1_000_000,
            egress_bytes=one.egress_bytes + sums.response_bytes,
        )
    return [found[customer] for customer in sorted(found)]


def of_customers(usages: Iterable[Usage], customers: Collection[str]) -> list[Usage]:
    """Return the usage of these customers, of all if none is named."""
    return [usage for usage in usages if not customers or usage.customer in customers]
