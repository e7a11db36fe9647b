import assert from "node:assert/strict";
import { test } from "node:test";
import { Code24WorkersAPI, DeploymentError, NotFoundError } from "../src/index.js";
import { FakeGateway, refusal } from "./gateway.js";

const BASE = {
  script_name: "hello",
  namespace: "team",
  platform: "default",
  generation: 2,
  observedGeneration: 2,
  conditions: [],
};

const state = (fields) => ({
  body: { success: true, worker: { ...BASE, ready: false, reason: "Deploying", ...fields } },
});
const READY = state({ ready: true, reason: "Succeeded", rollout: { phase: "Succeeded" } });

/** @param {FakeGateway} gateway */
const client = (gateway) => new Code24WorkersAPI(gateway.url, { token: "t", sleep: async () => {} });

test("a worker is waited for until it is Ready", async (t) => {
  const gateway = await FakeGateway.start(t, state({}), state({ observedGeneration: 1, ready: true }), READY);
  const worker = await client(gateway).waitUntilReady("hello");
  assert.equal(worker.ready, true);
  assert.equal(gateway.calls.length, 3);
});

test("a version on its way is waited for, though the one before is Ready", async (t) => {
  const gateway = await FakeGateway.start(t, state({ ready: true, rollout: { phase: "Progressing" } }), READY);
  await client(gateway).waitUntilReady("hello");
  assert.equal(gateway.calls.length, 2);
});

test("the change of an answer is waited for, in its namespace", async (t) => {
  const gateway = await FakeGateway.start(
    t,
    READY,
    state({ ...READY.body.worker, generation: 3, observedGeneration: 3 }),
  );
  await client(gateway).waitUntilReady({ ...BASE, generation: 3 });
  assert.deepEqual(gateway.calls, Array(2).fill("GET /api/workers/hello?namespace=team&platform=default"));
});

test("a worker that cannot become Ready is an error with its reason", async (t) => {
  const conditions = [{ type: "Stalled", status: "True", reason: "ScriptRejected", message: "line 3: unexpected }" }];
  const gateway = await FakeGateway.start(t, state({ conditions }));
  await assert.rejects(client(gateway).waitUntilReady("hello"), (error) => {
    assert.ok(error instanceof DeploymentError);
    assert.equal(error.code, "ScriptRejected");
    assert.match(error.message, /line 3: unexpected/);
    assert.equal(error.worker.script_name, "hello");
    return true;
  });
});

test("a version that was rolled back is an error", async (t) => {
  const conditions = [{ type: "Ready", status: "True", reason: "RolledBack", message: "probes failed" }];
  const gateway = await FakeGateway.start(t, state({ ready: true, rollout: { phase: "RolledBack" }, conditions }));
  await assert.rejects(client(gateway).waitUntilReady("hello"), (error) => error.code === "RolledBack");
});

test("waiting ends in time, and says what is missing", async (t) => {
  const gateway = await FakeGateway.start(t, state({ message: "uploading" }));
  const waiting = client(gateway).waitUntilReady("hello", { timeoutMs: 2_000 });
  await assert.rejects(waiting, {
    name: "TimeoutError",
    message: /hello is not Ready after 2 s: Deploying: uploading/,
  });
});

test("a worker that is not known yet may come; one that goes does not come back", async (t) => {
  const gateway = await FakeGateway.start(t, refusal(404, "WorkerNotFound"), READY);
  await client(gateway).waitUntilReady("hello");
  const absent = await FakeGateway.start(t, refusal(404, "WorkerNotFound"));
  const slow = new Code24WorkersAPI(absent.url, { sleep: () => new Promise((resolve) => setTimeout(resolve, 500)) });
  await assert.rejects(slow.waitUntilReady("hello"), NotFoundError);
});
