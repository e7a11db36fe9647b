"""Tampering: scripts under the operator's names whose content or settings somebody else has changed. Pure.

A listing tells of every script the hash of its code and when it was changed last, so that finding out costs no call of
its own. What the operator left is known from its own uploads, and from status after a restart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workers_operator.domain.plan.actions import ScriptId

# Two answers may give one moment with different precision: a change so soon after an upload goes unnoticed.
_SLACK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a listing tells of a script. ``etag``: hash of its code; ``modified``: RFC 3339; "" if it is not told."""

    etag: str = ""
    modified: str = ""


UNKNOWN: Final = Fingerprint()
UNDER_WAY: Final = Fingerprint("under way")
"""Stands for a script whose upload has begun: unless it is known how that ended, it is uploaded again."""

Fingerprints = Mapping[ScriptId, Fingerprint]


def is_left_alone(listed: Fingerprint, ours: Fingerprint) -> bool:
    """Whether a script is as the operator left it. A listing that is older than what the operator did says nothing.

    The hash counts where the times are not told: that two kinds of answers hash the same is nowhere promised.
    """
    later = _seconds_between(ours.modified, listed.modified)
    if later is not None:
        return later <= _SLACK_SECONDS
    return "" in (listed.etag, ours.etag) or listed.etag == ours.etag


def newest(recorded: Fingerprint | None, uploaded: Fingerprint | None) -> Fingerprint | None:
    """Return how the operator left a script, as status records it or as this process has uploaded it."""
    if recorded is None or uploaded is None or recorded == UNDER_WAY:
        return uploaded or recorded
    later = _seconds_between(recorded.modified, uploaded.modified)
    return recorded if later is not None and later < 0 else uploaded


def tampered(listed: Fingerprints, ours: Fingerprints) -> frozenset[ScriptId]:
    """Return the scripts that somebody else has changed."""
    return frozenset(
        script
        for script, found in listed.items()
        if script in ours and ours[script] != UNDER_WAY and not is_left_alone(found, ours[script])
    )


def interrupted(listed: Fingerprints, ours: Fingerprints) -> frozenset[ScriptId]:
    """Return the scripts whose upload has begun, and of which nobody knows how it ended."""
    return frozenset(script for script in listed if ours.get(script) == UNDER_WAY)


def _seconds_between(earlier: str, later: str) -> float | None:
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return None
