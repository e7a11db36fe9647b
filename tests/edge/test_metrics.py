"""GraphQL tells what really ran: counts exactly, times nearly."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

import pytest

from edge.metrics import COUNTS, about, rows, settled
from edge.rig import Edge, Schemas, result

MIXED = """export default { async fetch(request, env, ctx) {
  const { pathname } = new URL(request.url)
  const [kind, amount] = pathname.slice(1).split("-")
  if (kind === "throw") throw new Error("no")
  if (kind === "spin") { const end = performance.now() + Number(amount); while (performance.now() < end); }
  if (kind === "sleep") await scheduler.wait(Number(amount))
  if (kind === "later") ctx.waitUntil(scheduler.wait(Number(amount)))
  if (kind === "fetch") await Promise.all(Array.from({ length: Number(amount) }, () => fetch(request.url)))
  if (kind === "endless") for (;;);
  return new Response("x".repeat(kind === "body" ? Number(amount) : 2))
} }"""
DISPATCHER = """export default { async fetch(request, env) {
  const name = new URL(request.url).pathname.slice(1)
  try {
    return await env.SPACE.get(name).fetch(request)
  } catch (error) {
    return new Response(error.message, { status: 502 })
  }
} }"""
TIMES = (
    "sum { requests cpuTimeUs wallTime requestDuration duration } max { cpuTime wallTime } "
    "quantiles { cpuTimeP50 cpuTimeP99 wallTimeP50 wallTimeP99 requestDurationP50 durationP50 }"
)


async def many(edge: Edge, name: str, path: str, count: int) -> None:
    gate = asyncio.Semaphore(16)

    async def one() -> int:
        async with gate:
            return (await edge.get(name, path)).status_code

    await asyncio.gather(*(one() for _ in range(count)))


async def test_requests_and_errors_are_counted_exactly(edge: Edge, name: str) -> None:
    await edge.script(name, MIXED)
    await asyncio.gather(
        many(edge, name, "/", 90), many(edge, name, "/throw", 7), many(edge, name, "/fetch-3", 5)
    )
    await settled(edge, {name: 102})
    found = await rows(edge, COUNTS, scriptName=name)
    assert [(row["dimensions"]["status"], row["sum"]) for row in found] == [
        (
            "scriptThrewException",
            {"requests": 7, "errors": 7, "subrequests": 0, "responseBodySize": 0},
        ),
        (
            "success",
            {"requests": 95, "errors": 0, "subrequests": 15, "responseBodySize": 190},
        ),
    ]


async def test_times_are_those_of_the_script(edge: Edge, name: str) -> None:
    for kind in ("spin", "sleep", "later"):
        await edge.script(f"{name}-{kind}", MIXED)
        await edge.get(f"{name}-{kind}")  # loads it
        await settled(edge, {f"{name}-{kind}": 1})
    for kind in ("spin", "sleep", "later"):
        for _ in range(6):
            await edge.get(f"{name}-{kind}", f"/{kind}-120")
    await settled(edge, {f"{name}-{kind}": 7 for kind in ("spin", "sleep", "later")})

    one, all_six = (
        250_000,
        1_500_000,
    )  # microseconds that a busy machine may add to a request, and to six
    spin = (await rows(edge, TIMES, scriptName=f"{name}-spin"))[0]
    assert about(spin["sum"]["cpuTimeUs"], 720_000, all_six)
    assert about(spin["quantiles"]["cpuTimeP50"], 120_000, one)
    assert about(spin["quantiles"]["cpuTimeP99"], 120_000, one)
    assert about(spin["max"]["cpuTime"], 120_000, one)
    assert about(spin["quantiles"]["wallTimeP50"], 120_000, one)

    sleep = (await rows(edge, TIMES, scriptName=f"{name}-sleep"))[0]
    assert sleep["quantiles"]["cpuTimeP50"] < 20_000
    assert about(sleep["sum"]["wallTime"], 720_000, all_six)
    assert about(sleep["quantiles"]["requestDurationP50"], 120_000, one)
    gigabytes = 0.128
    assert about(sleep["quantiles"]["durationP50"], 0.12 * gigabytes, one / 1e6 * gigabytes)
    assert about(sleep["sum"]["duration"], 0.72 * gigabytes, all_six / 1e6 * gigabytes)

    later = (await rows(edge, TIMES, scriptName=f"{name}-later"))[0]
    assert about(later["quantiles"]["wallTimeP50"], 120_000, one)
    assert later["quantiles"]["requestDurationP50"] < later["quantiles"]["wallTimeP50"] / 2


async def test_a_dispatcher_and_the_scripts_behind_it(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    versions = {}
    for customer in ("one", "two"):
        answer = await edge.upload(f"{scripts}/{name}-{customer}", MIXED)
        versions[f"{name}-{customer}"] = result(answer)["id"]
    binding = {"type": "dispatch_namespace", "name": "SPACE", "namespace": name}
    await edge.script(name, DISPATCHER, bindings=[binding])
    for path, count in ((f"/{name}-one", 5), (f"/{name}-two", 3), ("/nobody", 2)):
        await many(edge, name, path, count)
    await settled(edge, {name: 10, f"{name}-one": 5, f"{name}-two": 3})
    fields = "dimensions { scriptName dispatchNamespaceName isDispatcher status } sum { requests }"
    behind = await rows(edge, fields, dispatchNamespaceName=name)
    assert [(row["dimensions"]["scriptName"], row["sum"]["requests"]) for row in behind] == [
        (f"{name}-one", 5),
        (f"{name}-two", 3),
    ]
    front = await rows(edge, fields, scriptName=name)
    assert front == [
        {
            "dimensions": {
                "scriptName": name,
                "dispatchNamespaceName": "",
                "isDispatcher": 1,
                "status": "success",
            },
            "sum": {"requests": 10},
        }
    ]


async def test_each_version_has_its_own_numbers(edge: Edge, name: str) -> None:
    await edge.script(name, MIXED)
    await many(edge, name, "/", 4)
    await edge.upload(f"/scripts/{name}", MIXED.replace("no", "never"))
    await many(edge, name, "/throw", 3)
    await settled(edge, {name: 7})
    listed = result(await edge.api.get(f"{edge.account}/workers/scripts/{name}/versions"))
    newest, oldest = (item["id"] for item in listed["items"])
    found = await rows(
        edge, "dimensions { scriptVersion } sum { requests errors }", scriptName=name
    )
    assert {row["dimensions"]["scriptVersion"]: row["sum"] for row in found} == {
        oldest: {"requests": 4, "errors": 0},
        newest: {"requests": 3, "errors": 3},
    }


async def test_scheduled_events_are_counted(edge: Edge, name: str) -> None:
    await edge.script(name, "export default { scheduled() {} }")
    for _ in range(3):
        body = {"script": name, "cron": "* * * * *"}
        await edge.data.post(f"{edge.admin_url}/scheduled", json=body)
    await settled(edge, {name: 3})


async def test_a_service_binding_is_a_subrequest_and_its_target_an_invocation(
    edge: Edge, name: str
) -> None:
    await edge.script(f"{name}-target", MIXED)
    source = "export default { fetch: (request, env) => env.OTHER.fetch(request) }"
    binding = {"type": "service", "name": "OTHER", "service": f"{name}-target"}
    await edge.script(name, source, bindings=[binding])
    await many(edge, name, "/", 6)
    await many(edge, name, "/throw", 2)
    await settled(edge, {name: 8, f"{name}-target": 8})
    found = await rows(edge, COUNTS, scriptName_in=[name, f"{name}-target"])
    assert {
        (row["dimensions"]["scriptName"], row["dimensions"]["status"]): (
            row["sum"]["requests"],
            row["sum"]["subrequests"],
        )
        for row in found
    } == {
        (name, "success"): (6, 6),
        (name, "scriptThrewException"): (2, 2),
        (f"{name}-target", "success"): (6, 0),
        (f"{name}-target", "scriptThrewException"): (2, 0),
    }


@pytest.mark.timeout(90)
async def test_a_script_that_hangs_has_exceeded_its_resources(
    schemas: Schemas, start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path
) -> None:
    with start():
        edge = Edge(tmp_path, schemas)
        await edge.script("hangs", MIXED)
        await edge.script("other", MIXED)
        assert (await edge.get("hangs")).status_code == 200
        assert (await edge.get("hangs", "/endless")).status_code == 503
        await many(edge, "other", "/", 20)
        await settled(edge, {"hangs": 2, "other": 20})
        found = await rows(edge, COUNTS, scriptName="hangs")
        assert [(row["dimensions"]["status"], row["sum"]["errors"]) for row in found] == [
            ("exceededResources", 1),
            ("success", 0),
        ]
        spent = await rows(edge, "max { cpuTime wallTime }", scriptName="hangs")
        assert spent[0]["max"]["cpuTime"] == 1_000_000
        assert spent[0]["max"]["wallTime"] > 1_000_000
        await edge.close()


@pytest.mark.timeout(90)
async def test_numbers_survive_the_end_of_the_pool_of_the_reader_and_of_the_edge(
    schemas: Schemas, start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path
) -> None:
    with start():
        edge = Edge(tmp_path, schemas)
        await edge.script("kept", MIXED)
        await many(edge, "kept", "/", 11)
        await settled(edge, {"kept": 11})
        os.kill((await edge.processes())["pool"]["pid"], signal.SIGKILL)
        await many(edge, "kept", "/", 13)
        await settled(edge, {"kept": 24})
        os.kill((await edge.processes())["meter"]["pid"], signal.SIGKILL)
        await many(edge, "kept", "/", 5)
        await settled(edge, {"kept": 29})
        await many(edge, "kept", "/", 4)  # nobody has asked for these when the edge ends
        await edge.close()
    with start():
        edge = Edge(tmp_path, schemas)
        await settled(edge, {"kept": 33})
        assert (await edge.get("kept")).status_code == 200
        await settled(edge, {"kept": 34})
        await edge.close()


async def test_numbers_come_as_late_as_told(
    schemas: Schemas, start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path
) -> None:
    with start("--analytics-delay", "4s"):
        edge = Edge(tmp_path, schemas)
        await edge.script("late", MIXED)
        before = asyncio.get_running_loop().time()
        assert (await edge.get("late")).status_code == 200
        await settled(edge, {"late": 1})
        assert 4 <= asyncio.get_running_loop().time() - before < 6
        await edge.close()
