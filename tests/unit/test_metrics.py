"""The exposed metrics: what a scrape returns."""

from collections import Counter

from prometheus_client import CollectorRegistry, exposition

from workers_operator.metrics import Levels, Metrics


def test_counters_and_histograms_have_no_created_series() -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry, 4, ("customerworker",))
    metrics.added("customerworker")
    metrics.started("customerworker", 0.1)
    metrics.finished("customerworker", "success", 0.2)
    metrics.called("GET /zones/{zone}", "200", 0.3)
    metrics.waited(0.0)

    scraped = exposition.generate_latest(registry).decode()

    assert "workqueue_adds_total" in scraped
    assert "_created" not in scraped


def test_workers_that_are_suspended_are_counted_apart() -> None:
    registry = CollectorRegistry()
    workers = {"default": (9, 5, 3), "eu": (0, 0, 0)}
    registry.register(
        Levels(
            Counter, dict, lambda: workers, lambda: {"default": 2}, lambda: {"default": 61.0}, dict
        )
    )
    for platform, counts in workers.items():
        found = [
            registry.get_sample_value(f"cloudflare_worker_{name}", {"platform": platform})
            for name in ("count", "ready", "suspended")
        ]
        assert found == list(counts)
    assert registry.get_sample_value("cloudflare_worker_orphans", {"platform": "default"}) == 2


def test_a_platform_for_a_single_tenant_is_told_from_those_with_grants() -> None:
    registry = CollectorRegistry()
    tenancies = {"default": "SingleTenant", "eu": "Granted"}
    registry.register(Levels(Counter, dict, dict, dict, dict, lambda: tenancies))
    for platform, tenancy in tenancies.items():
        labels = {"platform": platform, "tenancy": tenancy}
        assert registry.get_sample_value("cloudflare_worker_platform_info", labels) == 1
