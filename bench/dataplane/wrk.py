"""wrk, the load generator: runs it and reads what it prints."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Target:
    """What is asked: ``url`` with its path, and the Host header."""

    url: str
    host: str


@dataclass(frozen=True)
class Load:
    """What came of a load. Times are in milliseconds."""

    requests: int
    rate: float
    p50: float
    p99: float


def binary() -> str:
    """The program."""
    found = shutil.which("wrk")
    assert found is not None, "there is no wrk: apt-get install wrk"
    return found


def load(target: Target, connections: int, seconds: float) -> Load:
    """Asks ``target`` on so many connections; fails if any answer is not a 2xx or a connection breaks."""
    command = [
        binary(),
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--latency",
        "--timeout",
        "10s",
    ]
    command += ["-H", f"Host: {target.host}", target.url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, f"{target}: {said}"
    assert "Socket errors" not in said, f"{target}: {said}"
    return Load(
        requests=int(_found(r"(\d+) requests in", said)),
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        p50=_milliseconds(_found(r"(?m)^\s+50%\s+(\S+)", said)),
        p99=_milliseconds(_found(r"(?m)^\s+99%\s+(\S+)", said)),
    )


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _milliseconds(text: str) -> float:
    found = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    assert found is not None, text
    return float(found[1]) * _UNITS[found[2]]
