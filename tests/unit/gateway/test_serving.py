"""The HTTP server: heads and connections have bounds, and certificates are read again."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from workers_operator.gateway.options import Bounds, GatewayOptions, TlsFiles
from workers_operator.gateway.serving import renew_certificates, server_of

PATIENCE = 20.0


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers everything."""
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(
    options: GatewayOptions, app: ASGIApp = answer
) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    server = server_of(app, options)
    socket = server.config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        yield server, socket.getsockname()[1]
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
async def test_a_head_that_does_not_arrive_is_given_up(sent: bytes) -> None:
    options = GatewayOptions(address="127.0.0.1:0", bounds=Bounds(head_seconds=0.2))
    async with serving(options) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()


async def test_a_second_head_that_does_not_arrive_is_given_up_too() -> None:
    options = GatewayOptions(address="127.0.0.1:0", bounds=Bounds(head_seconds=0.2))
    async with serving(options) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(
            b"HTTP/1.1 200"
        )
        writer.write(b"GET / HT")
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()


async def test_a_head_without_an_end_is_not_kept() -> None:
    options = GatewayOptions(address="127.0.0.1:0", bounds=Bounds(url=100, headers=1000))
    async with serving(options) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()


async def test_a_connection_too_many_is_told_so_in_the_envelope() -> None:
    options = GatewayOptions(address="127.0.0.1:0", bounds=Bounds(connections=1))
    async with serving(options) as (_, port):
        _, first = await asyncio.open_connection("127.0.0.1", port)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            refused = await client.get("/")
            assert refused.status_code == 503
            assert refused.headers["Retry-After"]
            assert refused.json()["errors"][0]["code"] == "Overloaded"
            first.close()
            await first.wait_closed()
            async with asyncio.timeout(PATIENCE):
                while (await client.get("/")).status_code != 200:
                    pass


@pytest.mark.parametrize(
    ("proxies", "address"),
    [("127.0.0.1", "203.0.113.9"), ("127.0.0.0/8", "203.0.113.9"), ("10.0.0.0/8", "127.0.0.1")],
)
async def test_an_address_is_the_callers_if_a_trusted_proxy_tells_it(
    proxies: str, address: str
) -> None:
    seen: list[str] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])
        await answer(scope, receive, send)

    options = GatewayOptions(address="127.0.0.1:0", proxies=proxies)
    async with serving(options, note) as (_, port):
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        async with httpx.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{port}/", headers=forwarded)
    assert seen == [address]


def certificate(folder: Path, name: str) -> TlsFiles:
    files = TlsFiles(folder / "tls.crt", folder / "tls.key")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]
    command += ["-subj", f"/CN={name}", "-out", str(files.certificate), "-keyout", str(files.key)]
    subprocess.run(command, check=True, capture_output=True)
    return files


async def served_name(port: int) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return "second" if b"second" in found else "first"
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_renewed_certificate_is_served_without_a_restart(tmp_path: Path) -> None:
    files = certificate(tmp_path, "first")
    options = GatewayOptions(address="127.0.0.1:0", tls=files)

    async def sleep(_: float) -> None:
        await asyncio.sleep(0.01)

    async with serving(options) as (server, port):
        renewing = asyncio.create_task(renew_certificates(server, files, sleep))
        assert await served_name(port) == "first"
        certificate(tmp_path, "second")
        async with asyncio.timeout(PATIENCE):
            while await served_name(port) != "second":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        renewing.cancel()
