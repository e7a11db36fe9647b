import assert from "node:assert/strict";
import { test } from "node:test";
import { Code24WorkersAPI, ConnectionError, NotFoundError } from "../src/index.js";
import { FakeGateway, refusal } from "./gateway.js";

const listed = (...names) => names.map((script_name) => ({ script_name }));
const page = (names, cursor) => ({ body: { success: true, workers: listed(...names), total: 5, cursor } });

/** @param {FakeGateway} gateway */
function client(gateway, options = {}) {
  return new Code24WorkersAPI(gateway.url, { token: "t", sleep: async () => {}, ...options });
}

const sse = (event, data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** An answer that is a stream of these parts; it ends where `open` is not set. */
function streaming(parts, { open = false } = {}) {
  return (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const part of parts) response.write(part);
    if (!open) response.end();
  };
}

async function take(iterable, count) {
  const found = [];
  for await (const item of iterable) {
    found.push(item);
    if (found.length === count) break;
  }
  return found;
}

test("a list goes on with the next page, under the same filters", async (t) => {
  const gateway = await FakeGateway.start(t, page(["a", "b"], "c1"), page(["c", "d"], "c2"), page(["e"]));
  const workers = client(gateway).listWorkers({ type: "elite-worker", ready: false, limit: 2 });
  const names = [];
  for await (const worker of workers) names.push(worker.script_name);
  assert.deepEqual(names, ["a", "b", "c", "d", "e"]);
  const query = "/api/workers/?type=elite-worker&ready=false&limit=2";
  assert.deepEqual(gateway.calls, [`GET ${query}`, `GET ${query}&cursor=c1`, `GET ${query}&cursor=c2`]);
});

test("a list reads no page before it is asked for", async (t) => {
  const gateway = await FakeGateway.start(t, page(["a", "b"], "c1"), page(["c"]));
  const workers = client(gateway).listWorkers();
  assert.deepEqual(gateway.calls, []);
  assert.deepEqual(await take(workers, 2), listed("a", "b"));
  assert.equal(gateway.calls.length, 1);
});

test("pages tell the total, and all() has everything", async (t) => {
  const gateway = await FakeGateway.start(t, page(["a", "b"], "c1"), page(["c"]), page(["a", "b"], "c1"), page(["c"]));
  const workers = client(gateway).listWorkers();
  const totals = [];
  for await (const { total } of workers.pages()) totals.push(total);
  assert.deepEqual(totals, [5, 5]);
  assert.deepEqual(await workers.all(), listed("a", "b", "c"));
});

test("log lines come one by one, however the stream is cut", async (t) => {
  const entry = (message, time) => ({ time, message });
  const entries = [entry("grüße 🫖", "2026-01-01T00:00:00.001Z"), entry("two\nlines", "2026-01-01T00:00:00.002Z")];
  const text = `: alive\n\n${sse("notice", { message: "sampled" })}${entries.map((e) => sse("log", e)).join("")}`;
  const bytes = [...new TextEncoder().encode(text.replaceAll("\n", "\r\n"))].map((byte) => Uint8Array.of(byte));
  const gateway = await FakeGateway.start(t, streaming(bytes, { open: true }));
  const notices = [];
  const options = { since: "1h", limit: 10, namespace: "n", onNotice: (message) => notices.push(message) };
  assert.deepEqual(await take(client(gateway).followLogs("hello", options), 2), entries);
  assert.deepEqual(notices, ["sampled"]);
  assert.deepEqual(gateway.calls, ["GET /api/monitor/hello/logs?namespace=n&limit=10&since=1h"]);
  assert.equal(gateway.asked[0].headers.accept, "text/event-stream");
});

test("logs are followed over lost connections, each entry once", async (t) => {
  const entry = (second, message = `${second}`) => ({ time: `2026-01-01T00:00:${second}.000Z`, message });
  const logs = (...entries) => entries.map((one) => sse("log", one));
  const late = entry(28, "of another instance");
  const gateway = await FakeGateway.start(
    t,
    streaming(logs(entry(20), entry(32))),
    refusal(503, "Starting"),
    streaming([...logs(entry(32), late, entry(33)), sse("end", { message: "an hour is over" })]),
    streaming(logs(entry(11), entry(33), entry(34)), { open: true }),
  );
  const found = await take(client(gateway).followLogs("hello", { limit: 2, since: "1h" }), 5);
  assert.deepEqual(found, [entry(20), entry(32), late, entry(33), entry(34)]);
  const since = gateway.asked.map(({ url }) => url.searchParams.get("since"));
  assert.deepEqual(since, ["1h", "2026-01-01T00:00:22.000Z", "2026-01-01T00:00:22.000Z", "2026-01-01T00:00:23.000Z"]);
});

test("the same line twice is two entries", async (t) => {
  const entry = { time: "2026-01-01T00:00:00.001Z", message: "again" };
  const gateway = await FakeGateway.start(t, streaming([sse("log", entry), sse("log", entry)], { open: true }));
  assert.deepEqual(await take(client(gateway).followLogs("hello"), 2), [entry, entry]);
});

test("a stream that ends at once time and again is given up", async (t) => {
  const gateway = await FakeGateway.start(t, streaming([sse("end", { message: "nothing to follow" })]));
  await assert.rejects(take(client(gateway).followLogs("hello"), 1), (error) => {
    return error instanceof ConnectionError && /nothing to follow/.test(error.message);
  });
  assert.equal(gateway.calls.length, 4);
});

test("a stream that is refused is an error", async (t) => {
  const gateway = await FakeGateway.start(t, refusal(404, "WorkerNotFound"));
  await assert.rejects(take(client(gateway).followLogs("hello"), 1), NotFoundError);
});

test("leaving the loop, and the signal, close the stream", async (t) => {
  const closed = [];
  const open = (_, response) => {
    response.on("close", () => closed.push(true));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(sse("log", { time: "2026-01-01T00:00:00.001Z", message: "one" }));
  };
  const gateway = await FakeGateway.start(t, open);
  await take(client(gateway).followLogs("hello"), 1);

  const controller = new AbortController();
  const reason = new Error("enough");
  const following = async () => {
    for await (const _ of client(gateway).followLogs("hello", { signal: controller.signal })) controller.abort(reason);
  };
  await assert.rejects(following(), reason);
  for (let tries = 0; closed.length < 2 && tries < 200; tries += 1) await new Promise((next) => setTimeout(next, 10));
  assert.equal(closed.length, 2);
});

test("changes are watched, and what may be lost is told of", async (t) => {
  const hello = { stale: false, workers: 1 };
  const worker = { type: "ADDED", worker: { script_name: "a" } };
  const gateway = await FakeGateway.start(
    t,
    streaming([sse("hello", hello), ": alive\n\n", sse("worker", worker)]),
    streaming([sse("hello", hello), sse("platform", { type: "MODIFIED", name: "default" })], { open: true }),
  );
  const events = await take(client(gateway).watchEvents(), 5);
  assert.deepEqual(
    events.map(({ event }) => event),
    ["hello", "worker", "resync", "hello", "platform"],
  );
  assert.deepEqual(events[1].data, worker);
});
