"""The settings of an edge: options of this start, and what its directory keeps (ports, ids, token)."""

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
class Options:
    """What the command line says; None leaves it to the directory, or to the default."""

    directory: Path
    host: str = "127.0.0.1"
    api_port: int | None = None
    data_port: int | None = None
    account_id: str | None = None
    zones: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    latency: float = 0.0
    policy: Policy = NO_LIMIT
    origin: str | None = None


@dataclass(frozen=True)
class Identity:
    """What stays the same over restarts; kept in DIR/settings.json."""

    api_port: int
    data_port: int
    account_id: str
    zones: tuple[str, ...]
    token: str = field(repr=False)


def identity_of(options: Options) -> Identity:
    """The directory's identity, with what the options say; written back."""
    path = options.directory / "settings.json"
    options.directory.mkdir(parents=True, exist_ok=True)
    kept: Mapping[str, object] = json.loads(path.read_text()) if path.exists() else {}
    api_port = options.api_port or _port(kept.get("api_port")) or free_port(options.host)
    data_port = options.data_port or _port(kept.get("data_port")) or free_port(options.host)
    kept_zones = kept.get("zones")
    zones = options.zones or (
        tuple(kept_zones) if isinstance(kept_zones, list) else (DEFAULT_ZONE,)
    )
    identity = Identity(
        api_port=api_port,
        data_port=data_port,
        account_id=options.account_id or str(kept.get("account_id") or secrets.token_hex(16)),
        zones=zones,
        token=options.token or str(kept.get("token") or secrets.token_urlsafe(30)),
    )
    write_private(path, json.dumps({**identity.__dict__, "zones": list(zones)}, indent=2) + "\n")
    return identity


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read; readers see the old or the new one."""
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
    """`50ms`, `1.5s`, `5m` or plain seconds, as seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", text.strip())
    if match is None:
        raise EdgeError(f"'{text}' is not a duration such as 50ms, 2s or 5m")
    return float(match[1]) * _UNITS[match[2] or "s"]


def rate_limit(text: str) -> Policy:
    """`1200/5m`: so many requests in so much time."""
    quota, slash, window = text.partition("/")
    if not slash or not quota.strip().isdigit() or int(quota) == 0 or duration(window) < 1:
        raise EdgeError(f"'{text}' is not a rate limit such as 1200/5m (a second is the least)")
    return Policy(int(quota), round(duration(window)))


def _port(value: object) -> int | None:
    return value if isinstance(value, int) else None
