// Every operation of the OpenAPI document has a method, and no method asks for what the document does not have.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Code24WorkersAPI } from "../src/index.js";

const DOCUMENT = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"));
const PLACE = { namespace: "n", platform: "p" };
const CHANGE = { wait: 1, dryRun: true, force: true, ifMatch: '"a"' };
const FILTER = {
  type: "brand",
  customerId: "c",
  environment: "dev",
  template: "t",
  platform: "p",
  namespace: "n",
  ready: true,
  labelSelector: "a=b",
};
const IN = { ...PLACE, ...CHANGE };
const NEW = { namespace: "n", ...CHANGE };

/** operationId → what calls it, with everything that it may have. @type {Record<string, (api: Code24WorkersAPI) => unknown>} */
const CALLS = {
  listWorkers: (api) => api.listWorkers({ ...FILTER, limit: 1 }).all(),
  createWorker: (api) => api.createWorker({ name: "a", script: "x" }, NEW),
  getWorker: (api) => api.getWorker("a", PLACE),
  replaceWorker: (api) => api.updateWorker("a", { script: "x" }, IN),
  changeWorker: (api) => api.patchWorker("a", { script: null }, IN),
  deleteWorker: (api) => api.deleteWorker("a", IN),
  listVersions: (api) => api.getWorkerVersions("a", PLACE),
  orderRollout: (api) => api.undoRollout("a", { version: "0123abcd", ...IN }),
  getWorkerObject: (api) => api.getWorkerObject("a", PLACE),
  getWorkerPermissions: (api) => api.getWorkerPermissions("a", PLACE),
  redeployWorker: (api) => api.redeployWorker("a", { ...PLACE, dryRun: true, force: true, ifMatch: '"a"' }),
  getWorkerTemplate: (api) => api.getWorkerTemplate("a", PLACE),
  listWorkerEvents: (api) => api.getWorkerEvents("a", PLACE),
  deployEliteWorker: (api) => api.deployEliteWorker({ type: "brand", customerId: "c", subdomain: "s" }, NEW),
  deployCustomerWorker: (api) => api.deployCustomerWorker({ customerId: "c", subdomain: "s", template: "t" }, NEW),
  deployFromR2: (api) => api.deployFromR2({ r2Key: "k", workerName: "w" }, NEW),
  autoScale: (api) => api.autoScale({ customerId: "c", policy: { maxInstances: 3, metrics: [] } }, CHANGE),
  scaleWorker: (api) => api.scaleWorker("a", { instances: 2, cpuLimit: "50ms", memoryLimit: "128MB" }, IN),
  getHealth: (api) => api.getHealth(FILTER),
  getWorkerMetrics: (api) => api.getWorkerMetrics("a", PLACE),
  getWorkerMetricsHistory: (api) => api.getWorkerMetricsHistory("a", PLACE),
  getWorkerLogs: (api) => api.getWorkerLogs("a", { limit: 5, since: "1h", ...PLACE }),
  watchEvents: (api) => api.watchEvents().next(),
  getStatus: (api) => api.getStatus(),
  listPlatforms: (api) => api.listPlatforms(),
  listPlatformEvents: (api) => api.getPlatformEvents("a"),
};

const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Call a method, and return the requests that it makes; none of them is answered with anything useful. */
async function requestsOf(call) {
  const requests = [];
  const fetch = async (url, init) => {
    requests.push({ ...init, url: new URL(url), headers: new Headers(init.headers) });
    return Response.json({ success: true, workers: [], worker: {} });
  };
  const api = new Code24WorkersAPI("https://api.code24.dev/", { fetch, token: "t", retries: { attempts: 1 } });
  await Promise.resolve(call(api)).catch(() => undefined);
  return requests;
}

test("every operation has a method", () => {
  assert.deepEqual(operations.map(({ operation }) => operation.operationId).sort(), Object.keys(CALLS).sort());
});

for (const { path, method, operation } of operations) {
  test(`${operation.operationId} is called as documented`, async () => {
    const [request, ...more] = await requestsOf(CALLS[operation.operationId]);
    assert.deepEqual(more, []);
    assert.equal(request.method, method.toUpperCase());
    assert.match(request.url.pathname, new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[a-z]+")}$`));

    const parameters = operation.parameters ?? [];
    const documented = parameters.filter((one) => one.in === "query").map((one) => one.name);
    const sent = [...request.url.searchParams.keys()];
    assert.deepEqual(
      sent.filter((name) => !documented.includes(name)),
      [],
    );
    const unsent = documented.filter((name) => !sent.includes(name));
    assert.deepEqual(
      unsent.filter((name) => name !== "cursor" && name !== "follow"),
      [],
      "parameters without a use",
    );

    const schema = operation.requestBody?.content["application/json"].schema;
    assert.equal(request.body === undefined, schema === undefined);
    if (schema === undefined) return;
    const name = /\w+$/.exec(schema.$ref ?? schema.anyOf?.[0].$ref)?.[0] ?? "";
    const known = Object.keys(DOCUMENT.components.schemas[name].properties);
    for (const field of Object.keys(JSON.parse(request.body))) assert.ok(known.includes(field), field);
    assert.equal(request.headers.get("Content-Type"), "application/json");
    assert.match(request.headers.get("Idempotency-Key"), /^[0-9a-f]{32}$/);
  });
}

test("every order about a rollout has a method", async () => {
  const names = DOCUMENT.paths["/api/workers/{name}/rollout/{order}"].post.parameters.find(
    (one) => one.name === "order",
  );
  for (const order of names.schema.enum) {
    const [request] = await requestsOf((api) => api[`${order}Rollout`]("a"));
    assert.equal(request.url.pathname, `/api/workers/a/rollout/${order}`);
  }
  const [full] = await requestsOf((api) => api.promoteRollout("a", { full: true }));
  assert.deepEqual(JSON.parse(full.body), { full: true });
});

test("the object is also had as YAML", async () => {
  const [request] = await requestsOf((api) => api.getWorkerYaml("a", PLACE));
  assert.equal(request.url.href, "https://api.code24.dev/api/workers/a/object?namespace=n&platform=p");
  assert.equal(request.headers.get("Accept"), "application/yaml");
});

test("the state of a worker comes with its ETag, which names it in a change", async () => {
  const sent = [];
  const fetch = async (_, init) => {
    sent.push(init.headers.get("If-Match"));
    return Response.json({ success: true, worker: { script_name: "a" } }, { headers: { ETag: `"${sent.length}"` } });
  };
  const api = new Code24WorkersAPI("https://api.code24.dev", { fetch });
  const { etag } = await api.getWorker("a");
  const { worker } = await api.patchWorker("a", {}, { ifMatch: etag });
  assert.deepEqual(sent, [null, '"1"']);
  assert.equal(worker.etag, '"2"');
});
