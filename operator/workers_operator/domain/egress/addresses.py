"""Which hosts are private: this machine's, a private network's, a cloud's metadata. Pure.

A host is judged as the runtime will see it: url.spec.whatwg.org reads ``0x7f.1``, ``2130706433`` and full-width digits
as an address. ``workers/src/hosts.js`` judges the requests of running workers alike. What a public name resolves to is
known to neither.
"""

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import unquote_to_bytes

import idna

_PRIVATE_NETWORKS: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
)
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
# Addresses that contain an IPv4 address: Teredo and its neighbours, 6to4.
_TUNNELLED: Final = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))
# Names that no public DNS server resolves, and all names without a dot.
_PRIVATE_NAME: Final = re.compile(
    r"[^.]*|(.*\.)?(localhost|localdomain|local|internal|home\.arpa)", re.DOTALL
)
_AUTHORITY: Final = re.compile(r"https?:[/\\]*([^/\\?#]*)", re.IGNORECASE)
_HOST_AND_PORT: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:[0-9]*)?")
_NUMBER: Final = re.compile(
    r"0x(?P<hex>[0-9a-f]{0,64})|0(?P<octal>[0-7]{1,64})|(?P<decimal>0|[1-9][0-9]{0,63})"
)


def host_of(url: str) -> str | None:
    """Return the host of an http(s) URL as the runtime sees it, without a final dot; None if it has none."""
    authority = _AUTHORITY.match(re.sub(r"[\t\r\n]", "", url).lstrip())
    if authority is None:
        return None
    found = _HOST_AND_PORT.fullmatch(authority[1].rpartition("@")[2])
    if found is None or not found[1]:
        return None
    host = found[1]
    return _bracketed(host) if host.startswith("[") else _name_or_address(host)


def is_private(host: str) -> bool:
    """Whether a host, as ``host_of`` returns it, is private as far as its name or address tells."""
    if host.startswith("["):
        address = IPv6Address(host[1:-1])
        return address not in _GLOBAL_UNICAST or any(address in net for net in _TUNNELLED)
    try:
        four = IPv4Address(host)
    except ValueError:
        return _PRIVATE_NAME.fullmatch(host) is not None
    return any(four in network for network in _PRIVATE_NETWORKS)


def _bracketed(host: str) -> str | None:
    try:
        return f"[{IPv6Address(host[1:-1])}]"
    except ValueError:
        return None


def _name_or_address(text: str) -> str | None:
    try:
        decoded = unquote_to_bytes(text).decode()
        name = decoded.lower() if decoded.isascii() else idna.uts46_remap(decoded, std3_rules=False)
    except (UnicodeError, idna.IDNAError):
        return None
    name = name.removesuffix(".")
    last = name.rpartition(".")[2]
    if not (re.fullmatch("[0-9]+", last) or re.fullmatch("0x[0-9a-f]*", last)):
        return name
    value = _ipv4(name.split("."))
    return None if value is None else str(IPv4Address(value))


def _ipv4(parts: list[str]) -> int | None:
    """Return the number that one to four decimal, octal or hexadecimal parts stand for."""
    numbers = [number for number in map(_number, parts) if number is not None]
    if len(numbers) < len(parts) or len(numbers) > 4:
        return None
    *first, last = numbers
    rest: int = 256 ** (4 - len(first))
    if max(first, default=0) > 255 or last >= rest:
        return None
    return int.from_bytes(first) * rest + last


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found["hex"] is not None:
        return int(found["hex"] or "0", 16)
    return int(found["octal"], 8) if found["octal"] is not None else int(found["decimal"])
