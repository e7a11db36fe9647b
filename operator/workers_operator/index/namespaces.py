"""Namespaces: their labels, as long as a platform's grants select namespaces by them."""

from collections.abc import Mapping
from typing import Any

from workers_operator.desired.platform import selects_namespaces
from workers_operator.domain.tenancy.selectors import NO_LABELS, Labels


class Namespaces:
    """Labels by namespace. Single-threaded.

    ``known``: all have been listed, and changes are followed from then on. ``problem``: why they cannot be read, None
    if they can; a namespace has no labels then.
    """

    def __init__(self) -> None:
        self.known = False
        self.problem: str | None = None
        self._labels: dict[str, Labels] = {}
        self._selecting: set[str] = set()  # platforms

    @property
    def wanted(self) -> bool:
        """Whether a platform selects namespaces by labels."""
        return bool(self._selecting)

    def selects(self, platform: str) -> bool:
        """Whether a platform selects namespaces by labels."""
        return platform in self._selecting

    def see_platform(self, name: str, body: Mapping[str, Any]) -> None:
        """Take in the state of a platform."""
        (self._selecting.add if selects_namespaces(body) else self._selecting.discard)(name)

    def forget_platform(self, name: str) -> None:
        """Forget a platform that is gone."""
        self._selecting.discard(name)

    def labels(self, namespace: str) -> Labels:
        """Return the labels of a namespace; none if it is not known."""
        return self._labels.get(namespace, NO_LABELS)

    def learn(self, labels: Mapping[str, Labels]) -> None:
        """Take in the labels of all namespaces."""
        self._labels = {name: dict(found) for name, found in labels.items() if found}
        self.known, self.problem = True, None

    def put(self, namespace: str, labels: Labels) -> bool:
        """Take in the labels of one namespace, none of one that is gone; return whether they have changed."""
        self.problem = None
        if labels == self.labels(namespace):
            return False
        if labels:
            self._labels[namespace] = dict(labels)
        else:
            self._labels.pop(namespace, None)
        return True

    def deny(self, problem: str) -> list[str]:
        """Note that labels cannot be read; return the namespaces that have lost theirs."""
        lost = sorted(self._labels)
        self._labels = {}
        self.known, self.problem = True, problem
        return lost

    def leave(self) -> None:
        """Note that changes are not followed any more: the labels have to be listed before they count again."""
        self.known = False
