"""Clients that stay on one instance, on a real workerd: by address or by cookie, also when instances come and go."""

from collections import Counter
from typing import Any

import httpx
import pytest

from workers.dispatching import HASH, Edge, route

ADDRESS = "CF-Connecting-IP"
COOKIE = "Code24-Affinity"


def given(
    edge: Edge, affinity: str, instances: int, there: list[int] | None = None, **stable: Any
) -> None:
    entry = route(instances=instances) | {"affinity": affinity}
    entry["stable"] = entry["stable"] | stable
    present = range(instances) if there is None else there
    edge.given(entry, scripts=[f"shop--{HASH}--{i}" for i in present])


def instance_of(answer: httpx.Response) -> int:
    assert answer.status_code == 200
    return int(answer.headers["Code24-Instance"])


def of_addresses(edge: Edge, count: int) -> list[int]:
    return [
        instance_of(edge.ask(headers={ADDRESS: f"203.0.{i // 250}.{i % 250}"}))
        for i in range(count)
    ]


def test_an_address_keeps_its_instance_and_all_get_their_share(edge: Edge) -> None:
    given(edge, "ClientIP", 4)
    first = of_addresses(edge, 1000)
    assert of_addresses(edge, 200) == first[:200]
    shares = Counter(first)
    assert set(shares) == {0, 1, 2, 3}
    assert all(190 < clients < 310 for clients in shares.values()), shares


def test_a_new_instance_moves_few_clients(edge: Edge) -> None:
    given(edge, "ClientIP", 3)
    before = of_addresses(edge, 400)
    given(edge, "ClientIP", 4)
    after = of_addresses(edge, 400)
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) == {3}
    assert 60 < len(moved) < 140


def test_clients_of_an_instance_that_is_out_or_missing_go_to_others(edge: Edge) -> None:
    given(edge, "ClientIP", 3)
    before = of_addresses(edge, 150)
    given(edge, "ClientIP", 3, out=[1])
    balanced = of_addresses(edge, 150)
    given(edge, "ClientIP", 3, there=[0, 2])
    missing = of_addresses(edge, 150)
    for after in (balanced, missing):
        assert 1 not in after
        assert all(new == old for old, new in zip(before, after, strict=True) if old != 1)


def test_a_client_without_an_address_gets_any_instance(edge: Edge) -> None:
    given(edge, "ClientIP", 2)
    assert {instance_of(edge.ask()) for _ in range(40)} == {0, 1}


def test_a_cookie_keeps_a_client_on_its_instance(edge: Edge) -> None:
    given(edge, "Cookie", 5)
    for _ in range(10):
        answer = edge.ask()
        [cookie] = [c for c in answer.headers.get_list("Set-Cookie") if c.startswith(COOKIE)]
        headers = {"Cookie": cookie.partition(";")[0]}
        later = [edge.ask(headers=headers) for _ in range(10)]
        assert {instance_of(one) for one in later} == {instance_of(answer)}
        assert not any("Set-Cookie" in one.headers for one in later)


@pytest.mark.parametrize("affinity", ["None", "Header", "", 7])
def test_without_an_affinity_that_it_knows_the_dispatcher_draws(edge: Edge, affinity: Any) -> None:
    given(edge, affinity, 2)
    answers = [edge.ask(headers={ADDRESS: "203.0.113.7"}) for _ in range(40)]
    assert {instance_of(answer) for answer in answers} == {0, 1}
    assert not any("Set-Cookie" in answer.headers for answer in answers)
