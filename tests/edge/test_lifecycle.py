"""Start, stop, restart: what stays, and that nothing is left behind."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

import httpx
import pytest

from edge.rig import Edge, Schemas, result, until

Start = Callable[..., AbstractContextManager[Popen[bytes]]]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "operator")}
    full = [sys.executable, "-m", "local_edge.cli", *arguments]
    return subprocess.run(
        full, capture_output=True, text=True, check=False, env=environment, timeout=90
    )


async def gone(pids: list[int]) -> None:
    """Waits until none of the processes is there (zombies do not count)."""

    def is_gone(pid: int) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        return stat.rsplit(")", 1)[1].split()[0] == "Z"

    async def all_gone() -> bool:
        return all(is_gone(pid) for pid in pids)

    await until(all_gone, f"one of {pids} is still there")


async def test_state_survives_a_restart(start: Start, tmp_path: Path, schemas: Schemas) -> None:
    source = "export default { async fetch(r, env) { return new Response(env.S + (await env.KV.get('k'))); } };"
    with start():
        edge = Edge(tmp_path, schemas)
        before = edge.environment
        identity = await edge.kv_namespace("kv")
        space = f"{edge.account}/storage/kv/namespaces/{identity}"
        await edge.api.put(f"{space}/values/k", content=b"value")
        await edge.api.post(f"{edge.account}/r2/buckets", json={"name": "bucket"})
        await edge.api.put(f"{edge.account}/r2/buckets/bucket/objects/o", content=b"object")
        scripts = await edge.namespace("space")
        await edge.upload(f"{scripts}/user", source, tags=["t"])
        secret = {"type": "secret_text", "name": "S", "text": "secret "}
        kv = {"type": "kv_namespace", "name": "KV", "namespace_id": identity}
        await edge.script("main", source, bindings=[secret, kv])
        listed = result(await edge.api.get(f"{edge.account}/workers/scripts"))
        await edge.close()
    assert not (tmp_path / "edge.env").exists()
    with start():
        edge = Edge(tmp_path, schemas)
        assert edge.environment == before
        # The very first request finds the table complete.
        assert (await edge.get("main")).text == "secret value"
        assert result(await edge.api.get(f"{edge.account}/workers/scripts")) == listed
        found = result(
            await edge.api.get(f"{edge.account}/workers{scripts}", params={"tags": "t:yes"})
        )
        assert [item["script"]["id"] for item in found] == ["user"]
        stored = await edge.api.get(f"{edge.account}/r2/buckets/bucket/objects/o")
        assert stored.content == b"object"
        await edge.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_children_end_with_the_edge(
    start: Start, tmp_path: Path, schemas: Schemas, number: signal.Signals
) -> None:
    with start() as process:
        edge = Edge(tmp_path, schemas)
        pids = [found["pid"] for found in (await edge.processes()).values()]
        assert len(pids) == 5
        process.send_signal(number)
        await asyncio.to_thread(process.wait, 10)
        await gone(pids)
        await edge.close()


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


async def test_an_idle_edge_needs_hardly_any_cpu(
    start: Start, tmp_path: Path, schemas: Schemas
) -> None:
    with start() as process:
        edge = Edge(tmp_path, schemas)
        pids = [process.pid, *(found["pid"] for found in (await edge.processes()).values())]
        await edge.close()
        await asyncio.sleep(3)  # the garbage of the start is collected meanwhile
        seconds = 5.0
        before = sum(map(cpu_seconds, pids))
        await asyncio.sleep(seconds)
        assert (sum(map(cpu_seconds, pids)) - before) / seconds <= 0.005


async def test_an_idle_connection_stays_open_as_at_cloudflare(edge: Edge) -> None:
    """A client that used it in the moment in which it ends would not know what came of its request."""
    url = httpx.URL(edge.base_url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"GET /client/v4/user HTTP/1.1\r\nHost: api.cloudflare.com\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert length is not None
    await reader.readexactly(int(length[1]))
    with pytest.raises(TimeoutError):  # nothing comes, not even its end
        await asyncio.wait_for(reader.read(1), 7)
    writer.close()


async def test_the_edge_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time; print(subprocess.Popen("
        f"[sys.executable, '-m', 'local_edge.cli', 'serve', '--dir', {str(tmp_path)!r}]).pid, flush=True);"
        "time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "operator")}
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())

    async def ready() -> bool:
        return (tmp_path / "edge.env").exists()

    await until(ready, "the edge does not start")
    parent.kill()
    await parent.wait()
    await gone([pid])


async def test_up_status_down(tmp_path: Path, schemas: Schemas) -> None:
    folder = str(tmp_path)
    assert command("status", "--dir", folder).returncode == 3
    raised = command(
        "up", "--dir", folder, "--zone", "one.test", "--zone", "two.test", "--token", "chosen"
    )
    assert raised.returncode == 0, raised.stderr
    try:
        status = json.loads(command("status", "--dir", folder, "--json").stdout)
        assert status["running"] is True
        assert "CLOUDFLARE_API_TOKEN" not in status
        second = command("serve", "--dir", folder)
        assert second.returncode == 1
        assert "already" in second.stderr
        again = command("up", "--dir", folder)
        assert (again.returncode, str(status["pid"]) in again.stderr + again.stdout) == (0, True)
        edge = Edge(tmp_path, schemas)
        zones = result(await edge.api.get("/zones"))
        assert [zone["name"] for zone in zones] == ["one.test", "two.test"]
        await edge.close()
        assert (tmp_path / "edge.env").stat().st_mode & 0o777 == 0o600
    finally:
        assert command("down", "--dir", folder).returncode == 0
    await gone([status["pid"]])
    assert json.loads(command("status", "--dir", folder, "--json").stdout)["running"] is False


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--latency", "fast"),
        ("--rate-limit", "12"),
        ("--rate-limit", "0/5m"),
        ("--origin", "ftp://x"),
        ("--host", "0.0.0.0"),
    ],
)
def test_bad_options_are_named(tmp_path: Path, option: str, value: str) -> None:
    done = command("serve", "--dir", str(tmp_path), option, value)
    assert done.returncode == 1
    assert value in done.stderr
