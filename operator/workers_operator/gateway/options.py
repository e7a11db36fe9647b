"""Options of the gateway."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workers_operator.gateway.access.limits import Rate

AUDIENCE: Final = "code24-workers"
"""Required audience of bearer tokens, unless an option names another."""
CALLER_RATE: Final = Rate(6000)
ADDRESS_RATE: Final = Rate(12000)
GUESS_RATE: Final = Rate(60)
"""How often an address may send tokens that are not valid: each costs a question to the API server."""
LOGS_RATE: Final = Rate(20)
"""How often a namespace's logs may be read: each read spends calls from the account's shared budget."""


@dataclass(frozen=True)
class TlsFiles:
    """Certificate and key, which are read again when they change."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Bounds:
    """Bounds of a request. Sizes in bytes, times in seconds.

    ``at_once``: requests of one tenant that may be in flight. ``bodies``: what the bodies of all requests under way
    may come to, which wait in memory with them; ``tenant_bodies``: those of one tenant.
    """

    body: int = 2 * 1024 * 1024
    bodies: int = 64 * 1024 * 1024
    tenant_bodies: int = 16 * 1024 * 1024
    url: int = 8 * 1024
    headers: int = 32 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    connections: int = 1000
    at_once: int = 200


@dataclass(frozen=True)
class GatewayOptions:
    """Options of one gateway process.

    ``origins``: of pages that may call it (CORS). ``proxies``: addresses whose X-Forwarded-For counts.
    """

    address: str = "127.0.0.1:8090"
    health_address: str = "127.0.0.1:8091"
    audience: str = AUDIENCE
    tls: TlsFiles | None = None
    origins: tuple[str, ...] = ()
    proxies: str = "127.0.0.1"
    caller_rate: Rate = CALLER_RATE
    address_rate: Rate = ADDRESS_RATE
    bounds: Bounds = field(default_factory=Bounds)
