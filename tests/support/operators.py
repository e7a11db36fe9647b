"""The operator as a process of its own."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from support.forks import Nursery
from support.processes import Logged, Process
from support.waiting import until

_COMMAND: Final = ("-m", "workers_operator.cli", "run")
_OURS: Final = re.compile(
    r"CLOUDFLARE_|WORKERS_|EDGE_URL$|ENVIRONMENT$|KUBECONFIG$|LOG_LEVEL$|POD_"
)
_PORT: Final = re.compile(r"serving /metrics, /healthz and /readyz on port (\d+)")


class Operator:
    """``workers-operator run`` with the given variables and no others of its own; a fork where a nursery is given.

    ``python``: the interpreter of another environment.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        log: Path,
        nursery: Nursery | None = None,
        python: str | Path = sys.executable,
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
        # Temporary files of an operator that is killed end with the test's.
        own = {"WORKERS_OPERATOR_ADDRESS": "127.0.0.1:0", "TMPDIR": str(log.parent)}
        environment = {**kept, **own, **variables}
        self.process: Logged = (
            nursery.start(environment, log)
            if nursery
            else Process((python, *_COMMAND), log, environment)
        )

    def wait_ready(self) -> None:
        """Returns when /readyz says that it is."""
        until(lambda: self._says_ready() or not self.process.alive, self.process.tail)
        assert self.process.alive, self.process.tail()

    @property
    def address(self) -> str:
        """Host and port of its own endpoints."""
        return f"127.0.0.1:{_PORT.findall(self.process.text)[-1]}"

    def get(self, path: str) -> httpx.Response:
        """An answer of its own endpoints."""
        return httpx.get(f"http://{self.address}{path}", timeout=5)

    def metric(self, name: str, /, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        total = 0.0
        for line in self.get("/metrics").text.splitlines():
            match = re.fullmatch(re.escape(name) + r"(?:\{(.*)\})? (\S+)", line)
            if match and all(f'{k}="{v}"' in (match[1] or "") for k, v in labels.items()):
                total += float(match[2])
        return total

    def stop(self) -> None:
        """SIGTERM, as the kubelet does."""
        self.process.stop()

    def _says_ready(self) -> bool:
        try:
            return bool(_PORT.search(self.process.text)) and self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False
