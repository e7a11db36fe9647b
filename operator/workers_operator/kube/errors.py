"""What can go wrong at the Kubernetes API, each with its handling.

KubeError
├── KubeNotFound      404
├── KubeForbidden     401/403: RBAC does not allow it
├── KubeConflict      409: the object is another one by now
├── KubeRejected      other 4xx
└── KubeUnavailable   429, 5xx, no connection
"""

from workers_operator.domain.handling import Handled, Transient


class KubeError(Handled):
    """Base of all errors of the Kubernetes API."""


class KubeNotFound(KubeError):
    """404."""


class KubeForbidden(KubeError):
    """401 or 403."""


class KubeConflict(KubeError, Transient):
    """409."""


class KubeRejected(KubeError):
    """Another 4xx."""


class KubeUnavailable(KubeError, Transient):
    """The API server can't be used now."""


def from_status(status: int, call: str, message: str) -> KubeError:
    """The error for an answer that is not a success."""
    if status == 404:
        return KubeNotFound("NotFound", f"{call}: not found")
    if status in (401, 403):
        return KubeForbidden("Forbidden", f"{call}: {message}")
    if status == 409:
        return KubeConflict("Conflict", f"{call}: {message}")
    if status == 429 or status >= 500:
        return KubeUnavailable("KubernetesUnavailable", f"{call}: HTTP {status}")
    return KubeRejected("KubernetesRejected", f"{call}: {status} {message}")
