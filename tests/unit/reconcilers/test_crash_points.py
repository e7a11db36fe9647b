"""Every mutating call of every change goes wrong in every way: what comes of it is what comes of it undisturbed.

A scenario finds its points by itself: the mutating calls of its undisturbed run, to Cloudflare and to the API server.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest

from support.interruptions import FATES, Fate, Interruption
from support.scripts import says
from support.world import World
from support.world_bodies import SHOP, customer, secret, service
from support.world_traffic import FAILS, BusyWorld
from workers_operator.domain.worker import ObjectKey

LONG: Final = 720.0  # seconds: the KV window and two listings of the account have passed
CHANGED: Final = (
    200.0  # seconds after which a change is through, with the removal of what it has superseded
)
STORAGE: Final = [
    {"name": "CACHE", "type": "kvNamespace", "create": True, "deletion": "Delete"},
    {"name": "FILES", "type": "r2Bucket", "create": True, "deletion": "Delete"},
]
# As often as the account is listed: more passes tell nothing new.
HEALTH: Final = {"interval": "5m"}
PLATFORM: Final = "set a platform up"
Step = Callable[[World], object]


@dataclass(frozen=True)
class Scenario:
    """``before`` has come to rest when ``change`` happens, and so has what came after it, ``meanwhile``.

    ``elsewhere``: the platform that the worker may go to after that; there are two from the beginning then.
    """

    before: Step
    change: Step
    elsewhere: str = ""
    meanwhile: Step | None = None


def routed(host: str) -> list[Mapping[str, str]]:
    return [{"pattern": f"{host}.example.com/*"}]


def shop(**spec: Any) -> Step:
    return lambda world: world.apply(customer(health=HEALTH, **spec))


def edited(**spec: Any) -> Step:
    return lambda world: world.edit(SHOP, **spec)


def both(*steps: Step) -> Step:
    def all_of_them(world: World) -> None:
        for step in steps:
            step(world)

    return all_of_them


def nothing(world: World) -> None:
    return None


def with_secret(value: str) -> Step:
    return lambda world: world.api.put_secret("shop", "keys", {"token": value})


def asked(world: World) -> None:
    world.request_check(SHOP)


def deleted(world: World) -> None:
    world.delete(SHOP)


def prices(world: World) -> None:
    world.apply(customer("prices", health=HEALTH))


def two(world: World) -> None:
    world.add_platform("eu")


def ordered(order: str) -> Step:
    return lambda world: world.order(SHOP, order)


CANARY: Final = {
    "strategy": "Canary",
    "steps": [
        {"weight": 10, "pause": {"duration": "20s"}},
        {"smoke": {}},
        {"weight": 50, "pause": {"duration": "20s"}},
    ],
}
ANALYSED: Final = {
    "strategy": "Canary",
    "steps": [
        {"weight": 10, "pause": {"duration": "10s"}, "analysis": {}},
        {"weight": 50, "pause": {"duration": "10s"}},
    ],
}
MANUAL: Final = {"strategy": "Canary", "steps": [{"weight": 10, "pause": {}}]}
SECOND: Final = {"inline": {"script": says("two")}}
BAD: Final = {"inline": {"script": says("exception!")}}
WORSE: Final = {"inline": {"script": says(FAILS)}}

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "create": Scenario(nothing, shop(routes=routed("shop"), bindings=STORAGE), "eu"),
    "update": Scenario(shop(instances=2), edited(source={"inline": {"script": says("two")}})),
    "scale up": Scenario(shop(), edited(instances=3)),
    "scale down": Scenario(shop(instances=3), edited(instances=1)),
    "park": Scenario(shop(instances=2), edited(instances=0)),
    "change a route": Scenario(shop(routes=routed("shop")), edited(routes=routed("www"))),
    "move": Scenario(shop(bindings=STORAGE), edited(platform="eu"), "default"),
    "move a route": Scenario(shop(routes=routed("shop")), edited(platform="eu"), "default"),
    "move a route back": Scenario(
        shop(platform="eu", routes=routed("api")), edited(platform="default"), "eu"
    ),
    "delete": Scenario(shop(routes=routed("shop"), bindings=STORAGE), deleted),
    "rotate a secret": Scenario(
        both(with_secret("first-value"), shop(secrets=[secret("KEY", "keys")])),
        both(with_secret("other-value"), asked),
    ),
    PLATFORM: Scenario(nothing, two),
    "rename what is created": Scenario(
        shop(bindings=STORAGE), edited(bindings=[b | {"name": f"NEW_{b['name']}"} for b in STORAGE])
    ),
    "drop what is created": Scenario(shop(bindings=STORAGE), edited(bindings=[])),
    "call a service": Scenario(
        both(shop(), prices), edited(bindings=[service("PRICES", "prices")])
    ),
    "call it no more": Scenario(
        both(prices, shop(bindings=[service("PRICES", "prices")])), edited(bindings=[])
    ),
    "drop it in a move": Scenario(
        shop(bindings=STORAGE), edited(platform="eu", bindings=[]), "default"
    ),
    "roll out in steps": Scenario(shop(instances=2), edited(source=SECOND, rollout=CANARY)),
    "pass an analysis": Scenario(shop(), edited(source=SECOND, rollout=ANALYSED)),
    "fail an analysis": Scenario(shop(), edited(source=WORSE, rollout=ANALYSED)),
    "fail a smoke test": Scenario(shop(), edited(source=BAD)),
    "abort": Scenario(shop(), ordered("abort"), meanwhile=edited(source=SECOND, rollout=MANUAL)),
    "promote": Scenario(
        shop(), ordered("promote"), meanwhile=edited(source=SECOND, rollout=MANUAL)
    ),
    "undo": Scenario(shop(), ordered("undo"), meanwhile=edited(source=SECOND)),
}
ROLLOUTS: Final = (
    "roll out in steps",
    "pass an analysis",
    "fail an analysis",
    "fail a smoke test",
    "abort",
    "promote",
    "undo",
)
ALL = pytest.mark.parametrize("name", SCENARIOS)


async def started(name: str) -> BusyWorld:
    """A world in which a scenario's change is about to happen."""
    world = await BusyWorld.ready(*(["eu"] if SCENARIOS[name].elsewhere else []))
    SCENARIOS[name].before(world)
    await world.settle(100)
    if (meanwhile := SCENARIOS[name].meanwhile) is not None:
        meanwhile(world)
        await world.settle(100)
    world.forget_calls()
    return world


