"""Makes connections: one budget per token, however many platforms use it."""

import hashlib
from collections.abc import Callable

import httpx

from workers_operator.cloudflare.api import Api, CallObserver
from workers_operator.cloudflare.api import transport as default_transport
from workers_operator.cloudflare.budget import Budget, Clock
from workers_operator.cloudflare.dataplane import DataPlane


class Connector:
    """``transport`` makes the HTTP transport of each connection; it is an argument so that tests may pass theirs."""

    def __init__(
        self,
        clock: Clock,
        observer: CallObserver,
        transport: Callable[[], httpx.AsyncBaseTransport] = default_transport,
    ) -> None:
        self._clock = clock
        self._observer = observer
        self._transport = transport
        self._budgets: dict[str, Budget] = {}

    def api(
        self, *, token: str, account_id: str, base_url: str | None, quota: int, reserve_percent: int
    ) -> Api:
        """Access to an account. ``quota``: requests per 5 minutes until the API has told its own."""
        fingerprint = hashlib.sha256(f"{base_url} {token}".encode()).hexdigest()
        budget = self._budgets.get(fingerprint)
        if budget is None:
            budget = Budget(self._clock, quota=quota, reserve_percent=reserve_percent)
            self._budgets[fingerprint] = budget
        return Api(
            token=token,
            account_id=account_id,
            budget=budget,
            observer=self._observer,
            transport=self._transport(),
            base_url=base_url,
        )

    def data_plane(self, address: str | None) -> DataPlane:
        """The way that probes go."""
        return DataPlane(address=address)
