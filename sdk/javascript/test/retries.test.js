import assert from "node:assert/strict";
import { test } from "node:test";
import { Code24WorkersAPI, RateLimitError, UnavailableError } from "../src/index.js";
import { FakeGateway, hangUp, refusal, silence } from "./gateway.js";

const STATUS = { body: { platform: "Code24 Workers API", status: "operational" } };
const MADE = { status: 202, body: { success: true, worker: { script_name: "a" }, status: "deploying" } };

/** A client that keeps its pauses, and does not wait. */
function client(gateway, options = {}) {
  const pauses = [];
  const sleep = async (ms) => {
    pauses.push(ms);
  };
  return { api: new Code24WorkersAPI(gateway.url, { token: "t", sleep, ...options }), pauses };
}

for (const status of [429, 502, 503, 504]) {
  test(`a read is tried again after ${status}`, async (t) => {
    const gateway = await FakeGateway.start(t, refusal(status, "Busy"), refusal(status, "Busy"), STATUS);
    const { api, pauses } = client(gateway);
    assert.equal((await api.getStatus()).status, "operational");
    assert.equal(gateway.calls.length, 3);
    assert.ok(pauses[0] >= 125 && pauses[0] <= 250, `${pauses}`);
    assert.ok(pauses[1] >= 250 && pauses[1] <= 500, `${pauses}`);
  });
}

test("a pause is as long as Retry-After says", async (t) => {
  const soon = new Date(Date.now() + 9_000).toUTCString();
  const gateway = await FakeGateway.start(
    t,
    refusal(429, "TooManyRequests", { "Retry-After": "7" }),
    refusal(503, "Starting", { "Retry-After": soon }),
    STATUS,
  );
  const { api, pauses } = client(gateway);
  await api.getStatus();
  assert.equal(pauses[0], 7_000);
  assert.ok(pauses[1] > 6_000 && pauses[1] <= 9_000, `${pauses}`);
});

test("a Retry-After that is too long is an error at once", async (t) => {
  const gateway = await FakeGateway.start(t, refusal(429, "TooManyRequests", { "Retry-After": "61" }));
  const { api, pauses } = client(gateway);
  await assert.rejects(api.getStatus(), (error) => error instanceof RateLimitError && error.retryAfter === 61);
  assert.deepEqual(pauses, []);
});

test("a write is repeated with its key, and each write has another", async (t) => {
  const gateway = await FakeGateway.start(t, hangUp, refusal(503, "ApiUnavailable"), MADE);
  const { api } = client(gateway);
  const deployment = { type: "brand", customerId: "c", subdomain: "s" };
  assert.equal((await api.deployEliteWorker(deployment)).status, "deploying");
  await api.deployEliteWorker(deployment);
  const keys = gateway.asked.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys.length, 4);
  assert.equal(new Set(keys.slice(0, 3)).size, 1);
  assert.equal(new Set(keys).size, 2);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.equal(new Set(gateway.asked.map(({ text }) => text)).size, 1);
});

test("the caller's own key is used", async (t) => {
  const gateway = await FakeGateway.start(t, MADE);
  await client(gateway).api.createWorker({ name: "a" }, { idempotencyKey: "mine" });
  assert.equal(gateway.asked[0].headers["idempotency-key"], "mine");
});

test("an order about a rollout is repeated with its key, by which it is carried out once", async (t) => {
  const gateway = await FakeGateway.start(t, hangUp, refusal(503, "ApiUnavailable"), MADE);
  await client(gateway).api.promoteRollout("a");
  assert.equal(gateway.calls.length, 3);
  assert.equal(new Set(gateway.asked.map(({ headers }) => headers["idempotency-key"])).size, 1);
});

test("what cannot become better is not repeated", async (t) => {
  for (const status of [400, 401, 403, 404, 409, 412, 422, 500, 501]) {
    const gateway = await FakeGateway.start(t, refusal(status, "No"));
    await assert.rejects(client(gateway).api.getStatus(), (error) => error.status === status);
    assert.equal(gateway.calls.length, 1, `${status}`);
  }
});

test("retries end, with the last error", async (t) => {
  const gateway = await FakeGateway.start(t, refusal(503, "Starting"));
  await assert.rejects(client(gateway).api.getStatus(), UnavailableError);
  assert.equal(gateway.calls.length, 4);
  const once = await FakeGateway.start(t, refusal(503, "Starting"));
  await assert.rejects(client(once, { retries: { attempts: 1 } }).api.getStatus(), UnavailableError);
  assert.equal(once.calls.length, 1);
});

test("an attempt that gets no answer in time is repeated", async (t) => {
  const gateway = await FakeGateway.start(t, silence, STATUS);
  await client(gateway, { timeoutMs: 1_500 }).api.getStatus();
  assert.equal(gateway.calls.length, 2);
});

test("an answer that breaks off is repeated", async (t) => {
  const half = (_, response) => {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("{", () => response.destroy());
  };
  const gateway = await FakeGateway.start(t, half, STATUS);
  assert.equal((await client(gateway).api.getStatus()).status, "operational");
});

test("a held answer may take longer by as much", async (t) => {
  const late = (_, response) => {
    setTimeout(() => response.end(JSON.stringify(MADE.body)), 200);
  };
  const gateway = await FakeGateway.start(t, late);
  await client(gateway, { timeoutMs: 50, retries: { attempts: 1 } }).api.createWorker({ name: "a" }, { wait: 2 });
  assert.deepEqual(gateway.calls, ["POST /api/workers/?wait=2"]);
});

test("a signal ends a call, a pause, and what has not begun", async (t) => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const gateway = await FakeGateway.start(t, () => {
    controller.abort(reason);
    return undefined;
  });
  const { api } = client(gateway);
  await assert.rejects(api.getStatus({ signal: controller.signal }), reason);
  await assert.rejects(api.getStatus({ signal: controller.signal }), reason);
  assert.equal(gateway.calls.length, 1);

  const busy = await FakeGateway.start(t, refusal(429, "TooManyRequests", { "Retry-After": "30" }));
  const patient = new Code24WorkersAPI(busy.url);
  const began = Date.now();
  await assert.rejects(patient.getStatus({ signal: AbortSignal.timeout(100) }), { name: "TimeoutError" });
  assert.ok(Date.now() - began < 10_000);
});
