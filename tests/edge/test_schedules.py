"""Cron triggers: their expressions, their storage, and the timer that fires them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from edge.rig import Edge, code, result, until
from local_edge.events.cron import Cron, InvalidCron
from local_edge.events.timer import CronTimer
from local_edge.storage.stores import Stores

SOURCE = """export default {
  fetch: async (request, env) => new Response(await env.KV.get('fired')),
  scheduled: (event, env, ctx) => {
    ctx.waitUntil(env.KV.put('fired', `${event.cron} ${event.scheduledTime > 1e12}`));
  },
};"""


@pytest.mark.parametrize(
    ("cron", "moment", "fits"),
    [
        ("* * * * *", "2026-03-01 00:00", True),
        ("*/15 * * * *", "2026-03-01 10:45", True),
        ("*/15 * * * *", "2026-03-01 10:46", False),
        ("5/20 9-17 * * *", "2026-03-02 17:25", True),
        ("5/20 9-17 * * *", "2026-03-02 18:25", False),
        ("0 8 * * mon-fri", "2026-03-02 08:00", True),
        ("0 8 * * 2-6", "2026-03-02 08:00", True),
        ("0 8 * * 1", "2026-03-01 08:00", True),
        ("0 8 * * 2", "2026-03-01 08:00", False),
        ("0 0 1 jan,jul *", "2026-07-01 00:00", True),
        ("59 23 L * *", "2026-02-28 23:59", True),
        ("59 23 L * *", "2028-02-28 23:59", False),
        ("0 0 LW * *", "2026-02-27 00:00", True),
        ("0 0 15W * *", "2026-03-16 00:00", True),
        ("0 0 1W * *", "2026-08-03 00:00", True),
        ("0 18 * * 6L", "2026-02-27 18:00", True),
        ("0 18 * * 6L", "2026-02-20 18:00", False),
        ("0 18 * * 6#2", "2026-02-13 18:00", True),
        ("0 18 * * FRI#2", "2026-02-20 18:00", False),
        ("0 0 13 * 6", "2026-02-20 00:00", True),
        ("0 0 13 * 6", "2026-02-13 00:00", True),
        ("0 0 13 * 6", "2026-02-14 00:00", False),
    ],
)
def test_moments_fit_expressions(cron: str, moment: str, fits: bool) -> None:
    assert Cron.parse(cron).matches(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is fits


@pytest.mark.parametrize(
    "cron",
    [
        *("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *"),
        *("* * * * 0", "* * * * 8", "a * * * *", "5-1 * * * *", "*/0 * * * *", "* * * * 2#6"),
        ", * * * *",
    ],
)
def test_wrong_expressions_are_refused(cron: str) -> None:
    with pytest.raises(InvalidCron):
        Cron.parse(cron)


async def test_schedules_are_replaced(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", SOURCE.replace("env.KV", "globalThis.kv"))
    path = f"{edge.account}/workers/scripts/{name}/schedules"

    async def crons() -> list[str]:
        return [item["cron"] for item in result(await edge.api.get(path))["schedules"]]

    assert await crons() == []
    body = [{"cron": "*/5 * * * *"}, {"cron": "0 0 * * *"}]
    first = result(await edge.api.put(path, json=body))["schedules"]
    assert await crons() == ["*/5 * * * *", "0 0 * * *"]
    again = result(await edge.api.put(path, json=body[:1]))["schedules"]
    assert again == first[:1]
    assert code(await edge.api.put(path, json=[{"cron": "0 22 * * 0"}])) == (400, 10100)
    wrong_bodies: list[Any] = [[{"cron": {"cron": "* * * * *"}}], ["* * * * *"], {}]
    for wrong in wrong_bodies:
        assert code(await edge.api.put(path, json=wrong)) == (400, 10026)
    many = [{"cron": f"{minute} {hour} * * *"} for minute in range(60) for hour in range(5)]
    assert code(await edge.api.put(path, json=many)) == (400, 10072)
    assert await crons() == ["*/5 * * * *"]


async def test_a_script_handles_scheduled_events(edge: Edge, name: str) -> None:
    namespace = await edge.kv_namespace(name)
    binding = {"type": "kv_namespace", "name": "KV", "namespace_id": namespace}
    await edge.script(name, SOURCE, bindings=[binding])
    url = f"{edge.admin_url}/scheduled"
    answer = await edge.data.post(url, json={"script": name, "cron": "* * * * *"})
    assert answer.json() == {"outcome": "ok"}

    async def fired() -> bool:
        return (await edge.get(name)).text == "* * * * * true"

    await until(fired, "the script has not handled the event")
    await edge.upload(
        f"/scripts/{name}", "export default { scheduled() { throw new Error('no'); } };"
    )
    failed = await edge.data.post(url, json={"script": name, "cron": "* * * * *"})
    assert failed.json() == {"outcome": "exception"}
    absent = await edge.data.post(url, json={"script": f"{name}-no", "cron": "* * * * *"})
    assert absent.json() == {"outcome": "scriptNotFound"}
    assert (await edge.data.post(url, json={})).status_code == 400


async def test_the_timer_fires_what_is_due(tmp_path: Path) -> None:
    stores = Stores.open(tmp_path / "edge.sqlite3")
    stores.triggers.schedules.replace("a", ["*/2 * * * *", "1 * * * *"])
    stores.triggers.schedules.replace("b", ["* * * * *"])
    fired: list[tuple[str, str, int]] = []

    async def fire(script: str, cron: str, milliseconds: int) -> str:
        fired.append((script, cron, milliseconds))
        return "ok"

    # The next minute of this clock begins 20 ms after the timer asks for the first time.
    times = iter([119.98, 119.98])
    timer = CronTimer(stores.triggers.schedules, fire, clock=lambda: next(times, 120.0))
    timer.start()

    async def some() -> bool:
        return len(fired) >= 2

    await until(some, "the timer has not fired")
    await timer.stop()
    stores.database.close()
    assert sorted(fired) == [("a", "*/2 * * * *", 120_000), ("b", "* * * * *", 120_000)]
