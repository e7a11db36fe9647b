"""A script that misbehaves takes nobody else down: every request of the others succeeds.

On an edge of their own: they stall the processes that all other tests use.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from edge.rig import ZONE, Edge, Schemas, running, until

SCRIPTS = {
    "good": "export default { fetch: () => new Response('good') };",
    "hangs": "export default { fetch() { for (;;) {} } };",
    "bomb": "export default { fetch() { const a = []; for (;;) a.push(new Array(100000).fill(Math.random())); } };",
    "itself": "export default { fetch: (request) => fetch(request) };",
    "writes": "export default { fetch() { console.log('x'.repeat(1 << 20)); return new Response('wrote'); } };",
    "throws": "export default { fetch() { throw new TypeError('oops'); } };",
    "never": "export default { fetch: () => new Promise(() => {}) };",
    "late": """
    export default { fetch(request, env, ctx) {
      ctx.waitUntil(Promise.reject(new Error('late')));
      return new Response('ok');
    } };""",
}


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, schemas: Schemas) -> AsyncIterator[Edge]:
    directory = tmp_path_factory.mktemp("isolation")
    with running(directory):
        edge = Edge(directory, schemas)
        for name, source in SCRIPTS.items():
            await edge.script(name, source)
        assert (await edge.get("good")).text == "good"
        yield edge
        await edge.close()


async def kill(edge: Edge, process: str) -> int:
    """Kills one of the edge's processes; how often it had been restarted before."""

    async def alive() -> bool:
        return (await edge.processes())[process]["pid"] is not None

    await until(alive, f"{process} is not there")
    found = (await edge.processes())[process]
    os.kill(found["pid"], signal.SIGKILL)
    return int(found["restarts"])


async def answers(edge: Edge) -> bool:
    """Does the good script answer? False if nobody listens."""
    try:
        return (await edge.get("good")).text == "good"
    except httpx.TransportError:
        return False


async def while_others_ask(edge: Edge, name: str) -> tuple[int, str | None]:
    """Status and error code of a script's answer; fails if another script's request fails meanwhile."""
    done = asyncio.Event()

    async def others() -> int:
        count = 0
        while not done.is_set() or count == 0:
            answer = await edge.get("good")
            assert (answer.status_code, answer.text) == (200, "good")
            count += 1
        return count

    neighbours = [asyncio.create_task(others()) for _ in range(5)]
    answer = await edge.get(name)
    done.set()
    await asyncio.gather(*neighbours)
    return answer.status_code, answer.headers.get("x-edge-error")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hangs", (503, "1102")),
        ("bomb", (503, "1102")),
        ("itself", (530, "1016")),
        ("writes", (200, None)),
        ("throws", (500, "1101")),
        ("never", (500, "1101")),
        ("late", (200, None)),
    ],
)
async def test_the_others_are_not_disturbed(
    shared: Edge, name: str, expected: tuple[int, str | None]
) -> None:
    assert await while_others_ask(shared, name) == expected
    assert await while_others_ask(shared, name) == expected


async def test_a_hang_is_over_within_two_seconds_of_cpu(shared: Edge) -> None:
    """Of CPU, since a busy machine takes as long as it takes."""
    await shared.script("unknown", SCRIPTS["hangs"])  # nobody has seen this version hang
    pool = int((await shared.processes())["pool"]["pid"])
    before = after = cpu_seconds(pool)
    asking = asyncio.create_task(shared.get("unknown"))
    while (now := cpu_seconds(pool)) >= after:
        assert now - before < 2, "it goes on hanging"
        after = now
        await asyncio.sleep(0.02)
    assert after - before > 0.5, "it never hung"
    assert (await asking).status_code == 503


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has taken; -1 once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1.0
    return (
        -1.0 if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    )


async def test_a_new_upload_of_a_script_that_hung_is_free_again(shared: Edge) -> None:
    await shared.script("cured", SCRIPTS["hangs"])
    assert (await shared.get("cured")).status_code == 503
    await shared.script("cured", SCRIPTS["good"])
    assert (await shared.get("cured")).text == "good"


async def test_a_dispatcher_is_not_to_blame_for_its_scripts(shared: Edge) -> None:
    scripts = await shared.namespace("space")
    await shared.upload(f"{scripts}/hangs", SCRIPTS["hangs"])
    await shared.upload(f"{scripts}/good", SCRIPTS["good"])
    dispatcher = """
    export default { async fetch(request, env) {
      try { return await env.SPACE.get(new URL(request.url).pathname.slice(1)).fetch(request); }
      catch (error) { return new Response(error.message, { status: 502 }); }
    } };"""
    bound = {"type": "dispatch_namespace", "name": "SPACE", "namespace": "space"}
    await shared.script("dispatcher", dispatcher, bindings=[bound])
    assert (await shared.get("dispatcher", "/hangs")).status_code == 503
    caught = await shared.get("dispatcher", "/hangs")
    assert (caught.status_code, caught.text) == (502, "Worker exceeded CPU time limit.")
    assert (await shared.get("dispatcher", "/good")).text == "good"


@pytest.mark.parametrize("process", ["pool", "router", "jail", "trial"])
async def test_a_process_that_dies_is_replaced(shared: Edge, process: str) -> None:
    before = await kill(shared, process)

    async def replaced() -> bool:
        return bool((await shared.processes())[process]["restarts"] > before)

    await until(replaced, f"{process} is not replaced")
    assert (
        await answers(shared) or process == "router"
    )  # only without it there is nobody to connect to
    await until(lambda: answers(shared), "the good script does not answer")
    await shared.script("again", SCRIPTS["good"])
    assert (await shared.get("again")).text == "good"


async def test_no_connection_is_refused_while_the_router_is_away(shared: Edge) -> None:
    await kill(shared, "router")
    base, headers = shared.environment["EDGE_URL"], {"host": "good.code24.dev"}
    async with httpx.AsyncClient(base_url=base, headers=headers) as fresh:
        assert (await fresh.get("/")).text == "good"


async def test_requests_while_the_pool_is_away_are_answered(shared: Edge) -> None:
    before = await kill(shared, "pool")
    while (await shared.processes())["pool"]["restarts"] == before:
        answers = await asyncio.gather(*(shared.get("good") for _ in range(10)))
        assert {answer.text for answer in answers} == {"good"}


def test_no_secret_is_in_the_log(shared: Edge) -> None:
    files: list[Path] = [shared.directory / "test.log"]
    assert all(shared.token not in path.read_text() for path in files)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.002])
async def test_a_visitor_who_leaves_while_a_script_is_loaded_spoils_it_for_nobody(
    shared: Edge, seconds: float
) -> None:
    for attempt in range(3):
        name = f"left-{seconds * 1000:.0f}-{attempt}"
        await shared.script(name, f"export default {{ fetch: () => new Response('{name}') }};")
        address = shared.data.base_url
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(f"GET / HTTP/1.1\r\nHost: {name}.{ZONE}\r\n\r\n".encode())
        await writer.drain()
        await asyncio.sleep(seconds)
        writer.transport.abort()
        for _ in range(3):
            assert (await shared.get(name)).text == name
