"""Priorities: who goes first, in the work queue and in the API budget alike."""

from enum import IntEnum


class Priority(IntEnum):
    """Lower values go first."""

    ABORT = 0  # rollbacks and deletions of routes: may use the budget's reserve
    EDIT = 1  # a user changed something that is deployed already, or requested a check
    CREATE = 2
    RETRY = 3
    RESYNC = 4  # observation and clean-up
