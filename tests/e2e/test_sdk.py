"""The JavaScript SDK against a real gateway: its README, the REST API document's example, and a Worker that uses it."""

import itertools
import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bench.sdk import FOLDER
from support import javascript
from support.bed import Bed, Place
from support.browser import site
from support.gateways import CallerAccount, Gateway, role
from support.handles import Platform
from support.kube import Object, path_of
from support.waiting import until

README: Final = FOLDER / "README.md"
R2_KEY: Final = "templates/workers/custom-worker.js"
SCRIPT: Final = "export default { fetch() { return new Response('from R2'); } }\n"
# The REST API document's example, as printed there.
DOCUMENT: Final = """const workersAPI = new Code24WorkersAPI('https://api.code24.dev');

// Deploy Elite Brand Worker
const brandWorker = await workersAPI.deployEliteWorker({
  type: 'brand',
  customerId: 'customer-123',
  subdomain: 'customer123'
});

// Monitor worker performance
const metrics = await workersAPI.getWorkerMetrics('brand-worker-customer-123');

// Auto-scale based on load
await workersAPI.autoScale();
"""


@pytest.fixture
def token(shared: Bed, place: Place) -> Iterator[str]:
    """Of somebody who may change the workers of the namespace, which is empty at the end."""
    rules = [{"apiGroups": [""], "resources": ["events"], "verbs": ["list"]}]
    more = role(shared.cluster, f"{place.slug}-events", rules)
    account = CallerAccount(shared.cluster, place.namespace, "developer")
    made = account.bind("workers-view", "workers-edit", "workers-logs", more).token()
    shared.recorder.secrets.add(made)
    yield made
    kinds = "eliteworkers,customerworkers"
    place.access.kubectl("-n", place.namespace, "delete", kinds, "--all", "--timeout=30s")
    place.access.kubectl("delete", "clusterrole", more)


@pytest.fixture
def staging(place: Place) -> Platform:
    """The only platform of this environment, on which workers may reach this machine."""
    platform = place.platform(
        place.proxy(), environment="staging", egress={"allowPrivate": ["127.0.0.1"]}
    )
    platform.wait_ready()
    return platform


