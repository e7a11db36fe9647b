"""What Lighthouse says of the page with all workers: the median of several runs."""

import json
import subprocess
from collections.abc import Mapping
from statistics import median
from typing import Any, Final

from bench.lighthouse.installing import HERE, install
from support.browsing import Served
from support.rest_api import ADMIN
from toolchain import npm

_RUNS: Final = 3
_SECONDS: Final = 180
_TIMES: Final = {
    "first-contentful-paint": "first contentful paint",
    "interactive": "time to interactive",
    "total-blocking-time": "total blocking time",
}


def judge(gateway: Served) -> Mapping[str, str]:
    """Return Lighthouse's figures by what they are about."""
    install()
    runs = [_run(gateway.url) for _ in range(_RUNS)]
    found = {
        f"Lighthouse: {name}": f"{median(run['scores'][name] for run in runs):.0f}"
        for name in runs[0]["scores"]
    }
    for audit, name in _TIMES.items():
        found[f"Lighthouse: {name}"] = f"{median(run['times'][audit] for run in runs):.0f} ms"
    return found


def _run(address: str) -> Any:
    command = [npm.node(print), str(HERE / "page.mjs"), f"{address}/", ADMIN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    return json.loads(done.stdout)
