"""The settings of an edge: the options of a start, and its persistent identity (ports, ids, token)."""

import json
import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_edge.api.ratelimit import NO_LIMIT, Policy
from local_edge.errors import EdgeError

DEFAULT_ZONE = "code24.dev"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class IdentityOptions:
    """The identity as given on the command line; None stands for the stored or default value."""

    api_port: int | None = None
    data_port: int | None = None
    account_id: str | None = None
    zones: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class MetricsOptions:
    """How the GraphQL Analytics API answers."""

    delay: float = 1.0
    """Seconds until it tells of an invocation."""
    policy: Policy = NO_LIMIT
    """The limit of its queries, in addition to that of all requests."""


@dataclass(frozen=True)
class Options:
    """The options of a start; only `identity` is stored."""

    directory: Path
    host: str = "127.0.0.1"
    latency: float = 0.0
    """In seconds."""
    policy: Policy = NO_LIMIT
    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    origin: str | None = None
    identity: IdentityOptions = field(default_factory=IdentityOptions)


@dataclass(frozen=True)
class Identity:
    """The settings that persist across restarts, in DIR/settings.json."""

    api_port: int
    data_port: int
    account_id: str
    zones: tuple[str, ...]
    token: str = field(repr=False)


def identity_of(options: Options) -> Identity:
    """Merge the stored identity with the options, and store the result."""
    given = options.identity
    path = options.directory / "settings.json"
    options.directory.mkdir(parents=True, exist_ok=True)
    kept: Mapping[str, object] = json.loads(path.read_text()) if path.exists() else {}
    api_port = given.api_port or _port(kept.get("api_port")) or free_port(options.host)
    data_port = given.data_port or _port(kept.get("data_port")) or free_port(options.host)
    kept_zones = kept.get("zones")
    zones = given.zones or (tuple(kept_zones) if isinstance(kept_zones, list) else (DEFAULT_ZONE,))
    identity = Identity(
        api_port=api_port,
        data_port=data_port,
        account_id=given.account_id or str(kept.get("account_id") or secrets.token_hex(16)),
        zones=zones,
        token=given.token or str(kept.get("token") or secrets.token_urlsafe(30)),
    )
    write_private(path, json.dumps({**identity.__dict__, "zones": list(zones)}, indent=2) + "\n")
    return identity


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically and make it readable by its owner only."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    fresh.rename(path)


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def duration(text: str) -> float:
    """Parse `50ms`, `1.5s`, `5m` or plain seconds; return seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", text.strip())
    if match is None:
        raise EdgeError(f"'{text}' is not a duration such as 50ms, 2s or 5m")
    return float(match[1]) * _UNITS[match[2] or "s"]


def rate_limit(text: str) -> Policy:
    """Parse a rate limit such as `1200/5m`."""
    quota, slash, window = text.partition("/")
    if not slash or not quota.strip().isdigit() or int(quota) == 0 or duration(window) < 1:
        raise EdgeError(
            f"'{text}' is not a rate limit such as 1200/5m (the window must be at least 1s)"
        )
    return Policy(int(quota), round(duration(window)))


def _port(value: object) -> int | None:
    return value if isinstance(value, int) else None
