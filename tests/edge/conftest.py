"""An edge for all tests of a process, with an origin behind its zone, and own ones for tests that need them."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

import pytest

from edge.rig import Edge, Schemas, running


@pytest.fixture(scope="package")
def schemas() -> Schemas:
    return Schemas()


@pytest.fixture(scope="package")
async def origin() -> AsyncIterator[str]:
    """A plain HTTP server that answers with what it was asked: `origin <host> <path> <proto>`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        path = head[0].split(" ")[1]
        body = f"origin {headers.get('host')} {path} {headers.get('x-forwarded-proto')}".encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture(scope="package")
async def edge(
    tmp_path_factory: pytest.TempPathFactory, schemas: Schemas, origin: str
) -> AsyncIterator[Edge]:
    directory = tmp_path_factory.mktemp("edge")
    with running(directory, "--origin", origin):
        found = Edge(directory, schemas)
        yield found
        await found.close()


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., AbstractContextManager[Popen[bytes]]]:
    """Starts an edge of the test's own, in `tmp_path` unless it says otherwise."""
    return lambda *options, directory=tmp_path: running(directory, *options)


_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"t{os.getpid()}-{next(_numbers)}"
