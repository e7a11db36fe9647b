"""Requests to the API server with the rights of whoever runs a command; what is refused is said in plain words."""

from typing import Any, Final, Protocol

from workers_operator.administration.errors import CommandError
from workers_operator.kube.errors import KubeConflict, KubeError, KubeForbidden, KubeNotFound

_MERGE: Final = "application/merge-patch+json"


class ObjectChanged(CommandError):
    """The object has changed since it was read."""


class Requests(Protocol):
    """Sends requests to the API server: ``kube.rest.Rest``. Raises KubeError."""

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> dict[str, Any]:
        """Send a request and return the answer."""


async def ask(
    requests: Requests, method: str, path: str, what: str, body: Any = None, *, missing: str
) -> dict[str, Any]:
    """Send a request and return the answer. ``what``: what it does; ``missing``: why there may be nothing.

    Raises CommandError.
    """
    kind = "application/json" if body is None else _MERGE
    try:
        return await requests.request(method, path, body, content_type=kind)
    except KubeForbidden as error:
        raise CommandError(f"you may not {what}: {error.message}") from error
    except KubeNotFound as error:
        raise CommandError(f"cannot {what}: {missing}") from error
    except KubeConflict as error:
        raise ObjectChanged(f"cannot {what}: it has changed meanwhile") from error
    except KubeError as error:
        raise CommandError(f"cannot {what}: {error.message}") from error
