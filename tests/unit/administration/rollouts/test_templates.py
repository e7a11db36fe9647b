"""The rollout of a template at a terminal: a picture of its waves, and orders."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from support.clock import ManualClock
from unit.administration.rollouts.workers import Body, condition, obeys
from workers_operator.administration.errors import CommandError
from workers_operator.administration.naming import WORKER_KINDS, key_of
from workers_operator.administration.patience import Patience
from workers_operator.administration.rollouts.fleet_picture import fleet_picture
from workers_operator.administration.rollouts.objects import RolledTemplate, WorkersClient
from workers_operator.administration.rollouts.ordering import OrderGiver
from workers_operator.administration.rollouts.picture import ASCII
from workers_operator.administration.rollouts.wording import sentence, verdict_of
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.domain.rollout.orders import ANNOTATION
from workers_operator.domain.worker import ObjectKey

NOW = int(datetime(2026, 1, 31, 8, 6, 20, tzinfo=UTC).timestamp())
KEY = ObjectKey("WorkerTemplate", "demo", "shop")
AT_WAVE_2 = {
    "version": "22222222",
    "phase": "Progressing",
    "wave": "2/3",
    "startedAt": "2026-01-31T08:00:00Z",
    "waveStartedAt": "2026-01-31T08:05:00Z",
}
COUNTS = {"total": 20, "updated": 4, "ready": 2, "failed": 1}
UNDER_WAY = condition("Ready", "False", "FleetProgressing", "version 22222222 is at wave 2 of 3")


def template(rollout: Mapping[str, Any], *conditions: Body, **more: Any) -> Body:
    spec = {
        "source": {"inline": {"script": "x"}},
        "rollout": {"waves": [1, "50%"], "pause": {"duration": "5m"}},
    }
    status = {
        "observedGeneration": 2,
        "version": "22222222",
        "previousVersion": "11111111",
        "followers": COUNTS,
        "rollout": dict(rollout),
        "conditions": list(conditions),
    }
    metadata = {"name": "shop", "namespace": "demo", "generation": 2, "annotations": {}}
    return {"metadata": metadata, "spec": spec, "status": status | more}


class Cluster:
    """Holds one template, whose operator obeys."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.paths: list[str] = []

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Body:
        self.paths.append(f"{method} {path}")
        if method == "PATCH":
            self.body["metadata"]["annotations"] |= body["metadata"]["annotations"]
            obeys(self.body, self.body["metadata"]["annotations"][ANNOTATION])
        return self.body


async def of(body: Body) -> RolledTemplate:
    rolled = await WorkersClient(Cluster(body)).get(KEY)
    assert isinstance(rolled, RolledTemplate)
    return rolled


async def drawn(body: Body) -> list[str]:
    lines = fleet_picture(await of(body), NOW, 100, ASCII)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


async def test_a_fleet_is_a_bar_for_each_state_and_its_waves() -> None:
    assert await drawn(template(AT_WAVE_2, UNDER_WAY, eta="2026-01-31T08:08:20Z")) == [
        "WorkerTemplate demo/shop   Progressing, wave 2/3, begun 6m20s ago, about 2m left",
        "",
        "  22222222  ready     ###...........................     2 of 20",
        "  22222222  updating  ##............................     1 of 20",
        "  22222222  failed    ##............................     1 of 20",
        "  11111111  waiting   ########################......    16 of 20",
        "",
        "  + 1 (1)   > 50 % (10)   - 100 % (20)",
        "",
        "  version 22222222 is at wave 2 of 3",
    ]


async def test_a_pause_tells_how_long_it_still_takes() -> None:
    calm = {**AT_WAVE_2, "waveReadyAt": "2026-01-31T08:05:20Z"}
    assert "50 % (10), 4m of the pause left" in "".join(await drawn(template(calm, UNDER_WAY)))
    held = {**AT_WAVE_2, "phase": "Paused", "held": True}
    assert "50 % (10), paused" in "".join(await drawn(template(held, UNDER_WAY)))


async def test_a_rollout_is_watched_until_it_has_ended() -> None:
    assert verdict_of(await of(template(AT_WAVE_2, UNDER_WAY))) == "under way"
    done = condition("Ready", "True", "FleetUpdated", "version 22222222: 20 of 20")
    rolled = await of(template({**AT_WAVE_2, "phase": "Succeeded"}, done))
    assert (verdict_of(rolled), sentence(rolled)) == ("succeeded", "version 22222222: 20 of 20")
    stalled = condition("Stalled", "True", "FleetStopped")
    assert verdict_of(await of(template({**AT_WAVE_2, "phase": "Stopped"}, stalled))) == "failed"


async def test_an_order_names_the_version_that_is_rolled_out() -> None:
    cluster, clock = Cluster(template(AT_WAVE_2, UNDER_WAY)), ManualClock(0.0)
    patience = Patience(20.0, clock.sleep, clock.monotonic)
    await OrderGiver(WorkersClient(cluster), patience, "now", lambda _: None).give(KEY, "promote")
    assert cluster.body["metadata"]["annotations"][ANNOTATION] == "promote:22222222 now"
    assert "PATCH" in cluster.paths[1]
    assert "/namespaces/demo/workertemplates/shop" in cluster.paths[1]


def test_templates_have_short_names_and_those_of_the_cluster_no_namespace() -> None:
    kinds = (*WORKER_KINDS, *TEMPLATE_KINDS)
    assert key_of("wt/shop", "demo", kinds) == KEY
    assert key_of("cwt/shop", "demo", kinds) == ObjectKey("ClusterWorkerTemplate", "", "shop")
    with pytest.raises(CommandError, match="cw/NAME, ew/NAME, wt/NAME, cwt/NAME"):
        key_of("pod/shop", "demo", kinds)
    with pytest.raises(CommandError, match="there is no type 'wt'"):
        key_of("wt/shop", "demo")
