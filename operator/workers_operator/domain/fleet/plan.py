"""Decisions of a template's last pass, looked up by its followers. Pure."""

from dataclasses import dataclass

from workers_operator.domain.worker import ObjectKey


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """Versions of the followers.

    ``uid``: of the template. ``released`` has ``version``, all followers if it is None; the others keep what they have,
    ``former`` if they have nothing. ``retry``: the order to try again what has failed, "" without one. ``at_once``:
    those that have it at the edge skip steps of their own.
    """

    uid: str
    version: str
    former: str = ""
    released: frozenset[ObjectKey] | None = None
    retry: str = ""
    at_once: bool = False

    def version_of(self, key: ObjectKey, own: str) -> str:
        """Return the version for a follower. ``own``: its present one, "" for none."""
        if self.released is None or key in self.released:
            return self.version
        if own and own != self.version:
            return own
        return self.former or self.version
