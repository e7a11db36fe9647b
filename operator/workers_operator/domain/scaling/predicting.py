"""How many instances the forecast of the load asks for. Pure."""

from collections.abc import Mapping

from workers_operator.domain.scaling.behavior import Autoscaling, MetricType
from workers_operator.domain.scaling.forecast import Series, greatest_ahead
from workers_operator.domain.scaling.measuring import required


def predicted_instances(
    autoscaling: Autoscaling, series: Mapping[MetricType, Series]
) -> int | None:
    """Return the number for the greatest load within the horizon; None without a forecast."""
    predictive = autoscaling.predictive
    if predictive.mode == "Off":
        return None
    found = []
    for target in autoscaling.targets:
        past = series.get(target.metric)
        if past is None or not target.metric.is_additive:
            continue
        period = round(predictive.season / past.step)
        load = greatest_ahead(past, period, predictive.horizon)
        if load is not None:
            found.append(required(load, target))
    return max(found, default=None)
