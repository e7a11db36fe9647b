"""Hosts that people take for each other have one skeleton; those that they tell apart do not."""

import idna
import pytest

from workers_operator.domain.tenancy.confusables import skeleton


def ascii_host(host: str) -> str:
    return idna.encode(host, uts46=True).decode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal.code24.dev", "paypa1.code24.dev"),
        ("shop.code24.dev", "sh0p.code24.dev"),
        ("modern.code24.dev", "rnodern.code24.dev"),
        ("apple.code24.dev", "\u0430\u0440\u0440l\u0435.code24.dev"),  # Cyrillic
        ("shop.code24.dev", "\u0455h\u043ep.code24.dev"),
        ("shop.code24.dev", "sh\u03bfp.code24.dev"),  # Greek
    ],
)
def test_confusable(one: str, other: str) -> None:
    assert skeleton(ascii_host(one)) == skeleton(ascii_host(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shop.code24.dev", "shops.code24.dev"),
        ("münchen.code24.dev", "munchen.code24.dev"),
        ("a-b.code24.dev", "ab.code24.dev"),
        ("shop-2.code24.dev", "shop-3.code24.dev"),
        ("xn--a.code24.dev", "a.code24.dev"),
    ],
)
def test_distinct(one: str, other: str) -> None:
    encoded = other if one.startswith("xn--") else ascii_host(other)
    assert skeleton(one if one.startswith("xn--") else ascii_host(one)) != skeleton(encoded)


def test_a_label_that_is_no_punycode_stays() -> None:
    assert skeleton("xn--99999999999.dev") == skeleton("xn--99999999999.dev")
