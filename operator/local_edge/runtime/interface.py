"""What the API and the events ask of the runtime."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from local_edge.runtime.table import RuntimeTable
from local_edge.runtime.trial import Started
from local_edge.runtime.versions import Code
from local_edge.runtime.workerd import Workerd


class ScriptTrial(Protocol):
    """Starts uploads: `local_edge.runtime.trial.Trial`."""

    async def start(self, version: str, code: Code, *, known: bool = False) -> Started:
        """Start a version once. Raises StartFailed and NoDefaultExport."""


class EdgeRuntime(Protocol):
    """Runs scripts: `local_edge.runtime.runtime.Runtime`."""

    @property
    def table(self) -> RuntimeTable: ...

    @property
    def trial(self) -> ScriptTrial: ...

    @property
    def processes(self) -> Sequence[Workerd]: ...

    @property
    def folder(self) -> Path: ...

    async def scripts_changed(
        self, namespace: str, names: Iterable[str] = (), retired: Iterable[str] = ()
    ) -> None:
        """Send the current versions of scripts to the processes; `retired` versions are unloaded."""

    async def routes_changed(self, ids: Iterable[str]) -> None:
        """Send these routes to the processes."""

    async def hosts_changed(self, names: Iterable[str]) -> None:
        """Send these hosts to the processes."""

    async def tails_changed(self, scripts: set[str]) -> None:
        """Record the events of these account scripts, and of no others."""

    async def send_scheduled(self, script: str, cron: str, milliseconds: int) -> str:
        """Send a scheduled event to an account script and return its outcome."""
