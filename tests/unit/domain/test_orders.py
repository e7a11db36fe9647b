"""OrphanOrders about orphans: what annotations say, and that one mistake spoils all of them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.plan.actions import Publish
from workers_operator.domain.plan.orders import (
    ADOPT,
    MOST,
    REMOVE,
    BadOrder,
    OrphanOrders,
    identity,
    parse,
    plan_adoption,
)
from workers_operator.domain.serving import Mark, Serving
from workers_operator.domain.worker import ObjectKey

BLOG = ObjectKey("CustomerWorker", "shop", "blog")
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
OWNERS = st.builds(ObjectKey, st.sampled_from(["EliteWorker", "CustomerWorker"]), NAMES, NAMES)


def test_names_are_separated_by_commas() -> None:
    assert parse({REMOVE: " a, b-1,"}) == OrphanOrders(remove=("a", "b-1"))
    adopt = parse({ADOPT: "a=CustomerWorker/shop/blog, b=EliteWorker/x/y.z"}).adopt
    assert adopt == {"a": BLOG, "b": ObjectKey("EliteWorker", "x", "y.z")}


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        ({REMOVE: ""}, "names nothing"),
        ({REMOVE: " , "}, "names nothing"),
        ({REMOVE: "a,../b"}, "'../b' is not the name of a script"),
        ({REMOVE: "a,a"}, "'a' stands there twice"),
        ({REMOVE: "*"}, "'*' is not the name of a script"),
        ({REMOVE: ",".join(f"a{n}" for n in range(MOST + 1))}, "at most 50"),
        ({ADOPT: "a"}, "'' is not EliteWorker or CustomerWorker, a namespace and a name"),
        ({ADOPT: "a=WorkersPlatform/x/y"}, "'WorkersPlatform/x/y' is not"),
        ({ADOPT: "a=CustomerWorker/shop"}, "'CustomerWorker/shop' is not"),
        ({ADOPT: "a=CustomerWorker/Shop/x"}, "is not"),
        ({ADOPT: "a=CustomerWorker/s/x,a=CustomerWorker/s/y"}, "'a' stands there twice"),
        ({ADOPT: "a=CustomerWorker/s/x", REMOVE: "a"}, "both removed and adopted"),
    ],
)
def test_a_mistake_is_named(annotations: dict[str, str], words: str) -> None:
    with pytest.raises(BadOrder) as caught:
        parse(annotations)
    assert words in str(caught.value)


@given(st.text(max_size=60))
def test_nothing_else_than_a_mistake_comes_of_any_text(text: str) -> None:
    for name in (REMOVE, ADOPT):
        with suppress(BadOrder):
            parse({name: text})


@given(st.lists(NAMES, unique=True, max_size=4), st.dictionaries(NAMES, OWNERS, max_size=4))
def test_what_is_written_is_read_again(remove: list[str], adopt: dict[str, ObjectKey]) -> None:
    orders = OrphanOrders(tuple(remove), {n: k for n, k in adopt.items() if n not in remove})
    assert parse(orders.annotations()) == orders


def test_orders_are_told_apart_by_both_annotations() -> None:
    given = [{}, {REMOVE: "a"}, {REMOVE: "b"}, {ADOPT: "a"}, {REMOVE: "a", ADOPT: "a"}]
    assert identity(given[0]) == identity({"other": "a"}) == ""
    assert len({identity(annotations) for annotations in given}) == len(given)
    assert identity({REMOVE: "a", "other": "x"}) == identity({REMOVE: "a"})


def test_an_adoption_changes_the_owner_and_nothing_else() -> None:
    mark = Mark("uid", "CustomerWorker old/blog", Serving("11111111", 2))
    [action] = plan_adoption("blog", mark, BLOG, "value").actions
    assert isinstance(action, Publish)
    assert (action.targets, action.hosts, action.value) == ({}, frozenset(), "value")
    assert action.mark == Mark("uid", "CustomerWorker shop/blog", Serving("11111111", 2))
