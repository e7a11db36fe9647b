"""Settings from the environment: the variables of the REST API document, and a few of our own."""

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workers_operator.desired.platform import (
    AccessConfig,
    DispatchNames,
    DispatchPolicy,
    DomainConfig,
    ObservationConfig,
    PlatformConfig,
)
from workers_operator.desired.policy import Address, PlatformPolicy, address_of, base_url_of
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.resources import parse_duration
from workers_operator.resources.formats import HOST_PATTERN, LABEL

ENVIRONMENTS = ("dev", "staging", "production")
NAMESPACE: Final = "code24-workers"
SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_ID: Final = re.compile(r"[A-Za-z0-9_-]+")


class SettingsError(Exception):
    """A variable or an option is invalid; the message names it."""


@dataclass(frozen=True, kw_only=True)
class ElectionSettings:
    """How a process takes part in leader election.

    ``leader_elect``: None means in a cluster only. ``identity``: who this process is to other candidates; None: the
    host's name. ``namespace``: the Lease's.
    """

    leader_elect: bool | None = None
    identity: str | None = None
    namespace: str = NAMESPACE


@dataclass(frozen=True, kw_only=True)
class CredentialSettings:
    """Credentials for Cloudflare.

    ``api_token``: of the platform that variables describe. ``policy``: of those that WorkersPlatforms describe.
    """

    api_token: str | None = field(default=None, repr=False)
    policy: PlatformPolicy = field(default_factory=lambda: PlatformPolicy(NAMESPACE))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one operator process runs.

    ``kv_window``: seconds until a KV write is seen everywhere, plus a margin.
    """

    kubeconfig: str | None = None
    context: str | None = None
    concurrency: int = 32
    kv_window: float = 90.0
    address: str = "0.0.0.0:8080"
    log_level: str = "INFO"
    election: ElectionSettings = ElectionSettings()
    credentials: CredentialSettings = CredentialSettings()
    implied_platform: PlatformConfig | None = None

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0] or "0.0.0.0"  # noqa: S104

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


class Variables:
    """Variables without the white space around them, which a file or a Secret that they come from may add.

    Messages name the variable and never quote the token.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str:
        """Return a value in which there may be spaces, such as a path; "" if it is not set. Raises SettingsError."""
        value = self._environment.get(name, "").strip()
        if not value.isprintable():
            raise SettingsError(f"{name}: contains a line break or another control character")
        return value

    def word(self, name: str) -> str:
        """Return a value without white space; "" if it is not set. Raises SettingsError."""
        value = self.text(name)
        if any(character.isspace() for character in value):
            raise SettingsError(f"{name}: contains white space")
        return value

    def identifier(self, name: str) -> str:
        """Return an identifier of Cloudflare's; "" if it is not set. Raises SettingsError."""
        value = self.word(name)
        if value and not _ID.fullmatch(value):
            raise SettingsError(f"{name}: {value!r} is not an identifier")
        return value

    def address(self, name: str, default: str) -> str:
        """Return HOST:PORT. Raises SettingsError."""
        return checked_address(self.word(name) or default, name)

    def hosts(self, name: str) -> tuple[str, ...]:
        """Return hosts that are separated by commas. Raises SettingsError."""
        found = tuple(filter(None, self.word(name).split(",")))
        for host in found:
            if not re.fullmatch(HOST_PATTERN, host):
                raise SettingsError(f"{name}: {host!r} is not a host like 127.0.0.1 or *.internal")
        return found

    def namespace(self, name: str) -> str:
        """Return the name of a namespace; "" if it is not set. Raises SettingsError."""
        value = self.word(name)
        if value and not re.fullmatch(LABEL, value):
            raise SettingsError(f"{name}: {value!r} is not the name of a namespace")
        return value

    def url(self, name: str, *, is_origin: bool = False) -> str | None:
        """Return a URL, without a path if ``is_origin``; None if it is not set. Raises SettingsError."""
        value = self.word(name)
        if value:
            _address(name, value, is_origin)
        return value or None

    def addresses(self, name: str, *more: str, is_origin: bool = False) -> tuple[Address, ...]:
        """Return the addresses of a list that is separated by commas, and of the URLs that other variables hold."""
        listed = [(name, url.strip()) for url in self.text(name).split(",")]
        listed += [(other, self.word(other)) for other in more]
        return tuple(_address(name, url, is_origin) for name, url in listed if url)


def _address(name: str, url: str, is_origin: bool) -> Address:
    try:
        address = address_of(url)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error
    if is_origin and address.path:
        raise SettingsError(f"{name}: {url!r} has a path, and must not")
    return address


