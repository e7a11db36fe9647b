"""What a scrape of the gateway returns."""

import subprocess
import sys

SCRAPED = """
from prometheus_client import CollectorRegistry, exposition
from workers_operator.gateway.http.measuring import GatewayMetrics

metrics = GatewayMetrics(CollectorRegistry(), lambda: 1, lambda: False)
metrics.answered("GET", "/api/workers/", 200, 0.1)
print(exposition.generate_latest(metrics.registry).decode())
"""


def test_counters_and_histograms_have_no_created_series() -> None:
    """In a process of its own: the operator's metrics switch them off for all of a process."""
    done = subprocess.run(
        [sys.executable, "-c", SCRAPED], capture_output=True, text=True, check=True
    )
    assert "code24_gateway_requests_total" in done.stdout
    assert "code24_gateway_request_seconds_bucket" in done.stdout
    assert "_created" not in done.stdout
