"""Creates connections to Cloudflare. All platforms with the same token share one budget and one breaker."""

import hashlib
import random
from collections.abc import Callable

import httpx

from workers_operator.cloudflare.api import Api, CallObserver
from workers_operator.cloudflare.api import transport as default_transport
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.cloudflare.pacing.breaker import Breaker
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.clock import Clock
from workers_operator.engine.gate import ChangeGate, open_gate


class Connector:
    """Creates API clients and data planes.

    ``transport`` creates the HTTP transport of each API client. All their changes pass ``gate``.
    """

    def __init__(
        self,
        clock: Clock,
        observer: CallObserver,
        transport: Callable[[], httpx.AsyncBaseTransport] = default_transport,
        gate: ChangeGate | None = None,
    ) -> None:
        self._clock = clock
        self._observer = observer
        self._transport = transport
        self._gate = gate or open_gate()
        self._budgets: dict[str, tuple[Budget, Breaker]] = {}

    def api(
        self, *, token: str, account_id: str, base_url: str | None, quota: int, reserve_percent: int
    ) -> Api:
        """Return a client for an account. ``quota``: requests per 5 minutes, until the API reports its own."""
        fingerprint = hashlib.sha256(f"{base_url} {token}".encode()).hexdigest()
        if fingerprint not in self._budgets:
            new = Budget(self._clock, quota=quota, reserve_percent=reserve_percent)
            self._budgets[fingerprint] = (new, Breaker(self._clock, random.Random()))  # noqa: S311
        budget, breaker = self._budgets[fingerprint]
        return Api(
            token=token,
            account_id=account_id,
            budget=budget,
            breaker=breaker,
            observer=self._observer,
            transport=self._transport(),
            base_url=base_url,
            gate=self._gate,
        )

    def data_plane(self, address: str | None) -> DataPlane:
        """Return the data plane that probes use; see ``DataPlane``."""
        return DataPlane(address=address)
