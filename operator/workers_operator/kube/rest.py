"""One request to the API server: JSON in, JSON out, errors by class."""

from typing import Any, Final, Protocol

import aiohttp

from workers_operator.domain.reasons import Reason
from workers_operator.engine.gate import ChangeGate, GateClosed
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.slots import Slots
from workers_operator.kube import decoding
from workers_operator.kube.auth import CONNECTIONS
from workers_operator.kube.errors import KubeError, KubeUnavailable, from_status

USER_AGENT: Final = "workers-operator"


class RestAccess(Protocol):
    """Leads to the API server: ``kube.auth.Access``."""

    @property
    def server(self) -> str:
        """The API server's URL."""

    async def headers(self) -> dict[str, str]:
        """Return the current authorization header."""

    def rest_client(self) -> Any:
        """Return kubernetes.aio's HTTP client."""


class Rest:
    """Sends requests. Those that change something pass ``gate``. ``timeout``: seconds for a request.

    Tenants take turns: there are few connections, and one of them is for who has no request under way.
    """

    def __init__(self, access: RestAccess, gate: ChangeGate, timeout: float) -> None:
        self._access = access
        self._gate = gate
        self._timeout = timeout
        self._client = access.rest_client()
        self._turns = Slots(CONNECTIONS - 1)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
        tenant: str = "",
    ) -> dict[str, Any]:
        """Send a request on behalf of a tenant ("": of all) and return the answer. Raises KubeError."""
        call = f"{method} {path.partition('?')[0]}"
        headers = {"Accept": accept, "Content-Type": content_type, "User-Agent": USER_AGENT}
        async with self._turns.held(Priority(Urgency.EDIT, tenant)):
            if method == "GET":
                return await self._send(call, method, path, headers, body)
            try:
                with self._gate.change():
                    return await self._send(call, method, path, headers, body)
            except GateClosed as error:
                raise KubeUnavailable(
                    Reason.KUBERNETES_UNAVAILABLE, f"{call}: this process may not make changes"
                ) from error

    async def _send(
        self, call: str, method: str, path: str, headers: dict[str, str], body: Any
    ) -> dict[str, Any]:
        try:
            response = await self._client.request(
                method,
                self._access.server + path,
                headers=headers | await self._access.headers(),
                body=body,
                _request_timeout=aiohttp.ClientTimeout(total=self._timeout),
            )
            data = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KubeUnavailable(
                Reason.KUBERNETES_UNAVAILABLE, f"{call}: the API server did not respond"
            ) from error
        if response.status >= 400:
            raise _error(response.status, call, data)
        try:
            parsed = decoding.decode(data)
        except ValueError as error:
            raise KubeUnavailable(
                Reason.KUBERNETES_UNAVAILABLE, f"{call}: the answer is not the API server's JSON"
            ) from error
        return parsed if isinstance(parsed, dict) else {}


def _error(status: int, call: str, data: bytes) -> KubeError:
    """Return the error that a Status object describes. Not every answer is one."""
    try:
        body = decoding.decode(data)
        causes = (body.get("details") or {}).get("causes") or ()
        reasons = {str(cause.get("reason")) for cause in causes}
        return from_status(status, call, str(body.get("message", ""))[:500], reasons)
    except (ValueError, AttributeError, TypeError):
        return from_status(status, call, "")
