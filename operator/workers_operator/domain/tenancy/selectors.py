"""Label selectors, as Kubernetes defines them. Pure.

kubernetes.io/docs/concepts/overview/working-with-objects/labels ("Resources that support set-based requirements").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist"]
Labels = Mapping[str, str]
NO_LABELS: Final[Labels] = {}


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a selector demands of one label. ``values``: of In and NotIn."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def holds(self, labels: Labels) -> bool:
        """Whether labels fulfil it. A label that is missing has none of the values."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels


@dataclass(frozen=True, slots=True)
class NamespaceSelector:
    """Requirements that all have to hold; without any it matches everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether labels match."""
        return all(requirement.holds(labels) for requirement in self.requirements)
