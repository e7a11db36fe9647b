"""The command ``orphans`` as an administrator runs it, against a real cluster and a running operator."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

from support.bed import Place
from support.handles import Platform, Worker
from support.processes import Process
from support.proxy import failing
from support.scripts import says
from support.waiting import holds, until
from workers_operator.domain.plan.orders import REMOVE

COMMAND_SECONDS = 60.0


def start(place: Place, folder: Path, *arguments: str) -> Process:
    """The command as a process of its own, with the administrator's rights."""
    kubeconfig = str(place.access.kubectl.kubeconfig)
    command = [sys.executable, "-m", "workers_operator.cli", "orphans", *arguments]
    log = folder / f"orphans-{len(list(folder.iterdir()))}.log"
    return Process([*command, "--kubeconfig", kubeconfig], log)


def run(place: Place, folder: Path, *arguments: str) -> tuple[int | None, str]:
    """(exit code, output)."""
    process = start(place, folder, *arguments)
    until(lambda: not process.alive, process.tail, COMMAND_SECONDS)
    return process.exit_code, process.text


def orphaned(place: Place, platform: Platform, name: str) -> Worker:
    """A worker that serves, and whose object is gone."""
    worker = place.customer(name, says(name), on=platform, policies={"deletion": "Orphan"})
    worker.wait_ready()
    worker.delete()
    worker.wait_gone()
    return worker


def test_orphans_are_listed_adopted_and_removed(place: Place, tmp_path: Path) -> None:
    platform = place.platform(place.proxy())
    first, second = orphaned(place, platform, "first"), orphaned(place, platform, "second")
    platform.check_now()
    names = {first.script_name, second.script_name}

    code, text = run(place, tmp_path, "list", "--platform", platform.name, "-o", "json")
    listed: list[dict[str, Any]] = json.loads(text)
    assert (code, {orphan["name"] for orphan in listed}) == (0, names)
    code, text = run(place, tmp_path, "list")
    assert code == 0
    assert text.splitlines()[0].split() == ["PLATFORM", "NAME", "OWNER", "HOSTS"]
    owner = ["CustomerWorker", f"{place.namespace}/first"]
    assert [platform.name, first.script_name, *owner, first.host] in map(
        str.split, text.splitlines()
    )

    heir = f"CustomerWorker/{place.namespace}/heir"
    code, text = run(place, tmp_path, "adopt", first.script_name, "--as", heir)
    assert code == 0, text
    spec = {"scriptName": first.script_name, "subdomain": first.body["spec"]["subdomain"]}
    adopted = place.customer("heir", says("heir"), on=platform, **spec)
    adopted.wait_ready()
    until(lambda: first.visit().text == "heir", "the heir does not serve")

    code, text = run(place, tmp_path, "remove", second.script_name, "--platform", platform.name)
    assert code == 0, text
    assert f"{second.script_name}: done" in text
    until(lambda: second.visit().status_code == 404, "the orphan still serves")
    assert not second.scripts()
    platform.wait(lambda o: "orphanOrders" not in o["status"], "the order is still there")
    assert not set(platform.obj["metadata"].get("annotations") or {}) & {REMOVE}

    code, text = run(place, tmp_path, "remove", second.script_name)
    assert code == 1
    assert "no WorkersPlatform lists an orphan" in text
    code, text = run(place, tmp_path, "remove", adopted.script_name, "--platform", platform.name)
    assert code == 1
    assert "no worker of this name serves without an object" in text
    holds(lambda: adopted.visit().text == "heir", "a worker with an object is removed", 1)


def test_an_order_that_is_interrupted_or_given_up_leaves_nothing(
    place: Place, tmp_path: Path
) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    orphan = orphaned(place, platform, "first")
    platform.check_now()
    proxy.fault(failing(500))
    command = ("remove", orphan.script_name, "--platform", platform.name)

    process = start(place, tmp_path, *command)
    until(lambda: REMOVE in platform.obj["metadata"].get("annotations", {}), process.tail)
    process.signal(signal.SIGINT)
    until(lambda: not process.alive, process.tail)
    assert process.exit_code == 130
    assert "interrupted" in process.text
    assert "Traceback" not in process.text
    until(lambda: REMOVE not in platform.obj["metadata"].get("annotations", {}), process.tail)

    code, text = run(place, tmp_path, *command, "--timeout", "2")
    assert code == 1
    assert "the operator has not answered within 2 s" in text
    until(lambda: REMOVE not in platform.obj["metadata"].get("annotations", {}), lambda: text)
    proxy.clear()
    platform.check_now()
    assert orphan.visit().text == "first", "an order that was taken back is carried out"
