"""Where scripts come from: ConfigMaps, objects, npm; and what becomes of scripts that are none."""

import json
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.bed import Bed, Place
from support.clusters import needed
from support.handles import now
from support.scripts import says
from support.waiting import holds, until

RECOVERY_SECONDS = 30.0
_IMPORT = re.compile(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""")


def test_a_script_from_a_config_map_is_served(place: Place) -> None:
    place.config_map("code", worker_js=says("from a ConfigMap"))
    worker = place.customer("hello", source={"configMap": {"name": "code", "key": "worker.js"}})
    worker.wait_ready()
    assert worker.visit().text == "from a ConfigMap"
    assert worker.status["source"]["from"] == "ConfigMap/code:worker.js"


def test_a_changed_config_map_is_deployed(place: Place) -> None:
    place.config_map("code", worker_js=says("one"))
    source = {"configMap": {"name": "code", "key": "worker.js"}}
    worker = place.customer("hello", source=source, interval="10s")
    worker.wait_ready()
    assert worker.visit().text == "one"
    place.config_map("code", worker_js=says("two"))
    until(lambda: worker.visit().text == "two", "the change is not deployed", 15)


@pytest.mark.parametrize(
    ("before", "reason"),
    [({}, "ConfigMapNotFound"), ({"other_js": "x"}, "ConfigMapKeyNotFound")],
    ids=["no ConfigMap", "no key"],
)
def test_what_is_missing_is_named_and_taken_up_when_it_appears(
    place: Place, before: Mapping[str, str], reason: str
) -> None:
    if before:
        place.config_map("code", **before)
    worker = place.customer("hello", source={"configMap": {"name": "code", "key": "worker.js"}})
    found = worker.wait_condition("SourceResolved", "False", reason)
    assert "'code'" in found["message"]
    assert worker.condition("Ready")["reason"] == reason
    place.config_map("code", worker_js=says("there at last"))
    worker.wait_ready(RECOVERY_SECONDS)
    assert worker.visit().text == "there at last"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("export default { fetch() { return new Response('x') ", "SyntaxError"),
        ("export default {}\n", "no registered event handlers"),
    ],
    ids=["syntax error", "no handler"],
)
def test_a_rejected_script_stalls_and_the_old_version_keeps_serving(
    shared: Bed, place: Place, script: str, words: str
) -> None:
    worker = place.customer("hello", says("good"))
    worker.wait_ready()
    began = now()
    worker.apply(source={"inline": {"script": script}})
    found = worker.wait_condition("Deployed", "False", "ScriptRejected")
    assert words in found["message"]
    assert worker.condition("Stalled")["status"] == "True"
    assert worker.condition("Ready")["reason"] == "ScriptRejected"
    assert worker.visit().text == "good"

    mine = f"/scripts/{worker.script_name}--"
    assert len(shared.proxy.calls("PUT", mine, began)) == 1
    place.customer("neighbour", says("fine")).wait_ready()
    holds(
        lambda: len(shared.proxy.calls("PUT", mine, began)) == 1, "uploaded again while stalled", 2
    )
    assert "ScriptRejected" in worker.events()

    worker.apply(source={"inline": {"script": says("better")}})
    worker.wait_ready()
    assert worker.visit().text == "better"


@pytest.fixture(scope="module")
def hono(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest hono from npm, as its package holds it."""
    folder = tmp_path_factory.mktemp("npm")
    command = [str(needed("npm")), "pack", "hono", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    [archive] = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package" / "dist"


def _closure(dist: Path, entry: str) -> dict[str, str]:
    """The module and all that it imports, by their paths below ``dist``."""
    found: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = (dist / name).read_text()
            folder = (dist / name).parent
            imports = _IMPORT.findall(found[name])
            waiting += [str((folder / i).resolve().relative_to(dist.resolve())) for i in imports]
    return found


def test_a_framework_from_npm_runs_as_modules(place: Place, hono: Path) -> None:
    app = """
import { Hono } from './hono/index.js'
const app = new Hono()
app.get('/hello/:name', (c) => c.json({ hello: c.req.param('name'), greeting: c.env.GREETING }))
app.notFound((c) => c.text('nothing here', 404))
export default app
"""
    library = {f"hono/{name}": text for name, text in _closure(hono, "index.js").items()}
    modules: list[dict[str, Any]] = [{"name": "index.js", "text": app}]
    modules += [{"name": name, "text": text} for name, text in sorted(library.items())]
    source = {"inline": {"modules": modules, "main": "index.js"}}
    worker = place.customer("api", source=source, vars={"GREETING": "good morning"})
    worker.wait_ready()
    assert json.loads(worker.visit("/hello/jena").text) == {
        "hello": "jena",
        "greeting": "good morning",
    }
    assert worker.visit("/elsewhere").status_code == 404
