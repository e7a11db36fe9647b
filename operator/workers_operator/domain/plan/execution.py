"""What became of a plan. Pure."""

from dataclasses import dataclass

from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.plan.actions import Action, DeleteBucket, DeleteKVNamespace


@dataclass(frozen=True)
class FailedAction:
    """An action that was not carried out, and why."""

    action: Action
    error: ReconcileError


@dataclass(frozen=True)
class Execution:
    """What became of a plan: the actions that are done, in order, and the one that failed.

    What is in use stays, and its deletion is not among those that are done.
    """

    done: tuple[Action, ...] = ()
    failed: FailedAction | None = None

    @property
    def deleted(self) -> frozenset[str]:
        """The names of the KV namespaces and buckets that are gone."""
        gone = (a for a in self.done if isinstance(a, DeleteKVNamespace | DeleteBucket))
        return frozenset(a.title if isinstance(a, DeleteKVNamespace) else a.name for a in gone)