def examples() -> list[str]:
    """The examples of the README, in its order."""
    return re.findall(r"^```js\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def test_the_readme_has_the_documents_example_as_printed() -> None:
    assert DOCUMENT in examples()


def test_the_examples_of_the_readme_run_in_its_order(
    shared: Bed, place: Place, gateway: Gateway, token: str, staging: Platform, tmp_path: Path
) -> None:
    edge = shared.edge
    edge.put_object(staging.name, R2_KEY, SCRIPT)
    account = edge.variables["CLOUDFLARE_ACCOUNT_ID"]
    path = f"/accounts/{account}/storage/kv/namespaces"
    known = edge.result("POST", path, json={"title": place.slug})["id"]

    # What the account of the test has in place of what the examples name.
    program = "\n".join(examples()).replace("namespace-id", known)
    program = program.replace("example.com/*", f"{edge.other_domain}/*")
    done = javascript.run(tmp_path / "readme", program, gateway.url, token)

    assert done.returncode == 0, done.stdout
    for line in (
        r"version 3: Serving, 100%",
        r"customer-worker-customer-123: deploying, deployed-worker: deploying",
        r"Code24 Workers API \[",
        r"design-worker-customer-123 serves https://customer123\.\S+",
        r"brand-worker-customer-123 elite-worker \w+",
        r"watching \d+ workers",
        r"memory.* 128MB",
    ):
        assert re.search(line, done.stdout), f"{line}\n{done.stdout}"
    assert token not in done.stdout
    assert place.access.api.get(path_of("CustomerWorker", place.namespace, "my-worker")) is None
    deployed = path_of("CustomerWorker", place.namespace, "deployed-worker")
    until(lambda: _is_ready(place, deployed), "the worker from R2 is not Ready")


def _is_ready(place: Place, path: str) -> bool:
    obj: Object = place.access.api.get(path) or {}
    conditions = (obj.get("status") or {}).get("conditions") or []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


LOSES: Final = """
import { Code24WorkersAPI } from "code24-workers-api";

const keys = [];
const answers = { POST: [], PATCH: [] };
const losing = async (url, init) => {
  const response = await fetch(url, init);
  const kept = answers[init.method];
  if (kept === undefined) return response;
  kept.push(response.headers.get("Idempotency-Replayed"));
  keys.push(new Headers(init.headers).get("Idempotency-Key"));
  if (kept.length % 2 === 1) throw new TypeError("the answer is lost");
  return response;
};
const api = new Code24WorkersAPI("https://api.code24.dev", { fetch: losing });
const script = "export default { fetch() { return new Response('once'); } }";
for (const name of ["one", "two", "three"]) {
  await api.createWorker({ name, script, metadata: { customerId: "%s" } }, { wait: 30 });
}
const { etag } = await api.getWorker("two");
const { worker } = await api.patchWorker("two", { vars: { A: "b" } }, { ifMatch: etag });
const again = await api.createWorker({ name: "one", script, metadata: { customerId: "%s" } }).catch((error) => error);
const names = [];
for await (const page of api.listWorkers({ limit: 1 }).pages()) {
  names.push(page.workers.map(({ script_name }) => `${script_name} of ${page.total}`).join());
}
const found = { answers, keys: new Set(keys).size, name: again.name, generation: worker.generation, names };
console.log(JSON.stringify(found));
"""


def test_a_change_whose_answer_is_lost_is_made_once(
    place: Place, gateway: Gateway, token: str, tmp_path: Path
) -> None:
    program = LOSES.replace("%s", place.customer_id)
    done = javascript.run(tmp_path / "losing", program, gateway.url, token)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    # Each is sent twice with one key, and recognized; the last is another request for a name that is taken.
    assert found["answers"] == {"POST": [None, "true"] * 3 + [None, None], "PATCH": [None, "true"]}
    assert found["keys"] == 5
    assert found["generation"] == 2
    assert found["name"] == "ConflictError"
    assert found["names"] == ["one of 3", "three of 3", "two of 3"]


READS: Final = """
import { Code24WorkersAPI, ForbiddenError } from "code24-workers-api";

const api = new Code24WorkersAPI("https://api.code24.dev");
const { worker } = await api.createWorker(
  { name: "read", script: "export default { fetch() { return new Response('ok'); } }", metadata: { customerId: "%s" } },
  { wait: 30 },
);
const { kind } = await api.getWorkerObject("read");
const yaml = await api.getWorkerYaml("read");
const events = await api.getWorkerEvents("read");
const [version] = await api.getWorkerVersions("read");
const metrics = await api.getWorkerMetrics("read");
const dry = await api.deleteWorker("read", { dryRun: true });
const platforms = await api.listPlatforms().catch((error) => error instanceof ForbiddenError);
const gone = await api.deleteWorker("read", { wait: 30, ifMatch: (await api.getWorker("read")).etag });
console.log(JSON.stringify({
  kind,
  yaml: yaml.includes("kind: CustomerWorker"),
  events: events.map(({ reason }) => reason),
  versions: [version.hash === worker.versions.stable, version.share],
  metrics: Object.keys(metrics).length > 10,
  deleted: [dry.deleted, gone.deleted],
  platforms,
}));
"""


def test_everything_else_is_read_and_deleted(
    place: Place, gateway: Gateway, token: str, tmp_path: Path
) -> None:
    program = READS.replace("%s", place.customer_id)
    done = javascript.run(tmp_path / "reads", program, gateway.url, token)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert "Deployed" in found.pop("events")
    assert found == {
        "kind": "CustomerWorker",
        "yaml": True,
        "versions": [True, 100],
        "metrics": True,
        "deleted": [False, True],
        "platforms": True,
    }


TALKS: Final = """export default {
  fetch(request) {
    const { searchParams } = new URL(request.url);
    if (searchParams.has("say")) console.log(searchParams.get("say"));
    return new Response("ok");
  },
};
"""
FOLLOWS: Final = """
import { Code24WorkersAPI } from "code24-workers-api";

let cuts = 2;
const cutting = async (url, init) => {
  const response = await fetch(url, init);
  if (cuts === 0) return response;
  cuts -= 1;
  let parts = 0;
  const cut = new TransformStream({
    transform(part, controller) {
      controller.enqueue(part);
      parts += 1;
      if (parts === 12) controller.error(new Error("the connection is lost"));
    },
  });
  return new Response(response.body.pipeThrough(cut), response);
};
const api = new Code24WorkersAPI("https://api.code24.dev", { fetch: cutting });
const said = [];
for await (const { type, message } of api.followLogs("%s", { since: "5m", limit: 1000 })) {
  if (type === "console") said.push(Number(message));
  if (said.length === 40) break;
}
console.log(JSON.stringify({ said, cuts }));
"""


def test_logs_are_followed_over_lost_connections_without_a_gap_or_a_repetition(
    place: Place, gateway: Gateway, token: str, tmp_path: Path
) -> None:
    worker = place.customer("talk", TALKS)
    worker.wait_ready()
    ended = threading.Event()

    def talk() -> None:
        for number in itertools.count():
            worker.visit(f"/?say={number}")
            if ended.wait(0.1):
                return

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        program = FOLLOWS.replace("%s", worker.script_name)
        done = javascript.run(tmp_path / "following", program, gateway.url, token)
    finally:
        ended.set()
        talking.join()
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert found == {"said": list(range(40)), "cuts": 0}


FLEET: Final = """
import { Code24WorkersAPI } from "./src/index.js";

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    if (!searchParams.has("run")) return new Response("ok");
    const api = new Code24WorkersAPI(env.API_URL, { token: env.API_TOKEN });
    const names = [];
    for await (const worker of api.listWorkers({ limit: 1 })) names.push(worker.script_name);
    const { worker } = await api.createWorker(
      { name: "made", script: env.SCRIPT, metadata: { customerId: env.CUSTOMER, environment: "staging" } },
      { wait: 30 },
    );
    const ready = await api.waitUntilReady(worker);
    const first = await api.watchEvents().next();
    const refused = await api.getWorker("absent").catch((error) => `${error.name} ${error.status} ${error.code}`);
    return Response.json({ names, url: ready.url, event: first.value.event, refused });
  },
};
"""


def test_a_worker_on_the_edge_uses_the_sdk(
    place: Place, gateway: Gateway, token: str, staging: Platform
) -> None:
    secret = {"metadata": {"name": "api"}, "stringData": {"token": token}}
    place.access.api.create(f"/api/v1/namespaces/{place.namespace}/secrets", secret)
    modules = [{"name": "index.js", "text": FLEET}]
    modules += [
        {"name": f"src/{file.name}", "text": file.read_text()}
        for file in sorted((FOLDER / "src").glob("*.js"))
    ]
    worker = place.customer(
        "fleet",
        on=staging,
        source={"inline": {"main": "index.js", "modules": modules}},
        vars={"API_URL": gateway.url, "SCRIPT": SCRIPT, "CUSTOMER": place.customer_id},
        secrets=[{"name": "API_TOKEN", "secretKeyRef": {"name": "api", "key": "token"}}],
    )
    worker.wait_ready()

    answer = worker.visit("/?run")
    assert answer.status_code == 200, answer.text
    found = json.loads(answer.text)
    assert found["names"] == [worker.script_name]
    assert found["url"] == f"https://made.{staging.domain}/"
    assert found["event"] == "hello"
    assert found["refused"] == "NotFoundError 404 WorkerNotFound"


PAGE: Final = """
const api = new Code24WorkersAPI("%s", { token: "%s" });
const worker = { name: "made", script: "export default { fetch() { return new Response('made'); } }" };
const made = await api.createWorker({ ...worker, metadata: { customerId: "%s" } }, { wait: 30 });
const patched = await api.patchWorker("made", { instances: 2 }, { ifMatch: made.worker.etag });
const late = await api.patchWorker("made", { instances: 3 }, { ifMatch: made.worker.etag }).catch((error) => error);
const events = api.watchEvents();
const { value } = await events.next();
await events.return();
const { requestId } = late;
return { status: made.status, etag: Boolean(patched.worker.etag), late: late.name, requestId, event: value.event };
"""


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not on PATH")
def test_a_page_of_another_origin_uses_the_sdk(
    shared: Bed, place: Place, token: str, tmp_path: Path
) -> None:
    log = tmp_path / "gateway.log"
    with site(FOLDER) as page, shared.gateway(log, "--cors-origin", page.origin) as gateway:
        found = page.run(PAGE % (gateway.url, token, place.customer_id), tmp_path)
    assert re.fullmatch(r"[0-9a-f]{32}", found.pop("requestId", "")), found
    expected = {"status": "ready", "etag": True, "event": "hello"}
    assert found == {**expected, "late": "PreconditionFailedError"}
