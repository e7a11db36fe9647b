"""Reasons of conditions caused by a rollout."""

from workers_operator.domain.text.words import ReasonWord


class RolloutReason(ReasonWord):
    """Why a worker does not serve the version of its spec (yet)."""

    PROGRESSING = (
        "RolloutProgressing",
        "Ready, Reconciling",
        "A new version is being rolled out; the message says at which step it is, and what share of requests it gets.",
    )
    PAUSED = (
        "RolloutPaused",
        "Ready, Reconciling",
        "The rollout waits for `workers-operator rollout promote`, or `resume`, or `abort`.",
    )
    ABORTED = (
        "RolloutAborted",
        "Ready, Deployed",
        "The new version gets no requests, and is not tried again until an edit or `workers-operator rollout retry`.",
    )
    UNDONE = (
        "RolledBack",
        "Ready, Deployed",
        "A former version serves, as was ordered, until an edit or `workers-operator rollout retry`.",
    )
