"""Reasons of scaling conditions, with the words and meanings of the Horizontal Pod Autoscaler."""

from workers_operator.domain.text.words import ReasonWord


class ScalingReason(ReasonWord):
    """A reason of ScalingActive, AbleToScale or ScalingLimited."""

    VALID_METRIC_FOUND = (
        "ValidMetricFound",
        "ScalingActive",
        "The number of instances follows the metrics of `spec.autoscaling`.",
    )
    METRICS_UNAVAILABLE = (
        "MetricsUnavailable",
        "ScalingActive",
        "A metric is missing or too old, so the number is not lowered; after a while the fallback applies.",
    )
    SCALING_DISABLED = (
        "ScalingDisabled",
        "ScalingActive",
        "`spec.instances` is 0, which parks the worker; set it to 1 or more.",
    )
    READY_FOR_NEW_SCALE = (
        "ReadyForNewScale",
        "AbleToScale",
        "No recent recommendation holds the number back.",
    )
    SUCCEEDED_RESCALE = "SucceededRescale", "AbleToScale", "The number was changed."
    SCALE_UP_STABILIZED = (
        "ScaleUpStabilized",
        "AbleToScale",
        "The least recommendation of the stabilization window holds.",
    )
    SCALE_DOWN_STABILIZED = (
        "ScaleDownStabilized",
        "AbleToScale",
        "The greatest recommendation of the stabilization window holds, or a burst was less than 15 min ago.",
    )
    DESIRED_WITHIN_RANGE = (
        "DesiredWithinRange",
        "ScalingLimited",
        "Neither the bounds nor a policy holds the number back.",
    )
    TOO_MANY_REPLICAS = (
        "TooManyReplicas",
        "ScalingLimited",
        "More instances are recommended than `maxInstances` allows.",
    )
    TOO_FEW_REPLICAS = (
        "TooFewReplicas",
        "ScalingLimited",
        "Fewer instances are recommended than `minInstances` allows; nothing is wrong.",
    )
    SCALE_UP_LIMIT = (
        "ScaleUpLimit",
        "ScalingLimited",
        "A policy of `behavior.scaleUp` does not let the number grow faster.",
    )
    SCALE_DOWN_LIMIT = (
        "ScaleDownLimit",
        "ScalingLimited",
        "A policy of `behavior.scaleDown` does not let the number shrink faster.",
    )
