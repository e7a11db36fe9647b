"""Errors of the Kubernetes API. The base class of each error determines its handling.

KubeError
├── KubeNotFound      404
├── KubeForbidden     401 and 403: the credentials are invalid, or RBAC forbids the call
│   └── KubeTerminating  403: the namespace is being deleted and takes nothing new
├── KubeConflict      409: the object has changed or was recreated; Transient
├── KubeRejected      any other 4xx
│   └── KubeInvalid       422: the object breaks a rule of its schema
└── KubeUnavailable   429, 5xx, no response; Transient
"""

import re
from collections.abc import Collection
from typing import Final

from workers_operator.domain.errors import ReconcileError, Transient
from workers_operator.domain.reasons import Reason

_FIELD: Final = re.compile(r"(?:is invalid: \[?)([A-Za-z][\w.\[\]-]*): ")
_TERMINATING: Final = "NamespaceTerminating"  # k8s.io/api/core/v1.NamespaceTerminatingCause


class KubeError(ReconcileError):
    """Base class of all errors of the Kubernetes API."""


class KubeNotFound(KubeError):
    """404."""


class KubeForbidden(KubeError):
    """401 or 403."""


class KubeTerminating(KubeForbidden):
    """403: the namespace is being deleted."""


class KubeConflict(KubeError, Transient):
    """409."""


class KubeRejected(KubeError):
    """Any other 4xx."""


class KubeInvalid(KubeRejected):
    """422. ``field``: the first one that breaks a rule, e.g. spec.subdomain; None if the answer names none."""

    def __init__(self, reason: Reason, message: str, field: str | None) -> None:
        super().__init__(reason, message)
        self.field = field


class KubeUnavailable(KubeError, Transient):
    """429, 5xx, or no response."""


def from_status(status: int, call: str, message: str, causes: Collection[str] = ()) -> KubeError:
    """Return the error for a response with ``status`` 400 or above. ``message`` and ``causes`` are the API server's."""
    if status == 404:
        return KubeNotFound(Reason.NOT_FOUND, f"{call}: not found")
    if status == 401:
        return KubeForbidden(
            Reason.FORBIDDEN,
            f"{call}: the API server rejects the operator's credentials: {message}",
        )
    if status == 403 and _TERMINATING in causes:
        return KubeTerminating(
            Reason.FORBIDDEN, f"{call}: the namespace is being deleted and takes nothing new"
        )
    if status == 403:
        return KubeForbidden(
            Reason.FORBIDDEN,
            f"{call}: RBAC forbids it; check the operator's ClusterRole: {message}",
        )
    if status == 409:
        return KubeConflict(Reason.CONFLICT, f"{call}: {message}")
    if status == 429 or status >= 500:
        return KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, f"{call}: HTTP {status}")
    if status == 422:
        found = _FIELD.search(message)
        field = found[1] if found else None
        return KubeInvalid(Reason.KUBERNETES_REJECTED, f"{call}: HTTP 422: {message}", field)
    return KubeRejected(Reason.KUBERNETES_REJECTED, f"{call}: HTTP {status}: {message}")