def from_environment(
    environment: Mapping[str, str] = os.environ, service_account: Path = SERVICE_ACCOUNT
) -> Settings:
    """Read the settings from variables. Raises SettingsError.

    ``service_account``: the folder in which a pod has its credentials, and its namespace.
    """
    variables = Variables(environment)
    word = variables.word
    own_namespace = variables.namespace("POD_NAMESPACE")
    own_namespace = own_namespace or _pod_namespace(service_account) or NAMESPACE
    return Settings(
        kubeconfig=variables.text("KUBECONFIG") or None,
        context=variables.text("WORKERS_OPERATOR_CONTEXT") or None,
        concurrency=_integer(word("WORKERS_CONCURRENCY") or "32", "WORKERS_CONCURRENCY"),
        kv_window=_duration(variables, "WORKERS_KV_WINDOW", "90s"),
        address=variables.address("WORKERS_OPERATOR_ADDRESS", "0.0.0.0:8080"),
        log_level=_log_level(word("LOG_LEVEL") or "info"),
        election=ElectionSettings(
            leader_elect=checked_switch(word("WORKERS_LEADER_ELECT"), "WORKERS_LEADER_ELECT"),
            identity=word("POD_NAME") or None,
            namespace=own_namespace,
        ),
        credentials=CredentialSettings(
            api_token=word("CLOUDFLARE_API_TOKEN") or None,
            policy=_policy(variables, own_namespace),
        ),
        implied_platform=_implied_platform(variables),
    )


def _pod_namespace(service_account: Path) -> str:
    """Return the namespace of the pod that this process runs in; "" outside of one."""
    try:
        return (service_account / "namespace").read_text().strip()
    except OSError:
        return ""


def _policy(variables: Variables, own_namespace: str) -> PlatformPolicy:
    """Return what WorkersPlatforms may ask for: at least the addresses of the platform that variables describe."""
    return PlatformPolicy(
        variables.namespace("WORKERS_SECRETS_NAMESPACE") or own_namespace,
        variables.addresses("WORKERS_ALLOWED_BASE_URLS", "CLOUDFLARE_BASE_URL"),
        variables.addresses("WORKERS_ALLOWED_DATA_PLANES", "EDGE_URL", is_origin=True),
        variables.addresses("WORKERS_ALLOWED_WEBHOOKS"),
    )


def _implied_platform(variables: Variables) -> PlatformConfig | None:
    """Return the platform ``default`` that the variables describe, if they name an account and a zone."""
    account = variables.identifier("CLOUDFLARE_ACCOUNT_ID")
    zone = variables.identifier("CLOUDFLARE_ZONE_ID")
    name = variables.word("ENVIRONMENT") or "staging"
    access = AccessConfig(
        base_url=base_url_of(variables.url("CLOUDFLARE_BASE_URL")),
        data_plane=variables.url("EDGE_URL", is_origin=True),
    )
    policy = DispatchPolicy(allow_private=variables.hosts("WORKERS_ALLOW_PRIVATE"))
    if not account or not zone:
        return None
    if name not in ENVIRONMENTS:
        raise SettingsError(f"ENVIRONMENT: {name!r} is not one of {', '.join(ENVIRONMENTS)}")
    return PlatformConfig(
        name="default",
        account_id=account,
        environment=name,
        domain=DomainConfig(zone),
        dispatch=DispatchNames(f"code24-{name}", f"code24-dispatcher-{name}", policy),
        access=access,
        tenancy=Tenancy(single_tenant=True),
        observation=_observation(variables),
    )


def _observation(variables: Variables) -> ObservationConfig:
    return ObservationConfig(
        metrics_interval=_duration(variables, "WORKERS_METRICS_INTERVAL", "1m"),
        metrics_delay=_duration(variables, "WORKERS_METRICS_DELAY", "2m"),
    )


def _duration(variables: Variables, name: str, default: str) -> float:
    try:
        return parse_duration(variables.word(name) or default)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def checked_address(value: str, name: str) -> str:
    """Return an address without the white space around it. Raises SettingsError unless it is HOST:PORT.

    ``name``: of the variable or option that it comes from.
    """
    value = value.strip()
    _, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise SettingsError(f"{name}: {value!r} is not HOST:PORT")
    return value


def checked_switch(value: str, name: str) -> bool | None:
    """Return a switch; None for "". Raises SettingsError unless it is true or false."""
    if value not in ("", "true", "false"):
        raise SettingsError(f"{name}: {value!r} is neither true nor false")
    return value == "true" if value else None


def _log_level(value: str) -> str:
    if value.upper() not in logging.getLevelNamesMapping():
        raise SettingsError(f"LOG_LEVEL: {value!r} is not one of debug, info, warning, error")
    return value.upper()


def _integer(value: str, name: str) -> int:
    if not (value.isdecimal() and value.isascii()) or int(value) < 1:
        raise SettingsError(f"{name}: {value!r} is not a positive number")
    return int(value)
