"""The exposed metrics: what a scrape returns."""

from prometheus_client import CollectorRegistry, exposition

from workers_operator.metrics import Levels, Metrics, level


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


def test_levels_are_read_at_every_scrape() -> None:
    registry = CollectorRegistry()
    values: dict[tuple[str, ...], float] = {("default", "ProbeFailed"): 2.0}
    labels = ("platform", "reason")
    registry.register(Levels(lambda: [level("cloudflare_worker_x", "x", labels, values)]))

    def read(reason: str) -> float | None:
        found = {"platform": "default", "reason": reason}
        return registry.get_sample_value("cloudflare_worker_x", found)

    assert read("ProbeFailed") == 2
    values[("default", "Pending")] = 1.0
    assert read("Pending") == 1
