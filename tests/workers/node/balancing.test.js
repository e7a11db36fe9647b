import assert from "node:assert/strict";
import { test } from "node:test";
import { callWorker } from "../../../operator/workers_operator/workers/src/routing.js";

const REQUESTS = 10000;
const SCRIPT = "shop--4f2a91c0--";

/** Return how many of the requests each instance has got. */
async function shares(instances, out) {
  const seen = {};
  const fetch = async (name) => {
    seen[name] = (seen[name] ?? 0) + 1;
    return new Response("ok");
  };
  const namespace = { get: (name) => ({ fetch: () => fetch(name) }) };
  const serving = { stable: { hash: "4f2a91c0", instances, out }, canary: null, limits: null, egress: null };
  const request = new Request("https://shop.example/");
  for (let i = 0; i < REQUESTS; i++) await callWorker({ namespace, confined: false, script: "shop", serving }, request);
  return seen;
}

/** Check that each share of the requests is as large as it should be, within 3 %. */
function isEven(seen, count) {
  for (const got of Object.values(seen))
    assert.ok(Math.abs(got / REQUESTS - 1 / count) < 0.03, `${count}: ${JSON.stringify(seen)}`);
}

test("10,000 requests are spread over the instances, each share within 3 %", async () => {
  for (const count of [2, 3, 5, 10]) {
    const seen = await shares(count, []);
    assert.equal(Object.keys(seen).length, count);
    isEven(seen, count);
  }
});

test("instances out of balancing get none, and the others equal shares", async () => {
  const seen = await shares(4, [1]);
  assert.deepEqual(Object.keys(seen).sort(), [`${SCRIPT}0`, `${SCRIPT}2`, `${SCRIPT}3`]);
  isEven(seen, 3);
});
