"""Label selectors in kubectl's notation."""

import pytest

from workers_operator.gateway.cache.selectors import selector_of
from workers_operator.gateway.http.problems import ApiProblem

LABELS = {"team": "shop", "tier": "web", "example.com/legacy": ""}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("team=shop", True),
        ("team == shop, tier=web", True),
        ("team!=shop", False),
        ("other!=x", True),
        ("tier in (api, web)", True),
        ("tier notin (api,web)", False),
        ("team", True),
        ("!team", False),
        ("!other,example.com/legacy", True),
        ("example.com/legacy=", True),
    ],
)
def test_what_matches(text: str, holds: bool) -> None:
    assert selector_of(text).matches(LABELS) is holds


@pytest.mark.parametrize("text", ["=", ",", "a=b=c", "a in b", "a in (b", "a>1", "é", "a" * 2000])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        selector_of(text)
    assert refused.value.status_code == 400
