"""docs/clients.md."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from clients.judge import Verdict

_HEAD = """# Clients

Stock clients on the [local edge](../operator/local_edge/README.md). Written by `make test-clients`, which
installs the clients from npm and PyPI (pinned by hashes), runs the cases below in this order, and judges each by the
client's output and by requests to the data plane.

"""


def render(results: Mapping[str, Sequence[Verdict]]) -> str:
    wranglers = {name: found for name, found in results.items() if name != "sdk"}
    return (
        _HEAD
        + _summary(results)
        + "\n## wrangler\n\n"
        + _cases("command", wranglers)
        + "\n## Python SDK\n\n"
        + "`A`, `Z` and `S` name the account, the zone and the script; "
        + "`module(text)` is a module that answers with `text`.\n\n"
        + _cases("call", {"": results["sdk"]})
        + _failures(results)
    )


def _summary(results: Mapping[str, Sequence[Verdict]]) -> str:
    rows = ["| client | passed |", "| --- | --- |"]
    for name, found in results.items():
        passed = sum(not verdict.problem for verdict in found)
        rows.append(f"| {_name(name)} | {passed} of {len(found)} |")
    return "\n".join(rows) + "\n"


def _name(client: str) -> str:
    if client != "sdk":
        return client
    lines = (Path(__file__).parent / "requirements.txt").read_text().splitlines()
    version = next(line.split("==")[1] for line in lines if line.startswith("cloudflare=="))
    return f"Python SDK {version.rstrip(' ' + chr(92))}"


def _cases(what: str, results: Mapping[str, Sequence[Verdict]]) -> str:
    versions = [name.removeprefix("wrangler ") for name in results]
    rows = [f"| {what} | what is checked | {' | '.join(versions) or 'passed'} |"]
    rows.append("| --- | --- |" + " --- |" * len(results))
    for verdicts in zip(*results.values(), strict=True):
        case = verdicts[0].case
        marks = " | ".join("no" if verdict.problem else "yes" for verdict in verdicts)
        rows.append(f"| `{_cell(case.command)}` | {_cell(case.about)} | {marks} |")
    return "\n".join(rows) + "\n"


def _failures(results: Mapping[str, Sequence[Verdict]]) -> str:
    lines = []
    for name, found in results.items():
        for verdict in found:
            if verdict.problem:
                problem = json.dumps(" ".join(verdict.problem.split())[:200])[1:-1]
                lines.append(f"- {_name(name)}, `{_cell(verdict.case.command)}`: {problem}")
    return "\n## What fails\n\n" + "\n".join(lines) + "\n" if lines else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
