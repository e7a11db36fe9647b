"""What one team does in masses is not felt by another: its edits are served as quickly as ever."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from support.arena import Arena
from support.handles import API_VERSION, Worker, now
from support.hostile import nested
from support.kube import path_of
from support.scripts import says
from support.teams import Team
from support.templates import put_template
from support.waiting import until

FELT_SECONDS: Final = 6.0
HANGING: Final = 40  # more than passes and probes at once
HANGS: Final = "export default { fetch() { return scheduler.wait(60_000) } }"
REQUESTS: Final = 150
LISTING_CALLS: Final = 250  # of ten listings, and of team B's own edits
MEBIBYTE: Final = 2**20


@pytest.fixture(scope="module")
def crowd(arena: Arena, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A third team, which may have everything on staging; what it leaves holds up no other test."""
    team = Team("team-c", arena.bed.access, Path(tmp_path_factory.mktemp("crowd")))
    yield team
    team.close()


@pytest.fixture
def edited(arena: Arena) -> Iterator[Worker]:
    """A worker of team B on the same platform."""
    spec = {"customerId": "b", "subdomain": "bedited", "source": {"inline": {"script": says("0")}}}
    worker = arena.b.create(spec, arena.platforms["staging"])
    worker.wait_ready()
    yield worker
    worker.delete()
    worker.wait_gone()


def test_workers_that_hang(arena: Arena, crowd: Team, edited: Worker) -> None:
    for number in range(HANGING):
        _create(arena, crowd, f"hang{number}", HANGS, health={"interval": "1s", "timeout": "10s"})
    until(lambda: _deployed(arena, "hang") >= HANGING * 3 // 4, "they are not deployed")
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    crowd.clear()


def test_checks_that_are_requested_all_the_time(arena: Arena, crowd: Team, edited: Worker) -> None:
    worker = _create(arena, crowd, "busy", says("busy"))
    worker.wait_ready()
    began = now()
    for number in range(REQUESTS):
        value = {"workers.code24.dev/requestedAt": f"{number}"}
        crowd.api.patch(worker.path, {"metadata": {"annotations": value}})
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    assert len(arena.proxy.calls("GET", since=began)) < LISTING_CALLS
    crowd.clear()


def test_workers_that_come_and_go(arena: Arena, crowd: Team, edited: Worker) -> None:
    for number in range(30):
        _create(arena, crowd, f"brief{number}", says("brief")).delete()
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    crowd.clear()


def test_an_object_of_great_depth(arena: Arena, crowd: Team, edited: Worker) -> None:
    deep = _create(arena, crowd, "deep", says("deep"), parameters=nested(3000))
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    message = deep.wait_condition("SourceResolved", "False", "InvalidSpec")["message"]
    assert "is nested more than 32 levels deep" in message
    crowd.clear()


def test_a_bundle_of_nothing_but_lines(arena: Arena, crowd: Team, edited: Worker) -> None:
    arena.edge.create_bucket("team-c-code")
    arena.edge.put_object(
        "team-c-code", "lines", b"\n" * 20 * MEBIBYTE, "multipart/form-data; boundary=x"
    )
    source = {"r2": {"bucket": "team-c-code", "key": "lines"}}
    lines = _create(arena, crowd, "lines", None, source=source)
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    lines.wait(_says_why, "it does not say what is wrong")
    crowd.clear()


CHECKED: Final = {
    "items": {"type": "array", "uniqueItems": True, "description": "All different."},
    "text": {"type": "string", "pattern": "^(a+)+$", "description": "Nothing but a."},
}
COSTLY: Final = {
    "items that are to differ": ("items", [*range(10_000), 0]),
    "a pattern that backtracks": ("text", "a" * 60_000 + "!"),
}


@pytest.mark.parametrize("what", COSTLY)
def test_parameters_that_cost_much_to_check(
    arena: Arena, crowd: Team, edited: Worker, what: str
) -> None:
    staging = arena.platforms["staging"]
    put_template(arena.edge, staging.title, "storm", says("storm"), CHECKED)
    staging.check_now()
    field, value = COSTLY[what]
    parameters = json.dumps({field: value})
    storms = [
        _create(
            arena, crowd, f"storm{n}", None, parameters=parameters, source={"template": "storm"}
        )
        for n in range(8)
    ]
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    for storm in storms:
        found = storm.wait_condition("SourceResolved", "False", "ParameterInvalid")
        assert f"spec.parameters.{field}" in found["message"]
    crowd.clear()


def test_objects_as_large_as_the_api_server_takes(
    arena: Arena, crowd: Team, edited: Worker
) -> None:
    large = "x" * (1_400_000 // 4)
    for number in range(4):
        parameters = json.dumps({f"p{m}": large for m in range(4)})
        _create(arena, crowd, f"large{number}", says("large"), parameters=parameters)
    assert _edit_seconds(arena, edited) < FELT_SECONDS
    for worker in crowd.workers:
        worker.wait(_says_why, "it does not say what is wrong")
    crowd.clear()


def _says_why(obj: dict[str, Any]) -> bool:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any((c["type"], c["status"]) == ("SourceResolved", "False") for c in conditions)


def _create(
    arena: Arena,
    team: Team,
    name: str,
    script: str | None,
    *,
    parameters: str = "{}",
    **spec: Any,
) -> Worker:
    """A worker on staging. ``parameters``: JSON that no library would write."""
    source = {"source": {"inline": {"script": script}}} if script is not None else {}
    staging = arena.platforms["staging"]
    basics = {"customerId": "c", "subdomain": f"c-{name}", "platform": staging.name, **source}
    body = {
        "apiVersion": API_VERSION,
        "kind": "CustomerWorker",
        "metadata": {"name": name, "namespace": team.namespace},
        "spec": {**basics, **spec, "parameters": "PARAMETERS"},
    }
    worker = Worker(team.access, body, 1, domain=staging.domain, space=staging.space)
    text = json.dumps(body).replace('"PARAMETERS"', parameters)
    team.api.create_text(path_of("CustomerWorker", team.namespace), text)
    team.workers.append(worker)
    return worker


def _deployed(arena: Arena, beginning: str) -> int:
    scripts = arena.edge.scripts(arena.platforms["staging"].space)
    return sum(name.startswith(f"customer-worker-c--{beginning}") for name in scripts)


def _edit_seconds(arena: Arena, worker: Worker) -> float:
    """How long it takes from an edit to the first answer of the new version."""
    text, began = f"{now()}", time.monotonic()
    arena.b.edit(worker, source={"inline": {"script": says(text)}})
    until(lambda: worker.visit().text == text, "the edit is not served")
    return time.monotonic() - began
