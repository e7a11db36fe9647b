"""The frozen values behind a platform: how its account is reached, and what was provisioned there."""

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.connector import Connector
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.smoke import SmokeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest


class Prober(Protocol):
    """Sends requests through the data plane: ``cloudflare.dataplane.DataPlane``."""

    async def probe(self, host: str, path: str, timeout: float, selection: str = "") -> ProbeAnswer:
        """GET ``https://<host><path>`` of a selected instance; never raises for what the network does."""

    async def smoke(
        self, host: str, path: str, request: SmokeRequest, selection: str
    ) -> SmokeAnswer:
        """Send a request of a smoke test to what is selected; never raises for what the network does."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True)
class Connection:
    """Access to one account with one token. ``fingerprint``: of place and token; another one means new connections."""

    config: PlatformConfig
    fingerprint: str
    api: Api = field(repr=False)
    data_plane: Prober = field(repr=False)

    def with_config(self, config: PlatformConfig) -> "Connection":
        """Return the connection with a configuration of the same place."""
        return replace(self, config=config)

    async def close(self) -> None:
        """Close API and data plane."""
        await self.api.close()
        await self.data_plane.close()


@dataclass(frozen=True)
class Provisioned:
    """What a platform's set-up found or created. ``zones``: name → id; ``metadata_namespace``: id."""

    domain: str
    zones: Mapping[str, str]
    account_name: str
    metadata_namespace: str


@asynccontextmanager
async def opened(
    connector: Connector, config: PlatformConfig, token: str
) -> AsyncGenerator[Api, None]:
    """Connect to the account of a platform, for the time of the block."""
    api = connector.api(
        token=token,
        account_id=config.account_id,
        base_url=config.access.base_url,
        quota=config.access.quota,
        reserve_percent=config.access.reserve_percent,
    )
    try:
        yield api
    finally:
        await api.close()


def fingerprint(config: PlatformConfig, token: str) -> str:
    """Return what changes when a platform has to be set up anew, with other connections."""
    policy = replace(config.dispatch.policy, rollout=None)
    known = f"{config.place!r} {policy!r} {token}"
    return hashlib.sha256(known.encode()).hexdigest()
