import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMetadata, decodeRoute, wayTo } from "../../../operator/workers_operator/workers/src/routing.js";

const STABLE = { hash: "ab12cd34", instances: 2 };
const CANARY = { hash: "cd34ab12", instances: 1, weight: 10 };
const LIMITS = { cpuMs: 100, subRequests: 50 };
const EGRESS = ["api.example.com"];

test("a routing entry and a worker's metadata decode to the same value", () => {
  const expected = { stable: STABLE, canary: CANARY, limits: LIMITS, egress: EGRESS };
  assert.deepEqual(decodeRoute({ path: "", stable: STABLE, canary: CANARY, limits: LIMITS, egress: EGRESS }), expected);
  const metadata = { uid: "u1", ...STABLE, limits: [100, 50], canary: ["cd34ab12", 1, 10], egress: EGRESS };
  assert.deepEqual(decodeMetadata(metadata), expected);
});

test("canary, limits and egress are optional", () => {
  const expected = { stable: STABLE, canary: null, limits: null, egress: null };
  assert.deepEqual(decodeRoute({ stable: STABLE }), expected);
  assert.deepEqual(decodeMetadata(STABLE), expected);
  assert.deepEqual(decodeMetadata({ ...STABLE, limits: [null, 50] })?.limits, { subRequests: 50 });
  assert.deepEqual(decodeMetadata({ ...STABLE, limits: [null, null] })?.limits, {});
});

test("a malformed canary is dropped", () => {
  const expected = { stable: STABLE, canary: null, limits: null, egress: null };
  for (const canary of [null, 7, "soon", {}, { ...CANARY, hash: "" }, { ...CANARY, weight: "x" }, STABLE])
    assert.deepEqual(decodeRoute({ stable: STABLE, canary }), expected);
  for (const canary of [null, 7, "soon", [], ["", 1, 10], ["cd34ab12", -1, 10], ["cd34ab12", 1]])
    assert.deepEqual(decodeMetadata({ ...STABLE, canary }), expected);
});

test("a worker whose list of hosts is malformed is not called", () => {
  for (const egress of ["a.example", 7, {}, true]) {
    assert.equal(decodeRoute({ stable: STABLE, egress }), null);
    assert.equal(decodeMetadata({ ...STABLE, egress }), null);
  }
});

test("a worker is called behind the outbound Worker if it, or everybody, is confined", () => {
  const serving = (egress) => decodeRoute({ stable: STABLE, egress });
  const [plain, behind] = [{ name: "plain" }, { name: "behind" }];
  assert.deepEqual(wayTo(serving(undefined), { DISPATCHER: plain }), { namespace: plain, confined: false });
  const both = { DISPATCHER: plain, CONFINED: behind };
  assert.deepEqual(wayTo(serving(undefined), both), { namespace: plain, confined: false });
  assert.deepEqual(wayTo(serving([]), both), { namespace: behind, confined: true });
  assert.deepEqual(wayTo(serving(undefined), { CONFINED: behind }), { namespace: behind, confined: true });
  assert.equal(wayTo(serving([]), { DISPATCHER: plain }), null);
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
