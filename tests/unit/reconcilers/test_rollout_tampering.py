"""Somebody else's hands in a rollout: what they change at the edge is put right, and costs nobody an answer."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from support.cloudflare.state import Pair
from support.scripts import says
from support.world import World
from support.world_bodies import BASE, SHOP
from unit.reconcilers.rolling import (
    MANUAL,
    begun,
    condition,
    rollout,
    routings,
    shares,
    versions_there,
)
from workers_operator.domain.health.probes import ProbeAnswer

HOST, MARK = "host:shop.code24.dev", f"worker:{BASE}"
LISTED = 400.0  # seconds in which the account is listed once
Entry = dict[str, Any]
Change = Callable[[Entry], Entry]


def delete_scripts(world: World, version: str) -> None:
    """What somebody does who deletes the scripts of a version by hand."""
    scripts = world.cloudflare.scripts["ns"]
    for name in [name for name in scripts if f"--{version}--" in name]:
        del scripts[name]


def write(world: World, key: str, change: Change) -> None:
    """What somebody does who writes other metadata to a key of the routing table."""
    pairs = world.cloudflare.kv_titled("routes").pairs
    pairs[key] = Pair(pairs[key].value, change(dict(pairs[key].metadata)))


def entries(world: World) -> tuple[Pair, Mapping[str, Any]]:
    """What the dispatcher reads, and the mark."""
    pairs = world.cloudflare.kv_titled("routes").pairs
    return pairs[HOST], pairs[MARK].metadata


def canary(*parts: Any) -> Change:
    """Another version, instances and weight; None: as they are."""

    def change(mark: Entry) -> Entry:
        known = zip(parts, mark["canary"], strict=True)
        return mark | {"canary": [old if new is None else new for new, old in known]}

    return change


def targets(weight: float) -> Change:
    """Another weight in the metadata of a host."""

    def change(entry: Entry) -> Entry:
        [[*target, (version, instances, _)]] = entry["targets"]
        return entry | {"targets": [[*target, [version, instances, weight]]]}

    return change


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (MARK, canary(None, None, 99)),
        (MARK, canary(None, None, -5)),
        (MARK, canary(None, None, 1e300)),
        (MARK, canary(None, 10**9, None)),
        (MARK, lambda mark: mark | {"hash": "0badcafe"}),
        (MARK, lambda mark: mark | {"instances": -1}),
        (MARK, lambda mark: mark | {"instances": 10**9}),
        (MARK, lambda _: {}),
        (HOST, targets(99)),
        (HOST, lambda _: {}),
        (HOST, lambda entry: entry | {"targets": "x"}),
    ],
)
async def test_an_entry_that_somebody_has_changed_is_put_right(
    served: World, key: str, change: Change
) -> None:
    one = await begun(served, MANUAL)
    two, before = rollout(served)["version"], entries(served)
    write(served, key, change)
    await served.settle(LISTED)
    assert entries(served) == before
    assert shares(served) == {one: 90, two: 10}
    assert rollout(served)["phase"] == "Paused"
    assert versions_there(served) == {one, two}


@pytest.mark.parametrize(
    "change",
    [
        canary(None, None, 0),
        canary(None, None, "all"),
        canary("0badcafe", None, None),
        lambda mark: mark | {"canary": "x"},
    ],
)
async def test_an_entry_that_gives_the_new_version_nothing_aborts(
    served: World, change: Change
) -> None:
    one = await begun(served, MANUAL)
    await served.settle(100)
    write(served, MARK, change)
    await served.settle(LISTED)
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"
    assert "no longer points to the new version" in condition(served, "Ready")["message"]


async def test_the_scripts_of_a_new_version_that_somebody_deleted_are_uploaded_again(
    served: World,
) -> None:
    one = await begun(served, MANUAL)
    two = rollout(served)["version"]
    delete_scripts(served, two)
    await served.settle(LISTED)
    assert versions_there(served) == {one, two}
    assert shares(served) == {one: 90, two: 10}


async def test_without_the_scripts_that_serve_the_new_version_does(served: World) -> None:
    await begun(served, MANUAL)
    two = rollout(served)["version"]
    delete_scripts(served, served.version(SHOP))
    await served.settle(LISTED)
    assert shares(served) == {two: 100}
    assert served.answer("shop") == (200, two, "")


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ("undo", "there is no former version at the edge"),
        ("undo:{one}", "version {one} is not at the edge any more"),
    ],
)
async def test_undo_to_a_version_that_somebody_has_deleted_is_refused(
    served: World, order: str, problem: str
) -> None:
    one = await begun(served, {})
    await served.settle(300)
    two = served.version(SHOP)
    delete_scripts(served, one)
    served.forget_calls()
    served.order(SHOP, order.format(one=one))
    await served.settle(5)
    assert routings(served) == 0
    assert served.answer("shop") == (200, two, "")
    assert served.status(SHOP)["rolloutOrder"]["problem"] == problem.format(one=one)
    assert served.status(SHOP)["versions"] == {"stable": two}


async def test_undo_asks_the_former_version_for_an_answer_first(served: World) -> None:
    await begun(served, {})
    await served.settle(300)
    served.prober.smoked.clear()
    served.forget_calls()
    served.order(SHOP, "undo")
    await served.settle(5)
    assert served.prober.smoked == ["GET shop.code24.dev/"]
    assert served.reads == []
    assert routings(served) == 1


async def test_undo_needs_no_data_plane(served: World) -> None:
    one = await begun(served, {})
    await served.settle(300)
    served.prober.unreachable = True
    served.order(SHOP, "undo")
    await served.settle(5)
    assert shares(served) == {one: 100}


async def test_a_second_undo_to_a_version_that_somebody_has_deleted_is_refused(
    served: World,
) -> None:
    one = await begun(served, {})
    await served.settle(300)
    two = served.version(SHOP)
    served.order(SHOP, "undo")
    await served.settle(300)
    delete_scripts(served, two)
    served.order(SHOP, "undo again")
    await served.settle(5)
    assert served.answer("shop") == (200, one, "")
    served.order(SHOP, "retry")
    await served.settle(5)
    assert served.answer("shop") == (200, two, "")


async def test_a_spec_whose_version_somebody_has_deleted_is_uploaded_before_it_serves(
    served: World,
) -> None:
    one = await begun(served, {})
    await served.settle(300)
    delete_scripts(served, one)
    served.edit(SHOP, source={"inline": {"script": says("one")}})
    await served.settle(5)
    assert served.answer("shop") == (200, one, "")
    assert versions_there(served) >= {one}


async def test_a_bad_version_stays_if_the_former_one_was_deleted(served: World) -> None:
    one = served.version(SHOP)

    def throws(host: str, path: str) -> ProbeAnswer | None:
        version = served.cloudflare.answer(host, path).version
        return ProbeAnswer(500, version, "worker_exception") if version != one else None

    served.prober.override = throws
    await begun(served, {})
    two = served.version(SHOP)
    assert two != one
    delete_scripts(served, one)
    await served.settle(120)
    assert served.answer("shop") == (200, two, "")
    assert condition(served, "Healthy")["status"] == "False"
