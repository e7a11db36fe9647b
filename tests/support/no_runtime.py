"""The local edge's runtime, of which nothing runs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from local_edge.runtime.table import RuntimeTable
from local_edge.runtime.trial import Started, StartFailed
from local_edge.runtime.workerd import Workerd
from support.cloudflare.uploads import SYNTAX_ERROR


class Trial:
    """Start nothing: a script fails by its marker."""

    async def start(self, version: str, code: dict[str, object], *, known: bool = False) -> Started:
        if SYNTAX_ERROR in json.dumps(code):
            raise StartFailed("SyntaxError")
        return Started(["fetch"], [], 1)


class NoRuntime:
    """Run nothing."""

    processes: Sequence[Workerd] = ()

    def __init__(self, folder: Path) -> None:
        self.table = RuntimeTable(["example.com"], False, 0)
        self.trial = Trial()
        self.folder = folder

    async def scripts_changed(
        self, namespace: str, names: Iterable[str] = (), retired: Iterable[str] = ()
    ) -> None: ...

    async def hosts_changed(self, names: Iterable[str]) -> None: ...

    async def routes_changed(self, ids: Iterable[str]) -> None: ...

    async def tails_changed(self, scripts: set[str]) -> None: ...

    async def send_scheduled(self, script: str, cron: str, milliseconds: int) -> str:
        return "ok"
