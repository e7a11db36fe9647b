"""Callers, and questions about their permissions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workers_operator.resources import GROUP, KINDS

_SERVICE_ACCOUNT: Final = "system:serviceaccount:"


@dataclass(frozen=True)
class Caller:
    """The sender of a request, as the API server identifies them."""

    username: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """The namespace of a service account; "default" for everybody else."""
        if self.username.startswith(_SERVICE_ACCOUNT):
            return self.username.removeprefix(_SERVICE_ACCOUNT).partition(":")[0]
        return "default"

    @property
    def tenant(self) -> str:
        """The unit of limits: all service accounts of a namespace together, since it can create any number."""
        if self.username.startswith(_SERVICE_ACCOUNT):
            return _SERVICE_ACCOUNT + self.namespace
        return self.username

    @property
    def key(self) -> tuple[object, ...]:
        """A key that differs between callers with different permissions."""
        return (self.username, self.uid, self.groups, tuple(sorted(self.extra.items())))


@dataclass(frozen=True, slots=True)
class AccessQuestion:
    """Whether somebody may do something. ``namespace``, ``name``: "" means all."""

    verb: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    group: str = GROUP

    def attributes(self) -> dict[str, str]:
        """Return the question in the form of a SubjectAccessReview."""
        asked = {
            "verb": self.verb,
            "group": self.group,
            "resource": self.resource,
            "subresource": self.subresource,
            "namespace": self.namespace,
            "name": self.name,
        }
        return {name: value for name, value in asked.items() if value or name == "group"}


def about(
    kind: str, verb: str, namespace: str, name: str = "", subresource: str = ""
) -> AccessQuestion:
    """Return a question about an object of one of our kinds."""
    return AccessQuestion(verb, KINDS[kind].definition.plural, namespace, name, subresource)


@dataclass(frozen=True, slots=True)
class Scope:
    """Workers that a caller may list: kind → namespaces; None: all."""

    kinds: Mapping[str, frozenset[str] | None]

    def holds(self, kind: str, namespace: str) -> bool:
        """Whether the scope contains the workers of a kind in a namespace."""
        namespaces = self.kinds.get(kind, frozenset())
        return namespaces is None or namespace in namespaces
