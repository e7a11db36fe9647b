"""What the page does to workers, and for whom."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Page, expect

from support.browsing import Served, Tab
from support.fleets import STEPS, condition, healthy, rolling, show
from support.rest_api import ADMIN, TENANT, RestApi
from support.waiting import until
from workers_operator.domain.worker import ObjectKey

CANARY: Final = {"rollout": {"strategy": "Canary", "steps": list(STEPS)}}
WORKER: Final = "/#/workers/shop-main?namespace=shop"
READ: Final = {
    ("shop", f"{verb}/{kind}")
    for verb in ("get", "list")
    for kind in ("customerworkers", "eliteworkers")
}


def permit(rest: RestApi, *grants: str) -> None:
    """Let the tenant read the shop's workers, and do what ``grants`` say."""
    more = {("shop", grant) for grant in grants}
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = READ | more


def actions(page: Page) -> list[str]:
    """The actions that are offered."""
    expect(page.get_by_role("region", name="Conditions")).to_be_visible()
    return page.get_by_role("group", name="Actions").get_by_role("button").all_inner_texts()


def stored(rest: RestApi, key: ObjectKey) -> Mapping[str, Any]:
    """The object as the cluster has it."""
    return copy.deepcopy(rest.server.objects[key])


def ordered(rest: RestApi, key: ObjectKey) -> str:
    """What the object is told to do: the page has its buttons disabled before it has asked."""

    def found() -> str:
        annotations = stored(rest, key)["metadata"].get("annotations", {})
        return str(annotations.get("workers.code24.dev/rollout", ""))

    return until(found, "no order reaches the object")


def test_only_what_somebody_may_do_is_offered(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", rolling(), **CANARY)
    permit(rest)
    page = visit.sign_in(TENANT, WORKER)
    assert actions(page) == []
    expect(page.get_by_role("button", name="Logs")).to_have_count(0)
    expect(page.get_by_role("button", name="Events")).to_have_count(0)
    permit(rest, "update/customerworkers/scale", "get/customerworkers/logs")
    gateway.do(lambda: rest.clock.advance(20))
    page.reload()
    assert actions(page) == ["Scale"]
    expect(page.get_by_role("button", name="Logs")).to_be_visible()


def test_what_makes_no_sense_now_is_not_offered(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", rolling(), **CANARY)
    page = visit.sign_in(ADMIN, WORKER)
    under_way = ["Promote", "Pause", "Promote fully", "Abort"]
    assert actions(page) == ["Scale", *under_way, "Redeploy", "Suspend", "Delete"]
    gateway.do(lambda: show(rest, "shop-main", healthy(), **CANARY))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert actions(page) == ["Scale", "Undo", "Redeploy", "Suspend", "Delete"]
    gateway.do(lambda: show(rest, "shop-main", healthy(), suspend=True, **CANARY))
    expect(page.get_by_role("button", name="End suspension")).to_be_visible()
    assert actions(page) == ["End suspension", "Delete"]


def test_an_abort_is_confirmed_first(rest: RestApi, gateway: Served, visit: Tab) -> None:
    key = show(rest, "shop-main", rolling(), **CANARY)
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Abort").click()
    dialog = page.get_by_role("dialog", name="Abort the rollout?")
    expect(dialog).to_contain_text("The new version gets no more requests")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert "annotations" not in stored(rest, key)["metadata"]
    page.get_by_role("button", name="Abort").click()
    dialog.get_by_role("button", name="Abort").click()
    expect(dialog.get_by_role("button", name="Abort")).to_be_disabled()
    order = ordered(rest, key)
    assert order.startswith("abort:5a08c7d1")
    status = {**rolling(), "rolloutOrder": {"id": order}}
    gateway.do(lambda: show(rest, "shop-main", status, **CANARY))
    expect(dialog).to_have_count(0)


def test_what_the_operator_refuses_is_told_in_its_words(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    key = show(rest, "shop-main", rolling(), **CANARY)
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Promote", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Promote").click()
    expect(dialog.get_by_role("button", name="Promote")).to_be_disabled()
    order = ordered(rest, key)
    problem = "the version is not the one under way"
    status = {**rolling(), "rolloutOrder": {"id": order, "problem": problem}}
    gateway.do(lambda: show(rest, "shop-main", status, **CANARY))
    expect(dialog.get_by_role("alert")).to_have_text(f"nothing was done: {problem}")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)


def test_fewer_instances_take_requests_away_and_the_dialog_says_so(
    rest: RestApi, visit: Tab
) -> None:
    key = show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Scale").click()
    dialog = page.get_by_role("dialog", name="Scale the worker")
    dialog.get_by_label("Number of instances").fill("1")
    expect(dialog).to_contain_text("2 of its instances get no more requests")
    dialog.get_by_label("Number of instances").fill("0")
    expect(dialog).to_contain_text("it is parked")
    dialog.get_by_role("button", name="Park it").click()
    expect(dialog).to_have_count(0)
    assert stored(rest, key)["spec"]["instances"] == 0


def test_a_field_that_git_owns_is_taken_over_only_if_somebody_says_so(
    rest: RestApi, visit: Tab
) -> None:
    managed = {
        "manager": "argocd-controller",
        "operation": "Apply",
        "apiVersion": "workers.code24.dev/v1alpha1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:instances": {}}},
    }
    key = rest.put(
        "shop-main", "shop", status=healthy(), metadata={"managedFields": [managed]}, instances=3
    )
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Scale").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Number of instances").fill("5")
    dialog.get_by_role("button", name="Scale").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is managed by argocd-controller")
    assert stored(rest, key)["spec"]["instances"] == 3
    dialog.get_by_label("Take it over").check()
    dialog.get_by_role("button", name="Scale").click()
    expect(dialog).to_have_count(0)
    assert stored(rest, key)["spec"]["instances"] == 5


