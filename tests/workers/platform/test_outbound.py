"""The outbound Worker on a real workerd: which requests of a worker go out, and what becomes of the others."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from support.addresses import PRIVATE_URLS, PUBLIC_URLS
from workers.workerd import run_workerd, worker

PUBLIC: Final[dict[str, Any]] = {"allow": None, "allowPrivate": []}


class Outbound:
    """Sends what a worker would fetch."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}")

    def fetch(
        self, url: str, platform: Any = PUBLIC, allow: str | None = None, **init: Any
    ) -> httpx.Response:
        """``allow``: the parameter of the dispatch binding; ``platform``: the Worker's own binding."""
        env = {"EGRESS": platform, **({} if allow is None else {"allow": allow})}
        return self._client.post("/", json={"url": url, "init": init, "env": env})

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def outbound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outbound]:
    tested = worker(
        {name: name for name in ("egress_harness.js", "egress.js")}, 'globalOutbound = "internet"'
    )
    services = [
        f'(name = "outbound", worker = {tested})',
        f'(name = "internet", worker = {worker({"main.js": "internet.js"})})',
    ]
    with run_workerd(tmp_path_factory.mktemp("egress"), services, {"http": '"outbound"'}) as ports:
        served = Outbound(ports["http"])
        yield served
        served.close()


def refused(response: httpx.Response) -> str:
    """The message of a refusal; checks that header and body agree."""
    assert response.status_code == 403, response.text
    assert "X-From" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    error = response.json()["error"]
    assert error["code"] == response.headers["Code24-Error"] == "egress_refused"
    return str(error["message"])


def test_a_request_goes_out_as_it_is(outbound: Outbound) -> None:
    answer = outbound.fetch(
        "https://api.example.com/a?b=c", method="PUT", body="x", redirect="manual"
    )
    assert answer.headers["X-From"] == "internet"
    assert answer.json() == {
        "method": "PUT",
        "url": "https://api.example.com/a?b=c",
        "redirect": "manual",
        "body": "x",
    }


@pytest.mark.parametrize(
    ("allow", "url", "goes"),
    [
        ('["api.example.com"]', "https://api.example.com/", True),
        ('["api.example.com"]', "https://API.example.com.:8443/", True),
        ('["api.example.com"]', "https://example.com/", False),
        ('["api.example.com"]', "https://api.example.com@evil.example/", False),
        ('["*.example.com"]', "https://a.b.example.com/", True),
        ('["*.example.com"]', "https://example.com/", False),
        ('["*"]', "https://anything.example/", True),
        ("[]", "https://anything.example/", False),
    ],
)
def test_a_workers_own_list(outbound: Outbound, allow: str, url: str, goes: bool) -> None:
    answer = outbound.fetch(url, allow=allow)
    if goes:
        assert answer.headers["X-From"] == "internet"
    else:
        assert "the worker's spec.egress.allow does not name it" in refused(answer)


def test_a_refusal_names_the_host(outbound: Outbound) -> None:
    message = refused(outbound.fetch("https://evil.example:8443/secret?x", allow="[]"))
    assert message == (
        "Requests to evil.example are not allowed: the worker's spec.egress.allow does not name it."
    )


@pytest.mark.parametrize("allow", [None, "null"])
def test_the_platforms_list_is_for_workers_without_one(
    outbound: Outbound, allow: str | None
) -> None:
    platform = {"allow": ["api.example.com"], "allowPrivate": []}
    assert outbound.fetch("https://api.example.com/", platform, allow).status_code == 200
    message = refused(outbound.fetch("https://evil.example/", platform, allow))
    assert "WorkersPlatform.spec.egress.allow does not name it" in message
    assert outbound.fetch("https://evil.example/", platform, '["evil.example"]').status_code == 200


@pytest.mark.parametrize("allow", [None, '["*"]'])
@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_private_hosts_are_refused(outbound: Outbound, url: str, allow: str | None) -> None:
    assert "it is a private address or name" in refused(outbound.fetch(url, allow=allow))


@pytest.mark.parametrize("url", PUBLIC_URLS)
def test_public_hosts_are_not(outbound: Outbound, url: str) -> None:
    assert outbound.fetch(url).headers["X-From"] == "internet"


def test_private_hosts_that_the_platform_names(outbound: Outbound) -> None:
    platform = {"allow": None, "allowPrivate": ["127.0.0.1", "*.internal"]}
    for url in ("http://127.0.0.1:8080/", "http://0x7f.1/", "http://db.internal/"):
        assert outbound.fetch(url, platform).status_code == 200
        # The worker's own list counts all the same.
        assert "spec.egress.allow does not name it" in refused(outbound.fetch(url, platform, "[]"))
    assert "private" in refused(outbound.fetch("http://127.0.0.2/", platform))


def test_a_request_that_is_connected_elsewhere(outbound: Outbound) -> None:
    """``cf.resolveOverride`` has Cloudflare connect to another host than the URL's."""
    for override in ("127.0.0.1", "evil.example"):
        answer = outbound.fetch(
            "https://api.example.com/",
            allow='["api.example.com"]',
            cf={"resolveOverride": override},
        )
        assert override in refused(answer)
