"""One workerd process: started, fed with its table, watched, restarted.

Hangs: workerd runs all scripts of a process on one thread, and nothing can interrupt that thread. So an order is kept
outstanding; if it stays unanswered while the thread burns `CPU_LIMIT` seconds, the process is killed and started anew.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local_edge.runtime.pipes import drain

log = logging.getLogger(__name__)

CPU_LIMIT = 1.0
"""Seconds of CPU that the one thread may burn without answering an order."""
_HEARTBEAT = 0.1
_START_PATIENCE = 30.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_TICKS = os.sysconf("SC_CLK_TCK")
_libc = ctypes.CDLL(None)
_CONFIG = Path(__file__).parent / "js" / "edge.capnp"


@dataclass(frozen=True)
class Launch:
    """How to start a process: `config` is a constant of edge.capnp, the addresses are workerd's."""

    binary: Path
    name: str
    config: str
    http: str
    orders: Path
    external: dict[str, str]

    def command(self) -> list[str]:
        sockets = [f"--socket-addr=http={self.http}", f"--socket-addr=orders=unix:{self.orders}"]
        external = [f"--external-addr={name}={address}" for name, address in self.external.items()]
        flags = ["--experimental", *sockets, *external]
        return [str(self.binary), "serve", *flags, str(_CONFIG), self.config]


def _prepare_child() -> None:
    """Runs in the child: it ends with its parent, and may open as many files as the machine allows."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Workerd:
    """`full_table` gives all that the process has to know; `heard` gets every line of its stdout."""

    def __init__(
        self,
        launch: Launch,
        *,
        full_table: Callable[[], dict[str, Any]],
        heard: Callable[[str], None],
        complained: Callable[[str], None],
    ) -> None:
        self.launch = launch
        self.restarts = 0
        self.ready = asyncio.Event()
        self._full_table = full_table
        self._heard = heard
        self._complained = complained
        self._last_words: deque[str] = deque(maxlen=3)
        self._closing = False
        self._pushing = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        transport = httpx.AsyncHTTPTransport(
            uds=str(launch.orders), limits=httpx.Limits(max_connections=None)
        )
        # An order waits as long as the process lives; one that hangs is found by the supervisor.
        never = httpx.Timeout(None)
        self._orders = httpx.AsyncClient(
            transport=transport, base_url="http://orders", timeout=never, trust_env=False
        )

    @property
    def pid(self) -> int | None:
        """None while it is away."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Starts the process and gives it its full table; it answers no request before that."""
        for stale in (self.launch.orders, Path(self.launch.http.removeprefix("unix:"))):
            stale.unlink(missing_ok=True)
        process = await asyncio.create_subprocess_exec(
            *self.launch.command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
            preexec_fn=_prepare_child,
        )
        self._process = process
        stdout, stderr = process.stdout, process.stderr
        if stdout is None or stderr is None:
            raise ProcessFailed("workerd has no output pipes")
        self._spawn(drain(stdout, self._heard))
        self._last_words.clear()
        self._spawn(drain(stderr, self._note_complaint))
        await self._first_push(process)
        self.ready.set()

    async def _first_push(self, process: asyncio.subprocess.Process) -> None:
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        while True:
            try:
                async with self._pushing:
                    await self._put_table(self._full_table())
                    return
            except httpx.TransportError as error:
                if process.returncode is not None:
                    await asyncio.sleep(0.05)  # its last words are still in the pipe
                    words = " / ".join(self._last_words)
                    name, code = self.launch.name, process.returncode
                    text = f"workerd ({name}) ended with {code} at its start: {words}"
                    raise ProcessFailed(text) from error
                if asyncio.get_running_loop().time() > deadline:
                    raise ProcessFailed(f"workerd ({self.launch.name}) does not answer") from error
                await asyncio.sleep(0.005)

    def _note_complaint(self, line: str) -> None:
        self._last_words.append(line)
        self._complained(line)

    async def push(self, changes: Callable[[], dict[str, Any]]) -> None:
        """Sends changes of the table and waits until they hold.

        `changes` is asked when it is this push's turn, so a later push never carries an older truth. A process that is
        dead or starting gets the full table anyway before it answers anything.
        """
        async with self._pushing:
            if self.ready.is_set():
                with contextlib.suppress(httpx.TransportError):
                    await self._put_table(changes())

    async def order(self, path: str, **parameters: str) -> httpx.Response:
        """Any other order; raises httpx.TransportError if the process dies over it."""
        return await self._orders.get(path, params=parameters)

    async def _put_table(self, message: dict[str, Any]) -> None:
        (await self._orders.put("/table", json=message)).raise_for_status()

    def watch(self) -> None:
        """Has the process supervised from now on, until `stop`."""
        self._spawn(self._supervise())

    async def _supervise(self) -> None:
        while not self._closing:
            process = self._process
            if process is None or process.returncode is not None:
                await self._restart()
            elif not await self._is_alive():
                log.warning("workerd (%s) hangs: it is killed and started anew", self.launch.name)
                await self.kill()
            else:
                await asyncio.sleep(_HEARTBEAT)

    async def _restart(self) -> None:
        self.ready.clear()
        self.restarts += 1
        try:
            await self.start()
        except ProcessFailed as error:
            log.error("%s; trying again", error)
            await asyncio.sleep(1)

    async def _is_alive(self) -> bool:
        """False if the process hangs; a process that has ended counts as alive here."""
        ping = asyncio.ensure_future(self.order("/"))
        begun = self._cpu_seconds()
        try:
            while True:
                done, _ = await asyncio.wait({ping}, timeout=_HEARTBEAT)
                if done:
                    return True
                if self._cpu_seconds() - begun >= CPU_LIMIT:
                    return False
        finally:
            ping.cancel()
            await asyncio.gather(ping, return_exceptions=True)

    def _cpu_seconds(self) -> float:
        """CPU time of the main thread, which runs the scripts."""
        try:
            stat = Path(f"/proc/{self.pid}/task/{self.pid}/stat").read_text()
        except OSError:
            return 0.0
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    async def kill(self) -> None:
        self.ready.clear()
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def stop(self) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.kill()
        await self._orders.aclose()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class ProcessFailed(Exception):
    """workerd does not start."""
