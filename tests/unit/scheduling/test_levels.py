"""The gauges that are computed at a scrape."""

from prometheus_client import CollectorRegistry

from support.calls import ok
from support.platforms import Bench as Account
from unit.scheduling.test_scheduler import Bench as Cluster
from workers_operator.account.writes import ScriptUploaded
from workers_operator.domain.errors import Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.scheduling.levels import levels


class Scrapes:
    """A platform with three workers."""

    def __init__(self) -> None:
        self.account, self.cluster = Account(lambda _: ok([])), Cluster()
        self.cluster.know("a", ready=True, reason="Succeeded")
        self.cluster.know("b", reason="ProbeFailed")
        self.cluster.know("c", reason="HostnameConflict")
        index, clock = self.cluster.index, self.account.clock
        self.registry = CollectorRegistry()
        leftovers = LeftoverRemover(index, 1.0)
        queue, platforms = self.cluster.queue, self.account.platforms
        self.registry.register(levels(queue, platforms, index, leftovers, clock))

    def read(self, name: str, **labels: str) -> float | None:
        """A value, None where there is none."""
        found = {"platform": "default", **labels}
        return self.registry.get_sample_value(f"cloudflare_worker_{name}", found)


def test_workers_are_counted_by_what_they_report() -> None:
    scrapes = Scrapes()
    assert [scrapes.read(name) for name in ("count", "ready", "suspended")] == [3, 1, 0]
    assert scrapes.read("not_ready", reason="ProbeFailed") == 1
    assert scrapes.read("not_ready", reason="HostnameConflict") == 1
    assert scrapes.read("not_ready", reason="Succeeded") is None
    assert scrapes.read("health", state="Unknown") == 3
    assert scrapes.read("health", state="Unhealthy") == 0


def test_a_platform_says_why_it_cannot_be_used() -> None:
    scrapes = Scrapes()
    assert scrapes.read("platform_ready") == 1
    assert scrapes.read("platform_not_ready", reason="CredentialsRejected") is None
    problem = Waiting(Reason.CREDENTIALS_REJECTED, "no", after=60)
    scrapes.account.platforms.failed("default", problem)
    assert scrapes.read("platform_ready") == 0
    assert scrapes.read("platform_not_ready", reason="CredentialsRejected") == 1
    scrapes.account.platforms.recovered("default")
    assert scrapes.read("platform_not_ready", reason="CredentialsRejected") is None


def test_an_account_shows_its_budget_and_its_scripts() -> None:
    scrapes = Scrapes()
    assert scrapes.read("api_budget_limit") == scrapes.read("api_budget_remaining") == 1200
    assert scrapes.read("scripts") == 0
    for name in ("shop--11111111--0", "shop--11111111--1", "somebody-elses"):
        scrapes.account.platform.snapshot.record(ScriptUploaded(name))
    assert scrapes.read("scripts") == 3


def test_analytics_that_fail_are_shown_before_any_were_had() -> None:
    scrapes = Scrapes()
    metrics = scrapes.account.platform.metrics
    assert scrapes.read("metrics_age_seconds") is None
    assert scrapes.read("metrics_failing") == 0
    metrics.fail("the token lacks Account Analytics Read")
    assert scrapes.read("metrics_failing") == 1
    metrics.add([], int(scrapes.account.clock.now().timestamp()) - 60)
    assert scrapes.read("metrics_failing") == 0
    assert 60 <= (scrapes.read("metrics_age_seconds") or 0) < 62
