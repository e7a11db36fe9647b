"""Whose the account's Workers, the routing table and a platform's place are, case by case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.tenancy.estates import Installation, check_installation
from workers_operator.domain.tenancy.ownership import (
    FREE,
    OURS,
    Ownership,
    check_account_script,
    check_metadata_namespace,
    of_account_script,
    of_metadata_namespace,
)

MANAGED: Final = names.MANAGED_BY_TAG
MINE_TITLE, THEIR_TITLE = "TABLE", "OTHER_TABLE"


@dataclass(frozen=True)
class Account:
    """A Worker of the account by its tags, whose it is, and what a refusal says."""

    tags: Collection[str] | None
    owner: Ownership
    title: str | None = None
    says: str = ""


NOT_OURS: Final = "has a Worker 'router' that this operator did not deploy"
OTHER_TABLE: Final = "'router' reads routes from another KV namespace than 'TABLE'"
NOT_THIS_OPERATOR: Final = Ownership("theirs", "not this operator")
ANOTHER_ENVIRONMENT: Final = Ownership("theirs", "another environment")
ACCOUNT_SCRIPTS: Final[Mapping[str, Account]] = {
    "none": Account(None, FREE),
    "none, whatever it would read": Account(None, FREE, MINE_TITLE),
    "no tags": Account((), NOT_THIS_OPERATOR, says=NOT_OURS),
    "somebody's tags": Account({"x", "managed"}, NOT_THIS_OPERATOR, says=NOT_OURS),
    "somebody's that reads our table": Account(
        {names.metadata_tag(MINE_TITLE)}, NOT_THIS_OPERATOR, MINE_TITLE, NOT_OURS
    ),
    "ours": Account({MANAGED, "version-1"}, OURS),
    "ours, reads the table": Account({MANAGED, names.metadata_tag(MINE_TITLE)}, OURS, MINE_TITLE),
    "ours, of a version that did not say": Account({MANAGED}, OURS, MINE_TITLE),
    "reads another table": Account(
        {MANAGED, names.metadata_tag(THEIR_TITLE)}, ANOTHER_ENVIRONMENT, MINE_TITLE, OTHER_TABLE
    ),
    "reads ours and another table": Account(
        {MANAGED, names.metadata_tag(MINE_TITLE), names.metadata_tag(THEIR_TITLE)},
        ANOTHER_ENVIRONMENT,
        MINE_TITLE,
        OTHER_TABLE,
    ),
    "reads another table, which does not matter": Account(
        {MANAGED, names.metadata_tag(THEIR_TITLE)}, OURS
    ),
}


@pytest.mark.parametrize("case", ACCOUNT_SCRIPTS.values(), ids=ACCOUNT_SCRIPTS)
def test_whose_a_worker_of_the_account_is(case: Account) -> None:
    assert of_account_script(case.tags, metadata_title=case.title) == case.owner
    if case.owner.state != "theirs":
        check_account_script("router", case.tags, metadata_title=case.title)
        return
    with pytest.raises(Stalled) as caught:
        check_account_script("router", case.tags, metadata_title=case.title)
    assert caught.value.reason == "DispatcherNotOwned"
    assert case.says in caught.value.message
    assert "spec.dispatch.dispatcher" in caught.value.message


@pytest.mark.parametrize(
    ("owner", "verdict"),
    [
        (None, FREE),
        ({"dispatchNamespace": "ns", "domain": "code24.dev"}, OURS),
        ({"dispatchNamespace": "other"}, Ownership("theirs", "'other'")),
        ({"dispatchNamespace": "NS"}, Ownership("theirs", "'NS'")),
        ({"dispatchNamespace": None}, Ownership("theirs", "None")),
        ({"x": 1}, Ownership("theirs", "None")),
        ({}, Ownership("theirs", "None")),
    ],
    ids=["nobody's", "ours", "another's", "another case", "null", "other words", "no words"],
)
def test_whose_the_table_is(owner: Mapping[str, object] | None, verdict: Ownership) -> None:
    assert of_metadata_namespace(owner, "ns") == verdict
    if verdict.state != "theirs":
        check_metadata_namespace("TABLE", owner, "ns")
        return
    with pytest.raises(Stalled) as caught:
        check_metadata_namespace("TABLE", owner, "ns")
    assert caught.value.reason == "StorageNotOwned"
    assert f"'TABLE' belongs to dispatch namespace {verdict.whose}" in caught.value.message


ACCOUNT_KEY: Final = ("account-1", None)
PLACE: Final = Installation("mine", ACCOUNT_KEY, "ns", "router", "data", "events_a")
EARLIER: Final = replace(PLACE, platform="first", bucket="first", dataset="first")
ELSEWHERE: Final = replace(EARLIER, dispatch_namespace="ns-2", dispatcher="router-2")


@pytest.mark.parametrize(
    ("earlier", "taken"),
    [
        ([], None),
        ([replace(EARLIER, dispatch_namespace="ns-2", dispatcher="router-2")], None),
        ([EARLIER], "'ns' belongs to WorkersPlatform 'first'; choose another spec.dispatch.namespace"),
        ([replace(EARLIER, dispatcher="router-2")],
         "'ns' belongs to WorkersPlatform 'first'; choose another spec.dispatch.namespace"),
        ([replace(EARLIER, dispatch_namespace="ns-2")],
         "'router' belongs to WorkersPlatform 'first'; choose another spec.dispatch.dispatcher"),
        ([replace(EARLIER, dispatch_namespace="router", dispatcher="ns")], None),
        ([replace(ELSEWHERE, bucket="data")],
         "'data' belongs to WorkersPlatform 'first'; choose another spec.storage.dataBucket"),
        ([replace(ELSEWHERE, dataset="Events_A")],
         "'events_a' belongs to WorkersPlatform 'first'; choose another spec.storage.analyticsDataset"),
        ([replace(ELSEWHERE, dataset="events_a_events_x")],
         "'events_a' belongs to WorkersPlatform 'first'; choose another spec.storage.analyticsDataset"),
        ([replace(ELSEWHERE, dataset="events_ab")], None),
        ([replace(EARLIER, account=("account-2", None))], None),
        ([replace(EARLIER, account=("account-1", "https://edge.test"))], None),
        ([replace(EARLIER, account=("account-2", None)),
          replace(EARLIER, platform="second", dispatch_namespace="ns-2")],
         "'router' belongs to WorkersPlatform 'second'; choose another spec.dispatch.dispatcher"),
    ],
    ids=[
        "nobody", "another place", "the same", "same namespace", "same dispatcher", "names crossed",
        "same bucket", "same dataset", "its customers' events", "another dataset",
        "another account", "another API", "the second of them",
    ],
)  # fmt: skip
def test_an_earlier_platform_keeps_its_place(
    earlier: Sequence[Installation], taken: str | None
) -> None:
    if taken is None:
        check_installation(PLACE, earlier)
        return
    with pytest.raises(Waiting) as caught:
        check_installation(PLACE, earlier)
    assert (caught.value.reason, caught.value.message) == ("PlatformConflict", taken)
    assert caught.value.after > 0