async def interrupted(
    name: str, number: int | None, fate: Fate | None
) -> tuple[BusyWorld, Interruption]:
    """A world in which call ``number`` of a scenario's change went wrong just now."""
    world = await started(name)
    interruption = Interruption(number, fate)
    SCENARIOS[name].change(world)
    await world.interrupt(interruption, CHANGED)
    assert number is None or interruption.has_struck
    return world, interruption


async def points(name: str) -> list[str]:
    """The mutating calls of a scenario's change, undisturbed."""
    world, interruption = await interrupted(name, None, None)
    await world.close()
    return interruption.lines


async def cuts(name: str) -> Iterator[tuple[str, int, Fate]]:
    calls = await points(name)
    return ((line, number, fate) for number, line in enumerate(calls) for fate in FATES)


def stays(key: str) -> bool:
    """Whether a key stays until somebody deletes it; rests of hosts expire by themselves."""
    return not key.startswith("rest:")


def state(world: World) -> Mapping[str, Any]:
    """The account and the objects, without what differs from run to run."""
    account = world.cloudflare
    found = {
        "scripts": {space: sorted(scripts) for space, scripts in account.scripts.items()},
        "keys": {
            kv.title: {k: pair.metadata for k, pair in sorted(kv.pairs.items()) if stays(k)}
            for kv in account.kv.values()
        },
        "buckets": {name: sorted(objects) for name, objects in account.buckets.items()},
        "workers": {n: script.text for n, script in account.account_scripts.items()},
        "routes": {zone.name: dict(sorted(zone.routes.items())) for zone in account.zones.values()},
        "objects": {
            str(key): {
                "finalizers": world.api[key]["metadata"].get("finalizers"),
                **_status(world, key),
            }
            for key in world.api.keys()  # noqa: SIM118
            if "Worker" in key.kind
        },
    }
    text = json.dumps(found, sort_keys=True, default=str)
    for key in world.api.keys("CustomerWorker"):  # ids of what is created are part of a version
        for number, entry in enumerate(world.status(key).get("history") or ()):
            text = text.replace(entry["version"], f"<{number} of {key}>")
    for key in world.api.keys(
        "WorkersPlatform"
    ):  # a random key is part of its dispatcher's version
        for script in world.status(key).get("scripts") or ():
            text = text.replace(script["version"], f"<version of {script['name']}>")
    text = re.sub(r"over \d+ requests", "over <n> requests", text)  # they go on meanwhile
    loaded: Mapping[str, Any] = json.loads(text)
    scripts = {space: sorted(names) for space, names in loaded["scripts"].items()}
    return {**loaded, "scripts": scripts}


def _status(world: World, key: ObjectKey) -> Mapping[str, Any]:
    times = {"lastTransitionTime", "since", "watchedSince", "uptime", "outages", "modifiedOn"}
    times |= {"createdAt", "startedAt", "stepStartedAt"}
    left = {*times, "metadataNamespaceId", "observedGeneration"}
    shown = json.loads(
        json.dumps(world.status(key)),
        object_hook=lambda d: {k: v for k, v in d.items() if k not in left},
    )
    conditions = {c["type"]: c for c in shown.pop("conditions", ())}
    return {**shown, "conditions": conditions}


