"""What a WorkersPlatform may ask for: judged by what clients connect to, not by what a URL looks like."""

from typing import Any

import pytest

from support.shape import PLATFORM, changed
from workers_operator.desired.policy import Address, PlatformPolicy, address_of, base_url_of
from workers_operator.domain.errors import Stalled
from workers_operator.resources import WorkersPlatform, WorkersPlatformSpec

PUBLIC = "https://api.cloudflare.com/client/v4"
NOTHING = PlatformPolicy("code24-workers")
SOME = PlatformPolicy(
    "code24-workers",
    (address_of("https://proxy.example/cf"), address_of("http://127.0.0.1:8787/client/v4")),
    (address_of("http://127.0.0.1:8788"),),
)


def spec(**changes: Any) -> WorkersPlatformSpec:
    """A platform's spec whose Secret is where it may be."""
    own = {"spec.credentials.apiTokenSecretRef.namespace": "code24-workers"}
    body = changed(PLATFORM, own | {f"spec.{k}": v for k, v in changes.items()})
    return WorkersPlatform.model_validate(body).spec


def refused(policy: PlatformPolicy, wanted: WorkersPlatformSpec) -> Stalled:
    with pytest.raises(Stalled) as error:
        policy.check(wanted)
    return error.value


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (PUBLIC, Address("https", "api.cloudflare.com", 443, ("client", "v4"))),
        (f"{PUBLIC}/", Address("https", "api.cloudflare.com", 443, ("client", "v4"))),
        ("http://Edge:8787", Address("http", "edge", 8787)),
        ("https://edge:443/", Address("https", "edge", 443)),
        ("http://edge:00080", Address("http", "edge", 80)),
        ("http://[::1]:1/a", Address("http", "[::1]", 1, ("a",))),
        ("http://xn--bcher-kva.example/v1.0/..a", Address("http", "xn--bcher-kva.example", 80, ("v1.0", "..a"))),
    ],
)  # fmt: skip
def test_addresses(url: str, address: Address) -> None:
    assert address_of(url) == address


NO_ADDRESSES = [
    "",
    "api.cloudflare.com",
    "//api.cloudflare.com",
    "HTTPS://api.cloudflare.com",
    "ftp://api.cloudflare.com",
    "https://",
    "https:///client/v4",
    "https://api.cloudflare.com.",
    "https://api..cloudflare.com",
    "https://.cloudflare.com",
    "https://user@api.cloudflare.com",
    "https://api.cloudflare.com:x@evil.example",
    "https://api.cloudflare.com:443@evil.example",
    "https://api.cloudflare.com\\@evil.example",
    "https://api.cloudflare.com\\.evil.example",
    "https://api.cloudflare.com%2eevil.example",
    "https://api.cloudflare.com:",
    "https://api.cloudflare.com:0",
    "https://api.cloudflare.com:65536",
    "https://api.cloudflare.com:443443",
    "https://api.cloudflare.com:\u0664\u0664\u0663",
    "https://api.cloudflare.com:443:443",
    "https://api.cloudflar\u0435.com",
    "https://b\u00fccher.example",
    "https://api\u3002cloudflare.com",
    "https://api.cloudflare.com/client/v4?x=/",
    "https://api.cloudflare.com/client/v4#x",
    "https://api.cloudflare.com/client//v4",
    "https://api.cloudflare.com//",
    "https://api.cloudflare.com/client/v4/..",
    "https://api.cloudflare.com/client/v4/../x",
    "https://api.cloudflare.com/./client",
    "https://api.cloudflare.com/client/v4/%2e%2e/x",
    "https://api.cloudflare.com/client%2Fv4",
    "https://api.cloudflare.com/client/v4\\..\\x",
    "https://api.cloudflare.com/client/v4;x",
    "https://api.cloudflare.com/client/v4\n",
    "\thttps://api.cloudflare.com",
    "https://api.cloudflare.com /client/v4",
    "https://[::1",
    "https://[::1]evil.example",
    "https://[fe80::1%25eth0]",
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_clients_could_read_differently_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|port"):
        address_of(url)


@pytest.mark.parametrize("url", [PUBLIC, f"{PUBLIC}/", "https://API.cloudflare.com:443/client/v4"])
def test_the_public_api_is_always_possible(url: str) -> None:
    NOTHING.check(spec())
    NOTHING.check(spec(baseUrl=url))
    SOME.check(spec(baseUrl=url))


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        (None, None),
        (PUBLIC, None),
        (f"{PUBLIC}/", None),
        ("https://API.cloudflare.com:443/client/v4", None),
        ("https://PROXY.example:443/cf/", "https://proxy.example/cf"),
        ("http://127.0.0.1:08787/client/v4", "http://127.0.0.1:8787/client/v4"),
        ("http://[::1]/", "http://[::1]"),
        ("https://proxy.example/client/V4", "https://proxy.example/client/V4"),
        ("no url", "no url"),
    ],
)
def test_all_spellings_of_an_api_are_one(url: str | None, spelled: str | None) -> None:
    assert base_url_of(url) == spelled


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example/cf",
        "https://PROXY.example:443/cf/",
        "https://proxy.example/cf/client/v4",
        "http://127.0.0.1:8787/client/v4",
    ],
)
def test_what_the_list_covers_is_possible(url: str) -> None:
    SOME.check(spec(baseUrl=url))
    assert refused(NOTHING, spec(baseUrl=url)).reason == "AddressNotAllowed"


