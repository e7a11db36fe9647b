import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceOf, keepSession, sessionOf } from "../../../operator/workers_operator/workers/src/affinity.js";

const CLIENTS = Array.from({ length: 10000 }, (_, number) => ({
  key: `2001:db8::${number.toString(16)}`,
  isNew: false,
}));

const upTo = (count) => Array.from({ length: count }, (_, instance) => instance);
const placed = (instances) => CLIENTS.map((client) => instanceOf(client, instances));
const moved = (before, after) => before.filter((instance, client) => instance !== after[client]).length;
const asking = (headers) => new Request("https://shop.example/", { headers });

test("10,000 clients are spread over the instances, each within 3 %", () => {
  for (const count of [2, 3, 5, 10]) {
    const seen = upTo(count).map((instance) => placed(upTo(count)).filter((one) => one === instance).length);
    for (const clients of seen) assert.ok(Math.abs(clients / CLIENTS.length - 1 / count) < 0.03, `${count}: ${seen}`);
  }
});

test("addresses next to one another are spread as well", () => {
  const keys = upTo(256).map((last) => ({ key: `203.0.113.${last}`, isNew: false }));
  const first = keys.filter((client) => instanceOf(client, [0, 1]) === 0).length;
  assert.ok(first > 96 && first < 160, String(first));
});

test("a client keeps its instance", () => {
  assert.deepEqual(placed(upTo(5)), placed(upTo(5)));
});

test("a new instance takes its share and moves nobody else", () => {
  const [before, after] = [placed(upTo(4)), placed(upTo(5))];
  assert.ok(after.every((instance, client) => instance === before[client] || instance === 4));
  assert.ok(Math.abs(moved(before, after) / CLIENTS.length - 1 / 5) < 0.03);
});

test("an instance that goes leaves its clients to all others, and moves nobody else", () => {
  const [before, after] = [placed(upTo(4)), placed([0, 2, 3])];
  assert.ok(after.every((instance, client) => instance === before[client] || before[client] === 1));
  const heirs = [0, 2, 3].map((one) => after.filter((instance, client) => before[client] === 1 && instance === one).length);
  for (const clients of heirs) assert.ok(clients > 700, String(heirs));
});

test("a client is its address", () => {
  const session = sessionOf(asking({ "CF-Connecting-IP": "203.0.113.7" }), "ClientIP");
  assert.deepEqual(session, { key: "203.0.113.7", isNew: false });
  assert.equal(sessionOf(asking({}), "ClientIP"), null);
});

test("a client gets a cookie once, and is known by it", () => {
  const first = sessionOf(asking({}), "Cookie");
  assert.equal(first?.isNew, true);
  const headers = new Headers();
  keepSession(headers, asking({}), first);
  const cookie = headers.get("Set-Cookie") ?? "";
  assert.match(cookie, /^Code24-Affinity=[0-9a-f-]{36}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure$/);
  const again = sessionOf(asking({ Cookie: `a=b; ${cookie.split(";")[0]}; c=d` }), "Cookie");
  assert.deepEqual(again, { key: first.key, isNew: false });
  const nothing = new Headers();
  keepSession(nothing, asking({}), again);
  assert.equal(nothing.get("Set-Cookie"), null);
});

test("a cookie that is none of ours is another one", () => {
  for (const value of ["", "x", "0".repeat(5000), "../..", "0b0e0000-0000-0000-0000-00000000000g"])
    assert.equal(sessionOf(asking({ Cookie: `Code24-Affinity=${value}` }), "Cookie")?.isNew, true);
});

test("without an affinity there is no session", () => {
  for (const affinity of [null, undefined, "None", "Header", 7]) assert.equal(sessionOf(asking({}), affinity), null);
});
