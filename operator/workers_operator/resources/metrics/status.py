"""Metrics in status."""

from typing import Annotated

from pydantic import Field

from workers_operator.resources.model import StatusModel


class CpuStatus(StatusModel):
    """CPU time of one request."""

    p50: str = Field(description="Median, e.g. 3.1ms.")
    p99: str = Field(description="99th percentile, e.g. 9ms.")
    usage: str | None = Field(
        default=None,
        description="The 99th percentile as a share of limits.cpuMs, e.g. 15%; absent without that limit.",
    )


class MetricsStatus(StatusModel):
    """Metrics of the worker's requests in a window of complete minutes, rounded to two significant digits.

    Analytics arrive some minutes late. The metrics are renewed when they have changed, every 5 minutes at most.
    """

    window: str = Field(description="Length of the window, e.g. 5m.")
    until: Annotated[str, Field(json_schema_extra={"format": "date-time"})] = Field(
        description="End of the window, e.g. 2026-01-31T08:00:00Z: the age of the metrics counts from here."
    )
    requests: int = Field(description="Number of requests, e.g. 12000.")
    errors: int = Field(
        description="Number of requests that failed: an exception, an exceeded limit, a missing script, or a "
        "response with a status of 500 or more."
    )
    error_rate: str | None = Field(
        default=None, description="Share of the requests that failed, e.g. 0.19%."
    )
    requests_per_second: str = Field(description="Average number of requests a second, e.g. 41.")
    avg_response_time: str | None = Field(
        default=None,
        description="Average time until the response's headers, without the network, e.g. 45ms.",
    )
    p99_response_time: str | None = Field(
        default=None, description="99th percentile of the same, e.g. 120ms."
    )
    cpu: CpuStatus | None = Field(default=None, description="CPU time of one request.")
    memory: str | None = Field(
        default=None,
        description="99th percentile of the memory that an isolate of the worker used, e.g. 64MB.",
    )


class PlatformMetricsStatus(StatusModel):
    """Why the metrics of the platform's workers are out of date."""

    failure: Annotated[str, Field(max_length=1024)] = Field(
        description="Why Cloudflare's analytics cannot be read, e.g. a permission that the API token lacks: it "
        "needs Account Analytics Read."
    )
