"""The command ``logs`` as people run it: a process of its own, a real cluster, scripts that really run."""

import itertools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

from support.bed import Place
from support.handles import Platform, Worker
from support.kube import Object
from support.processes import Process
from support.proxy import failing
from support.teams import Team
from support.waiting import until

COMMAND_SECONDS: Final = 60.0
NUMBERS: Final = itertools.count()
TALKS: Final = """export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/log") console.log("seen", pathname, { a: 1 });
    if (pathname === "/secret") console.warn("the token is " + env.TOKEN);
    if (pathname === "/escape") console.log("\\u001b[2J\\u202e");
    if (pathname === "/throw") throw new TypeError("boom");
    if (pathname.startsWith("/say/")) console.log(pathname.slice(5));
    return new Response("ok");
  }
}
"""
SECRET: Final = "the-value-of-the-token"


class Reader:
    """The command as a process of its own, with the administrator's rights unless ``arguments`` say otherwise."""

    def __init__(self, place: Place, folder: Path, *arguments: str) -> None:
        number = next(NUMBERS)
        command = [sys.executable, "-m", "workers_operator.cli", "logs"]
        kubeconfig = ["--kubeconfig", str(place.access.kubectl.kubeconfig)]
        environment = {**os.environ, **place.bed.allowed}
        log = folder / f"logs-{number}.log"
        self.process = Process([*command, *kubeconfig, *arguments], log, environment)

    @property
    def lines(self) -> list[str]:
        return self.process.text.splitlines()

    def finish(self) -> int | None:
        until(lambda: not self.process.alive, self.process.tail, COMMAND_SECONDS)
        assert "Traceback" not in self.process.text
        return self.process.exit_code

    def entries(self) -> list[dict[str, Any]]:
        """What was printed as JSON, without the probes of the operator."""
        found = [json.loads(text) for text in self.lines if text.startswith("{")]
        return [entry for entry in found if entry.get("trigger") != "GET /"]


def read(place: Place, folder: Path, *arguments: str) -> tuple[int | None, Reader]:
    """(exit code, what was printed)."""
    reader = Reader(place, folder, *arguments)
    return reader.finish(), reader


def wait_logged(place: Place, folder: Path, worker: Worker, text: str) -> None:
    """Waits until the edge keeps a line: what is logged is stored within seconds."""
    where = ("-n", place.namespace, f"cw/{worker.name}")
    until(
        lambda: text in read(place, folder, *where, "--limit", "1000")[1].process.text,
        f"{text} is not stored",
    )


def talking(place: Place, platform: Platform, name: str = "talk", **spec: Any) -> Worker:
    secret: Object = {"metadata": {"name": name}, "stringData": {"token": SECRET}}
    place.access.api.create(f"/api/v1/namespaces/{place.namespace}/secrets", secret)
    reference = {"name": "TOKEN", "secretKeyRef": {"name": name, "key": "token"}}
    worker = place.customer(name, TALKS, on=platform, secrets=[reference], **spec)
    worker.wait_ready()
    return worker


def test_lines_exceptions_and_outcomes_of_all_instances(place: Place, tmp_path: Path) -> None:
    platform = place.platform(place.proxy())
    worker = talking(place, platform, instances=2)
    other = talking(place, platform, "talk-more")
    for path in ("/log", "/throw", "/secret", "/escape"):
        worker.visit(path)
    other.visit("/say/of-another-worker")
    for number in range(12):
        worker.visit(f"/say/{number}")
    where = ("-n", place.namespace)
    wait_logged(place, tmp_path, other, "of-another-worker")
    wait_logged(place, tmp_path, worker, "/say/11")

    code, reader = read(place, tmp_path, *where, "cw/talk", "-o", "json", "--limit", "1000")
    entries = reader.entries()
    assert code == 0
    times = [entry["time"] for entry in entries]
    assert times == sorted(times)
    assert {entry["version"] for entry in entries} == {worker.version}
    assert {entry["instance"] for entry in entries} == {0, 1}
    console = [entry["message"] for entry in entries if entry["type"] == "console"]
    assert console == [
        'seen /log {"a": 1}', "the token is [secret]", "\x1b[2J\u202e", *map(str, range(12)),
    ]  # fmt: skip
    [thrown] = [entry for entry in entries if entry["type"] == "exception"]
    assert thrown["message"] == "TypeError: boom"
    assert "worker.js:7" in thrown["stack"]
    ended = {e["trigger"]: e for e in entries if e["type"] == "invocation"}
    assert {path: e["outcome"] for path, e in ended.items() if not path.startswith("GET /say/")} == {
        "GET /log": "ok", "GET /throw": "exception", "GET /secret": "ok", "GET /escape": "ok",
    }  # fmt: skip
    assert (ended["GET /log"]["status"], "cpuMs" in ended["GET /log"]) == (200, True)

    code, reader = read(place, tmp_path, *where, "customerworker/talk", "--limit", "1000")
    said = [text[26:].split(maxsplit=1)[1].strip() for text in reader.lines if "escape" not in text]
    assert code == 0
    assert 'log    seen /log {"a": 1}' in said
    assert "warn   the token is [secret]" in said
    assert r"log    \x1b[2J\u202e" in said
    assert "error  TypeError: boom" in said
    assert SECRET not in reader.process.text
    assert "\x1b" not in reader.process.text
    assert "of-another-worker" not in reader.process.text

    code, reader = read(place, tmp_path, *where, "cw/talk", "-o", "json", "--limit", "3")
    assert (code, len([text for text in reader.lines if text.startswith("{")])) == (0, 3)
    assert "there are more than 3 entries" in reader.lines[0]


