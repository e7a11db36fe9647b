"""What workers may send requests to: hosts as the runtime sees them, which are private, which a list names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.addresses import PRIVATE_URLS, PUBLIC_URLS
from workers_operator.domain.egress import policy
from workers_operator.domain.egress.addresses import host_of, is_private
from workers_operator.domain.egress.policy import NOTHING, Egress
from workers_operator.domain.routes import is_named


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Shop.Example.com:8443/a?b#c", "shop.example.com"),
        ("https://shop.example.com.", "shop.example.com"),
        ("http:/\\shop.example.com\\x", "shop.example.com"),
        ("http://user:pass@a.example@b.example/", "b.example"),
        ("http://a.example?@b.example", "a.example"),
        ("http://\tloca\nlhost/", "localhost"),
        ("http://0x7F.1", "127.0.0.1"),
        ("http://0300.0250.1.1", "192.168.1.1"),
        ("http://1.2", "1.0.0.2"),
        ("http://0x", "0.0.0.0"),
        ("http://1.2.3.4.com", "1.2.3.4.com"),
        ("http://[2606:4700:4700:0::1111]:80/", "[2606:4700:4700::1111]"),
        ("http://\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25.com", "example.com"),
    ],
)
def test_a_host_is_the_one_that_the_runtime_sees(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    ["", "shop.example.com", "ftp://a.example/", "http://", "http:///?x", "http://256.1.1.1", "http://1.2.3.4.5",
     "http://08.1", "http://0x7g.1", "http://1..2", f"http://{'9' * 5000}", "http://[::1", "http://[x]/",
     "http://a.example:80:80", "http://%ff/", "http://1_0.1"],
)  # fmt: skip
def test_what_has_no_host_the_runtime_refuses_too(url: str) -> None:
    assert host_of(url) is None


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_private_hosts(url: str) -> None:
    host = host_of(url)
    assert host is not None
    assert is_private(host)


@pytest.mark.parametrize("url", PUBLIC_URLS)
def test_public_hosts(url: str) -> None:
    host = host_of(url)
    assert host is not None
    assert not is_private(host)


@given(st.text(), st.sampled_from(["", "http://", "https://[", "http://0x"]))
def test_any_text_has_a_host_that_can_be_judged_or_none(text: str, start: str) -> None:
    host = host_of(start + text)
    assert host is None or is_private(host) in (True, False)


@pytest.mark.parametrize(
    ("host", "listed", "named"),
    [
        ("api.example.com", ["api.example.com"], True),
        ("x.api.example.com", ["api.example.com"], False),
        ("a.b.example.com", ["*.example.com"], True),
        ("example.com", ["*.example.com"], False),
        ("notexample.com", ["*.example.com"], False),
        ("anything", ["b", "*"], True),
        ("anything", [], False),
    ],
)
def test_which_hosts_a_list_names(host: str, listed: list[str], named: bool) -> None:
    assert is_named(host, listed) is named


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_lists_of_the_same_hosts_are_equal(first: list[str], second: list[str]) -> None:
    same = set(first) == set(second)
    assert (Egress.of(first) == Egress.of(second)) is same
    assert (Egress.of(first).hosts == Egress.of(second).hosts) is same
    assert Egress(Egress.of(first).digest) == Egress.of(first)


def test_an_empty_list_is_not_no_list() -> None:
    assert NOTHING.hosts == ()
    assert policy.settings((), ()) == {"allow": [], "allowPrivate": []}
    assert policy.settings(None, ("b", "a")) == {"allow": None, "allowPrivate": ["a", "b"]}


def test_the_outbound_worker_goes_with_its_dispatcher() -> None:
    assert policy.outbound_name("code24-dispatcher-dev") == "code24-dispatcher-dev-egress"
    assert policy.outbound_name("d" * 63) == "d" * 56 + "-egress"
