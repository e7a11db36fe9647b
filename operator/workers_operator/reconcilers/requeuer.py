"""What reconcilers tell the scheduler, which is on the floor above: which other objects may go on now."""

from collections.abc import Iterable
from typing import Protocol

from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.worker import ObjectKey


class Requeuer(Protocol):
    """Requeues objects that wait for others: ``scheduling.scheduler.Scheduler``."""

    def published(self, key: ObjectKey) -> None:
        """Requeue an object's callers."""

    def platform_ready(self, name: str) -> None:
        """Requeue the workers of a platform that can be used now."""

    def platform_lost(self, name: str) -> None:
        """Requeue a platform that has stopped working."""

    def status_changed(self, platform: str) -> None:
        """Refresh the status of a platform soon."""

    def released(self, followers: Iterable[ObjectKey], *, urgent: bool) -> None:
        """Requeue followers of a template that get another version. ``urgent``: they go back."""

    def objects_changed(self, platform: PlatformConfig, changed: set[tuple[str, str]]) -> None:
        """Requeue the workers whose source is one of these R2 objects (bucket, key)."""
