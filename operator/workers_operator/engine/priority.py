"""Priorities: who goes first, in the work queue and in the API budget alike."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import ClassVar


class Urgency(IntEnum):
    """Lower values go first."""

    ABORT = 0  # requests go back from a version that has failed: may use the budget's reserve
    EDIT = 1  # a user changed something that is deployed already, or requested a check
    CREATE = 2
    RETRY = 3
    FOLLOW = 4  # the next wave of a template's followers: saving calls matters as well as time
    RESYNC = 5  # observation and clean-up


@dataclass(frozen=True, slots=True, order=True)
class Priority:
    """How urgent something is, and on whose behalf: tenants of one urgency take turns.

    ``tenant``: "" for what is done on behalf of all, as the constants are; it takes turns with the tenants.
    """

    urgency: Urgency
    tenant: str = ""

    ABORT: ClassVar["Priority"]
    EDIT: ClassVar["Priority"]
    CREATE: ClassVar["Priority"]
    RETRY: ClassVar["Priority"]
    RESYNC: ClassVar["Priority"]

    def at(self, urgency: Urgency) -> "Priority":
        """Return the priority of something else on behalf of the same tenant."""
        return replace(self, urgency=urgency)


Priority.ABORT = Priority(Urgency.ABORT)
Priority.EDIT = Priority(Urgency.EDIT)
Priority.CREATE = Priority(Urgency.CREATE)
Priority.RETRY = Priority(Urgency.RETRY)
Priority.RESYNC = Priority(Urgency.RESYNC)