@pytest.mark.parametrize(
    "url",
    [
        "http://proxy.example/cf",
        "https://proxy.example:8443/cf",
        "https://proxy.example",
        "https://proxy.example/CF",
        "https://proxy.example/cfevil",
        "https://proxy.example/cf/../evil",
        "https://proxy.example/cf/%2e%2e/evil",
        "https://proxy.example.evil.example/cf",
        "https://evilproxy.example/cf",
        "https://evil.proxy.example/cf",
        "https://proxy.example./cf",
        "https://pr\u043exy.example/cf",
        "http://127.0.0.1:18787/client/v4",
        "http://127.1:8787/client/v4",
        "http://2130706433:8787/client/v4",
        "http://0x7f000001:8787/client/v4",
        "http://localhost:8787/client/v4",
        "http://api.cloudflare.com/client/v4",
        "https://api.cloudflare.com",
        "https://api.cloudflare.com/client/v5",
        "https://api.cloudflare.com/client/v4evil",
        "https://api.cloudflare.com:444/client/v4",
        "https://169.254.169.254/client/v4",
    ],
)
def test_what_only_looks_like_it_is_refused(url: str) -> None:
    error = refused(SOME, spec(baseUrl=url))
    assert error.reason == "AddressNotAllowed"
    assert error.message.startswith("spec.baseUrl ")
    assert "--allowed-base-urls" in error.message
    assert "proxy.example" not in error.message  # what else is possible is not told


def test_probes_go_where_dns_says_unless_the_list_says_otherwise() -> None:
    address = {"address": "http://127.0.0.1:8788"}
    SOME.check(spec(dataPlane=address))
    assert refused(NOTHING, spec(dataPlane=address)).reason == "AddressNotAllowed"
    for other in ("http://127.0.0.1:8789", "https://127.0.0.1:8788", "http://10.0.0.1:8788"):
        error = refused(SOME, spec(dataPlane={"address": other}))
        assert error.message.startswith("spec.dataPlane.address ")
        assert "--allowed-data-planes" in error.message
    # One list says nothing of the other.
    assert refused(SOME, spec(dataPlane={"address": "https://proxy.example"}))
    assert refused(SOME, spec(baseUrl="http://127.0.0.1:8788"))


@pytest.mark.parametrize("namespace", ["payments", "kube-system", "code24-workers2", "code24"])
def test_tokens_come_from_one_namespace(namespace: str) -> None:
    reference = {"namespace": namespace, "name": "db", "key": "password"}
    error = refused(SOME, spec(credentials={"apiTokenSecretRef": reference}))
    assert error.reason == "SecretNamespaceNotAllowed"
    assert error.message.startswith("spec.credentials.apiTokenSecretRef.namespace is ")
    assert "'code24-workers' only" in error.message


@pytest.mark.parametrize("reference", [{"name": "a"}, {"name": "a", "namespace": None}])
def test_the_namespace_may_be_left_out(reference: dict[str, Any]) -> None:
    SOME.check(spec(credentials={"apiTokenSecretRef": reference}))
