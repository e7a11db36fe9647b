"""Plans of platforms, case by case: what is missing is created, what is there stays as it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pytest

from workers_operator.domain import names
from workers_operator.domain.conditions import DISPATCHER, PROVISIONED
from workers_operator.domain.content import Code, Content, Module
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    ClaimNamespace,
    EnsureBucket,
    EnsureDispatchNamespace,
    EnsureKVNamespace,
    PutObject,
    Remove,
    SetTrust,
)
from workers_operator.domain.plan.platform import (
    DesiredPlatform,
    ObservedPlatform,
    account_script,
    condition_of,
    is_deployed,
    plan_foundation,
    plan_platform,
)


@pytest.mark.parametrize(
    ("namespaces", "titles", "actions"),
    [
        ((), (), (EnsureDispatchNamespace("ns"), EnsureKVNamespace("TABLE"))),
        (("other",), ("OTHER",), (EnsureDispatchNamespace("ns"), EnsureKVNamespace("TABLE"))),
        (("ns",), (), (EnsureKVNamespace("TABLE"),)),
        ((), ("TABLE",), (EnsureDispatchNamespace("ns"),)),
        (("other", "ns"), ("TABLE", "OTHER"), ()),
        (("TABLE",), ("ns",), (EnsureDispatchNamespace("ns"), EnsureKVNamespace("TABLE"))),
    ],
    ids=["nothing", "others'", "no table", "no namespace", "both", "each by the other's name"],
)
def test_the_foundation_is_laid_where_it_is_missing(
    namespaces: Collection[str], titles: Collection[str], actions: tuple[Action, ...]
) -> None:
    plan = plan_foundation(
        dispatch_namespace="ns", namespaces=namespaces, metadata_title="TABLE", titles=titles
    )
    assert plan.actions == actions
    assert plan.empty == (actions == ())


def content(text: str) -> Content:
    module = Module("a.js", "application/javascript+module", text.encode())
    return Content(Code("built-in", "a.js", (module,)), ())


CLAIM: Final = ClaimNamespace("k", {"dispatchNamespace": "ns"}, "random")
TEMPLATES: Final = (PutObject("data", "b", b"1"), PutObject("data", "a", b"2"))
DISPATCHER_SCRIPT: Final = account_script("router", content("dispatcher"), "metadata-1")
ROUTER_SCRIPT: Final = account_script("router-services", content("router"), shared=True)
ROUTE: Final = Attach("*.code24.dev/*", "z", "router")
UNTRUSTED: Final = SetTrust("ns", trusted=False)
TRUSTED: Final = SetTrust("ns", trusted=True)
DESIRED: Final = DesiredPlatform(
    CLAIM, "data", TEMPLATES, (DISPATCHER_SCRIPT, ROUTER_SCRIPT), ROUTE, UNTRUSTED
)
BARE: Final = replace(DESIRED, objects=())
COMPLETE: Final = ObservedPlatform(
    owner=CLAIM.owner,
    has_bucket=True,
    account_scripts={"router": DISPATCHER_SCRIPT.tags, "router-services": ROUTER_SCRIPT.tags},
    zone_routes={"*.code24.dev/*": "router"},
)
NOTHING: Final = ObservedPlatform(None, has_bucket=False, account_scripts={}, zone_routes={})


@dataclass(frozen=True)
class Case:
    observed: ObservedPlatform
    actions: tuple[Action, ...]
    desired: DesiredPlatform = BARE


def scripts(**tags: frozenset[str]) -> Mapping[str, frozenset[str]]:
    return {**COMPLETE.account_scripts, **{n.replace("_", "-"): t for n, t in tags.items()}}


CASES: Final[Mapping[str, Case]] = {
    "complete": Case(COMPLETE, ()),
    "complete, other templates": Case(COMPLETE, TEMPLATES, DESIRED),
    "nothing": Case(
        NOTHING,
        (EnsureBucket("data"), CLAIM, *TEMPLATES, DISPATCHER_SCRIPT, ROUTER_SCRIPT, ROUTE),
        DESIRED,
    ),
    "nobody's table": Case(replace(COMPLETE, owner=None), (CLAIM,)),
    "no bucket": Case(replace(COMPLETE, has_bucket=False), (EnsureBucket("data"),)),
    "no dispatcher": Case(
        replace(COMPLETE, account_scripts={"router-services": ROUTER_SCRIPT.tags}),
        (DISPATCHER_SCRIPT,),
    ),
    "dispatcher of another version": Case(
        replace(COMPLETE, account_scripts=scripts(router=frozenset({names.MANAGED_BY_TAG}))),
        (DISPATCHER_SCRIPT,),
    ),
    "router without tags": Case(
        replace(COMPLETE, account_scripts=scripts(router_services=frozenset())), (ROUTER_SCRIPT,)
    ),
    "more tags than ours": Case(
        replace(COMPLETE, account_scripts=scripts(router=DISPATCHER_SCRIPT.tags | {"theirs"})), ()
    ),
    "no route": Case(replace(COMPLETE, zone_routes={"x.code24.dev/*": "router"}), (ROUTE,)),
    "route of somebody's": Case(replace(COMPLETE, zone_routes={"*.code24.dev/*": None}), ()),
    "trusted against the spec": Case(replace(COMPLETE, trusted=True), (UNTRUSTED,)),
    "trusted as in the spec": Case(
        replace(COMPLETE, trusted=True), (), replace(BARE, trust=TRUSTED)
    ),
    "to be trusted": Case(COMPLETE, (TRUSTED,), replace(BARE, trust=TRUSTED)),
    "trusted, with somebody's scripts": Case(
        replace(COMPLETE, trusted=True, strangers={"theirs"}), ()
    ),
    "to be trusted, with somebody's scripts": Case(
        replace(COMPLETE, strangers={"theirs"}), (), replace(BARE, trust=TRUSTED)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_account_lacks_is_made(case: Case) -> None:
    plan = plan_platform(case.desired, case.observed)
    assert plan.actions == case.actions
    assert plan == plan_platform(case.desired, case.observed)


def test_a_claim_is_the_same_with_another_random_key_and_never_tells_it() -> None:
    assert replace(CLAIM, value="other") == CLAIM
    assert "random" not in repr(plan_platform(DESIRED, NOTHING))


def test_tags_tell_the_content_of_a_worker_of_ours() -> None:
    other = account_script("router", content("another dispatcher"), "metadata-1")
    assert other.tags ^ DISPATCHER_SCRIPT.tags == {
        next(tag for tag in script.tags if tag.startswith("version-"))
        for script in (other, DISPATCHER_SCRIPT)
    }
    assert {names.MANAGED_BY_TAG, "metadata-1"} < DISPATCHER_SCRIPT.tags
    assert is_deployed(other, list(other.tags))
    assert not is_deployed(other, DISPATCHER_SCRIPT.tags)
    assert not is_deployed(other, None)


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        (EnsureDispatchNamespace("ns"), PROVISIONED),
        (EnsureKVNamespace("TABLE"), PROVISIONED),
        (EnsureBucket("data"), PROVISIONED),
        (CLAIM, PROVISIONED),
        (UNTRUSTED, PROVISIONED),
        (TEMPLATES[0], PROVISIONED),
        (DISPATCHER_SCRIPT, DISPATCHER),
        (ROUTE, DISPATCHER),
        (Remove("a", "why"), PROVISIONED),
    ],
    ids=str,
)
def test_which_condition_a_failure_concerns(action: Action, condition: str) -> None:
    assert condition_of(action) == condition
