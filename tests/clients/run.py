"""Tests the local edge with stock clients: wrangler 4.86 and 4.164, and Cloudflare's Python SDK.

``make test-clients``: installs the clients once, runs all cases on an edge of its own for each, and writes the results
to docs/clients.md. Ends with 1 if fewer cases pass than FLOORS say.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
sys.path[:0] = [str(ROOT / "operator"), str(ROOT / "tests")]

from clients import installed, sdk_cases, wrangler_cases  # noqa: E402
from clients.drivers import Sdk, Wrangler  # noqa: E402
from clients.judge import Judge, Verdict  # noqa: E402
from clients.projects import FILES  # noqa: E402
from clients.table import render  # noqa: E402

FLOORS: Final = {"wrangler": 70, "sdk": 58}


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def an_edge(folder: Path) -> Iterator[dict[str, str]]:
    """An edge of its own; yields its environment."""
    command = [sys.executable, "-m", "local_edge.cli"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "operator")}
    subprocess.run([*command, "up", "--dir", str(folder)], env=environment, check=True)
    try:
        lines = (folder / "edge.env").read_text().splitlines()
        yield dict(line.split("=", 1) for line in lines)
    finally:
        subprocess.run([*command, "down", "--dir", str(folder)], env=environment, check=True)


def _environment(edge: Mapping[str, str], home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    return {
        **edge,
        "CLOUDFLARE_API_BASE_URL": edge["CLOUDFLARE_BASE_URL"],
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CI": "1",
        "NO_COLOR": "1",
        "WRANGLER_SEND_METRICS": "false",
        "WRANGLER_SEND_ERROR_REPORTS": "false",
        "DO_NOT_TRACK": "1",
    }


def try_wrangler(version: str, packages: Path, node: Path, work: Path) -> list[Verdict]:
    projects = work / "projects"
    for name, content in FILES.items():
        path = projects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    program = [str(node), str(packages / f"wrangler-{version}" / "bin" / "wrangler.js")]
    with an_edge(work / "edge") as edge:
        judge = Judge(edge)
        client = Wrangler(program, projects, _environment(edge, work / "home"))
        verdicts = _told(f"wrangler {version}", judge.try_all(client, wrangler_cases.CASES))
        judge.close()
    return verdicts


def try_sdk(environment: Path, work: Path) -> list[Verdict]:
    with an_edge(work / "edge") as edge:
        judge = Judge(edge)
        python = environment / "bin" / "python"
        client = Sdk(python, HERE / "sdk_agent.py", _environment(edge, work / "home"))
        verdicts = _told("SDK", judge.try_all(client, sdk_cases.CASES))
        client.close()
        judge.close()
    return verdicts


def _told(client: str, verdicts: Iterator[Verdict]) -> list[Verdict]:
    """Report each case as it ends."""
    found = []
    for verdict in verdicts:
        found.append(verdict)
        if verdict.problem:
            say(f"{client}: {verdict.case.command}\n    {verdict.problem}")
    passed = sum(not verdict.problem for verdict in found)
    say(f"{client}: {passed} of {len(found)} cases pass")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    choices = (*installed.WRANGLERS, "sdk")
    parser.add_argument("--only", choices=choices, help="try one client; writes nothing")
    only = parser.parse_args(arguments).only
    begun = time.monotonic()
    sdk = installed.sdk_folder(say)
    packages = installed.wrangler_folder(say)
    results: dict[str, list[Verdict]] = {}
    with installed.scratch() as folder:
        for version in installed.WRANGLERS:
            if only in (None, version):
                work = Path(folder) / version
                work.mkdir()
                found = try_wrangler(version, packages, installed.node(sdk), work)
                results[f"wrangler {version}"] = found
        if only in (None, "sdk"):
            (Path(folder) / "sdk").mkdir()
            results["sdk"] = try_sdk(sdk, Path(folder) / "sdk")
    say(f"{time.monotonic() - begun:.0f} s")
    if only is None:
        (ROOT / "docs" / "clients.md").write_text(render(results))
    return int(
        any(
            sum(not verdict.problem for verdict in found) < FLOORS[client.split()[0]]
            for client, found in results.items()
        )
    )


if __name__ == "__main__":
    sys.exit(main())
