"""What one operator process lets WorkersPlatforms ask for: where tokens are read, and what is connected to. Pure.

A WorkersPlatform says which Secret is read and where its value is sent. Whoever may write one must not get hold of any
Secret that the operator can read, nor reach any address that the operator can reach.
"""

import re
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.egress.addresses import host_of, is_private
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.resources import WorkersPlatformSpec
from workers_operator.resources.platform import CLOUDFLARE_API

# Less than a URL may hold, so that every client reads the same address out of it: no user, no percent-encoding, no
# international name, no empty label or segment, no dot segment.
_LABEL: Final = "[A-Za-z0-9_-]+"
_SEGMENT: Final = r"(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+"
_URL: Final = re.compile(
    rf"(https?)://({_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{{1,5}}))?((?:/{_SEGMENT})*)/?",
    re.ASCII,
)
_PORTS: Final = {"http": 80, "https": 443}
_MAX_PORT: Final = 65535
_QUERY: Final = re.compile(r"[!-\"$-~]*", re.ASCII)  # without a fragment


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host and port that clients connect to, and the path below which they send requests."""

    scheme: str
    host: str
    port: int
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return "/".join((f"{self.scheme}://{self.host}{port}", *self.path))

    def covers(self, other: "Address") -> bool:
        """Return whether ``other`` has the same origin and a path that begins with the segments of this one."""
        same_origin = (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)
        return same_origin and other.path[: len(self.path)] == self.path


def address_of(url: str) -> Address:
    """Return the address that a URL names. Raises ValueError unless it is one that every client reads alike."""
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError(f"{url!r} is not a plain URL like https://host/path or http://host:8080")
    scheme, host, port, path = match.groups()
    number = int(port) if port else _PORTS[scheme]
    if not 0 < number <= _MAX_PORT:
        raise ValueError(f"{url!r} has a port that does not exist")
    return Address(scheme, host.lower(), number, tuple(path.split("/")[1:]))


_PUBLIC: Final = address_of(CLOUDFLARE_API)


def base_url_of(url: str | None) -> str | None:
    """Return an API's URL in the one spelling that stands for all of its own; None for Cloudflare's public API."""
    if url is None:
        return None
    try:
        address = address_of(url)
    except ValueError:
        return url
    return None if address == _PUBLIC else str(address)


@dataclass(frozen=True)
class PlatformPolicy:
    """What the process allows, whoever writes a WorkersPlatform.

    ``secrets_namespace``: the only one that API tokens are read from. ``base_urls``: where they may be sent, besides
    Cloudflare's public API. ``data_planes``: where probes may be sent instead of to what DNS says. ``webhooks``: where
    notifications may be sent besides to public hosts by https.
    """

    secrets_namespace: str
    base_urls: tuple[Address, ...] = ()
    data_planes: tuple[Address, ...] = ()
    webhooks: tuple[Address, ...] = ()

    def check(self, spec: WorkersPlatformSpec) -> None:
        """Raise Stalled, naming the field, if a platform asks for what the process does not allow."""
        namespace = spec.credentials.api_token_secret_ref.namespace
        if namespace not in (None, self.secrets_namespace):
            message = (
                f"spec.credentials.apiTokenSecretRef.namespace is {namespace!r}, but the operator reads API tokens "
                f"from namespace {self.secrets_namespace!r} only; create the Secret there, and change or remove the "
                "field"
            )
            raise Stalled(Reason.SECRET_NAMESPACE_NOT_ALLOWED, message)
        if spec.base_url is not None and not _is_covered(spec.base_url, (_PUBLIC, *self.base_urls)):
            message = (
                "spec.baseUrl is not an address that the operator may send API tokens to; remove the field to use "
                "Cloudflare's public API, or have the address added to the operator's --allowed-base-urls"
            )
            raise Stalled(Reason.ADDRESS_NOT_ALLOWED, message)
        plane = spec.data_plane
        if plane is not None and not _is_covered(plane.address, self.data_planes):
            message = (
                "spec.dataPlane.address is not an address that the operator may send probes to; remove spec.dataPlane "
                "to have DNS determine it, or have the address added to the operator's --allowed-data-planes"
            )
            raise Stalled(Reason.ADDRESS_NOT_ALLOWED, message)

    def lists_webhook(self, url: str) -> bool:
        """Return whether the process allows a webhook's URL whatever it leads to."""
        return _is_covered(url.partition("?")[0], self.webhooks)

    def webhook_problem(self, url: str) -> str:
        """Return why no notification may be sent to a URL, "" if they may as far as the URL tells.

        The host of one that is not listed has to be public, too, when it is resolved.
        """
        plain, _, query = url.partition("?")
        try:
            address = address_of(plain)
        except ValueError:  # its message would repeat what a Secret may hold
            return "is not a plain URL like https://host/path?query"
        if not _QUERY.fullmatch(query):
            return "has a query that is not plain text, or a fragment"
        if self.lists_webhook(url):
            return ""
        if address.scheme != "https":
            return "does not use https; to allow http, add the URL to the operator's --allowed-webhooks"
        host = host_of(url)
        if host is None or is_private(host):
            return (
                "has a private host; to allow it, add the URL to the operator's --allowed-webhooks"
            )
        return ""


def _is_covered(url: str, allowed: tuple[Address, ...]) -> bool:
    try:
        wanted = address_of(url)
    except ValueError:
        return False
    return any(one.covers(wanted) for one in allowed)
