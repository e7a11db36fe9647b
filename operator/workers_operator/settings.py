"""Settings from the environment: the variables of the REST API document, and a few of our own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from workers_operator.desired.platform import (
    AccessConfig,
    DispatchNames,
    DomainConfig,
    PlatformConfig,
)
from workers_operator.resources import parse_duration

ENVIRONMENTS = ("dev", "staging", "production")


class SettingsError(Exception):
    """A variable or an option is invalid; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one operator process runs. ``kv_window``: seconds until a KV write is seen everywhere, plus a margin."""

    kubeconfig: str | None = None
    context: str | None = None
    concurrency: int = 32
    kv_window: float = 90.0
    address: str = "0.0.0.0:8080"
    api_token: str | None = None
    implied_platform: PlatformConfig | None = None

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0] or "0.0.0.0"  # noqa: S104

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from variables. Raises SettingsError."""
    get = environment.get
    try:
        kv_window = parse_duration(get("WORKERS_KV_WINDOW") or "90s")
    except ValueError as error:
        raise SettingsError(f"WORKERS_KV_WINDOW: {error}") from error
    return Settings(
        kubeconfig=get("KUBECONFIG") or None,
        context=get("WORKERS_OPERATOR_CONTEXT") or None,
        concurrency=_integer(get("WORKERS_CONCURRENCY") or "32", "WORKERS_CONCURRENCY"),
        kv_window=kv_window,
        address=_address(get("WORKERS_OPERATOR_ADDRESS") or "0.0.0.0:8080"),
        api_token=get("CLOUDFLARE_API_TOKEN") or None,
        implied_platform=_implied_platform(environment),
    )


def _implied_platform(environment: Mapping[str, str]) -> PlatformConfig | None:
    """Return the platform ``default`` that the variables describe, if they name an account and a zone."""
    account, zone = environment.get("CLOUDFLARE_ACCOUNT_ID"), environment.get("CLOUDFLARE_ZONE_ID")
    if not account or not zone:
        return None
    name = environment.get("ENVIRONMENT") or "staging"
    if name not in ENVIRONMENTS:
        raise SettingsError(f"ENVIRONMENT: {name!r} is not one of {', '.join(ENVIRONMENTS)}")
    return PlatformConfig(
        name="default",
        account_id=account,
        environment=name,
        domain=DomainConfig(zone),
        dispatch=DispatchNames(f"code24-{name}", f"code24-dispatcher-{name}"),
        access=AccessConfig(
            base_url=environment.get("CLOUDFLARE_BASE_URL") or None,
            data_plane=environment.get("EDGE_URL") or None,
        ),
    )


def _address(value: str) -> str:
    _, colon, port = value.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"WORKERS_OPERATOR_ADDRESS: {value!r} is not HOST:PORT")
    return value


def _integer(value: str, name: str) -> int:
    if not value.isdigit() or int(value) < 1:
        raise SettingsError(f"{name}: {value!r} is not a positive number")
    return int(value)
