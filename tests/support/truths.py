"""Whether what is told of a known mix equals it: status, /metrics, ``workers-operator usage``, Cloudflare's GraphQL."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from support.bed import Place
from support.handles import Platform, Worker
from support.mixes import KINDS, Asked, Sent, send
from support.operators import Operator
from support.waiting import until
from workers_operator.domain.names import base_name

Answer = Mapping[str, Any]
SOURCES: Final = ("status", "/metrics", "usage", "GraphQL")
_EXACTLY: Final = 0.0
_NEARLY: Final = 0.1
_LATE: Final = 2.0  # seconds: more than the edge's GraphQL ever is


@dataclass(frozen=True)
class Row:
    """One value: what was sent, and what each source tells of it. ``tolerance``: a share of it.

    ``seen``: what it came to where it was sent from, if that is another value: a busy machine adds to times.
    """

    what: str
    sent: float
    told: Mapping[str, float]
    tolerance: float = _EXACTLY
    seen: float | None = None

    @property
    def wrong(self) -> list[str]:
        """The sources that tell something else."""
        least = (1 - self.tolerance) * self.sent
        most = (1 + self.tolerance) * max(self.sent, self.seen or 0.0)
        return [name for name, value in self.told.items() if not least <= value <= most]


@dataclass(frozen=True)
class Told:
    """What the sources have told. ``usage``: by customer; ``invocations``: by script, those of probes left out."""

    workers: Mapping[str, Worker]
    platform: Platform
    operator: Operator
    usage: Mapping[str, Answer]
    invocations: Mapping[str, Answer]

    def rows(self, sent: Sent) -> Iterator[Row]:
        """Yield what can be compared."""
        for name in self.workers:
            yield from self._counts(sent, name)
        yield from self._all(sent)
        for (name, version, instance), count in sorted(sent.answered.items()):
            what = f"`{name}`: requests to version {version}, instance {instance}"
            script = f"{base_name(self.workers[name].script_name)}--{version}--{instance}"
            yield Row(what, count, {"GraphQL": self._sum(script, "requests")})
        for name in self.workers:
            yield from self._times(sent, name)
        yield from self._totals(sent)

    def _counts(self, sent: Sent, name: str) -> Iterator[Row]:
        worker, metrics = self.workers[name], self.workers[name].status["metrics"]
        used = self.usage[worker.body["spec"]["customerId"]]
        single = {"exported_namespace": worker.namespace, "worker": worker.name}
        of_metrics = self.operator.metric
        told = {
            "status": metrics["requests"],
            "/metrics": of_metrics("cloudflare_worker_single_requests_total", **single),
            "usage": used["requests"],
            "GraphQL": self._sum(f"{base_name(worker.script_name)}--", "requests"),
        }
        yield Row(f"`{name}`: requests", sent.requests(name), told)
        told = {
            "status": metrics["errors"],
            "/metrics": of_metrics("cloudflare_worker_single_request_errors_total", **single),
            "usage": used["errors"],
        }
        yield Row(f"`{name}`: errors", sent.errors(name).total(), told)

    def _all(self, sent: Sent) -> Iterator[Row]:
        of_metrics, of_us = self.operator.metric, {"platform": self.platform.name}
        told = {
            "/metrics": of_metrics("cloudflare_worker_requests_total", **of_us),
            "usage": sum(used["requests"] for used in self.usage.values()),
            "GraphQL": self._sum("", "requests"),
        }
        yield Row("all: requests", sent.requests(), told)
        errors = sent.errors()
        for kind in KINDS.values():
            name = "cloudflare_worker_request_errors_total"
            told = {"/metrics": of_metrics(name, **of_us, kind=kind)}
            if kind == "exception":  # the only one of these that Cloudflare takes for an error
                told["GraphQL"] = self._sum("", "errors")
            yield Row(f"all: errors of the kind {kind}", errors[kind], told)

    def _times(self, sent: Sent, name: str) -> Iterator[Row]:
        metrics, cpu = self.workers[name].status["metrics"], sent.spins(name)
        times, took = sent.times(name), sorted(sent.took[name])
        mean, slow = sum(times) / len(times), _quantile(times, 0.99)
        for what, meant, told, seen in (
            ("average response time", mean, metrics["avgResponseTime"], sum(took) / len(took)),
            ("response time, p99", slow, metrics["p99ResponseTime"], _quantile(took, 0.99)),
            ("CPU time, p50", _quantile(cpu, 0.5), metrics["cpu"]["p50"], None),
            ("CPU time, p99", _quantile(cpu, 0.99), metrics["cpu"]["p99"], None),
        ):
            value = float(told.removesuffix("ms"))
            yield Row(f"`{name}`: {what}, ms", meant, {"status": value}, _NEARLY, seen)

    def _totals(self, sent: Sent) -> Iterator[Row]:
        of_metrics, of_us = self.operator.metric, {"platform": self.platform.name}
        told = {
            "/metrics": of_metrics("cloudflare_worker_response_seconds_total", **of_us),
            "GraphQL": self._sum("", "requestDuration") / 1e6,
        }
        seen = sum(map(sum, sent.took.values())) / 1000
        yield Row("all: response times, s", sum(sent.times()) / 1000, told, _NEARLY, seen)
        told = {
            "/metrics": of_metrics("cloudflare_worker_cpu_seconds_total", **of_us),
            "usage": sum(used["cpu_seconds"] for used in self.usage.values()),
            "GraphQL": self._sum("", "cpuTimeUs") / 1e6,
        }
        yield Row("all: CPU time, s", sum(sent.spins()) / 1000, told, _NEARLY)

    def _sum(self, script: str, field: str) -> float:
        """A sum over the scripts whose names begin like this."""
        found = (s for name, s in self.invocations.items() if name.startswith(script))
        return float(sum(s[field] for s in found))


class Experiment:
    """Workers of one platform that get a known mix, and no probes meanwhile: GraphQL tells of them, too."""

    def __init__(self, place: Place, platform: Platform, workers: Mapping[str, Worker]) -> None:
        self.sent = Sent()
        self._place = place
        self._platform = platform
        self._workers = workers
        self._invocations: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def send(self, asked: Sequence[Asked], rate: float) -> None:
        """Send requests, so many a second, and wait until GraphQL tells of them."""
        edge, before = self._place.access.edge, self._settled()
        asyncio.run(send(edge.data_url, self._workers, asked, rate, self.sent))
        for script, sums in self._settled().items():
            former = before.get(script, {})
            self._invocations[script].update({k: v - former.get(k, 0) for k, v in sums.items()})

    def _settled(self) -> Mapping[str, Answer]:
        """The invocations, once GraphQL has told of all that were before. It answers 300 questions in 5 minutes."""
        edge, space = self._place.access.edge, self._platform.space

        def unchanged() -> Mapping[str, Answer]:
            before = edge.invocations(space)
            time.sleep(_LATE)
            return before if edge.invocations(space) == before else {}

        return until(unchanged, "the workers do not come to rest")

    def told(self, operator: Operator) -> Told:
        """Ask all sources."""
        customers = [str(worker.body["spec"]["customerId"]) for worker in self._workers.values()]
        used = _usage(self._place, self._platform, customers)
        return Told(self._workers, self._platform, operator, used, self._invocations)


def _usage(place: Place, platform: Platform, customers: Sequence[str]) -> Mapping[str, Answer]:
    """What ``workers-operator usage`` tells an administrator."""
    command = [sys.executable, "-m", "workers_operator.cli", "usage", "-o", "json", "--since", "1h"]
    named = [word for customer in customers for word in ("--customer", customer)]
    done = subprocess.run(
        [*command, *named, "--platform", platform.name],
        env={"KUBECONFIG": str(place.access.kubectl.kubeconfig), **place.bed.allowed},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return {usage["customer"]: usage for usage in json.loads(done.stdout)}


def _quantile(values: Sequence[float], level: float) -> float:
    return values[min(len(values) - 1, int(level * len(values)))]
