import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMetadata, decodeRoute } from "../../../operator/workers_operator/workers/src/routing.js";

const STABLE = { hash: "ab12cd34", instances: 2 };
const CANARY = { hash: "cd34ab12", instances: 1, weight: 10 };
const LIMITS = { cpuMs: 100, subRequests: 50 };

test("a routing entry and a worker's metadata decode to the same value", () => {
  const expected = { stable: STABLE, canary: CANARY, limits: LIMITS };
  assert.deepEqual(decodeRoute({ path: "", stable: STABLE, canary: CANARY, limits: LIMITS }), expected);
  const metadata = { uid: "u1", owner: "a/b", ...STABLE, limits: [100, 50], canary: ["cd34ab12", 1, 10] };
  assert.deepEqual(decodeMetadata(metadata), expected);
});

test("canary and limits are optional", () => {
  const expected = { stable: STABLE, canary: null, limits: null };
  assert.deepEqual(decodeRoute({ stable: STABLE }), expected);
  assert.deepEqual(decodeMetadata(STABLE), expected);
  assert.deepEqual(decodeMetadata({ ...STABLE, limits: [null, 50] })?.limits, { subRequests: 50 });
  assert.deepEqual(decodeMetadata({ ...STABLE, limits: [null, null] })?.limits, {});
});

test("a malformed canary is dropped", () => {
  for (const canary of [null, 7, "soon", {}, { ...CANARY, hash: "" }, { ...CANARY, weight: "x" }, STABLE])
    assert.deepEqual(decodeRoute({ stable: STABLE, canary }), { stable: STABLE, canary: null, limits: null });
  for (const canary of [null, 7, "soon", [], ["", 1, 10], ["cd34ab12", -1, 10], ["cd34ab12", 1]])
    assert.deepEqual(decodeMetadata({ ...STABLE, canary }), { stable: STABLE, canary: null, limits: null });
});

test("a malformed stable version decodes to null", () => {
  for (const stable of [undefined, null, 7, {}, { hash: "a" }, { hash: "", instances: 1 }, { hash: "a", instances: -1 }])
    assert.equal(decodeRoute({ stable }), null);
  for (const metadata of [null, undefined, {}, { hash: "" }, { hash: "a", instances: 1.5 }])
    assert.equal(decodeMetadata(metadata), null);
});

test("metadata without a number of instances is a parked worker", () => {
  assert.deepEqual(decodeMetadata({ hash: "a" })?.stable, { hash: "a", instances: 0 });
});
