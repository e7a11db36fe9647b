"""The processes of the data plane, and the distribution of changes to them.

- The *router* (`local_edge.relay`) is the data plane's entry. It runs no uploaded code; the others are workerd.
- The *pool* runs all scripts.
- The *jail* runs requests one at a time after the pool has died while handling them (see jail.py).
- The *trial* process starts each upload once, so that a script that hangs at its start affects no other.
"""

import asyncio
import hashlib
import logging
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_edge.metering.invocation import Invocation, killed_invocations
from local_edge.runtime.jail import Jail, Journal
from local_edge.runtime.orders import OrderFailed, OrderLost
from local_edge.runtime.process import AnyLaunch, Launch, LineReaders, RelayLaunch
from local_edge.runtime.table import Message, RuntimeTable
from local_edge.runtime.trial import Trial
from local_edge.runtime.watch import CPU_LIMIT, Watchdog
from local_edge.runtime.workerd import Workerd

log = logging.getLogger(__name__)

_NO_ORIGIN = "127.0.0.1:9"  # workerd requires an address, but never uses it without an origin


@dataclass(frozen=True)
class Addresses:
    """The addresses of the processes: unix sockets in a private folder, except the data plane.

    `data` is its socket. It stays open while the router restarts, so no connection is refused.
    """

    folder: Path
    data: socket.socket
    origin: str | None

    @classmethod
    def create(cls, directory: Path, data: socket.socket, origin: str | None) -> "Addresses":
        """Recreate the folder of the sockets.

        There is one folder per data directory, so that killed edges leave no more than one behind. It lies outside of
        that directory, because the path of a unix socket is limited to 107 characters.
        """
        digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"local-edge-{os.getuid()}-{digest}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)  # fails if another user has created it
        return cls(folder, data, origin)

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def http(self, name: str) -> str:
        return f"unix:{self.folder / f'{name}-http'}"

    @property
    def traces(self) -> dict[str, Path]:
        """The FIFOs for the traces of the processes that handle requests with scripts."""
        return {name: self.folder / f"{name}-trace" for name in ("pool", "jail")}

    def launch(self, binary: Path, name: str) -> AnyLaunch:
        orders = self.folder / f"{name}-orders"
        if name == "router":
            pool = Path(self.http("pool").removeprefix("unix:"))
            return RelayLaunch(name, self.data, orders, pool=pool, control=self.control)
        external = {"control": f"unix:{self.control}", "origin": self.origin or _NO_ORIGIN}
        return Launch(
            binary,
            name,
            http=self.http(name),
            orders=orders,
            external=external,
            trace=self.traces.get(name),
        )


class Runtime:
    """Changes of `table` are in effect once the method `…_changed` has returned.

    `record` receives the invocations that were killed; the others are in the traces of the processes.
    """

    def __init__(
        self,
        binary: Path,
        addresses: Addresses,
        table: RuntimeTable,
        record: Callable[[Sequence[Invocation]], None],
    ) -> None:
        self.table = table
        self.addresses = addresses
        journal = Journal()
        woken = asyncio.Event()

        def make(
            name: str,
            full_table: Callable[[], Message],
            on_output: Callable[[str], None] = _ignore,
        ) -> Workerd:
            readers = LineReaders(stdout=on_output, stderr=lambda line: _log_error(name, line))
            return Workerd(
                addresses.launch(binary, name),
                full_table=full_table,
                readers=readers,
                ended=woken.set,
            )

        self.router = make("router", dict)
        self.pool = make("pool", lambda: table.for_host(journal=""))
        marker = journal.marker
        self._jail_process = make("jail", lambda: table.for_host(journal=marker), journal.read)
        self._trial_process = make("trial", lambda: table.for_host(journal=""))
        path = addresses.http("jail").removeprefix("unix:")

        async def killed(versions: Sequence[str], began: float) -> None:
            record(killed_invocations(versions, began, time.time(), CPU_LIMIT))
            await self._confine(versions[-1])

        self.jail = Jail(self._jail_process, journal, path, killed)
        self.trial = Trial(self._trial_process)
        self._watchdog = Watchdog(self.processes, woken)

    @property
    def processes(self) -> tuple[Workerd, ...]:
        return (self.router, self.pool, self._jail_process, self._trial_process)

    @property
    def folder(self) -> Path:
        return self.addresses.folder

    async def start(self) -> None:
        await asyncio.gather(*(process.start() for process in self.processes))
        self._watchdog.start()

    async def stop(self) -> None:
        await self._watchdog.stop()
        await asyncio.gather(*(process.stop() for process in self.processes))
        await self.jail.close()
        self.addresses.data.close()
        shutil.rmtree(self.addresses.folder, ignore_errors=True)

    async def scripts_changed(
        self, namespace: str, names: Iterable[str] = (), retired: Iterable[str] = ()
    ) -> None:
        """Send the current versions of scripts to the processes; `retired` versions are unloaded."""
        names, retired = list(names), list(retired)
        self.table.jailed.difference_update(retired)
        await self._push(
            lambda: {"namespaces": self.table.scripts_of(namespace, names), "retired": retired}
        )

    async def routes_changed(self, ids: Iterable[str]) -> None:
        ids = list(ids)

        def changes() -> Message:
            return {"routes": self.table.routes_of(ids)}

        await self._push(changes)

    async def hosts_changed(self, names: Iterable[str]) -> None:
        names = list(names)

        def changes() -> Message:
            return {"hosts": self.table.hosts_of(names)}

        await self._push(changes)

    async def tails_changed(self, scripts: set[str]) -> None:
        """Record the events of these account scripts, and of no others."""
        self.table.tailed = scripts
        await self._push(lambda: {"tailed": list(self.table.tailed)})

    async def copies_outdated(self, ids: list[str]) -> None:
        """Let the pool drop its copies of KV pairs and R2 objects that have changed."""
        await self.pool.push(lambda: {"outdated": ids})

    async def send_scheduled(self, script: str, cron: str, milliseconds: int) -> str:
        """Send a scheduled event to an account script and return its outcome."""
        await self.pool.ready.wait()
        try:
            answer = await self.pool.order(
                "/scheduled", script=script, cron=cron, time=str(milliseconds)
            )
        except OrderLost:
            return "exceededCpu"
        except OrderFailed:
            return "exception"
        return str(answer["outcome"])

    async def _confine(self, version: str) -> None:
        """Let a version run in the jail only."""
        if version in self.table.jailed:
            return
        log.warning(
            "version %s exceeded its resource limits and will only run in the jail", version
        )
        self.table.jailed.add(version)
        await self.pool.push(lambda: {"jailed": [version]})

    async def _push(self, changes: Callable[[], Message]) -> None:
        await asyncio.gather(self.pool.push(changes), self._jail_process.push(changes))


def _ignore(line: str) -> None:
    """Discard the console output of scripts."""


def _log_error(name: str, line: str) -> None:
    # At debug level, because workerd reports each eviction as an internal error with a stack trace.
    log.debug("workerd (%s): %s", name, line)
