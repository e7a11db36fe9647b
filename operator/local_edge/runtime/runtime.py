"""The runtime as a whole: router, pool, jail and trial processes, and the changes they are told.

- the *router* is the data plane; it runs no uploaded code;
- the *pool* runs all scripts;
- the *jail* runs requests one at a time after the pool died under them (see jail.py);
- the *trial* process starts each upload once, so a script that hangs at its start disturbs nobody.
"""

import asyncio
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_edge.runtime.jail import Jail, Journal
from local_edge.runtime.process import Launch, Workerd
from local_edge.runtime.table import Table
from local_edge.runtime.trial import Trial

log = logging.getLogger(__name__)

_NO_ORIGIN = "127.0.0.1:9"  # workerd wants an address; without an origin it is never asked


@dataclass(frozen=True)
class Addresses:
    """Where things listen. All but the data plane are unix sockets in a folder of our own."""

    folder: Path
    data: str
    origin: str | None

    @classmethod
    def create(cls, directory: Path, data: str, origin: str | None) -> "Addresses":
        """Makes the folder anew: one for each data directory, so nothing piles up when an edge is killed.

        It is not in that directory, since the path of a unix socket has 107 characters at most.
        """
        digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"local-edge-{os.getuid()}-{digest}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)  # fails if somebody else has put something there
        return cls(folder, data, origin)

    @property
    def control(self) -> Path:
        return self.folder / "control"

    def http(self, name: str) -> str:
        return f"unix:{self.folder / f'{name}-http'}"

    def launch(self, binary: Path, name: str) -> Launch:
        external = {"control": f"unix:{self.control}", "origin": self.origin or _NO_ORIGIN}
        router = name == "router"
        if router:
            external["pool"] = self.http("pool")
        return Launch(
            binary=binary,
            name=name,
            config="router" if router else "host",
            http=self.data if router else self.http(name),
            orders=self.folder / f"{name}-orders",
            external=external,
        )


class Runtime:
    def __init__(self, binary: Path, addresses: Addresses, table: Table) -> None:
        self.table = table
        self.addresses = addresses
        self._journal = Journal()

        def make(
            name: str,
            full: Callable[[], dict[str, Any]],
            heard: Callable[[str], None] = _ignore,
        ) -> Workerd:
            return Workerd(
                addresses.launch(binary, name),
                full_table=full,
                heard=heard,
                complained=lambda line: _complain(name, line),
            )

        self.router = make("router", table.for_router)
        self.pool = make("pool", lambda: table.for_host(journal=""))
        marker = self._journal.marker
        self._jail_process = make(
            "jail", lambda: table.for_host(journal=marker), self._journal.hear
        )
        self._trial_process = make("trial", lambda: table.for_host(journal=""))
        socket = addresses.http("jail").removeprefix("unix:")
        self.jail = Jail(self._jail_process, self._journal, socket, self._condemn)
        self.trial = Trial(self._trial_process)

    @property
    def processes(self) -> tuple[Workerd, ...]:
        return (self.router, self.pool, self._jail_process, self._trial_process)

    async def start(self) -> None:
        await asyncio.gather(*(process.start() for process in self.processes))
        for process in self.processes:
            process.watch()

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for process in self.processes))
        await self.jail.close()
        shutil.rmtree(self.addresses.folder, ignore_errors=True)

    async def scripts_changed(self, names: Iterable[str], retired: Iterable[str] = ()) -> None:
        """The table's account scripts `names` hold something new; `retired` versions are not needed any more."""
        names, retired = list(names), list(retired)
        self.table.jailed.difference_update(retired)
        await self._tell(lambda: {"scripts": self.table.scripts_of(names), "retired": retired})

    async def namespace_changed(
        self, namespace: str, names: Iterable[str] = (), retired: Iterable[str] = ()
    ) -> None:
        names, retired = list(names), list(retired)
        self.table.jailed.difference_update(retired)
        await self._tell(
            lambda: {
                "namespaces": self.table.namespace_scripts_of(namespace, names),
                "retired": retired,
            }
        )

    async def routes_changed(self, ids: Iterable[str]) -> None:
        ids = list(ids)
        await self.router.push(lambda: {"routes": self.table.routes_of(ids)})

    async def _condemn(self, version: str) -> None:
        if version in self.table.jailed:
            return
        log.warning(
            "version %s exceeded its resource limits: it runs in the jail from now on", version
        )
        self.table.jailed.add(version)
        await self.pool.push(lambda: {"jailed": [version]})

    async def _tell(self, changes: Callable[[], dict[str, Any]]) -> None:
        await asyncio.gather(self.pool.push(changes), self._jail_process.push(changes))


def _ignore(line: str) -> None:
    """What scripts write to their console has no reader yet."""


def _complain(name: str, line: str) -> None:
    # Each eviction is logged by workerd as an internal error with a stack: at debug level only.
    log.debug("workerd (%s): %s", name, line)