def test_new_lines_are_followed_until_ctrl_c(place: Place, tmp_path: Path) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    worker = talking(place, platform, instances=2)
    worker.visit("/say/before")
    wait_logged(place, tmp_path, worker, "before")
    follower = Reader(place, tmp_path, "-n", place.namespace, "cw/talk", "-f", "-o", "json")

    def said() -> list[str]:
        return [e["message"] for e in follower.entries() if e["type"] == "console"]

    until(lambda: said() == ["before"], follower.process.tail)
    for number in range(6):
        worker.visit(f"/say/{number}")
    until(lambda: len(said()) == 7, follower.process.tail)
    assert said() == ["before", *map(str, range(6))]

    before = worker.version
    worker.apply(vars={"EDITION": "second"})
    worker.wait_ready()
    worker.visit("/say/of-the-next-version")
    until(lambda: "of-the-next-version" in said(), follower.process.tail)
    assert {e["version"] for e in follower.entries()} == {before, worker.version}

    proxy.fault(failing(500), path="telemetry/query")
    until(lambda: "stored logs cannot be read" in follower.process.text, follower.process.tail)
    worker.visit("/say/while-it-fails")
    until(lambda: "while-it-fails" in said(), follower.process.tail)
    proxy.clear()
    until(lambda: "Cloudflare's API answers again" in follower.process.text, follower.process.tail)

    follower.process.signal(signal.SIGINT)
    assert follower.finish() == 130
    assert len(said()) == len(set(said())), "an entry was shown twice"


def test_workers_that_have_no_logs_say_why(place: Place, tmp_path: Path) -> None:
    platform = place.platform(place.proxy())
    broken = place.customer("broken", "export default { fetch( }", on=platform)
    broken.wait_condition("Deployed", "False", "ScriptRejected")
    parked = place.customer("parked", TALKS, on=platform, instances=0)
    parked.wait_ready()
    where = ("-n", place.namespace)
    for name, code, words in (
        ("cw/nothing", 1, f"CustomerWorker {place.namespace}/nothing does not exist"),
        ("ew/broken", 1, f"EliteWorker {place.namespace}/broken does not exist"),
        ("cw/broken", 1, "has never been deployed, so there are no logs: ScriptRejected"),
        ("cw/parked", 0, "is parked: without an instance nothing is logged"),
    ):
        found, reader = read(place, tmp_path, *where, name)
        assert found == code, reader.process.text
        assert words in reader.process.text


def test_who_may_not_read_a_worker_does_not_read_its_logs(place: Place, tmp_path: Path) -> None:
    platform = place.platform(place.proxy())
    worker = talking(place, platform)
    worker.visit("/say/private")
    wait_logged(place, tmp_path, worker, "private")
    team = Team(f"{place.namespace}-team", place.access, tmp_path)
    options = ("--kubeconfig", str(team.access.kubectl.kubeconfig))
    for namespace, words in (
        (team.namespace, f"CustomerWorker {team.namespace}/talk does not exist"),
        (place.namespace, f"you may not read CustomerWorker {place.namespace}/talk"),
    ):
        code, reader = read(place, tmp_path, "-n", namespace, "cw/talk", *options)
        assert (code, words in reader.process.text) == (1, True), reader.process.text
        assert "private" not in reader.process.text
    team.close()