def created_twice(world: World) -> list[str]:
    """What was created more than once."""
    calls = [line for line in world.writes if line.startswith("POST ") and " -> " not in line]
    return [line for line, times in Counter(calls).items() if times > 1]


def left_over(world: World, *, storage: bool = True) -> Mapping[str, object]:
    """What is at the edge besides the platforms' own."""
    account = world.cloudflare
    own = {f"{p}{n}" for p in ("", "eu-") for n in ("routes", "data", "dispatcher")}
    found = {
        "scripts": sorted(f"{s}/{n}" for s, scripts in account.scripts.items() for n in scripts),
        "keys": sorted(
            k for kv in account.kv.values() for k in kv.pairs if k != "platform" and stays(k)
        ),
        "namespaces": sorted(kv.title for kv in account.kv.values() if kv.title not in own),
        "buckets": sorted(account.buckets.keys() - own),
        "workers": sorted(account.account_scripts.keys() - own),
        "routes": sorted(r for z in account.zones.values() for r in z.routes if r[0] != "*"),
        "objects": sorted(map(str, world.api.keys("CustomerWorker"))),
    }
    return {kind: names for kind, names in found.items() if names}


@dataclass(frozen=True)
class Outcome:
    """What has come of a change. ``twice``: what was created more than once; ``shares``: which versions got what."""

    state: Mapping[str, Any]
    twice: Sequence[str]
    shares: object


async def outcome(name: str, number: int | None, fate: Fate | None) -> Outcome:
    world, _ = await interrupted(name, number, fate)
    await world.settle(LONG)
    found = Outcome(state(world), created_twice(world), world.shares)
    await world.close()
    return found


_OUTCOMES: dict[str, tuple[Outcome, Mapping[str, Outcome]]] = {}


async def outcomes(name: str) -> tuple[Outcome, Mapping[str, Outcome]]:
    """What has come of a scenario undisturbed, and of each of its cuts; kept, since two tests look at it."""
    if name not in _OUTCOMES:
        undisturbed = await outcome(name, None, None)
        cut = {
            f"{fate}: {number} {line}": await outcome(name, number, fate)
            for line, number, fate in await cuts(name)
        }
        _OUTCOMES[name] = undisturbed, cut
    return _OUTCOMES[name]


@ALL
async def test_it_ends_as_if_nothing_had_happened(name: str) -> None:
    undisturbed, found = await outcomes(name)
    wrong = {
        cut: _difference(after.state, undisturbed.state)
        for cut, after in found.items()
        if after.state != undisturbed.state or after.twice
    }
    assert not wrong


@pytest.mark.parametrize("name", ROLLOUTS)
async def test_every_version_gets_the_requests_that_it_gets_undisturbed(name: str) -> None:
    """No share is skipped, exceeded or given twice."""
    undisturbed, found = await outcomes(name)
    assert not {
        cut: after.shares for cut, after in found.items() if after.shares != undisturbed.shares
    }


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != PLATFORM])
async def test_deleted_after_that_nothing_is_left(name: str) -> None:
    wrong = {}
    for line, number, fate in await cuts(name):
        world, _ = await interrupted(name, number, fate)
        for key in world.api.keys("CustomerWorker"):
            world.delete(key)
        await world.settle(LONG)
        if left := left_over(world):
            wrong[f"{fate}: {number} {line}"] = left
        await world.close()
    assert not wrong


@pytest.mark.parametrize("name", [name for name, s in SCENARIOS.items() if s.elsewhere])
async def test_moved_after_that_nothing_is_left_behind(name: str) -> None:
    wrong = {}
    to = SCENARIOS[name].elsewhere
    left = "ns" if to == "eu" else "eu-ns"
    table = left.replace("ns", "routes")
    for line, number, fate in await cuts(name):
        world, _ = await interrupted(name, number, fate)
        world.edit(SHOP, platform=to)
        await world.settle(LONG)
        titles = [
            kv.title for kv in world.cloudflare.kv.values() if kv.title.startswith(f"{left}/")
        ]
        buckets = [b for b in world.cloudflare.buckets if b.startswith(f"{left}-customer")]
        found = (list(world.scripts(left)), world.routes(table), titles, buckets)
        if any(found) or not world.is_ready(SHOP):
            wrong[f"{fate}: {number} {line}"] = (found, world.status(SHOP).get("conditions"))
        await world.close()
    assert not wrong


def _difference(found: Any, wanted: Any, where: str = "") -> Mapping[str, Any]:
    """Path → (found, wanted) of what differs."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        parts: dict[str, Any] = {}
        for key in found.keys() | wanted.keys():
            parts |= _difference(found.get(key), wanted.get(key), f"{where}/{key}")
        return parts
    return {} if found == wanted else {where: (found, wanted)}
