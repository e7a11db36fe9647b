"""Which share of a script's events is logged, by its setting `observability`.

Source: developers.cloudflare.com/workers/observability/logs/workers-logs.
"""

from collections.abc import Iterable

from local_edge.jsontypes import object_at
from local_edge.storage.scripts import Script


def sample_rate(script: Script) -> float:
    """Return a number from 0 to 1. The settings of `logs` take precedence over those of all telemetry."""
    observability = object_at(script.settings, "observability")
    logs = object_at(observability, "logs")
    enabled = logs.get("enabled", observability.get("enabled"))
    rate = logs.get("head_sampling_rate", observability.get("head_sampling_rate"))
    if not enabled:
        return 0.0
    return float(rate) if isinstance(rate, int | float) else 1.0


def logs_invocations(script: Script) -> bool:
    """Return whether each invocation is logged, in addition to the lines that it writes."""
    logs = object_at(object_at(script.settings, "observability"), "logs")
    return logs.get("invocation_logs") is not False


def observed_rates(scripts: Iterable[Script]) -> dict[str, float]:
    """Return the shares of the scripts that are logged, by name."""
    return {script.name: rate for script in scripts if (rate := sample_rate(script)) > 0}
