import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError } from "../src/index.js";
import { eventsOf } from "../src/sse.js";

/** A stream of these texts; `end`: what it ends with. */
function streamOf(texts, end = (controller) => controller.close()) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(encoder.encode(text));
      end(controller);
    },
  });
}

async function all(stream, idleMs = 10_000, signal = undefined) {
  const found = [];
  for await (const event of eventsOf(stream, idleMs, signal)) found.push(event);
  return found;
}

test("events have names and data of several lines, and comments are none", async () => {
  const text =
    ": hi\n\nevent: a\ndata: 1\ndata:2\n\ndata\n\nid: 7\nretry: 1\nevent: b\n\ndata: : x\r\rdata: unfinished\n";
  assert.deepEqual(await all(streamOf([text])), [
    { event: "a", data: "1\n2" },
    { event: "message", data: "" },
    { event: "message", data: ": x" },
  ]);
});

test("a line break that comes in two parts is one", async () => {
  const events = await all(streamOf(["data: 1\r", "\ndata: 2\r\n\r", "\n", "data: 3\n", "\n"]));
  assert.deepEqual(
    events.map(({ data }) => data),
    ["1\n2", "3"],
  );
});

test("a stream that says nothing is over", async () => {
  const open = streamOf([": alive\n\n"], () => undefined);
  await assert.rejects(
    all(open, 50),
    (error) => error instanceof ConnectionError && /silent for 0.05 s/.test(error.message),
  );
});

test("a sign of life keeps a stream open", async () => {
  const stream = new ReadableStream({
    async start(controller) {
      for (let beat = 0; beat < 5; beat += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        controller.enqueue(new TextEncoder().encode(": alive\n\n"));
      }
      controller.close();
    },
  });
  assert.deepEqual(await all(stream, 600), []);
});

test("a stream that breaks off, and a line without end, are a ConnectionError", async () => {
  const broken = streamOf(["data: 1\n\n"], (controller) => controller.error(new TypeError("terminated")));
  await assert.rejects(all(broken), ConnectionError);
  const endless = streamOf(Array(17).fill("x".repeat(1024 * 1024)), () => undefined);
  await assert.rejects(all(endless), /too long/);
});