def test_a_worker_is_deleted_once_its_name_was_typed(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    key = show(rest, "shop-main", healthy())
    permit(rest, "delete/customerworkers")
    page = visit.sign_in(TENANT, WORKER)
    assert actions(page) == ["Delete"]
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete the worker?")
    expect(dialog).to_contain_text("That cannot be undone")
    delete = dialog.get_by_role("button", name="Delete")
    for typed in ("", "shop-mai", "shop-main2"):
        dialog.get_by_label("Type shop-main to confirm").fill(typed)
        expect(delete).to_be_disabled()
    page.keyboard.press("Enter")  # does not get around it
    assert key in rest.server.objects
    dialog.get_by_label("Type shop-main to confirm").fill("shop-main")
    delete.click()
    expect(dialog).to_have_count(0)
    assert key not in rest.server.objects
    held = "the platform is suspended: it stays until that ends"
    status = healthy()
    status["conditions"].append(condition("Reconciling", "Deleting", held))
    gone = {"deletionTimestamp": "2026-01-31T08:00:00Z", "finalizers": ["workers.code24.dev/x"]}
    gateway.do(lambda: rest.put("shop-main", "shop", status=status, metadata=gone))
    expect(page.get_by_role("status").filter(has_text="It is being deleted")).to_contain_text(held)
    expect(page.get_by_role("group", name="Actions")).to_have_count(0)
    gateway.do(lambda: rest.remove(key))
    expect(page.get_by_text("The worker is gone.")).to_be_visible()
    expect(page.get_by_text("It is being deleted")).to_have_count(0)


def test_what_an_orphaned_worker_leaves_behind_is_said(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", healthy(), policies={"deletion": "Orphan"})
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("goes on serving")


def test_a_version_is_returned_to_from_the_list_of_versions(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    key = show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    rows = page.get_by_role("region", name="Versions").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(page.get_by_role("button", name="Return to it")).to_have_count(1)
    rows.filter(has_text="0c9d13ab").get_by_role("button", name="Return to it").click()
    dialog = page.get_by_role("dialog", name="Return to version 0c9d13ab?")
    dialog.get_by_role("button", name="Return to it").click()
    expect(dialog.get_by_role("button", name="Return to it")).to_be_disabled()
    order = ordered(rest, key)
    assert order.startswith("undo:0c9d13ab")
    status = {**healthy(), "rolloutOrder": {"id": order}}
    gateway.do(lambda: show(rest, "shop-main", status))
    expect(dialog).to_have_count(0)
    gateway.do(lambda: show(rest, "shop-main", rolling(), **CANARY))
    expect(page.get_by_role("button", name="Return to it")).to_have_count(0)


def test_redeploy_and_suspend_reach_the_object(rest: RestApi, visit: Tab) -> None:
    key = show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    for name in ("Redeploy", "Suspend"):
        page.get_by_role("button", name=name).click()
        page.get_by_role("dialog").get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    found = stored(rest, key)
    assert found["metadata"]["annotations"]["workers.code24.dev/requestedAt"]
    assert found["spec"]["suspend"] is True
    expect(page.get_by_role("button", name="End suspension")).to_be_visible()
